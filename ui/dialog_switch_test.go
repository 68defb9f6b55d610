package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"cacheview/inspect"
	"cacheview/ui/config"
)

// town is a few servers with databases, and what is open of them.
type town struct {
	dbs    map[string]*fake // by address and name, as "a db0"
	down   map[string]error // by address
	mu     sync.Mutex       // of the next two: commands run side by side
	opened []string
	closed []string
	slow   time.Duration // for a server to answer
}

// house is a session with one database of a town.
type house struct {
	*fake
	of   *town
	addr string
	db   int
}

func (h *house) Server() inspect.Server {
	s := h.fake.Server()
	s.Addr, s.DB = h.addr, h.db
	return s
}

func (h *house) Close() error {
	h.of.mu.Lock()
	defer h.of.mu.Unlock()
	h.of.closed = append(h.of.closed, whose(h.Server()))
	return nil
}

func (h *house) Databases(context.Context) ([]inspect.Database, error) {
	var list []inspect.Database
	for n := range 3 {
		if f := h.of.dbs[h.addr+" db"+string(rune('0'+n))]; f != nil {
			list = append(list, inspect.Database{Number: n, Keys: int64(f.len())})
		}
	}
	return list, nil
}

func (h *house) Plan(ctx context.Context, sel inspect.Selection, progress func(inspect.Progress)) (*inspect.Plan, error) {
	p, err := h.fake.Plan(ctx, sel, progress)
	p.Server = h.Server()
	return p, err
}

func (w *town) site(name, addr string, env config.Environment) Site {
	return Site{
		Place: Place{Name: name, Environment: env}, About: "redis://" + addr,
		Open: func(ctx context.Context, db int) (Backend, error) {
			time.Sleep(w.slow)
			if err := w.down[addr]; err != nil {
				return nil, err
			}
			h := &house{fake: newFake(), of: w, addr: addr, db: max(db, 0)}
			if f := w.dbs[whose(h.Server())]; f != nil {
				h.fake = f
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			w.opened = append(w.opened, whose(h.Server()))
			return h, nil
		},
	}
}

// log is what was opened and closed so far.
func (w *town) log() (opened, closed []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.opened), slices.Clone(w.closed)
}

func newTown() *town {
	return &town{
		dbs: map[string]*fake{
			"a:1 db0": newFake().str("apple", "1", 0).str("avocado", "2", 0),
			"a:1 db2": newFake().str("anise", "1", 0),
			"b:1 db0": newFake().str("bean", "1", 0).str("beet", "2", 0),
		},
		down: map[string]error{"c:1": &inspect.ConnError{Addr: "c:1", Kind: inspect.ConnRefused, Err: errors.New("connection refused"), Hint: "is it running?"}},
	}
}

// visit starts the program at the first of three saved connections.
func visit(t *testing.T, w *town, cols, rows int, opt Options) *player {
	t.Helper()
	opt.Sites = []Site{w.site("alpha", "a:1", config.Dev), w.site("beta", "b:1", config.Production), w.site("gone", "c:1", config.Staging)}
	opt.Site = opt.Sites[0]
	p := &player{t: t, m: newModel(t.Context(), opt), msgs: make(chan tea.Msg, 1000)}
	p.run(p.m.Init())
	p.size(cols, rows)
	return p.wait(time.Second)
}

func TestSwitchDialog(t *testing.T) {
	for _, s := range sizes {
		t.Run(fmt.Sprintf("%dx%d", s[0], s[1]), func(t *testing.T) {
			playing(t, func(t *testing.T) {
				p := visit(t, newTown(), s[0], s[1], Options{})
				p.press("c", "down", "ctrl+t").wait(time.Second)
				golden.RequireEqual(t, p.screen())
			})
		})
	}
}

