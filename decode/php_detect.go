package decode

import (
	"bytes"
	"math"

	"cacheview/decode/value"
)

// phpRows are the formats that PHP writes itself.
var phpRows = []row{
	{name: "php-serialize", trust: certain, sniff: sniffPHPTwice, unwrap: unwrapPHPTwice},
	{name: "php-serialize", trust: certain, sniff: sniffPHP, parse: parsePHP},
	{name: "php-serialize", trust: sound, sniff: sniffPHPScalar, parse: parsePHP},
	{name: "igbinary", trust: certain, short: true, sniff: sniffIgbinary, read: readLongIgbinary},
	{name: "igbinary", trust: fair, sniff: sniffIgbinary, parse: parseIgbinary, score: scoreIgbinary(30)},
	{name: "igbinary", trust: fair, sniff: sniffIgbinary1, parse: parseIgbinary, score: scoreIgbinary(14)},
	{name: "php-session", trust: sound, sniff: sniffPHPSession, read: readPHPSession},
	{name: "php-session", trust: fair, sniff: sniffPHPBinarySession, parse: parsePHPBinarySession, score: scorePHPBinarySession},
}

// sniffPHP wants a letter, a length, and what must follow it: a brace for an
// array, a quote for everything else. Text does not begin like this.
func sniffPHP(in *input) (string, bool) {
	const reason = "a type letter and a length, as PHP's serialize() writes them"
	if len(in.raw) < 2 || in.raw[1] != ':' {
		return "", false
	}
	open := byte('"')
	switch in.raw[0] {
	case 'a':
		open = '{'
	case 's', 'S', 'O', 'C', 'E':
	default:
		return "", false
	}
	rest := in.raw[2:]
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits > 10 {
		return "", false
	}
	return reason, bytes.HasPrefix(rest[digits:], []byte{':', open})
}

// sniffPHPScalar knows the values that are short enough to be an accident.
func sniffPHPScalar(in *input) (string, bool) {
	raw := in.raw
	if len(raw) < 2 || len(raw) > maxPHPNumber || raw[len(raw)-1] != ';' {
		return "", false
	}
	if string(raw) == "N;" {
		return "null, as PHP's serialize() writes it", true
	}
	return "a type letter and a number, as PHP's serialize() writes them", raw[1] == ':' && bytes.IndexByte([]byte("bid"), raw[0]) >= 0
}

// sniffPHPTwice knows a string that is itself a serialized array or object:
// how Laravel keeps sessions.
func sniffPHPTwice(in *input) (string, bool) {
	if len(in.raw) == 0 || in.raw[0] != 's' {
		return "", false
	}
	inner, err := phpString(in.raw, in.lim)
	if err != nil || len(inner) < 2 || inner[1] != ':' || inner[0] != 'a' && inner[0] != 'O' {
		return "", false
	}
	_, n, err := parsePHP(inner, in.lim)
	return "a serialized string that holds a serialized value, as Laravel keeps sessions", err == nil && n == len(inner)
}

func unwrapPHPTwice(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	inner, err := phpString(raw, lim)
	return unwrapped{inner: inner, next: "php-serialize"}, err
}

// phpString returns the content of the one string that raw is.
func phpString(raw []byte, lim value.Limits) ([]byte, *value.Error) {
	p := newPHPReader("php-serialize", raw, lim)
	p.expect(0, "s:")
	n := p.count(0, ':')
	p.expect(0, `"`)
	start := p.pos
	p.take(n, 0, "a string")
	end := p.pos
	p.expect(0, `";`)
	if p.err == nil && p.left() > 0 {
		p.corrupt(p.pos, "bytes after the string")
	}
	if p.err != nil {
		return nil, p.err
	}
	return raw[start:end], nil
}

func sniffIgbinary(in *input) (string, bool) {
	ok := len(in.raw) > 4 && in.raw[4] <= igEnum && bytes.HasPrefix(in.raw, []byte{0, 0, 0, 2})
	return "00 00 00 02, the header of igbinary", ok
}

