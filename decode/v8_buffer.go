package decode

import (
	"encoding/binary"
	"math"

	"cacheview/decode/value"
)

// buffer reads an ArrayBuffer and the view on it that may follow.
func (r *v8) buffer(t byte, at int) value.Value {
	n := r.varint(at, "a buffer")
	if t == '~' {
		r.varint(at, "a buffer") // how far it may grow
	}
	s := r.take(uint64(n), at, "a buffer")
	v := r.keep(value.NewBytes(s))
	if c, ok := r.peek(); !ok || c != 'V' {
		return v
	}
	r.pos++
	kind := r.byte(at, "a view")
	from, size := r.varint(at, "a view"), r.varint(at, "a view")
	if r.version >= 14 {
		r.varint(at, "a view") // flags
	}
	if r.err == nil && uint64(from)+uint64(size) > uint64(len(s)) {
		r.corrupt(at, "a view beyond its buffer")
	}
	if r.err != nil {
		return v
	}
	class, ok := v8Views[kind]
	if !ok {
		r.corrupt(at, "%q is no type of view", kind)
		return v
	}
	return r.keep(typedArray(class, s[from:from+size]))
}

// v8Views are the types of view by the letter that V8 gives them.
var v8Views = map[byte]string{
	'b': "Int8Array", 'B': "Uint8Array", 'C': "Uint8ClampedArray",
	'w': "Int16Array", 'W': "Uint16Array", 'd': "Int32Array", 'D': "Uint32Array",
	'h': "Float16Array", 'f': "Float32Array", 'F': "Float64Array",
	'q': "BigInt64Array", 'Q': "BigUint64Array", '?': "DataView",
}

// nodeViews are the types of view by the number that Node gives them
// (lib/v8.js), which writes views and Buffers in its own way.
var nodeViews = []string{
	"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
	"Float32Array", "Float64Array", "DataView", "Buffer", "BigInt64Array", "BigUint64Array", "Float16Array",
}

func (r *v8) view(at int) value.Value {
	kind := r.varint(at, "a view")
	s := r.take(uint64(r.varint(at, "a view")), at, "a view")
	if r.err == nil && kind >= uint32(len(nodeViews)) {
		r.corrupt(at, "%d is no type of view", kind)
	}
	if r.err != nil {
		return value.Nil
	}
	return r.keep(typedArray(nodeViews[kind], s))
}

// typedArray is bytes for the classes that hold bytes, and a list of numbers
// under its class for the others.
func typedArray(class, s string) value.Value {
	width := typedWidth(class)
	if width == 1 && class != "Int8Array" || len(s)%width != 0 {
		return value.NewBytes(s)
	}
	items := value.NewSeq(typedItems{class, s, width})
	return value.NewText(class).WithTag("array", value.Attr{Name: "items", Value: items})
}

func typedWidth(class string) int {
	switch class {
	case "Int16Array", "Uint16Array", "Float16Array":
		return 2
	case "Int32Array", "Uint32Array", "Float32Array":
		return 4
	case "Float64Array", "BigInt64Array", "BigUint64Array":
		return 8
	}
	return 1
}

// typedItems are the numbers of a typed array, read when they are looked at.
// It is value.Items.
type typedItems struct {
	class, packed string
	width         int
}

// Len returns the number of elements.
func (t typedItems) Len() int { return len(t.packed) / t.width }

// At returns element i.
func (t typedItems) At(i int) value.Value {
	var b [8]byte
	copy(b[:], t.packed[i*t.width:(i+1)*t.width])
	n := binary.LittleEndian.Uint64(b[:])
	switch t.class {
	case "Int8Array":
		return value.NewInt(int64(int8(n)))
	case "Int16Array":
		return value.NewInt(int64(int16(n)))
	case "Int32Array":
		return value.NewInt(int64(int32(n)))
	case "BigInt64Array":
		return value.NewInt(int64(n))
	case "Float16Array":
		return jsNumber(halfFloat(uint16(n)))
	case "Float32Array":
		return jsNumber(float64(math.Float32frombits(uint32(n))))
	case "Float64Array":
		return jsNumber(math.Float64frombits(n))
	}
	return value.NewUint(n)
}
