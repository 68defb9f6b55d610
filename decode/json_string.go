package decode

import "unicode/utf8"

// appendJSONString appends s as a JSON string. What Printable would escape is
// escaped here too, in JSON's way. Of bytes that are not UTF-8, those of a lone
// surrogate are written as its escape; JSON has no word for any other, which
// becomes \xff.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	marks, start := maxMarks, 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			marks = 0
			if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = appendJSONEscape(dst, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			if r, size = surrogateAt(s[i:]); size > 1 {
				dst = appendJSONRune(dst, r)
			} else {
				dst = appendHex(append(dst, '\\', 'x'), uint32(c), 2)
			}
			marks = maxMarks
			i += size
			start = i
			continue
		}
		keep := safe(r)
		if isMark(r) {
			keep = keep && marks < maxMarks
			marks++
		} else {
			marks = 0
		}
		if !keep {
			dst = append(dst, s[start:i]...)
			dst = appendJSONRune(dst, r)
			start = i + size
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// appendJSONEscape appends an ASCII character that cannot stand in a string.
func appendJSONEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return appendJSONRune(dst, rune(c))
}

// appendJSONRune appends \uXXXX, as a surrogate pair beyond the basic plane.
func appendJSONRune(dst []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		dst = appendHex(append(dst, '\\', 'u'), uint32(0xd800+r>>10), 4)
		r = 0xdc00 + r&0x3ff
	}
	return appendHex(append(dst, '\\', 'u'), uint32(r), 4)
}

// surrogateAt reads the three bytes of a surrogate that stands alone; n is 1
// when they are something else.
func surrogateAt(s string) (r rune, n int) {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2]&0xc0 != 0x80 {
		return utf8.RuneError, 1
	}
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
}
