package decode

import "unicode/utf8"

// appendJSONString appends s, which is UTF-8, as a JSON string. What Printable
// would escape is escaped here too, in JSON's way.
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
