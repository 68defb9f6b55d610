package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
)

// echo is what is typed as the screen shows it in w cells, and the cursor in
// it, nil when the line has none. What was pasted may hold characters that
// hide or reorder; these are shown as escapes and stay what they are in the
// line.
func echo(in textinput.Model, w int) (string, *tea.Cursor) {
	text := decode.Printable(in.Value())
	cursor := in.Cursor()
	if text == in.Value() {
		return ansi.Strip(in.View()), cursor // in the terminal's own colour
	}
	at := ansi.StringWidth(decode.Printable(string([]rune(in.Value())[:in.Position()])))
	skip := max(at-w+1, 0)
	if cursor != nil {
		cursor.X = at - skip
	}
	return ansi.TruncateLeft(text, skip, ""), cursor
}
