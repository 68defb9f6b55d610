package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/ui/theme"
)

// status is the message in the last line. It stays until the next key.
type status struct {
	text string
	bad  bool
}

// say and fail are the gate of every message: a report may quote the server.
func (s *status) say(text string) { s.text, s.bad = decode.Printable(text), false }

func (s *status) fail(err error) { s.text, s.bad = decode.Printable(err.Error()), true }

func (s *status) clear() { *s = status{} }

// hints draws as many actions as fit into w cells, each with its key.
func hints(th *theme.Theme, actions []action, w int) string {
	var b strings.Builder
	used := 0
	for _, a := range actions {
		h := a.Help()
		n := ansi.StringWidth(h.Key) + ansi.StringWidth(h.Desc) + 3
		if used+n > w {
			break
		}
		used += n
		b.WriteString(" " + th.HintKey.Paint(h.Key) + " " + th.Hint.Paint(h.Desc) + " ")
	}
	return b.String() + strings.Repeat(" ", max(w-used, 0))
}
