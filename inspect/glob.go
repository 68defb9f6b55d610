package inspect

import (
	"strings"
	"unicode/utf8"
)

// EscapeGlob returns a glob that matches exactly the bytes of prefix, to which
// a caller may add "*". Redis gives a meaning to * ? [ ] ^ - and \, all of
// which lose it behind a backslash (util.c, stringmatchlen).
func EscapeGlob(prefix []byte) string {
	var b strings.Builder
	b.Grow(len(prefix) + 8)
	for _, c := range prefix {
		switch c {
		case '*', '?', '[', ']', '\\':
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// looseGlob is EscapeGlob with "?" for each byte that is not UTF-8, which some
// servers' globs cannot do with (miniredis). Only for a caller that compares
// the bytes of what comes back.
func looseGlob(prefix []byte) string {
	var b strings.Builder
	for len(prefix) > 0 {
		r, n := utf8.DecodeRune(prefix)
		if r == utf8.RuneError && n == 1 {
			b.WriteByte('?')
		} else {
			b.WriteString(EscapeGlob(prefix[:n]))
		}
		prefix = prefix[n:]
	}
	return b.String()
}
