package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"strconv"

	"cacheview/decode/value"
)

const (
	// maxDigits bounds a decimal literal: turning one into binary takes more
	// than linear time.
	maxDigits = 2_000_000
	// longDigits is the length from which a literal becomes a node with its
	// digits found, so that padding is not read again by every look at it.
	longDigits = 32
)

// literal is an integer literal taken apart.
type literal struct {
	digits   []byte // without sign and leading zeros; underscores may remain
	base     int
	negative bool
}

// parseLiteral reads an integer as Python's int does: base 10, or with a
// prefix another.
func parseLiteral(s []byte) (literal, bool) {
	s = bytes.Trim(s, " \t\n\v\f\r\x1c\x1d\x1e\x1f")
	l := literal{base: 10}
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		l.negative = s[0] == '-'
		s = s[1:]
	}
	if len(s) > 2 && s[0] == '0' {
		switch s[1] | 0x20 {
		case 'x':
			l.base = 16
		case 'o':
			l.base = 8
		case 'b':
			l.base = 2
		}
		if l.base != 10 {
			s = s[2:]
			if s[0] == '_' {
				s = s[1:]
			}
		}
	}
	wasDigit := false
	for _, c := range s {
		d := hexDigit(c)
		if c == '_' && wasDigit {
			wasDigit = false
			continue
		}
		if d < 0 || d >= l.base {
			return l, false
		}
		wasDigit = true
	}
	if !wasDigit {
		return l, false
	}
	l.digits = bytes.TrimLeft(s, "0_")
	return l, true
}

// takeKey moves over the line that has the number of GET or PUT.
func (m *machine) takeKey() (k key, negative, ok bool) {
	const plain = 18 // digits that fit 64 bits whatever they are
	d := m.data[m.pos:]
	for i := 0; i < len(d) && i < plain; i++ {
		c := d[i]
		if c == '\n' && i > 0 {
			m.pos += i + 1
			return k, false, true
		}
		if c < '0' || c > '9' {
			break
		}
		k.n = k.n*10 + uint64(c-'0')
	}
	l, ok := m.takeLine()
	if !ok {
		return k, false, false
	}
	if k, negative, ok = parseOddKey(l); !ok {
		m.fail(value.Corrupt, "bad integer literal")
	}
	return k, negative, ok
}

func parseOddKey(s []byte) (k key, negative, ok bool) {
	l, ok := parseLiteral(s)
	if !ok {
		return k, false, false
	}
	digits := string(bytes.ReplaceAll(l.digits, []byte("_"), nil))
	if digits == "" {
		return k, false, true
	}
	n, err := strconv.ParseUint(digits, l.base, 64)
	if err != nil {
		return key{huge: strconv.Itoa(l.base) + ":" + digits}, l.negative, true
	}
	return key{n: n}, l.negative, true
}

// textInt is INT and LONG. A short plain literal stays an atom.
func (m *machine) textInt(op byte, s []byte) (atom, ok bool) {
	if op == opInt && m.isTextBool(ref(m.at)) {
		return true, true
	}
	if isShortInt(s) {
		return true, true
	}
	if op == opLong && len(s) > 0 && s[len(s)-1] == 'L' {
		s = s[:len(s)-1]
	}
	l, ok := parseLiteral(s)
	if !ok {
		return false, m.fail(value.Corrupt, "bad integer literal")
	}
	if len(s) <= longDigits {
		return true, true
	}
	if len(l.digits) > maxDigits {
		return false, m.fail(value.Limit, "the number is too long")
	}
	n := node{kind: kInt, height: 1, b: uint32(len(l.digits)), c: uint32(l.base), flags: flagDecimal}
	if l.negative {
		n.flags |= flagNegative
	}
	if n.b > 0 {
		n.a = uint32(m.at + 1 + cap(s) - cap(l.digits)) // both are views into data
	}
	return false, m.pushNode(n)
}

