package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/ui/theme"
)

// status is the message in the last line. It stays until the next key, and a
// failure until a key that is pressed once there was time to see it: esc, or
// any other after seenAfter.
type status struct {
	text  string
	bad   bool
	since time.Time // when a failure came to be shown
	held  bool      // a failure that has not been seen yet is not written over
}

// seenAfter is how long a failure has to be on screen to count as seen.
const seenAfter = time.Second

// say and fail are the gate of every message: a report may quote the server.
func (s *status) say(text string) {
	if !s.held {
		*s = status{text: decode.Printable(text)}
	}
}

func (s *status) fail(err error) { *s = status{text: decode.Printable(err.Error()), bad: true} }

// pressed takes away what the user has seen.
func (s *status) pressed(esc bool, now time.Time) {
	if s.held = s.bad && !esc && (s.since.IsZero() || now.Sub(s.since) < seenAfter); !s.held {
		*s = status{}
	}
}

// shown notes that a failure is on screen.
func (s *status) shown(now time.Time) {
	if s.held = false; s.bad && s.since.IsZero() {
		s.since = now
	}
}

// hints draws as many actions as fit into w cells, each with its key. The last,
// which quits, is the last to go where there is room for a few.
func hints(th *theme.Theme, actions []action, w int) string {
	var b strings.Builder
	used, room := 0, w
	width := func(a action) int { return ansi.StringWidth(a.Help().Key) + ansi.StringWidth(a.Help().Desc) + 3 }
	last := actions[len(actions)-1]
	if w >= 60 {
		room -= width(last)
	}
	shown := slices.IndexFunc(actions, func(a action) bool {
		used += width(a)
		return used > room
	})
	switch {
	case shown < 0:
		shown = len(actions)
	case room < w:
		actions, shown = append(slices.Clip(actions[:shown]), last), shown+1
	}
	used = 0
	for _, a := range actions[:shown] {
		h := a.Help()
		used += width(a)
		b.WriteString(" " + th.HintKey.Paint(h.Key) + " " + th.Hint.Paint(h.Desc) + " ")
	}
	return b.String() + strings.Repeat(" ", max(w-used, 0))
}
