package pickle

import (
	"fmt"
	"unicode/utf8"
	"unsafe"

	"cacheview/decode/value"
)

// Value returns the reading for people: a datetime is a datetime, and what
// has no plain form says what it is and what it was made from. Its children
// are made when they are asked for. After an error it is what was read up to
// there, with open containers closed.
func (d *Doc) Value() value.Value {
	if d.failure != nil {
		return d.partial()
	}
	return d.value(d.root)
}

// Discarded returns the readings of the calls and objects that a load would
// make and that the value does not hold.
func (d *Doc) Discarded() []value.Value {
	lost := d.discarded(d.roots())
	values := make([]value.Value, len(lost))
	for i, r := range lost {
		values[i] = d.value(r)
	}
	return values
}

// value is the reading of one value.
func (d *Doc) value(r ref) value.Value {
	switch d.kind(r) {
	case kBool:
		return value.OfBool(d.bool(r))
	case kInt:
		return d.intValue(r)
	case kFloat:
		return value.OfFloat(d.float(r))
	case kStr:
		return textValue(d.text(r))
	case kStr8:
		s := d.text(r)
		if !utf8.Valid(s) {
			return value.OfBytes(view(s))
		}
		return value.OfText(view(s))
	case kBytes:
		return value.OfBytes(view(d.text(r)))
	case kByteArray:
		return value.OfBytes(view(d.text(r))).Tagged("bytearray")
	case kComplex:
		n := d.node(r)
		return value.OfSeq(value.List{d.value(n.a), d.value(n.b)}).Tagged("complex")
	case kGlobal:
		return value.OfText(d.fullName(r)).Tagged("global")
	case kExt:
		return value.OfInt(d.ext(r)).Tagged("ext")
	case kBuffer:
		return value.OfBool(true).Tagged("buffer")
	case kPersID:
		return value.OfLazyObject("persid", "", d.persID(r), nil).WithID(id(r))
	case kComputed:
		return value.OfLazyObject("global", "", value.List{value.OfMap(computedName{d, d.node(r)})}, nil).WithID(id(r))
	case kTuple:
		return value.OfSeq(d.items(d.seq(r))).Tagged("tuple").WithID(id(r))
	case kList:
		return value.OfSeq(d.items(d.seq(r))).WithID(id(r))
	case kSet:
		return value.OfSeq(d.items(d.seq(r))).Tagged("set").WithID(id(r))
	case kFrozenSet:
		return value.OfSeq(d.items(d.seq(r))).Tagged("frozenset").WithID(id(r))
	case kDict:
		return value.OfMap(d.entries(d.seq(r))).WithID(id(r))
	case kCall, kObject, kBuild:
		return d.objectValue(r)
	}
	return value.Nil
}

// id is the identity of a container: 0 for the empty tuple.
func id(r ref) uint32 {
	if !isNode(r) {
		return 0
	}
	return r&^nodeBit + 1
}

// maxPlainBits is the size up to which an integer is shown in decimal. To
// convert a larger one takes more than linear time; it is shown as 0x1f….
const maxPlainBits = 1 << 17

func (d *Doc) intValue(r ref) value.Value {
	if n, ok := d.int64(r); ok {
		return value.OfInt(n)
	}
	z := d.bigInt(r)
	if z.BitLen() > maxPlainBits {
		return value.OfBigInt(fmt.Sprintf("%#x", z))
	}
	return value.OfBigInt(z.String())
}

// textValue is a str, or its bytes when it holds lone surrogates.
func textValue(s []byte) value.Value {
	if !utf8.Valid(s) {
		return value.OfText(view(s)).Tagged("wtf8")
	}
	return value.OfText(view(s))
}

// persID is the persistent id of r, as the only item.
func (d *Doc) persID(r ref) value.Items {
	if isNode(r) {
		return d.items([]ref{d.node(r).a})
	}
	s := d.span(r)
	if !utf8.Valid(s) {
		return value.List{value.OfBytes(view(s))}
	}
	return value.List{value.OfText(view(s))}
}

// computedName is the module and the name of a global that only running the
// pickle would tell.
type computedName struct {
	doc  *Doc
	node *node
}

func (c computedName) Len() int { return 2 }
func (c computedName) At(i int) (key, val value.Value) {
	if i == 0 {
		return value.OfText("module"), c.doc.value(c.node.a)
	}
	return value.OfText("name"), c.doc.value(c.node.b)
}

// view is s as a string, without copying: nothing writes to the input.
func view(s []byte) string { return unsafe.String(unsafe.SliceData(s), len(s)) }

// fullName is the name of a class or function in the words of Python 3.
func (d *Doc) fullName(r ref) string {
	mod, name := d.globalName(r)
	n := pythonName{view(mod), view(name)}
	if d.layer < 3 {
		n = python3Name(n)
	}
	return n.module + "." + n.name
}

// refItems are children that are made when they are asked for.
type refItems struct {
	doc  *Doc
	refs []ref
}

func (s refItems) Len() int             { return len(s.refs) }
func (s refItems) At(i int) value.Value { return s.doc.value(s.refs[i]) }

func (d *Doc) items(refs []ref) value.Items { return refItems{d, refs} }

// refPairs are the entries of a dict, key and value in turn.
type refPairs struct {
	doc  *Doc
	refs []ref
}

func (p refPairs) Len() int { return len(p.refs) / 2 }
func (p refPairs) At(i int) (key, val value.Value) {
	return p.doc.value(p.refs[2*i]), p.doc.value(p.refs[2*i+1])
}

func (d *Doc) entries(refs []ref) value.Pairs { return refPairs{d, refs} }