// isShortInt says whether s is a few digits, as most numbers are.
func isShortInt(s []byte) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 18 {
		return false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// textFloat is FLOAT.
func (m *machine) textFloat(s []byte) bool {
	f, ok := parseFloat(s)
	if !ok {
		return m.fail(value.Corrupt, "bad float literal")
	}
	b := math.Float64bits(f)
	return m.pushNode(node{kind: kFloat, height: 1, b: uint32(b), c: uint32(b >> 32)})
}

// parseFloat reads a float as Python's float does: no hexadecimal.
func parseFloat(s []byte) (float64, bool) {
	s = bytes.Trim(s, " \t\n\v\f\r\x1c\x1d\x1e\x1f")
	if bytes.IndexByte(s, '_') >= 0 {
		if !underscoresBetweenDigits(s) {
			return 0, false
		}
		s = bytes.ReplaceAll(s, []byte("_"), nil)
	}
	if bytes.ContainsAny(s, "xXpP") {
		return 0, false
	}
	if bytes.EqualFold(bytes.TrimLeft(s, "+-"), []byte("nan")) && len(s) <= 4 {
		return math.NaN(), true
	}
	f, err := strconv.ParseFloat(string(s), 64)
	if e, isNum := err.(*strconv.NumError); isNum && e.Err == strconv.ErrRange {
		return f, true
	}
	return f, err == nil
}

func underscoresBetweenDigits(s []byte) bool {
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	for i, c := range s {
		if c == '_' && (!digit(i-1) || !digit(i+1)) {
			return false
		}
	}
	return true
}

// long4 is LONG4. A number of more than a few bytes becomes a node with its
// padding taken off.
func (m *machine) long4() (atom, ok bool) {
	if !m.takeSized(4, true) {
		return false, false
	}
	s := trimLong(m.data[m.at+5 : m.pos])
	if m.pos-m.at-5 <= longDigits {
		return true, true
	}
	return false, m.pushNode(node{kind: kInt, height: 1, a: uint32(m.at + 5), b: uint32(len(s))})
}

// trimLong takes the bytes off a little-endian two's complement number that
// only repeat its sign.
func trimLong(s []byte) []byte {
	for n := len(s); n > 0; n-- {
		top := s[n-1]
		if top != 0 && top != 0xff {
			return s[:n]
		}
		if n == 1 {
			if top == 0 {
				return nil
			}
			return s[:1]
		}
		if top>>7 != s[n-2]>>7 {
			return s[:n]
		}
	}
	return nil
}

// float returns a kFloat.
func (t *table) float(r ref) float64 {
	if isNode(r) {
		n := t.node(r)
		return math.Float64frombits(uint64(n.b) | uint64(n.c)<<32)
	}
	return math.Float64frombits(binary.BigEndian.Uint64(t.span(r)))
}

// bool returns a kBool.
func (t *table) bool(r ref) bool {
	if t.data[r] == opInt {
		return t.data[r+2] == '1'
	}
	return t.data[r] == opNewTrue
}

// ext returns the code of a kExt.
func (t *table) ext(r ref) int64 {
	s := t.span(r)
	if len(s) == 4 {
		return int64(int32(binary.LittleEndian.Uint32(s)))
	}
	n, _ := smallLong(append(s[:len(s):len(s)], 0))
	return n
}

// int64 returns a kInt that fits.
func (t *table) int64(r ref) (int64, bool) {
	if isNode(r) {
		n := t.node(r)
		payload := t.data[n.a : n.a+n.b]
		if n.flags&flagDecimal == 0 {
			return smallLong(payload)
		}
		return smallLiteral(literal{payload, int(n.c), n.flags&flagNegative != 0})
	}
	s := t.span(r)
	switch t.data[r] {
	case opBinInt1:
		return int64(s[0]), true
	case opBinInt2:
		return int64(binary.LittleEndian.Uint16(s)), true
	case opBinInt:
		return int64(int32(binary.LittleEndian.Uint32(s))), true
	case opLong1, opLong4:
		return smallLong(trimLong(s))
	case opLong:
		s = bytes.TrimSuffix(s, []byte("L"))
	}
	if n, err := strconv.ParseInt(string(s), 10, 64); err == nil {
		return n, true
	}
	l, _ := parseLiteral(s)
	return smallLiteral(l)
}

// smallLong reads a trimmed little-endian number of at most 8 bytes.
func smallLong(s []byte) (int64, bool) {
	if len(s) > 8 {
		return 0, false
	}
	var n uint64
	for i := len(s) - 1; i >= 0; i-- {
		n = n<<8 | uint64(s[i])
	}
	shift := 64 - 8*uint(len(s))
	if shift == 64 {
		return 0, true
	}
	return int64(n<<shift) >> shift, true
}

func smallLiteral(l literal) (int64, bool) {
	digits := bytes.ReplaceAll(l.digits, []byte("_"), nil)
	if len(digits) == 0 {
		return 0, true
	}
	if len(digits) > 64 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(digits), l.base, 64)
	if l.negative {
		n, err = strconv.ParseInt("-"+string(digits), l.base, 64)
	}
	return n, err == nil
}

// bigInt returns any kInt.
func (t *table) bigInt(r ref) *big.Int {
	if n, ok := t.int64(r); ok {
		return big.NewInt(n)
	}
	var payload []byte
	l := literal{base: 10}
	if isNode(r) {
		n := t.node(r)
		payload = t.data[n.a : n.a+n.b]
		if n.flags&flagDecimal == 0 {
			return bigLong(payload)
		}
		l = literal{payload, int(n.c), n.flags&flagNegative != 0}
	} else {
		payload = t.span(r)
		if t.data[r] == opLong1 || t.data[r] == opLong4 {
			return bigLong(payload)
		}
		l, _ = parseLiteral(bytes.TrimSuffix(payload, []byte("L")))
	}
	z := parseBig(string(bytes.ReplaceAll(l.digits, []byte("_"), nil)), l.base)
	if l.negative {
		z.Neg(z)
	}
	return z
}

// bigLong reads a little-endian two's complement number.
func bigLong(s []byte) *big.Int {
	b := make([]byte, len(s))
	for i, c := range s {
		b[len(s)-1-i] = c
	}
	z := new(big.Int).SetBytes(b)
	if len(s) > 0 && s[len(s)-1]&0x80 != 0 {
		z.Sub(z, new(big.Int).Lsh(big.NewInt(1), uint(8*len(s))))
	}
	return z
}

// parseBig reads digits by halves, which for long ones is much faster than
// one after the other.
func parseBig(digits string, base int) *big.Int {
	if len(digits) <= 2000 {
		z, _ := new(big.Int).SetString(digits, base)
		return z
	}
	low := 1 << (bits.Len(uint(len(digits)-1)) - 1)
	z := parseBig(digits[:len(digits)-low], base)
	z.Mul(z, new(big.Int).Exp(big.NewInt(int64(base)), big.NewInt(int64(low)), nil))
	return z.Add(z, parseBig(digits[len(digits)-low:], base))
}
