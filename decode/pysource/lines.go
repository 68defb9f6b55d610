package pysource

import (
	"strings"
)

// line is a logical line: a statement, which may go over several lines of the file.
type line struct {
	indent      int
	text        string // without comments, in one line
	first, last int    // lines of the file, from 0
}

// logicalLines splits a source into logical lines. Strings stay as they are
// written; line ends inside brackets and strings become blanks. It reports false if a
// string or a bracket is not closed.
func logicalLines(src string) (lines []line, comments []line, ok bool) {
	var b strings.Builder
	depth, row, start, indent := 0, 0, -1, 0
	col := 0
	begin := func() {
		if start < 0 {
			start, indent = row, col
		}
	}
	flush := func() {
		if start >= 0 {
			lines = append(lines, line{indent, strings.TrimSpace(b.String()), start, row})
		}
		b.Reset()
		start = -1
	}
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == '\n':
			if depth > 0 {
				b.WriteByte(' ')
			} else {
				flush()
			}
			i++
			row++
			col = 0
			continue
		case c == '\\' && i+1 < len(src) && src[i+1] == '\n':
			b.WriteByte(' ')
			i += 2
			row++
			continue
		case c == '#':
			if start < 0 {
				comments = append(comments, line{indent: col, first: row, last: row})
			}
			for i < len(src) && src[i] != '\n' {
				i++
			}
			continue
		case c == ' ' || c == '\r' || c == '\f':
			col++
		case c == '\t':
			col += 8 - col%8
		case c == '"' || c == '\'':
			begin()
			end := stringEnd(src, i)
			if end < 0 {
				return nil, nil, false
			}
			b.WriteString(src[i:end])
			row += strings.Count(src[i:end], "\n")
			i = end
			continue
		default:
			begin()
			switch c {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth = max(depth-1, 0)
			}
		}
		if start >= 0 {
			b.WriteByte(c)
		}
		i++
	}
	flush()
	return lines, comments, depth == 0
}

// stringEnd returns where the string that begins at src[at] is over, -1 if it is
// not closed. In a raw string a backslash keeps the quote from ending it as well.
func stringEnd(src string, at int) int {
	quote := src[at : at+1]
	if strings.HasPrefix(src[at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	for i := at + len(quote); i < len(src); i++ {
		switch {
		case src[i] == '\\':
			i++
		case src[i] == '\n' && len(quote) == 1:
			return -1
		case strings.HasPrefix(src[i:], quote):
			return i + len(quote)
		}
	}
	return -1
}

// splitTop splits a text at a separator outside of brackets and strings.
func splitTop(text string, sep byte) []string {
	var parts []string
	depth, from := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '\'':
			end := stringEnd(text, i)
			if end < 0 {
				return append(parts, text[from:])
			}
			i = end - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case sep:
			if depth == 0 {
				parts = append(parts, text[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, text[from:])
}

// inParens returns what is between the parenthesis at text[at] and its end, and
// what follows.
func inParens(text string, at int) (inside, rest string, ok bool) {
	depth := 0
	for i := at; i < len(text); i++ {
		switch text[i] {
		case '"', '\'':
			end := stringEnd(text, i)
			if end < 0 {
				return "", "", false
			}
			i = end - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return text[at+1 : i], text[i+1:], true
			}
		}
	}
	return "", "", false
}
