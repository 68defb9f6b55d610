package ui

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/ui/config"
)

// TestBarKeepsKeysAndLiveSign has places of which the top line has not room for
// the half. The number of keys and the live sign stay, and of a name its ends.
func TestBarKeepsKeysAndLiveSign(t *testing.T) {
	const host = "master.shop-cache.abcdef.euw1.cache.amazonaws.com:6379"
	for _, tt := range []struct {
		name, conn, addr string
		env              config.Environment
		w                int
		want             string
	}{
		{"a long host", "", host, "", 80, " master.shop-ca…naws.com:6379 · db 0 1 Keys 2 Server 3 Activity  2 keys · ● 1 s"},
		{"a long host, narrow", "", host, "", 40, " master.…om:6379 · db 0  2 keys · ● 1 s"},
		{"a name before it", "shop", host, "", 80, " shop · master.…naws.com:6379 · db 0 1 Keys 2 Server 3 Activity  2 keys · ● 1 s"},
		{"in production", "shop", host, config.Production, 80, " PRODUCTION  shop · db 0  "},
		{"in production, narrow", "shop", host, config.Production, 40, " PRODUCTION  db 0        2 keys · ● 1 s"},
		{"a name, narrow", "shop", host, config.Dev, 40, " DEV  shop · db 0        2 keys · ● 1 s"},
		{"wide", "shop", host, "", 200, " cacheview  shop · " + host + " · db 0 · Redis 7.0.15  "},
		{"wide characters", "", "\U0001f431\U0001f431\U0001f431\U0001f431\U0001f431\U0001f431\U0001f431\U0001f431:1", "", 40, "\U0001f431…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			playing(t, func(t *testing.T) {
				w := newTown()
				w.dbs[tt.addr+" db0"] = w.dbs["b:1 db0"]
				p := &player{t: t, m: newModel(t.Context(), Options{Site: w.site(tt.conn, tt.addr, tt.env)}), msgs: make(chan tea.Msg, 1000)}
				p.run(p.m.Init())
				p.size(tt.w, 24).wait(time.Second).shows(tt.want, "2 keys · ● ")
			})
		})
	}
}

// TestBarKeepsTheDemosAddress has the whole of it where it is worth more than
// that of the demo's store, and nothing of it where there is no room.
func TestBarKeepsTheDemosAddress(t *testing.T) {
	for w, want := range map[int]string{
		120: " localhost:6379 · db 0 · demo app http://127.0.0.1:5000  ",
		86:  " localhost:6379 · db 0  ",
		40:  " localhost:6379 · db 0   6 keys · ● 1 s",
	} {
		playing(t, func(t *testing.T) {
			p := play(t, guideKeys(), w, 24, Options{Banner: "demo app http://127.0.0.1:5000"})
			p.shows(want, "6 keys · ● ")
		})
	}
}

// unverifiedServer has TLS that nobody checks.
type unverifiedServer struct{ *fake }

func (u unverifiedServer) Server() inspect.Server {
	s := u.fake.Server()
	s.TLSUnverified = true
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
