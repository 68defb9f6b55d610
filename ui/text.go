package ui

import (
	"strings"

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
func breakText(text string, w int) []span {
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
		rows = breakLine(rows, text, start, stop, w)
		start = next
	}
	return rows
}

func breakLine(rows []span, text string, from, to, w int) []span {
	for {
		n := takeCells(text[from:to], w)
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
func takeCells(s string, w int) int {
	i := 0
	for i < len(s) && i < w && s[i] >= ' ' && s[i] < 0x7f && s[i] != '\\' {
		i++
	}
	if i == w || i == len(s) {
		return i
	}
	cells := i
	for i < len(s) {
		cluster, _ := ansi.FirstGraphemeCluster(s[i:], ansi.GraphemeWidth)
		if cluster == "" {
			cluster = s[i : i+1]
		}
		cells += ansi.StringWidth(decode.Printable(cluster))
		if cells > w && i > 0 {
			return i
		}
		i += len(cluster)
		if cells > w {
			return i
		}
	}
	return i
}
