package pickle

import (
	"bytes"
	"unicode/utf8"
)

// isQuoted says whether a STRING's line is within quotes of one sort.
func isQuoted(l []byte) bool {
	n := len(l)
	return n >= 2 && (l[0] == '\'' || l[0] == '"') && l[0] == l[n-1]
}

// checkEscapes says whether unescape can read s.
func checkEscapes(s []byte) bool {
	for i := bytes.IndexByte(s, '\\'); i >= 0 && i < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		i++
		if i == len(s) {
			return false
		}
		if s[i] == 'x' {
			if i+2 >= len(s) || hexDigit(s[i+1]) < 0 || hexDigit(s[i+2]) < 0 {
				return false
			}
			i += 2
		}
	}
	return true
}

// unescape reads a Python 2 string literal without its quotes, as CPython's
// codecs.escape_decode does. A backslash before anything else stays.
func unescape(s []byte) []byte {
	if bytes.IndexByte(s, '\\') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case '\\', '\'', '"':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 't':
			out = append(out, '\t')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 'v':
			out = append(out, '\v')
		case 'a':
			out = append(out, '\a')
		case 'x':
			out = append(out, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
		case '0', '1', '2', '3', '4', '5', '6', '7':
			n := int(c - '0')
			for k := 0; k < 2 && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '7'; k++ {
				i++
				n = n<<3 | int(s[i]-'0')
			}
			out = append(out, byte(n))
		default:
			out = append(out, '\\', c)
		}
	}
	return out
}

// checkRawUnicode says whether rawUnicode can read s.
func checkRawUnicode(s []byte) bool {
	for i := bytes.IndexByte(s, '\\'); i >= 0 && i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			continue
		}
		i++
		if s[i] == 'u' || s[i] == 'U' {
			_, n, ok := unicodeEscape(s[i:])
			if !ok {
				return false
			}
			i += n - 1
		}
	}
	return true
}

// rawUnicode reads the argument of UNICODE as UTF-8: Latin-1 with \u and \U
// escapes, as Python's raw-unicode-escape. Surrogates stay alone.
func rawUnicode(s []byte) []byte {
	if isASCII(s) && bytes.IndexByte(s, '\\') < 0 {
		return s
	}
	out := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			if s[i] == 'u' || s[i] == 'U' {
				r, n, _ := unicodeEscape(s[i:])
				out = appendWTF8(out, r)
				i += n - 1
				continue
			}
			out = append(out, c)
			c = s[i]
		}
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

// unicodeEscape reads uXXXX or UXXXXXXXX and returns its length.
func unicodeEscape(s []byte) (r rune, n int, ok bool) {
	n = 5
	if s[0] == 'U' {
		n = 9
	}
	if len(s) < n {
		return 0, n, false
	}
	var v uint32
	for _, c := range s[1:n] {
		d := hexDigit(c)
		if d < 0 {
			return 0, n, false
		}
		v = v<<4 | uint32(d)
	}
	return rune(v), n, v <= utf8.MaxRune
}

// appendWTF8 appends a rune, a surrogate as three bytes.
func appendWTF8(dst []byte, r rune) []byte {
	if r >= 0xd800 && r <= 0xdfff {
		return append(dst, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f)
	}
	return utf8.AppendRune(dst, r)
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
