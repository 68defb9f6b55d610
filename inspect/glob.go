package inspect

import "strings"

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
