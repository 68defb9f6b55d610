package decode

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"cacheview/decode/value"
)

// unquoteJSON makes the string that raw starts with. Without escapes it is a
// view; a lone surrogate makes it wtf8.
func unquoteJSON(raw []byte) value.Value {
	body := raw[1:]
	if end := bytes.IndexByte(body, '"'); bytes.IndexByte(body[:end], '\\') < 0 {
		return value.NewText(view(body[:end]))
	}
	var out []byte
	lone := false
	for i := 0; body[i] != '"'; {
		if body[i] != '\\' {
			run := bytes.IndexAny(body[i:], `"\`)
			out = append(out, body[i:i+run]...)
			i += run
			continue
		}
		if body[i+1] != 'u' {
			out = append(out, plainEscape(body[i+1]))
			i += 2
			continue
		}
		r, n := surrogates(body[i:])
		i += n
		if utf16.IsSurrogate(r) {
			lone = true
			out = append(out, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f)
			continue
		}
		out = utf8.AppendRune(out, r)
	}
	if lone {
		return value.NewText(view(out)).WithTag("wtf8")
	}
	return value.NewText(view(out))
}

func plainEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// surrogates reads \uXXXX, or the two that make one rune.
func surrogates(b []byte) (r rune, n int) {
	hi, _ := hex4(b[2:])
	if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
		if lo, ok := hex4(b[8:]); ok {
			if r := utf16.DecodeRune(hi, lo); r != utf8.RuneError {
				return r, 12
			}
		}
	}
	return hi, 6
}

// hex4 reads four hex digits.
func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
