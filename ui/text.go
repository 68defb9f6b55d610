package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
)

// span is one row of a broken text, as offsets into it. Rows are kept as
// offsets because a value may have ten million characters and the screen has
// fifty lines.
type span struct{ from, to int }

func (s span) of(text string) string { return text[s.from:s.to] }

// breakText breaks text into rows of at most w cells: at newlines, else at the
// last space of a row, else where the row is full. What a control character
// will take when it is shown as an escape is counted.
func breakText(cells ansi.Method, text string, w int) []span {
	w = max(w, 1)
	var rows []span
	for start := 0; start <= len(text); {
		end := strings.IndexByte(text[start:], '\n')
		next := len(text) + 1
		if end < 0 {
			end = len(text)
		} else {
			end += start
			next = end + 1
		}
		stop := end
		if stop > start && text[stop-1] == '\r' {
			stop--
		}
		rows = breakLine(cells, rows, text, start, stop, w)
		start = next
	}
	return rows
}

func breakLine(cells ansi.Method, rows []span, text string, from, to, w int) []span {
	for {
		n := takeCells(cells, text[from:to], w)
		if from+n >= to {
			return append(rows, span{from, to})
		}
		if at := strings.LastIndexByte(text[from:from+n], ' '); at > n/2 {
			n = at + 1
		}
		rows = append(rows, span{from, from + n})
		from += n
	}
}

// takeCells returns how many bytes at the start of s fill at most w cells; at
// least one character, so that breaking always gets on.
func takeCells(method ansi.Method, s string, w int) int {
	i := 0
	for i < len(s) && i < w && s[i] >= ' ' && s[i] < 0x7f {
		i++
	}
	if i == len(s) {
		return i
	}
	if next, _ := utf8.DecodeRuneInString(s[i:]); i > 0 && next >= 0x80 && simpleCells(next) == 0 {
		i-- // what follows may join the last letter
	} else if i == w {
		return i
	}
	cells := i
	for i < len(s) {
		n, wide := simpleRune(s[i:])
		if r, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			n, wide = 1, len(`\xff`)
		}
		if n == 0 {
			var cluster string
			cluster, _ = ansi.FirstGraphemeCluster(s[i:], ansi.GraphemeWidth)
			n = max(validPrefix(cluster), 1)
			wide = method.StringWidth(decode.Printable(s[i : i+n]))
		}
		if cells += wide; cells > w && i > 0 {
			return i
		}
		i += n
		if cells > w {
			return i
		}
	}
	return i
}

// validPrefix returns how much of s is UTF-8. The bytes after it are shown as
// escapes, and so belong to no character before them.
func validPrefix(s string) int {
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			return i
		}
	}
	return len(s)
}

// simpleRune returns the bytes and the cells of a rune that stands for itself
// and that nothing after it joins: a Latin letter or sign, a kana, a Han
// character, a Hangul syllable. For anything else it returns 0.
func simpleRune(s string) (n, cells int) {
	r, n := utf8.DecodeRuneInString(s)
	if cells = simpleCells(r); cells == 0 || n == 1 && r == utf8.RuneError {
		return 0, 0
	}
	if n == len(s) {
		return n, cells
	}
	next, _ := utf8.DecodeRuneInString(s[n:])
	if next >= ' ' && simpleCells(next) == 0 {
		return 0, 0
	}
	return n, cells
}

func simpleCells(r rune) int {
	switch {
	case r >= ' ' && r < 0x7f, r > 0xa0 && r < 0x300 && r != 0xad:
		return 1
	case r >= 0x3041 && r <= 0x3096, r >= 0x30a1 && r <= 0x30fa, r >= 0x4e00 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7a3:
		return 2
	}
	return 0
}
