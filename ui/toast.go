package ui

import (
	"time"

	"github.com/charmbracelet/x/ansi"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// toast stands at the end of the last line after a delete or an edit: the key
// that takes it back, and for how long that brings anything back. What expires
// by itself is gone then, undone or not.
type toast struct {
	what   string // the delete, the edit
	where  inspect.Server
	latest time.Time // when the last of the keys would have expired; zero is never
	until  time.Time // when the toast goes
}

// toastFor is how long the toast of keys that never expire stays. The key
// works for much longer.
const toastFor = time.Minute

// offerUndo shows the toast.
func (m *model) offerUndo(what string, latest time.Time) {
	m.toast = toast{what, m.server, latest, m.now().Add(toastFor)}
	if !latest.IsZero() && latest.Before(m.toast.until) {
		m.toast.until = latest
	}
}

// toastText is the toast in the words of a screen of w cells, "" when there is
// none.
func (m *model) toastText(w int) string {
	t, now := m.toast, m.now()
	if !now.Before(t.until) || t.where.Addr != m.server.Addr || t.where.DB != m.server.DB {
		return ""
	}
	left := ""
	if !t.latest.IsZero() {
		left = " · " + human.TTLText(t.latest.Sub(now)) + " left"
	}
	s := m.keys.Undo.name() + " undoes " + t.what + left + " "
	if ansi.StringWidth(s) > w/3 {
		s = m.keys.Undo.name() + " undo" + left + " "
	}
	return s
}
