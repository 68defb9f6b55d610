package decode

import (
	"bytes"
	"math"
	"unicode"
	"unicode/utf8"

	"cacheview/decode/value"
)

// This file has the currency in which readings without a signature are
// compared: bits of evidence. A reading earns a bit for each halving of the
// chance that random bytes of the same length would read so well; whatever an
// encoder would not have written takes bits away. The plain bytes have a score
// in the same currency ([plainBits]), because a counter or a vector is no
// accident either. docs/detection.md explains the model with examples.
//
// All scores look at a bounded part of the value: after a few hundred tokens a
// format has earned far more than [sureBits].

const (
	// shownBits is the lead over the plain bytes from which a reading is
	// shown instead of them.
	shownBits = 2.5
	// sureBits is the lead over every other reading from which the answer
	// needs no flag: one accident in a million.
	sureBits = 20
	// fairBits is the lead from which a reading proves the wrapper around it.
	fairBits = 6
	// nearBits is how far behind plain bytes a reading may be and is still
	// named beside them.
	nearBits = 10
	// keyEvidence is what a key's name adds to a format that its framework
	// stores values in.
	keyEvidence = 16
	// enoughBits ends the search for further readings without a signature.
	enoughBits = 64
	// tinyValue is the length below which bytes come first: a reading of one
	// or two bytes proves nothing.
	tinyValue = 3
)

// The evidence of readings that earn a fixed number of bits.
const (
	signatureBits = 256.0 // a signature: nothing that is scored outweighs it
	grammarBits   = 128.0 // a grammar of text, read to its end
	oddBits       = -16.0 // what encoders never write: a repeated key, an unassigned tag
)

const (
	maxScored     = 400 // tokens of one value that are scored
	maxScoredText = 256 // bytes of one text that are scored
	maxTextBits   = 40  // what one text can earn
)

// textBits is the evidence that bytes are text: how improbable it is that
// random bytes are valid UTF-8 and printable. Bytes that are not UTF-8 take
// evidence away.
func textBits(raw []byte) float64 {
	if len(raw) > maxScoredText {
		raw = raw[:maxScoredText]
		for i := 0; i < utf8.UTFMax && len(raw) > 0 && !utf8.Valid(raw); i++ {
			raw = raw[:len(raw)-1]
		}
	}
	bits := 0.0
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if r == utf8.RuneError && size <= 1 {
			return oddBits
		}
		bits += runeBits(r, size)
		raw = raw[size:]
	}
	return min(bits, maxTextBits)
}

// runeBits is the evidence in one character of text, by the share of random
// bytes that make a character of its kind.
func runeBits(r rune, size int) float64 {
	switch {
	case r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0x7f:
		return -4
	case size == 1 && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == ' ' || r == '_'):
		return 2.4
	case size == 1:
		return 1.4
	case !unicode.IsPrint(r):
		return -8
	}
	bits := [...]float64{2: 5, 3: 7, 4: 10}[size]
	if unicode.IsLetter(r) {
		bits++
	}
	return bits
}

// isKeyName reports whether text looks like the name of a field: short, one
// word or a few, and nothing but printable characters.
func isKeyName(raw []byte) bool {
	return len(raw) > 0 && len(raw) <= 64 && judgeText(raw) == cleanText && !bytes.ContainsAny(raw, "\n\r\t")
}

// floatBits is the evidence in a binary float of so many bits: numbers that
// programs compute use few of the exponents, and many end in zeros.
func floatBits(f float64, pattern uint64, width int) float64 {
	a := math.Abs(f)
	base := float64(width)/16 - 1
	switch {
	case pattern == 0:
		return float64(width) - 8
	case math.IsNaN(f) || math.IsInf(f, 0):
		base = -2
	case a != 0 && (a < 1e-9 || a > 1e15):
		base = -6
	}
	return base + 0.9*float64(min(trailingZeros(pattern), 52))
}

// intBits is the evidence in an integer that takes width bytes of payload:
// small magnitudes are common, random ones are large.
func intBits(magnitude uint64, width int) float64 {
	return max(8*float64(width)-1.05*bitLen(magnitude), -0.5)
}

// smallBits is the evidence in an integer that is written as one byte.
func smallBits(magnitude uint64) float64 { return max(5.5-bitLen(magnitude), -1) }

func bitLen(n uint64) float64 {
	if n == 0 {
		return 0
	}
	return math.Log2(float64(n)) + 1
}

// treeBits is the evidence in a value that any format gave: texts that are
// text, keys that are names. Nulls, empties and repeated keys are none. It is
// what a reading earns beyond its header.
func treeBits(v value.Value) float64 {
	bits, nodes := 0.0, 0
	value.Walk(v, func(_ value.Path, v value.Value) bool {
		if nodes++; nodes > maxScored {
			return false
		}
		switch v.Kind() {
		case value.Text:
			bits += textBits([]byte(v.Text()))
		case value.Bool:
			bits += 2
		case value.Int, value.Float:
			bits++
		case value.Object:
			bits += 8 + min(textBits([]byte(v.Text())), 16)
		case value.Map:
			bits += keyBits(v)
		}
		return true
	})
	return bits
}

// keyBits is the evidence in the keys of a map.
func keyBits(v value.Value) float64 {
	bits := 0.0
	seen := map[string]bool{}
	p := v.Pairs()
	for i := range min(v.Len(), 64) {
		k, _ := p.At(i)
		switch k.Kind() {
		case value.Text:
			name := k.Text()
			switch {
			case seen[name]:
				bits += oddBits
			case isKeyName([]byte(name)):
				bits += 3 + min(textBits([]byte(name)), 16)
			default:
				bits -= 4
			}
			seen[name] = true
		case value.Int:
		default:
			bits -= 6
		}
	}
	return bits
}

// isPlaceholder reports whether a value says nothing: null, false, an empty
// text or container, or a container of nothing else.
func isPlaceholder(v value.Value) bool {
	nodes, content := 0, false
	value.Walk(v, func(_ value.Path, v value.Value) bool {
		nodes++
		switch v.Kind() {
		case value.Null:
		case value.Text, value.Bytes:
			content = content || v.Len() > 0
		case value.Seq:
			content = content || v.Len() > 64
		case value.Map:
			content = content || v.Len() > 0
		default:
			content = true
		}
		return !content && nodes < maxScored
	})
	return !content
}
