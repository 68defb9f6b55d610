package flaskcaching

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cacheview/decode/value"
)

// Repr is a value whose Python repr is known as text and written as it is: an
// instance ("<Basket 7>"), a datetime.
func Repr(repr string) value.Value { return value.NewText(repr).WithTag("repr") }

// reprDepth bounds containers inside containers; Python's own limit is near.
const reprDepth = 1000

// PyRepr returns what Python's repr() prints for None, bool, int, float, str,
// bytes, and for lists, tuples, dicts, sets and frozensets of them, and for
// Repr. Sets are written in the order of their items; Python's own order
// depends on its hashes. Anything else is an error.
func PyRepr(v value.Value) (string, error) {
	b, err := appendRepr(nil, v, reprDepth)
	return string(b), err
}

func appendRepr(b []byte, v value.Value, depth int) ([]byte, error) {
	if depth == 0 {
		return b, fmt.Errorf("nested deeper than %d", reprDepth)
	}
	switch {
	case v.Kind() == value.Text && v.Tag() == "repr":
		return append(b, v.Text()...), nil
	case v.Kind() == value.Seq:
		return appendSeq(b, v, depth)
	case v.Kind() == value.Object:
		return b, fmt.Errorf("%s has no known repr", v.Text())
	case v.Kind() == value.Text && v.Tag() == "wtf8":
		return append(b, quote(v.Text())...), nil
	case v.Tag() != "":
		return b, fmt.Errorf("%s has no known repr", v.Tag())
	}
	switch v.Kind() {
	case value.Null:
		b = append(b, "None"...)
	case value.Bool:
		if v.Bool() {
			b = append(b, "True"...)
		} else {
			b = append(b, "False"...)
		}
	case value.Int:
		if n, ok := v.Int(); ok {
			b = strconv.AppendInt(b, n, 10)
		} else {
			b = append(b, v.Text()...)
		}
	case value.Float:
		b = append(b, floatRepr(v.Float())...)
	case value.Text:
		b = append(b, quote(v.Text())...)
	case value.Bytes:
		b = append(b, quoteBytes(v.Text())...)
	case value.Map:
		return appendDict(b, v, depth)
	}
	return b, nil
}

func appendSeq(b []byte, v value.Value, depth int) ([]byte, error) {
	open, end := "[", "]"
	switch v.Tag() {
	case "":
	case "tuple":
		open, end = "(", ")"
		if v.Len() == 1 {
			end = ",)"
		}
	case "set":
		open, end = "{", "}"
		if v.Len() == 0 {
			open, end = "set(", ")"
		}
	case "frozenset":
		open, end = "frozenset({", "})"
		if v.Len() == 0 {
			open, end = "frozenset(", ")"
		}
	default:
		return b, fmt.Errorf("%s has no known repr", v.Tag())
	}
	b = append(b, open...)
	var err error
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ", "...)
		}
		if b, err = appendRepr(b, v.Items().At(i), depth-1); err != nil {
			return b, err
		}
	}
	return append(b, end...), nil
}

func appendDict(b []byte, v value.Value, depth int) ([]byte, error) {
	b = append(b, '{')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ", "...)
		}
		key, val := v.Pairs().At(i)
		var err error
		if b, err = appendRepr(b, key, depth-1); err != nil {
			return b, err
		}
		b = append(b, ": "...)
		if b, err = appendRepr(b, val, depth-1); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// floatRepr is float.__repr__: the shortest digits that read back, with an
// exponent below 1e-4 and from 1e16 on.
func floatRepr(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// quote is str.__repr__. s is UTF-8, with lone surrogates as three bytes each;
// any other byte that is not UTF-8 is written as the surrogate that Python's
// surrogateescape makes of it.
func quote(s string) string {
	q := quoteChar(s)
	b := append(make([]byte, 0, len(s)+2), q)
	for len(s) > 0 {
		c, n := utf8.DecodeRuneInString(s)
		switch {
		case c == utf8.RuneError && n == 1:
			c, n = surrogate(s)
			b = fmt.Appendf(b, `\u%04x`, c)
		case c < 0x80:
			b = appendASCII(b, byte(c), q)
		case printable(c):
			b = append(b, s[:n]...)
		case c <= 0xff:
			b = fmt.Appendf(b, `\x%02x`, c)
		case c <= 0xffff:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = fmt.Appendf(b, `\U%08x`, c)
		}
		s = s[n:]
	}
	return string(append(b, q))
}

// quoteBytes is bytes.__repr__.
func quoteBytes(s string) string {
	q := quoteChar(s)
	b := append(make([]byte, 0, len(s)+3), 'b', q)
	for i := range len(s) {
		if s[i] >= 0x80 {
			b = fmt.Appendf(b, `\x%02x`, s[i])
		} else {
			b = appendASCII(b, s[i], q)
		}
	}
	return string(append(b, q))
}

// quoteChar is the quote Python chooses: double only when that saves escaping.
func quoteChar(s string) byte {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return '"'
	}
	return '\''
}

func appendASCII(b []byte, c, q byte) []byte {
	switch {
	case c == q || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, `\n`...)
	case c == '\r':
		return append(b, `\r`...)
	case c == '\t':
		return append(b, `\t`...)
	case c < ' ' || c == 0x7f:
		return fmt.Appendf(b, `\x%02x`, c)
	}
	return append(b, c)
}

// printable is str.isprintable for a character beyond ASCII. Characters that
// are newer than the Python in question are escaped there and not here.
func printable(c rune) bool { return unicode.IsPrint(c) }

// surrogate reads a lone surrogate of three bytes, or takes one byte.
func surrogate(s string) (rune, int) {
	if len(s) >= 3 && s[0] == 0xed && s[1]&0xe0 == 0xa0 && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return 0xdc00 + rune(s[0]), 1
}

// truthy is bool() of a plain value.
func truthy(v value.Value) bool {
	switch v.Kind() {
	case value.Null:
		return false
	case value.Bool:
		return v.Bool()
	case value.Int:
		n, small := v.Int()
		return !small || n != 0
	case value.Float:
		return v.Float() != 0
	case value.Object:
		return true
	}
	return v.Tag() == "repr" || v.Len() > 0
}

// Quote returns text as a Python literal, as repr() prints it.
func Quote(s string) string { return quote(s) }
