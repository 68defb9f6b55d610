package keyname

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cacheview/decode/flaskcaching"
)

// A literal writes a text as a string of a programming language, or "" where the
// language has no string for these bytes.
type literal func(s string) string

// statement fills a statement with literals. It returns "" if one of the texts
// cannot be written: a statement that names another key is worse than none.
func statement(format string, lit literal, texts ...string) string {
	args := make([]any, len(texts))
	for i, t := range texts {
		l := lit(t)
		if l == "" {
			return ""
		}
		args[i] = l
	}
	return fmt.Sprintf(format, args...)
}

// python writes a str. Keys that are not UTF-8 cannot be named by one.
func python(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	return flaskcaching.Quote(s)
}

// isPlain reports whether a text needs no escape in single quotes.
func isPlain(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == '\'' || r == '\\' || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// php writes a string of PHP, whose strings are bytes.
func php(s string) string {
	if isPlain(s) {
		return "'" + s + "'"
	}
	return escaped(s, `"\$`, func(c byte) string { return fmt.Sprintf(`\x%02x`, c) })
}

// ruby writes a string of Ruby.
func ruby(s string) string {
	if isPlain(s) {
		return "'" + s + "'"
	}
	return escaped(s, `"\#`, func(c byte) string { return fmt.Sprintf(`\x%02x`, c) })
}

// javascript writes a string of JavaScript.
func javascript(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	return escaped(s, `"\`, func(c byte) string { return fmt.Sprintf(`\x%02x`, c) })
}

// java writes a string of Java.
func java(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	return escaped(s, `"\`, func(c byte) string { return fmt.Sprintf(`\u%04x`, c) })
}

// escaped writes a text in double quotes with a backslash before each of special.
// Control characters, and bytes that are not UTF-8, are written by escape.
func escaped(s, special string, escape func(byte) string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r < ' ', r == 0x7f, r == utf8.RuneError && n == 1:
			b.WriteString(escape(s[0]))
		case r < utf8.RuneSelf && strings.IndexByte(special, s[0]) >= 0:
			b.WriteByte('\\')
			b.WriteByte(s[0])
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	b.WriteByte('"')
	return b.String()
}

// Python writes a text as a str of Python, or "" if it is not UTF-8.
func Python(s string) string { return python(s) }

// PHP writes a text as a string of PHP.
func PHP(s string) string { return php(s) }
