package decode

import (
	"math"
	"math/big"

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
		return content.Tagged("datetime")
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
	return value.OfSeq(value.List{value.OfUint(n), content}).Tagged("tag")
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
