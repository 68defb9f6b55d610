package pickle

// The opcodes of all protocols, as CPython's Lib/pickle.py names them.
const (
	opMark            = '('
	opStop            = '.'
	opPop             = '0'
	opPopMark         = '1'
	opDup             = '2'
	opFloat           = 'F'
	opInt             = 'I'
	opBinInt          = 'J'
	opBinInt1         = 'K'
	opLong            = 'L'
	opBinInt2         = 'M'
	opNone            = 'N'
	opPersID          = 'P'
	opBinPersID       = 'Q'
	opReduce          = 'R'
	opString          = 'S'
	opBinString       = 'T'
	opShortBinString  = 'U'
	opUnicode         = 'V'
	opBinUnicode      = 'X'
	opAppend          = 'a'
	opBuild           = 'b'
	opGlobal          = 'c'
	opDict            = 'd'
	opEmptyDict       = '}'
	opAppends         = 'e'
	opGet             = 'g'
	opBinGet          = 'h'
	opInst            = 'i'
	opLongBinGet      = 'j'
	opList            = 'l'
	opEmptyList       = ']'
	opObj             = 'o'
	opPut             = 'p'
	opBinPut          = 'q'
	opLongBinPut      = 'r'
	opSetItem         = 's'
	opTuple           = 't'
	opEmptyTuple      = ')'
	opSetItems        = 'u'
	opBinFloat        = 'G'
	opProto           = 0x80
	opNewObj          = 0x81
	opExt1            = 0x82
	opExt2            = 0x83
	opExt4            = 0x84
	opTuple1          = 0x85
	opTuple2          = 0x86
	opTuple3          = 0x87
	opNewTrue         = 0x88
	opNewFalse        = 0x89
	opLong1           = 0x8a
	opLong4           = 0x8b
	opBinBytes        = 'B'
	opShortBinBytes   = 'C'
	opShortBinUnicode = 0x8c
	opBinUnicode8     = 0x8d
	opBinBytes8       = 0x8e
	opEmptySet        = 0x8f
	opAddItems        = 0x90
	opFrozenSet       = 0x91
	opNewObjEx        = 0x92
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95
	opByteArray8      = 0x96
	opNextBuffer      = 0x97
	opReadOnlyBuffer  = 0x98
)

// argKind is the form of an opcode's argument.
type argKind uint8

const (
	argNone argKind = iota
	argU1
	argU2
	argI4
	argU4
	argU8
	argF8
	argBytes1 // one length byte, then that many bytes
	argBytes4
	argBytes8
	argText1 // the same, holding text
	argText4
	argText8
	argLong1
	argLong4
	argLine
	argLines // two lines
)

// opcode is what the table knows about one opcode.
type opcode struct {
	name  string // as pickletools names it; empty for no opcode
	proto uint8  // the protocol that brought it
	arg   argKind
}

var opcodes = [256]opcode{
	opMark: {"MARK", 0, argNone}, opStop: {"STOP", 0, argNone}, opPop: {"POP", 0, argNone},
	opPopMark: {"POP_MARK", 1, argNone}, opDup: {"DUP", 0, argNone},
	opFloat: {"FLOAT", 0, argLine}, opInt: {"INT", 0, argLine}, opLong: {"LONG", 0, argLine},
	opBinInt: {"BININT", 1, argI4}, opBinInt1: {"BININT1", 1, argU1}, opBinInt2: {"BININT2", 1, argU2},
	opLong1: {"LONG1", 2, argLong1}, opLong4: {"LONG4", 2, argLong4}, opBinFloat: {"BINFLOAT", 1, argF8},
	opNone: {"NONE", 0, argNone}, opNewTrue: {"NEWTRUE", 2, argNone}, opNewFalse: {"NEWFALSE", 2, argNone},
	opPersID: {"PERSID", 0, argLine}, opBinPersID: {"BINPERSID", 1, argNone},
	opString: {"STRING", 0, argLine}, opBinString: {"BINSTRING", 1, argBytes4}, opShortBinString: {"SHORT_BINSTRING", 1, argBytes1},
	opUnicode: {"UNICODE", 0, argLine}, opBinUnicode: {"BINUNICODE", 1, argText4},
	opShortBinUnicode: {"SHORT_BINUNICODE", 4, argText1}, opBinUnicode8: {"BINUNICODE8", 4, argText8},
	opBinBytes: {"BINBYTES", 3, argBytes4}, opShortBinBytes: {"SHORT_BINBYTES", 3, argBytes1}, opBinBytes8: {"BINBYTES8", 4, argBytes8},
	opByteArray8: {"BYTEARRAY8", 5, argBytes8}, opNextBuffer: {"NEXT_BUFFER", 5, argNone}, opReadOnlyBuffer: {"READONLY_BUFFER", 5, argNone},
	opEmptyTuple: {"EMPTY_TUPLE", 1, argNone}, opTuple: {"TUPLE", 0, argNone},
	opTuple1: {"TUPLE1", 2, argNone}, opTuple2: {"TUPLE2", 2, argNone}, opTuple3: {"TUPLE3", 2, argNone},
	opEmptyList: {"EMPTY_LIST", 1, argNone}, opList: {"LIST", 0, argNone}, opAppend: {"APPEND", 0, argNone}, opAppends: {"APPENDS", 1, argNone},
	opEmptyDict: {"EMPTY_DICT", 1, argNone}, opDict: {"DICT", 0, argNone}, opSetItem: {"SETITEM", 0, argNone}, opSetItems: {"SETITEMS", 1, argNone},
	opEmptySet: {"EMPTY_SET", 4, argNone}, opAddItems: {"ADDITEMS", 4, argNone}, opFrozenSet: {"FROZENSET", 4, argNone},
	opGlobal: {"GLOBAL", 0, argLines}, opStackGlobal: {"STACK_GLOBAL", 4, argNone},
	opReduce: {"REDUCE", 0, argNone}, opBuild: {"BUILD", 0, argNone}, opInst: {"INST", 0, argLines}, opObj: {"OBJ", 1, argNone},
	opNewObj: {"NEWOBJ", 2, argNone}, opNewObjEx: {"NEWOBJ_EX", 4, argNone},
	opExt1: {"EXT1", 2, argU1}, opExt2: {"EXT2", 2, argU2}, opExt4: {"EXT4", 2, argI4},
	opGet: {"GET", 0, argLine}, opBinGet: {"BINGET", 1, argU1}, opLongBinGet: {"LONG_BINGET", 1, argU4},
	opPut: {"PUT", 0, argLine}, opBinPut: {"BINPUT", 1, argU1}, opLongBinPut: {"LONG_BINPUT", 1, argU4}, opMemoize: {"MEMOIZE", 4, argNone},
	opProto: {"PROTO", 2, argU1}, opFrame: {"FRAME", 4, argU8},
}
