package ui

import (
	"sort"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/ui/syntax"
	"cacheview/ui/theme"
)

// textBody is text broken into rows, with numbers before its lines and the
// colours of its language.
type textBody struct {
	th      *theme.Theme
	cells   ansi.Method // how the terminal counts cells
	text    string
	lang    syntax.Language
	rows    []span
	tokens  []syntax.Token // what is past the last one is of one colour
	gutter  int            // cells before a row, for its number
	width   int            // of the longest row that is not wrapped
	shift   int            // cells scrolled to the right
	wrapped bool           // a line that is too long goes on in the next row

	counted, lines int // lines that end before row counted: rows are drawn in order
}

// Len returns the number of rows.
func (b *textBody) Len() int { return len(b.rows) }

// Line draws a row of the text, made printable.
func (b *textBody) Line(i, w int, lit bool) string {
	var s strings.Builder
	if b.gutter > 0 && b.gutter < w {
		s.WriteString(b.th.Dim.For(lit).Paint(rightAlign(b.number(i), b.gutter-1) + " "))
		w -= b.gutter
	}
	line, used := b.painted(b.rows[i], lit)
	if b.shift > 0 {
		line, used = b.cells.TruncateLeft(line, b.shift, ""), max(used-b.shift, 0)
	}
	if used > w {
		line = b.cells.Truncate(line, w, "…")
	}
	used = min(b.cells.StringWidth(line), w)
	s.WriteString(line)
	blank(&s, b.th, lit, w-used)
	return s.String()
}

// painted is a row in its colours, and its width. A row is cut into tokens
// before it is made printable, so that no colour hides what a byte is.
func (b *textBody) painted(r span, lit bool) (string, int) {
	if b.tokens == nil {
		text := decode.Printable(r.of(b.text))
		return b.th.Text.For(lit).Paint(text), b.cells.StringWidth(text)
	}
	var s strings.Builder
	width := 0
	at := sort.Search(len(b.tokens), func(i int) bool { return b.tokens[i].To > r.from })
	for from := r.from; from < r.to; at++ {
		to, kind := r.to, syntax.Plain
		if at < len(b.tokens) {
			to, kind = min(b.tokens[at].To, r.to), b.tokens[at].Kind
		}
		text := decode.Printable(b.text[from:to])
		width += b.cells.StringWidth(text)
		s.WriteString(syntaxInk(b.th, kind).For(lit).Paint(text))
		from = to
	}
	return s.String(), width
}

// syntaxInk is the colour of what a text's language makes of it.
func syntaxInk(th *theme.Theme, k syntax.Kind) theme.RowStyle {
	switch k {
	case syntax.Name:
		return th.Name
	case syntax.String:
		return th.String
	case syntax.Number:
		return th.Number
	case syntax.Word:
		return th.Node
	case syntax.Comment:
		return th.Dim
	}
	return th.Text
}

// number is the number of the line that begins with row i, "" when none does.
func (b *textBody) number(i int) string {
	from := b.rows[i].from
	if from > 0 && b.text[from-1] != '\n' {
		return ""
	}
	if i < b.counted {
		b.counted, b.lines = 0, 0
	}
	if i > b.counted {
		b.lines += strings.Count(b.text[b.rows[b.counted].from:from], "\n")
		b.counted = i
	}
	return strconv.Itoa(b.lines + 1)
}

// scroll moves by cells to the right, as far as there is any text.
func (b *textBody) scroll(by, w int) {
	b.shift = max(min(b.shift+by, b.width+b.gutter-w), 0)
}

// beyond is how many cells are out of sight on either side.
func (b *textBody) beyond(w int) (left, right int) {
	return b.shift, max(b.width+b.gutter-w-b.shift, 0)
}

// severalLines tells whether there is more than a line.
func (b *textBody) severalLines() bool { return strings.Contains(b.text, "\n") }
