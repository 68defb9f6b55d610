package pickle

import "math/bits"

// bigAtom is the payload in bytes above which an atom is written once only.
const bigAtom = 256

// writer writes trees of the structure form. Before it writes it has counted:
// which values are met more than once, and how much there will be to write.
type writer struct {
	*table
	out    []byte
	size   int64 // at least the bytes that will be written
	limit  int64
	depth  int
	max    int
	deep   bool           // something was nested too deep to be written
	seen   []uint8        // by node
	atoms  map[ref]uint8  // seen, of big atoms
	number map[ref]uint32 // of the values that were written with $def
}

const (
	seenOnce uint8 = 1 + iota
	seenMore
)

// newWriter counts what is reached from roots. It stops counting at the limit
// of output.
func newWriter(d *Document, roots []ref) *writer {
	w := &writer{table: &d.table, seen: make([]uint8, d.nodes), limit: d.output, max: min(d.depth, maxRecursion)}
	var stack []ref
	for _, r := range roots {
		stack = append(stack, r)
		for len(stack) > 0 && w.size <= w.limit {
			r := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			w.size++ // the comma
			if !isNode(r) {
				w.countAtom(r)
				continue
			}
			n := w.node(r)
			if w.tracked(r) {
				if w.seen[r&^nodeBit] != 0 {
					w.seen[r&^nodeBit] = seenMore
					w.size += int64(len(`{"$ref":1}`))
					continue
				}
				w.seen[r&^nodeBit] = seenOnce
			}
			w.size += w.nodeSize(n)
			stack = w.appendChildren(stack, n)
		}
	}
	return w
}

// maxRecursion bounds the depth of the writer whatever the limits say.
const maxRecursion = 50_000

// tracked says whether a value has an identity.
func (t *table) tracked(r ref) bool {
	if !isNode(r) {
		switch atomKinds[t.data[r]] {
		case kStr, kStr8, kBytes:
			return t.isBig(r)
		case kByteArray, kPersID:
			return true
		}
		return false
	}
	n := t.node(r)
	switch n.kind {
	case kTuple:
		return n.b > 0
	case kBytes:
		return len(t.nodeBytes(n)) > bigAtom
	case kInt:
		return t.isBigInt(r, n)
	case kNone, kBool, kFloat, kComplex, kGlobal, kExt, kBuffer:
		return false
	}
	return true
}

// isBig says whether the payload of a text or bytes atom is above bigAtom.
// The longest escapes settle most texts without unescaping them.
func (t *table) isBig(r ref) bool {
	n := len(t.span(r))
	switch t.data[r] {
	case opString:
		n -= 2
		return n > bigAtom && (n > 4*bigAtom || len(t.text(r)) > bigAtom)
	case opUnicode: // a byte of Latin-1 may become two
		return 2*n > bigAtom && (n > 10*bigAtom || len(t.text(r)) > bigAtom)
	}
	return n > bigAtom
}

// isBigInt is isBig for an int that is a node. As Python's bit_length counts,
// 2048 bits are more than 256 bytes.
func (t *table) isBigInt(r ref, n *node) bool {
	if n.flags&flagDecimal == 0 {
		return n.b > bigAtom || n.b == bigAtom && t.bigInt(r).BitLen()/8+1 > bigAtom
	}
	const most, least = 2048, 8 * bigAtom / 4 // digits in base 2 and 16
	if n.b < least {
		return false
	}
	return n.b > 4*most || t.bigInt(r).BitLen()/8+1 > bigAtom
}

// countAtom counts an atom, and big ones by their identity.
func (w *writer) countAtom(r ref) {
	if w.tracked(r) {
		if w.atoms == nil {
			w.atoms = make(map[ref]uint8)
		}
		if w.atoms[r] != 0 {
			w.atoms[r] = seenMore
			w.size += int64(len(`{"$ref":1}`))
			return
		}
		w.atoms[r] = seenOnce
	}
	w.size += w.atomSize(r)
}

// atomSize is about what an atom takes in JSON, exact for text.
func (w *writer) atomSize(r ref) int64 {
	switch k := w.kind(r); k {
	case kInt:
		n := len(w.span(r))
		switch w.data[r] {
		case opInt, opLong:
			return int64(n)
		case opBinInt1:
			return int64(bits.Len8(w.data[r+1])/3 + 1)
		}
		return int64(n*5/2 + 2)
	case kFloat:
		return 18
	case kStr, kStr8:
		s := w.text(r)
		return int64(len(s) + 2 + escapeCost(s))
	case kBytes, kByteArray:
		return int64(len(w.span(r))*4/3 + len(`{"$bytearray":""}`))
	case kGlobal:
		m, n := w.globalName(r)
		return int64(len(m) + len(n) + escapeCost(m) + escapeCost(n) + len(`{"$global":"."}`))
	case kPersID:
		return int64(len(w.span(r)) + len(`{"$persid":""}`))
	case kTuple:
		return int64(len(`{"$tuple":[]}`))
	}
	return 5
}

// nodeSize is about what a node takes without its children.
func (w *writer) nodeSize(n *node) int64 {
	switch n.kind {
	case kList, kDict:
		return 2
	case kTuple, kSet, kFrozenSet:
		return 14
	case kInt:
		return int64(n.b)*5/2 + 10
	case kBytes, kByteArray:
		return int64(len(w.nodeBytes(n))*4/3 + 17)
	case kGlobal:
		m, name := w.text(n.a), w.text(n.b)
		return int64(len(m) + len(name) + escapeCost(m) + escapeCost(name) + 15)
	}
	return 32
}
