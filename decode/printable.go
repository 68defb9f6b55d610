package decode

import (
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks one base character keeps. Real text
// stays below it (Vietnamese needs two, Tibetan and Hebrew with cantillation
// four); a flood would climb over the lines around it.
const maxMarks = 4

// Printable returns s made safe for a terminal: whatever could move the
// cursor, change colours, reorder, hide or forge text is shown as an escape in
// the style of Python and Go: \n, \t, \x1b, \u202e, \U000e0041; a byte that is
// not UTF-8 is \xff. What it returns is a single line, and printing it leaves
// the terminal in the state it was in.
//
// A backslash stays one backslash: Windows paths, regular expressions and JSON
// stay readable. So `\n` may be an escape or the two characters; where that
// matters use Literal, which quotes and doubles backslashes.
func Printable(s string) string {
	i := cleanPrefix(s)
	if i == len(s) {
		return s
	}
	return string(AppendPrintable(make([]byte, 0, len(s)+16), s))
}

// PrintableBytes is Printable for bytes. The result does not share memory with
// b.
func PrintableBytes(b []byte) string {
	return string(AppendPrintable(make([]byte, 0, len(b)), view(b)))
}

// AppendPrintable appends Printable(s) to dst.
func AppendPrintable(dst []byte, s string) []byte { return appendPrintable(dst, s, 0) }

// appendPrintable also escapes quote, and then backslashes, when quote is not
// 0.
func appendPrintable(dst []byte, s string, quote byte) []byte {
	marks := maxMarks // a mark at the start of a text has no base
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = appendASCII(dst, c, quote)
			marks = 0
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = appendHex(append(dst, '\\', 'x'), uint32(c), 2)
			marks = maxMarks
		case isMark(r):
			if marks < maxMarks && !hidden(r) {
				dst = append(dst, s[i:i+size]...)
				marks++
			} else {
				dst = appendEscape(dst, r)
			}
		case safe(r):
			dst = append(dst, s[i:i+size]...)
			marks = 0
		default:
			dst = appendEscape(dst, r)
			marks = maxMarks
		}
		i += size
	}
	return dst
}

// appendASCII appends one ASCII character.
func appendASCII(dst []byte, c, quote byte) []byte {
	switch {
	case quote != 0 && (c == quote || c == '\\'):
		return append(dst, '\\', c)
	case c >= ' ' && c < 0x7f:
		return append(dst, c)
	case c == '\n':
		return append(dst, '\\', 'n')
	case c == '\t':
		return append(dst, '\\', 't')
	case c == '\r':
		return append(dst, '\\', 'r')
	}
	return appendHex(append(dst, '\\', 'x'), uint32(c), 2)
}

// cleanPrefix returns how much of s is printable ASCII.
func cleanPrefix(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return i
		}
	}
	return len(s)
}

// safe reports whether a rune that is no combining mark may be printed as it
// is: it has a shape, a width of its own, and no power over its neighbours.
func safe(r rune) bool {
	return ordinary(r) || unicode.IsPrint(r) && !hidden(r)
}

// ordinary reports whether a rune is one of the letters and ideographs that
// most text is made of, without asking Unicode's tables. It may miss any, but
// has no marks and nothing that must be escaped.
func ordinary(r rune) bool {
	switch {
	case r < 0xa1, r == 0xad:
		return false
	case r < 0x300, r >= 0x400 && r < 0x483, r >= 0x48a && r < 0x530:
		return true
	case r >= 0x3041 && r < 0x3097, r >= 0x30a1 && r < 0x30ff, r >= 0x4e00 && r < 0x9fa6, r >= 0xac00 && r < 0xd7a4:
		return true
	}
	return false
}

// isMark reports whether a rune is drawn over the one before it.
func isMark(r rune) bool { return !ordinary(r) && unicode.In(r, unicode.Mn, unicode.Me) }

// hidden reports whether a rune, though Unicode counts it as a letter or a
// mark, shows nothing or shows as a space: fillers, variation selectors, tags.
func hidden(r rune) bool {
	switch {
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5,
		r == 0x2800, r == 0x3164, r == 0xffa0, r == 0xfffc,
		r >= 0x180b && r <= 0x180f,
		r >= 0xfe00 && r <= 0xfe0f,
		r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// appendEscape appends a rune as \x9b, \u202e or \U000e0041. A C1 control is
// \u009b, so that it is not mistaken for the byte.
func appendEscape(dst []byte, r rune) []byte {
	if r > 0xffff {
		return appendHex(append(dst, '\\', 'U'), uint32(r), 8)
	}
	return appendHex(append(dst, '\\', 'u'), uint32(r), 4)
}

func appendHex(dst []byte, n uint32, digits int) []byte {
	const hex = "0123456789abcdef"
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hex[n>>shift&15])
	}
	return dst
}
