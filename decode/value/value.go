// Package value is the typed tree that every decoder returns and every
// renderer walks.
//
// A Value is a small immutable handle. Its children come from a Seq or a
// Pairs, which may hold them or make them when they are asked for: a pickle of
// a million rows is a packed table behind a Seq, and only the rows on screen
// ever become Values. Text and bytes are views into the decoded input and must
// not be changed.
//
// The package refuses to do two things: it never reads input, and it never
// drops what it cannot name. What has no plain form carries a tag (Tagged),
// which is what the JSON form writes as {"$tag": ...}.
package value

import "math"

// Kind says which accessors of a Value mean something.
type Kind uint8

// The kinds. Every kind but Null may carry a tag.
const (
	Null   Kind = iota
	Bool        // Bool
	Int         // Int when Text is empty, else Text has the digits of a number beyond 64 bits
	Float       // Float; Text has the number as its format writes it, empty for a binary one
	Text        // Text: UTF-8 unless the tag is "wtf8"
	Bytes       // Text: any bytes
	Seq         // Items
	Map         // Pairs
	Object      // Text is the class, or Head when the class is itself a value; parts are Attrs
)

// Items are the children of a sequence, by index from 0.
type Items interface {
	Len() int
	At(i int) Value
}

// Pairs are the entries of a map in the order of the input, repeated keys too.
// One that makes its entries may also have KeyAt(i int) Value, which spares
// whoever asks for keys the values.
type Pairs interface {
	Len() int
	At(i int) (key, val Value)
}

// Attr is a named part of a tagged value: the zone of a datetime, the maxlen of
// a deque, the args and the state of an object.
type Attr struct {
	Name  string
	Value Value
}

// Parts makes the named parts of an object when they are asked for, so that
// objects inside objects, to any depth and in cycles, cost nothing until then.
type Parts interface{ Attrs() []Attr }

// Value is one node of a decoded value.
type Value struct {
	kind     Kind
	notation Notation
	doubt    bool
	id       uint32
	num      uint64
	tag      string
	text     string
	items    Items
	pairs    Pairs
	attrs    []Attr
	parts    Parts // makes attrs when set
}

// Nil is null, None, nil.
var Nil = Value{}

// NewBool is true or false.
func NewBool(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// NewInt is an integer of at most 64 bits.
func NewInt(n int64) Value { return Value{kind: Int, num: uint64(n)} }

// NewUint is an unsigned integer of at most 64 bits.
func NewUint(n uint64) Value {
	if n > math.MaxInt64 {
		return NewBigInt(uintDigits(n))
	}
	return NewInt(int64(n))
}

// NewBigInt is an integer of any size, given by its decimal digits.
func NewBigInt(digits string) Value { return Value{kind: Int, text: digits} }

// NewFloat is a 64-bit float.
func NewFloat(f float64) Value { return Value{kind: Float, num: math.Float64bits(f)} }

// NewNumber is a number that its format writes as text, in that writing: 1.10,
// 1E+2, or more digits than a float holds. f is the nearest float.
func NewNumber(f float64, literal string) Value {
	return Value{kind: Float, num: math.Float64bits(f), text: literal}
}

// NewText is text. The caller has checked that it is UTF-8.
func NewText(s string) Value { return Value{kind: Text, text: s} }

// NewBytes is bytes, held as a string so that they cannot change.
func NewBytes(s string) Value { return Value{kind: Bytes, text: s} }

// NewSeq is a sequence: a list, or with a tag a tuple, set, deque, array.
func NewSeq(items Items) Value { return Value{kind: Seq, items: items} }

// NewMap is a map: a dict, hash or object of plain data.
func NewMap(pairs Pairs) Value { return Value{kind: Map, pairs: pairs} }

// NewObject is an instance or a call that was read and never made: tag is
// "object" or "call" (or "enum"), class its full name, attrs its parts.
func NewObject(tag, class string, attrs ...Attr) Value {
	return Value{kind: Object, tag: tag, text: class, attrs: attrs}
}

// NewObjectHead is OfObject where the class is not a name but a value, such as
// the result of another call.
func NewObjectHead(tag string, head Value, attrs ...Attr) Value {
	return Value{kind: Object, tag: tag, items: List{head}, attrs: attrs}
}

// NewLazyObject is OfObject, or when head is not nil OfObjectHead with the
// only item of head, whose parts are made when they are asked for.
func NewLazyObject(tag, class string, head Items, parts Parts) Value {
	return Value{kind: Object, tag: tag, text: class, items: head, parts: parts}
}

// WithTag returns v with a tag ("datetime", "tuple", "decimal") and named parts.
func (v Value) WithTag(tag string, attrs ...Attr) Value {
	v.tag, v.attrs, v.parts = tag, attrs, nil
	return v
}

// WithID returns v with an identity. Two values with the same non-zero id are
// the same container; an id that occurs among its own ancestors is a cycle.
func (v Value) WithID(id uint32) Value { v.id = id; return v }

// Kind returns the kind.
func (v Value) Kind() Kind { return v.kind }

// Tag returns the tag, empty for plain data.
func (v Value) Tag() string { return v.tag }

// ID returns the identity of a container, 0 when it has none.
func (v Value) ID() uint32 { return v.id }

// Bool returns the truth of a Bool.
func (v Value) Bool() bool { return v.num != 0 }

// Int returns an Int that fits 64 bits, and whether it does.
func (v Value) Int() (int64, bool) { return int64(v.num), v.kind == Int && v.text == "" }

// Float returns the number of a Float.
func (v Value) Float() float64 { return math.Float64frombits(v.num) }

// Text returns the text of a Text, the bytes of a Bytes, the digits of a large
// Int, the writing of a Float that has one, the class of an Object.
func (v Value) Text() string { return v.text }

// Head returns the class of an Object whose class is not a plain name.
func (v Value) Head() (Value, bool) {
	if v.kind != Object || v.items == nil {
		return Nil, false
	}
	return v.items.At(0).InheritNotation(v.notation), true
}

// Items returns the children of a Seq; nil for every other kind.
func (v Value) Items() Items {
	if v.kind != Seq {
		return nil
	}
	return v.items
}

// Pairs returns the entries of a Map; nil for every other kind.
func (v Value) Pairs() Pairs {
	if v.kind != Map {
		return nil
	}
	return v.pairs
}

// Attrs returns the named parts.
func (v Value) Attrs() []Attr {
	if v.parts != nil {
		return v.parts.Attrs()
	}
	return v.attrs
}

// Attr returns one named part.
func (v Value) Attr(name string) (Value, bool) {
	for _, a := range v.Attrs() {
		if a.Name == name {
			return a.Value, true
		}
	}
	return Nil, false
}

// Len returns the number of children of a Seq or Map, the bytes of a Text or
// Bytes, and 0 for every other kind.
func (v Value) Len() int {
	switch v.kind {
	case Seq:
		if v.items != nil {
			return v.items.Len()
		}
	case Map:
		if v.pairs != nil {
			return v.pairs.Len()
		}
	case Text, Bytes:
		return len(v.text)
	}
	return 0
}
