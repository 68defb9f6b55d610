package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"

	"cacheview/decode/value"
)

// element reads one packed element of exactly the dtype's size.
func (t dtype) element(b []byte) value.Value {
	switch {
	case t.sub != nil:
		a := array{dtype: *t.sub, shape: t.shape, strides: make([]int, len(t.shape)), data: b}
		step := 1
		for i := len(t.shape) - 1; i >= 0; i-- {
			a.strides[i] = step
			step *= t.shape[i]
		}
		return a.at(0, 0)
	case len(t.fields) > 0:
		row := make(value.List, len(t.fields))
		for i, f := range t.fields {
			row[i] = f.dtype.element(b[f.offset:][:f.dtype.size])
		}
		return value.NewSeq(row)
	}
	switch t.kind {
	case 'b':
		return value.NewBool(b[0] != 0)
	case 'i':
		return value.NewInt(t.signed(b))
	case 'u':
		return value.NewUint(t.unsigned(b))
	case 'f':
		return value.NewFloat(t.float(b))
	case 'c':
		half := dtype{kind: 'f', size: t.size / 2, big: t.big}
		re, im := half.float(b[:half.size]), half.float(b[half.size:])
		return value.NewSeq(value.List{value.NewFloat(re), value.NewFloat(im)}).WithTag("complex")
	case 'S':
		return value.NewBytes(view(bytes.TrimRight(b, "\x00")))
	case 'U':
		return t.text(b)
	case 'M':
		return t.datetime(t.signed(b))
	case 'm':
		if n := t.signed(b); n != math.MinInt64 {
			return value.NewInt(n)
		}
		return value.Nil
	}
	return value.NewBytes(view(b))
}

func (t dtype) unsigned(b []byte) uint64 {
	var n uint64
	for i := range b {
		c := b[len(b)-1-i]
		if t.big {
			c = b[i]
		}
		n = n<<8 | uint64(c)
	}
	return n
}

func (t dtype) signed(b []byte) int64 {
	shift := 64 - 8*uint(len(b))
	return int64(t.unsigned(b)<<shift) >> shift
}

func (t dtype) float(b []byte) float64 {
	switch t.size {
	case 2:
		return half(uint16(t.unsigned(b)))
	case 4:
		return float64(math.Float32frombits(uint32(t.unsigned(b))))
	case 8:
		return math.Float64frombits(t.unsigned(b))
	}
	if t.big {
		return math.NaN() // no machine packs its extended floats so
	}
	return extended(binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint16(b[8:]))
}

// half is an IEEE 754 half-precision number.
func half(n uint16) float64 {
	sign := 1.0
	if n>>15 != 0 {
		sign = -1
	}
	exp, frac := int(n>>10&31), float64(n&1023)
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

// extended is the 80-bit number of x87, which numpy calls float128, as the
// nearest float.
func extended(mantissa uint64, top uint16) float64 {
	sign := 1.0
	if top>>15 != 0 {
		sign = -1
	}
	exp := int(top & 0x7fff)
	if exp == 0x7fff {
		if mantissa<<1 != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(float64(mantissa), exp-16383-63)
}

// text reads UTF-32, the zeros that pad it taken off.
func (t dtype) text(b []byte) value.Value {
	four := dtype{big: t.big}
	out := make([]byte, 0, len(b)/4)
	end := 0
	for i := 0; i+4 <= len(b); i += 4 {
		c := four.unsigned(b[i : i+4])
		if c > utf8.MaxRune {
			return value.NewBytes(view(b))
		}
		out = appendWTF8(out, rune(c))
		if c != 0 {
			end = len(out)
		}
	}
	return textValue(out[:end])
}

// timeScale is a unit of time: so many of them a second, or days each.
type timeScale struct {
	perSecond int64 // for units of a second and less
	seconds   int64 // for units of whole seconds
	digits    int   // of the fraction
	layout    byte  // what the text ends with: Y, M, D, h, m, s
}

var timeUnits = map[string]timeScale{
	"Y": {layout: 'Y'}, "M": {layout: 'M'},
	"W": {seconds: 7 * 86400, layout: 'D'}, "D": {seconds: 86400, layout: 'D'},
	"h": {seconds: 3600, layout: 'h'}, "m": {seconds: 60, layout: 'm'}, "s": {seconds: 1, layout: 's'},
	"ms": {perSecond: 1e3, digits: 3, layout: 's'}, "us": {perSecond: 1e6, digits: 6, layout: 's'},
	"ns": {perSecond: 1e9, digits: 9, layout: 's'}, "ps": {perSecond: 1e12, digits: 12, layout: 's'},
	"fs": {perSecond: 1e15, digits: 15, layout: 's'}, "as": {perSecond: 1e18, digits: 18, layout: 's'},
}

// datetime writes a count of units since 1970 as ISO text, down to the unit.
func (t dtype) datetime(n int64) value.Value {
	if n == math.MinInt64 {
		return value.Nil // not a time
	}
	u, ok := timeUnits[t.unit]
	if !ok || t.step != 1 && (n > math.MaxInt64/t.step || n < math.MinInt64/t.step) {
		return value.NewInt(n)
	}
	n *= t.step
	switch u.layout {
	case 'Y':
		return value.NewText(yearText(1970 + n))
	case 'M':
		return value.NewText(fmt.Sprintf("%s-%02d", yearText(1970+floorDiv(n, 12)), n-12*floorDiv(n, 12)+1))
	}
	var seconds, fraction int64
	if u.perSecond > 0 {
		seconds = floorDiv(n, u.perSecond)
		fraction = n - seconds*u.perSecond
	} else {
		if n > math.MaxInt64/u.seconds || n < math.MinInt64/u.seconds {
			return value.NewInt(n)
		}
		seconds = n * u.seconds
	}
	days := floorDiv(seconds, 86400)
	s := isoDate(days)
	rest := seconds - days*86400
	switch u.layout {
	case 'h':
		s += fmt.Sprintf("T%02d", rest/3600)
	case 'm':
		s += fmt.Sprintf("T%02d:%02d", rest/3600, rest/60%60)
	case 's':
		s += fmt.Sprintf("T%02d:%02d:%02d", rest/3600, rest/60%60, rest%60)
	}
	if u.digits > 0 {
		s += fmt.Sprintf(".%0*d", u.digits, fraction)
	}
	return value.NewText(s)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// isoDate is the day so many days after 1970-01-01 in the Gregorian calendar,
// by Howard Hinnant's civil_from_days.
func isoDate(days int64) string {
	z := days + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	month := mp + 3
	if mp >= 10 {
		month = mp - 9
	}
	year := yoe + era*400
	if month <= 2 {
		year++
	}
	return fmt.Sprintf("%s-%02d-%02d", yearText(year), month, doy-(153*mp+2)/5+1)
}

// yearText is a year of at least four digits: -0044, 2024.
func yearText(year int64) string {
	if year < 0 {
		return fmt.Sprintf("-%04d", -year)
	}
	return fmt.Sprintf("%04d", year)
}