// TestSwitch goes to another connection with marks set and a value open, and
// finds nothing of the first server there; what it deletes is deleted there.
func TestSwitch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "screens.json")
	playing(t, func(t *testing.T) {
		w := newTown()
		p := visit(t, w, 120, 40, Options{StateFile: path})
		p.shows("a:1 · db 0", " DEV ", "apple").press("t", "space", "space").shows("2 marked")
		p.press("c").typed("beta").press("enter").wait(time.Second)
		p.shows("b:1 · db 0", " PRODUCTION ", "beta", "bean", "beet").hides("apple", "marked", " DEV ")
		if opened, closed := w.log(); !slices.Equal(opened, []string{"a:1 db0", "b:1 db0"}) || !slices.Equal(closed, []string{"a:1 db0"}) {
			t.Errorf("opened %v, closed %v", opened, closed)
		}
		p.press("d").wait(time.Second).shows("b:1 · db 0").typed("1").press("enter").wait(time.Second).shows("deleted 1 key")
		if n := len(w.dbs["b:1 db0"].commands()); n != 1 {
			t.Errorf("%d commands to b", n)
		}
		if n := len(w.dbs["a:1 db0"].commands()); n != 0 {
			t.Errorf("%d commands to a", n)
		}
		p.press("c").typed("alpha").press("enter").wait(time.Second)
		p.shows("a:1 · db 0", "apple").hides("▾", "u undoes it") // flat, as it was left
	})
}

func TestSwitchDatabase(t *testing.T) {
	playing(t, func(t *testing.T) {
		w := newTown()
		p := visit(t, w, 120, 40, Options{})
		p.press("c").wait(time.Second).shows("db 0", "2 keys", "db 2", "1 key")
		p.typed("db 2").press("enter").wait(time.Second).shows("a:1 · db 2", "alpha", "anise").hides("apple")
		p.press("D").press("C").shows("the whole database db2").press("esc")
		p.press("d").wait(time.Second).press("y").wait(time.Second).shows("deleted 1 key")
		if n := w.dbs["a:1 db2"].len(); n != 0 {
			t.Errorf("%d keys in db 2", n)
		}
		if n := w.dbs["a:1 db0"].len(); n != 2 {
			t.Errorf("%d keys in db 0", n)
		}
		// One that has no keys is reached by its number.
		p.press("c").typed("7").shows("db 7", "no keys").press("enter").wait(time.Second).shows("a:1 · db 7", "This database is empty")
	})
}

func TestSwitchTests(t *testing.T) {
	playing(t, func(t *testing.T) {
		w := newTown()
		p := visit(t, w, 120, 40, Options{})
		p.press("c").typed("beta").press("ctrl+t").wait(time.Second).shows("ok, 1ms", "at b:1 · db0 has 2 keys")
		if _, closed := w.log(); !slices.Equal(closed, []string{"b:1 db0"}) {
			t.Errorf("closed %v", closed)
		}
		p.press("esc", "c").typed("gone").press("ctrl+t").wait(time.Second).shows("refused", "c:1: connection refused: is it running?")
		p.press("enter").wait(time.Second).shows("No connection", "c:1: connection refused").press("c").typed("alpha").press("enter").wait(time.Second).shows("apple")
	})
}

// TestSwitchLeavesNothingOpen changes its mind while a server takes its time.
func TestSwitchLeavesNothingOpen(t *testing.T) {
	playing(t, func(t *testing.T) {
		w := newTown()
		w.slow = 5 * time.Second
		p := visit(t, w, 80, 24, Options{})
		p.press("c").typed("beta").press("enter").wait(30 * time.Second).shows("bean").hides("apple")
		if opened, closed := w.log(); !slices.Equal(opened, []string{"a:1 db0", "b:1 db0"}) || !slices.Equal(closed, []string{"a:1 db0"}) {
			t.Errorf("opened %v, closed %v", opened, closed)
		}
	})
}

// TestSitesAreOfferedWhenNothingAnswers is the first start of somebody who has
// saved connections and no server at home.
func TestSitesAreOfferedWhenNothingAnswers(t *testing.T) {
	playing(t, func(t *testing.T) {
		w := newTown()
		home := w.site("", "c:1", "")
		opt := Options{Site: home, Sites: []Site{home, w.site("alpha", "a:1", "")}, OfferConnections: true}
		p := &player{t: t, m: newModel(t.Context(), opt), msgs: make(chan tea.Msg, 1000)}
		p.run(p.m.Init())
		p.size(80, 24).wait(time.Second).shows("Switch to", "redis://c:1", "here · as the command line says", "alpha")
		p.press("esc").shows("No connection", "switches to a saved connection").press("c", "down", "enter").wait(time.Second).shows("apple")
	})
}