// sniffIgbinary1 is for the format before 2010, whose header is also a number
// that other formats begin with.
func sniffIgbinary1(in *input) (string, bool) {
	ok := len(in.raw) > 4 && in.raw[4] <= igEnum && bytes.HasPrefix(in.raw, []byte{0, 0, 0, 1})
	return "00 00 00 01, the header of igbinary", ok
}

// readLongIgbinary is for values that say more than their header, which is
// also a small number in other formats. It alone recognizes damage.
func readLongIgbinary(in *input) reading {
	v, n, err := parseIgbinary(in.raw, in.lim)
	rd := reading{value: v, n: n, err: err}
	rd.refused = !isDamage(rd)
	return rd
}

// maxIgbinaryInt is the length of an integer of at most 32 bits.
const maxIgbinaryInt = 9

// scoreIgbinary adds what the value says to the evidence of the header. Null,
// false and empty values add nothing.
func scoreIgbinary(header float64) scorer {
	return func(in *input, out *outcome) (float64, bool) {
		if isPlaceholder(out.Value) {
			return header, false
		}
		if len(in.raw) <= maxIgbinaryInt && out.Value.Kind() == value.Int {
			// A count of 2 and a short number are six bytes of a struct, too.
			return min(header+10, plainBits(in.raw)+sureBits-1), false
		}
		return header + 6 + treeBits(out.Value) + igbinaryBits(out.Value), false
	}
}

// igbinaryBits is the evidence in the type bytes, of which 40 of 256 exist, in
// the keys of lists, which follow from their places, and in floats.
func igbinaryBits(v value.Value) float64 {
	bits, nodes := 0.0, 0
	value.Walk(v, func(_ value.Path, v value.Value) bool {
		nodes++
		bits += 4
		switch v.Kind() {
		case value.Seq:
			bits += 10 * float64(min(v.Len(), maxScored))
		case value.Map:
			bits += 4 * float64(min(v.Len(), maxScored))
		case value.Float:
			bits += floatBits(v.Float(), math.Float64bits(v.Float()), 64)
		}
		return nodes < maxScored
	})
	return bits
}

// readPHPSession wants a variable with a value: names alone are text.
func readPHPSession(in *input) reading {
	v, n, err := parsePHPSession(in.raw, in.lim)
	if err == nil && variables(v) == 0 {
		err = &value.Error{Format: "php-session", Kind: value.Corrupt, Detail: "no variable has a value"}
	}
	return reading{value: v, n: n, err: err}
}

// variables counts the variables of a session that have a value.
func variables(v value.Value) int {
	n := 0
	for i := range v.Len() {
		if _, x := v.Pairs().At(i); x.Tag() != undefined.Tag() {
			n++
		}
	}
	return n
}

// scorePHPBinarySession counts serialized values, which begin with a letter
// and a mark, and names. A name without a value is no evidence.
func scorePHPBinarySession(_ *input, out *outcome) (float64, bool) {
	n := variables(out.Value)
	if n == 0 {
		return oddBits, true
	}
	return 14*float64(n) - 12*float64(out.Value.Len()-n) + treeBits(out.Value), n < out.Value.Len()
}

func sniffPHPSession(in *input) (string, bool) {
	n := bytes.IndexByte(in.raw, '|')
	ok := n > 0 && n < 256 && (startsPHP(in.raw[n+1:]) || in.raw[0] == '!')
	return "name|value pairs, as PHP keeps sessions", ok
}

func sniffPHPBinarySession(in *input) (string, bool) {
	if len(in.raw) < 4 || in.raw[0] == 0 {
		return "", false
	}
	n := int(in.raw[0]&0x7f) + 1
	ok := n < len(in.raw) && (in.raw[0] >= 0x80 || startsPHP(in.raw[n:]))
	return "names with their length and values, as PHP keeps sessions (php_binary)", ok
}

// startsPHP says whether raw begins like a serialized value.
func startsPHP(raw []byte) bool {
	if len(raw) < 2 {
		return false
	}
	if raw[0] == 'N' {
		return raw[1] == ';'
	}
	return raw[1] == ':' && bytes.IndexByte([]byte("bidsSaOCERr"), raw[0]) >= 0
}
