package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
)

// Op is one opcode of a disassembly.
type Op struct {
	Offset int    // byte offset of the opcode in what was disassembled
	Size   int    // bytes of the opcode with its argument
	Name   string // as pickletools calls it: "SHORT_BINUNICODE"
	Arg    string // the argument as text, not yet made safe for a terminal
	Depth  int    // values on the stack before the opcode, marks included
	Err    string // why the listing ends here, empty for a whole opcode
}

// Why a listing ends before STOP.
const (
	errCut     = "the data ends inside this opcode"
	errUnknown = "no opcode"
)

// maxArg cuts the text of an argument, in bytes.
const maxArg = 200

// Disassemble lists at most max opcodes from the start of data, which may be
// any window of a pickle that starts at an opcode. It ends after STOP, or with
// an Op whose Err says why it cannot go on.
func Disassemble(data []byte, max int) []Op {
	var ops []Op
	var depth stackDepth
	for pos := 0; pos < len(data) && len(ops) < max; {
		op, n := disassembleOne(data[pos:])
		op.Offset, op.Size, op.Depth = pos, n, depth.size
		ops = append(ops, op)
		if op.Err != "" || data[pos] == opStop {
			break
		}
		depth.after(data[pos])
		pos += n
	}
	return ops
}

// disassembleOne reads the opcode at the start of data and returns its length.
func disassembleOne(data []byte) (Op, int) {
	code := opcodes[data[0]]
	if code.name == "" {
		return Op{Name: "0x" + strconv.FormatUint(uint64(data[0]), 16), Err: errUnknown}, 1
	}
	op := Op{Name: code.name}
	arg := data[1:]
	size, ok := argSize(code.arg, arg)
	if !ok || size > len(arg) {
		op.Err = errCut
		return op, len(data)
	}
	op.Arg = argText(code.arg, arg[:size])
	return op, 1 + size
}

// argSize returns the length of an argument; ok is false when data does not
// have enough to tell.
func argSize(k argKind, data []byte) (n int, ok bool) {
	width := 0
	switch k {
	case argNone:
		return 0, true
	case argU1:
		return 1, true
	case argU2:
		return 2, true
	case argI4, argU4:
		return 4, true
	case argU8, argF8:
		return 8, true
	case argLine, argLines:
		n = bytes.IndexByte(data, '\n') + 1
		if k == argLines && n > 0 {
			second := bytes.IndexByte(data[n:], '\n') + 1
			return n + second, second > 0
		}
		return n, n > 0
	case argBytes1, argText1, argLong1:
		width = 1
	case argBytes4, argText4, argLong4:
		width = 4
	default:
		width = 8
	}
	if len(data) < width {
		return 0, false
	}
	length := littleEndian(data[:width])
	return width + int(min(length, maxData)), true
}

func littleEndian(b []byte) uint64 {
	var n uint64
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	return n
}

// argText writes an argument, cut to maxArg.
func argText(k argKind, arg []byte) string {
	switch k {
	case argNone:
		return ""
	case argU1, argU2, argU4, argU8:
		return strconv.FormatUint(littleEndian(arg), 10)
	case argI4:
		return strconv.FormatInt(int64(int32(littleEndian(arg))), 10)
	case argF8:
		return strconv.FormatFloat(math.Float64frombits(binary.BigEndian.Uint64(arg)), 'g', -1, 64)
	case argLine:
		return clip(arg[:len(arg)-1])
	case argLines:
		i := bytes.IndexByte(arg, '\n')
		return clip(arg[:i]) + " " + clip(arg[i+1:len(arg)-1])
	case argBytes1, argText1:
		return clip(arg[1:])
	case argBytes4, argText4:
		return clip(arg[4:])
	case argBytes8, argText8:
		return clip(arg[8:])
	case argLong1:
		return longText(arg[1:])
	}
	return longText(arg[4:])
}

func clip(s []byte) string {
	if len(s) > maxArg {
		return string(s[:maxArg]) + "…"
	}
	return string(s)
}

// longText writes a little-endian number; one too long to read as its size.
func longText(s []byte) string {
	if len(s) > maxArg {
		return "a number of " + strconv.Itoa(len(s)) + " bytes"
	}
	return bigLong(s).String()
}

// stackDepth follows how many values are on the stack. In a window of a
// pickle, and in a damaged one, it is a guess that never goes below zero.
type stackDepth struct {
	size  int
	marks []int
}

func (s *stackDepth) after(op byte) {
	pop, push := 0, 0
	switch op {
	case opMark:
		s.marks = append(s.marks, s.size)
		push = 1
	case opPopMark, opAppends, opSetItems, opAddItems:
		s.popMark()
	case opTuple, opList, opDict, opFrozenSet, opInst, opObj:
		s.popMark()
		push = 1
	case opPop, opAppend, opBuild:
		if n := len(s.marks); op == opPop && n > 0 && s.marks[n-1] == s.size-1 {
			s.popMark()
			break
		}
		pop = 1
	case opSetItem:
		pop = 2
	case opTuple1, opBinPersID, opReadOnlyBuffer:
		pop, push = 1, 1
	case opTuple2, opReduce, opNewObj, opStackGlobal:
		pop, push = 2, 1
	case opTuple3, opNewObjEx:
		pop, push = 3, 1
	case opProto, opFrame, opPut, opBinPut, opLongBinPut, opMemoize, opStop:
	default:
		push = 1
	}
	s.size = max(s.size-pop, 0) + push
}

func (s *stackDepth) popMark() {
	if n := len(s.marks); n > 0 {
		s.size = s.marks[n-1]
		s.marks = s.marks[:n-1]
	}
}
