package pickle

import "encoding/binary"

// A ref names a value. Below nodeBit it is an atom: the offset of the opcode
// that makes it, whose argument is read again when somebody looks. From
// nodeBit up it is a node of the tree. An atom costs four bytes and its
// offset is also its identity.
type ref = uint32

const (
	nodeBit ref = 1 << 31
	none    ref = 1<<32 - 1 // no value: an absent memo entry, absent args
	maxData     = 1<<31 - 1 // bytes that offsets below nodeBit can address
)

// kind says what a ref stands for.
type kind uint8

const (
	kNone kind = iota
	kBool
	kInt
	kFloat
	kStr       // str
	kStr8      // str of Python 2, text when it is ASCII
	kBytes     // bytes
	kByteArray // bytearray
	kComplex
	kGlobal   // class or function by name
	kExt      // extension code
	kBuffer   // out-of-band buffer
	kPersID   // persistent id
	kComputed // a global whose name only running the pickle would tell
	kTuple    // from here on: sequences, kids[a:a+b]
	kList
	kSet
	kFrozenSet
	kDict   // kids[a:a+b] are key, value, key, value
	kCall   // REDUCE; a is the head, b the args, c the parts
	kObject // NEWOBJ and the like; fields as kCall
	kBuild  // something done to what only Python would know; fields as kCall
)

// node is one value with an identity or with children. What a, b and c mean
// goes by its kind:
//
//	sequences and dict        start in kids, length, room reserved for growth
//	call, object, build       head, args or none, first part + 1
//	computed, global          module, name
//	bytes, bytearray          source, or none for an empty one
//	complex                   real, imaginary
//	float                     -, low and high half of the bits
//	int                       start and length of the payload in data
//	buffer                    number
//	persid                    id
type node struct {
	kind    kind
	flags   uint8
	height  uint16 // containers down to the deepest leaf, a lower bound when the tree is inexact
	a, b, c uint32
}

const (
	flagPlaced   uint8 = 1 << iota // is a child of something
	flagReadOnly                   // of a buffer
	flagLatin1                     // bytes whose source is text below U+0100
	flagDecimal                    // an int whose payload is decimal digits, else little-endian
	flagNegative                   // of a decimal int
	flagCalled                     // an object whose class is called with its arguments
)

// part is a run of children that were added to an object after it was made:
// one for each of the words that the structure form uses.
type part struct {
	what     partKind
	a, b, c  uint32 // as of a sequence
	nextPart uint32 // index + 1
}

type partKind uint8

const (
	partKwargs partKind = iota
	partItems
	partAdded
	partEntries
	partStates
)

const (
	pageBits = 12
	pageSize = 1 << pageBits
)

// table is the packed tree that the machine fills and a Doc keeps.
type table struct {
	data  []byte
	pages [][]node
	kids  []ref
	parts []part
	// arrays are those that joblib put between the opcodes, by the object that
	// announced each.
	arrays map[ref]rawArray
}

func (t *table) node(r ref) *node {
	i := r &^ nodeBit
	return &t.pages[i>>pageBits][i&(pageSize-1)]
}

func isNode(r ref) bool { return r&nodeBit != 0 }

// atomKinds is the kind that an opcode's atom has, for opcodes that make one.
var atomKinds = [256]kind{
	opNone: kNone, opNewTrue: kBool, opNewFalse: kBool,
	opInt: kInt, opLong: kInt, opBinInt: kInt, opBinInt1: kInt, opBinInt2: kInt, opLong1: kInt, opLong4: kInt,
	opBinFloat: kFloat,
	opString:   kStr8, opBinString: kStr8, opShortBinString: kStr8,
	opUnicode: kStr, opBinUnicode: kStr, opShortBinUnicode: kStr, opBinUnicode8: kStr,
	opBinBytes: kBytes, opShortBinBytes: kBytes, opBinBytes8: kBytes, opByteArray8: kByteArray,
	opGlobal: kGlobal, opInst: kGlobal, opPersID: kPersID,
	opExt1: kExt, opExt2: kExt, opExt4: kExt,
	opEmptyTuple: kTuple, opTuple: kTuple,
}

// kind returns what r stands for. A Python 2 str is kStr8 even when it is ASCII.
func (t *table) kind(r ref) kind {
	if isNode(r) {
		return t.node(r).kind
	}
	if t.data[r] == opInt && t.isTextBool(r) {
		return kBool
	}
	return atomKinds[t.data[r]]
}

// isTextBool tells protocol 1's way to write a bool, I00 and I01.
func (t *table) isTextBool(r ref) bool {
	d := t.data[r+1:]
	return len(d) >= 3 && d[0] == '0' && (d[1] == '0' || d[1] == '1') && d[2] == '\n'
}

// seq returns the children of a tuple, list, set, frozenset or dict.
func (t *table) seq(r ref) []ref {
	if !isNode(r) {
		return nil // the empty tuple
	}
	n := t.node(r)
	return t.kids[n.a : n.a+n.b]
}

// part returns what of one word was added to an object.
func (t *table) part(n *node, what partKind) []ref {
	for i := n.c; i != 0; i = t.parts[i-1].nextPart {
		if p := &t.parts[i-1]; p.what == what {
			return t.kids[p.a : p.a+p.b]
		}
	}
	return nil
}

// span returns the argument of an atom as bytes of data: the payload of a
// text or bytes, the digits of an int, the first line of a text opcode.
func (t *table) span(r ref) []byte {
	d := t.data[r:]
	switch d[0] {
	case opShortBinUnicode, opShortBinString, opShortBinBytes, opLong1:
		return d[2 : 2+int(d[1])]
	case opBinUnicode, opBinString, opBinBytes, opLong4:
		n := int(binary.LittleEndian.Uint32(d[1:]))
		return d[5 : 5+n]
	case opBinUnicode8, opBinBytes8, opByteArray8:
		n := int(binary.LittleEndian.Uint64(d[1:]))
		return d[9 : 9+n]
	case opBinInt1, opExt1:
		return d[1:2]
	case opBinInt2, opExt2:
		return d[1:3]
	case opBinInt, opExt4:
		return d[1:5]
	case opBinFloat:
		return d[1:9]
	}
	return line(d[1:])
}
