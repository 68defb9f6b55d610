package ui

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
)

// unverifiedServer has TLS that nobody checks.
type unverifiedServer struct{ *fake }

func (u unverifiedServer) Server() inspect.Server {
	s := u.fake.Server()
	s.Unverified = true
	return s
}

// TestUnverifiedTLSHasABadge looks for it on every screen.
func TestUnverifiedTLSHasABadge(t *testing.T) {
	for _, size := range sizes {
		playing(t, func(t *testing.T) {
			f := guideKeys()
			p := &player{t: t, m: newModel(t.Context(), Options{Site: Site{Open: func(context.Context, int) (Backend, error) { return unverifiedServer{f}, nil }}}), msgs: make(chan tea.Msg, 1000)}
			p.run(p.m.Init())
			p.size(size[0], size[1]).wait(50 * time.Millisecond)
			const badge = "TLS NOT VERIFIED"
			p.shows(badge)
			if size[1] < 24 {
				return // dialogs may need all of the screen there
			}
			for _, keys := range [][]string{{"G", "enter"}, {"esc", "?"}, {"esc", "x"}, {"esc", "d"}, {"esc", "C"}, {"esc", "/", "a"}, {"enter", "C", "esc"}, {"esc", "2"}, {"?"}, {"esc", "3"}, {"enter"}, {"esc", "1"}, {":"}, {"esc", "E"}, {"esc"}} {
				p.press(keys...).wait(time.Second).shows(badge)
			}
			f.mu.Lock()
			f.down = errDown
			f.mu.Unlock()
			p.press("r").wait(2*time.Second).shows(badge, "connection lost")
		})
	}
}
