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
func (d *Document) Value() value.Value {
	if d.failure != nil {
		return d.partial()
	}
	return d.value(d.root)
}

// Discarded returns the readings of the calls and objects that a load would
// make and that the value does not hold.
func (d *Document) Discarded() []value.Value {
	lost := d.discarded(d.roots())
	values := make([]value.Value, len(lost))
	for i, r := range lost {
		values[i] = d.value(r)
	}
	return values
}

// value is the reading of one value.
func (d *Document) value(r ref) value.Value {
	switch d.kind(r) {
	case kBool:
		return value.NewBool(d.bool(r))
	case kInt:
		return d.intValue(r)
	case kFloat:
		return value.NewFloat(d.float(r))
	case kStr:
		return textValue(d.text(r))
	case kStr8:
		s := d.text(r)
		if !utf8.Valid(s) {
			return value.NewBytes(view(s))
		}
		return value.NewText(view(s))
	case kBytes:
		return value.NewBytes(view(d.text(r)))
	case kByteArray:
		return value.NewBytes(view(d.text(r))).WithTag("bytearray")
	case kComplex:
		n := d.node(r)
		return value.NewSeq(value.List{d.value(n.a), d.value(n.b)}).WithTag("complex")
	case kGlobal:
		return value.NewText(d.fullName(r)).WithTag("global")
	case kExt:
		return value.NewInt(d.ext(r)).WithTag("ext")
	case kBuffer:
		return value.NewBool(true).WithTag("buffer")
	case kPersID:
		return value.NewLazyObject("persid", "", d.persID(r), nil).WithID(id(r))
	case kComputed:
		return value.NewLazyObject("global", "", value.List{value.NewMap(computedName{d, d.node(r)})}, nil).WithID(id(r))
	case kTuple:
		return value.NewSeq(d.items(d.seq(r))).WithTag("tuple").WithID(id(r))
	case kList:
		return value.NewSeq(d.items(d.seq(r))).WithID(id(r))
	case kSet:
		return value.NewSeq(d.items(d.seq(r))).WithTag("set").WithID(id(r))
	case kFrozenSet:
		return value.NewSeq(d.items(d.seq(r))).WithTag("frozenset").WithID(id(r))
	case kDict:
		return value.NewMap(d.entries(d.seq(r))).WithID(id(r))
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

func (d *Document) intValue(r ref) value.Value {
	if n, ok := d.int64(r); ok {
		return value.NewInt(n)
	}
	z := d.bigInt(r)
	if z.BitLen() > maxPlainBits {
		return value.NewBigInt(fmt.Sprintf("%#x", z))
	}
	return value.NewBigInt(z.String())
}

// textValue is a str, or its bytes when it holds lone surrogates.
func textValue(s []byte) value.Value {
	if !utf8.Valid(s) {
		return value.NewText(view(s)).WithTag("wtf8")
	}
	return value.NewText(view(s))
}

// persID is the persistent id of r, as the only item.
func (d *Document) persID(r ref) value.Items {
	if isNode(r) {
		return d.items([]ref{d.node(r).a})
	}
	s := d.span(r)
	if !utf8.Valid(s) {
		return value.List{value.NewBytes(view(s))}
	}
	return value.List{value.NewText(view(s))}
}

// computedName is the module and the name of a global that only running the
// pickle would tell.
type computedName struct {
	doc  *Document
	node *node
}

func (c computedName) Len() int { return 2 }
func (c computedName) At(i int) (key, val value.Value) {
	if i == 0 {
		return value.NewText("module"), c.doc.value(c.node.a)
	}
	return value.NewText("name"), c.doc.value(c.node.b)
}

// view is s as a string, without copying: nothing writes to the input.
func view(s []byte) string { return unsafe.String(unsafe.SliceData(s), len(s)) }

// fullName is the name of a class or function in the words of Python 3.
func (d *Document) fullName(r ref) string {
	mod, name := d.globalName(r)
	n := pythonName{view(mod), view(name)}
	if d.layer < 3 {
		n = python3Name(n)
	}
	return n.module + "." + n.name
}

// refItems are children that are made when they are asked for.
type refItems struct {
	doc  *Document
	refs []ref
}

func (s refItems) Len() int             { return len(s.refs) }
func (s refItems) At(i int) value.Value { return s.doc.value(s.refs[i]) }

func (d *Document) items(refs []ref) value.Items { return refItems{d, refs} }

// refPairs are the entries of a dict, key and value in turn.
type refPairs struct {
	doc  *Document
	refs []ref
}

func (p refPairs) Len() int { return len(p.refs) / 2 }
func (p refPairs) At(i int) (key, val value.Value) {
	return p.doc.value(p.refs[2*i]), p.doc.value(p.refs[2*i+1])
}

func (d *Document) entries(refs []ref) value.Pairs { return refPairs{d, refs} }
