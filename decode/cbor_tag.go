package decode

import (
	"math"
	"math/big"
	"slices"

	"cacheview/decode/value"
)

// The tags that have a plain reading (RFC 8949, section 3.4). Every other is
// shown as its number and its content.
const (
	cborTagText     = 0 // RFC 3339 text
	cborTagEpoch    = 1 // seconds since 1970
	cborTagBignum   = 2
	cborTagNegative = 3
	cborTagSelf     = 55799 // says only "this is CBOR"
)

// maxBignum is the longest bignum, in bytes, that is turned into digits; the
// work grows with the square of the length.
const maxBignum = 4096

// cborTagged makes a tagged value; after an error it may have no content.
func cborTagged(p *packed, b box) value.Value {
	content := value.Nil
	if b.n > 0 {
		content = p.value(p.kids[b.first])
	}
	n := readCBORHead(p.raw[b.off:]).arg
	plain := content.Tag() == ""
	switch {
	case n == cborTagSelf:
		return content
	case n == cborTagText && plain && content.Kind() == value.Text:
		return content.WithTag("datetime")
	case n == cborTagEpoch && plain:
		if v, ok := epoch(content); ok {
			return v
		}
	case (n == cborTagBignum || n == cborTagNegative) && content.Kind() == value.Bytes && content.Len() <= maxBignum:
		i := new(big.Int).SetBytes([]byte(content.Text()))
		if n == cborTagNegative {
			i.Not(i)
		}
		return ofDigits(i.String())
	}
	if plain {
		if v, ok := cborContainer(n, content); ok {
			return v
		}
	}
	return value.NewSeq(value.List{value.NewUint(n), content}).WithTag("tag")
}

// cborContainer reads the registered tags of containers: sets, maps of any keys,
// objects by their constructor, arrays of numbers of one type (RFC 8746).
func cborContainer(tag uint64, content value.Value) (value.Value, bool) {
	switch {
	case tag == 258 && content.Kind() == value.Seq:
		return content.WithTag("set"), true
	case tag == 259 && content.Kind() == value.Map:
		return content.WithTag("map"), true
	case tag == 27 && content.Kind() == value.Seq && content.Len() > 0:
		class := content.Items().At(0)
		if class.Kind() != value.Text || class.Tag() != "" {
			return value.Nil, false
		}
		args := make(value.List, 0, min(content.Len(), maxArgs))
		for i := 1; i < min(content.Len(), maxArgs); i++ {
			args = append(args, content.Items().At(i))
		}
		return value.NewObject("object", class.Text(), value.Attr{Name: "args", Value: value.NewSeq(args)}), content.Len() <= maxArgs
	case content.Kind() == value.Bytes:
		class, swapped, ok := cborArray(tag)
		if !ok || content.Len()%typedWidth(class) != 0 || swapped && content.Len() > maxSwapped {
			return value.Nil, false
		}
		s := content.Text()
		if swapped {
			s = swap(s, typedWidth(class))
		}
		return typedArray(class, s), true
	}
	return value.Nil, false
}

const (
	maxArgs    = 64      // arguments of an object
	maxSwapped = 1 << 20 // bytes of an array in the other order of bytes
)

// cborArray is the class of a typed array's tag, and whether its numbers have
// their highest byte first.
func cborArray(tag uint64) (class string, swapped, ok bool) {
	unsigned := [...]string{"Uint8Array", "Uint16Array", "Uint32Array", "BigUint64Array"}
	signed := [...]string{"Int8Array", "Int16Array", "Int32Array", "BigInt64Array"}
	floats := [...]string{"Float16Array", "Float32Array", "Float64Array"}
	switch {
	case tag == 68:
		return "Uint8ClampedArray", false, true
	case tag >= 64 && tag <= 71:
		return unsigned[tag&3], tag < 68 && tag > 64, true
	case tag >= 72 && tag <= 79 && tag != 76:
		return signed[tag&3], tag < 76 && tag > 72, true
	case tag >= 80 && tag <= 86 && tag != 83:
		return floats[tag&3], tag < 84, true
	}
	return "", false, false
}

// swap reverses the bytes of each number.
func swap(s string, width int) string {
	b := []byte(s)
	for ; len(s) >= width; s = s[width:] {
		slices.Reverse(b[len(b)-len(s) : len(b)-len(s)+width])
	}
	return string(b)
}

func epoch(v value.Value) (value.Value, bool) {
	if sec, ok := v.Int(); ok {
		return utc(sec, 0), true
	}
	if v.Kind() == value.Float && math.Abs(v.Float()) < 1e11 {
		whole := math.Floor(v.Float())
		// A double of this size knows microseconds, not nanoseconds.
		micros := math.Round((v.Float() - whole) * 1e6)
		return utc(int64(whole), min(int64(micros), 999_999)*1000), true
	}
	return value.Nil, false
}
