package inspect_test

import (
	"fmt"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// cuts are the ways in which a connection breaks.
var cuts = []struct {
	name   string
	loss   inspecttest.Loss
	refuse bool
}{
	{"the request is lost", inspecttest.LoseRequest, false},
	{"the reply is lost", inspecttest.LoseReply, false},
	{"half of the reply is lost", inspecttest.LoseHalf, false},
	{"the reply is lost and nobody can ask again", inspecttest.LoseReply, true},
}

const cutMost = 100 // packets; the loops end long before

func TestDeleteSurvivesACutAtEveryStep(t *testing.T) {
	srv := inspecttest.Start(t)
	for _, tt := range cuts {
		t.Run(tt.name, func(t *testing.T) {
			steps := 0
			for n := 1; n < cutMost; n++ {
				srv.Dial(0).Do("FLUSHALL")
				srv.Fill(0, 1100, func(i int) string { return fmt.Sprintf("k%d", i) }, "value")
				everyKind(srv.Dial(0))
				before := state(srv, 0)
				proxy := inspecttest.NewProxy(t, srv.Addr)
				dir := t.TempDir()
				c := openShort(t, proxy.Addr, dir)
				p := plan(t, c, inspect.Selection{Glob: "*"})
				proxy.CutAt(n, tt.loss, tt.refuse)
				report, err := c.Delete(t.Context(), p, inspect.DeleteOptions{})
				whole := proxy.Pending()
				proxy.CutAt(0, 0, false)
				proxy.Refuse(false)
				audit(t, before, state(srv, 0), report, err)
				if !whole && err != nil && !inspect.Lost(err) {
					t.Errorf("cut %d: %v", n, err)
				}
				if _, perr := c.Ping(t.Context()); perr != nil {
					t.Errorf("cut %d: the session does not come back: %v", n, perr)
				}
				if report.Undo != "" {
					if _, err := c.Undo(t.Context(), report.Undo, inspect.UndoOptions{}); err != nil {
						t.Errorf("cut %d: undo: %v", n, err)
					}
				}
				sameKeys(t, before, state(srv, 0))
				_ = c.Close()
				if t.Failed() {
					t.Fatalf("at cut %d: %+v, %v", n, brief(report), err)
				}
				if whole {
					break
				}
				steps = n
			}
			if steps < 5 || steps == cutMost-1 {
				t.Errorf("%d cuts", steps)
			}
		})
	}
	leaks(t)
}

func TestUndoSurvivesACutAtEveryStep(t *testing.T) {
	srv := inspecttest.Start(t)
	everyKind(srv.Dial(0))
	srv.Fill(0, 500, func(i int) string { return fmt.Sprintf("k%d", i) }, "value")
	before := state(srv, 0)
	for _, tt := range cuts {
		t.Run(tt.name, func(t *testing.T) {
			steps := 0
			for n := 1; n < cutMost; n++ {
				proxy := inspecttest.NewProxy(t, srv.Addr)
				c := openShort(t, proxy.Addr, t.TempDir())
				id := remove(t, c, inspect.Selection{Glob: "*"}).Undo
				proxy.CutAt(n, tt.loss, tt.refuse)
				report, err := c.Undo(t.Context(), id, inspect.UndoOptions{})
				whole := proxy.Pending()
				proxy.CutAt(0, 0, false)
				proxy.Refuse(false)
				for name, is := range state(srv, 0) {
					if before[name] != is {
						t.Errorf("%q was %q and is %q", name, before[name], is)
					}
				}
				if there := len(srv.Keys(0)); report.Restored > there || !whole && !inspect.Lost(err) {
					t.Errorf("%d keys, %+v, %v", there, report, err)
				}
				// Undoing again does the rest.
				if !whole {
					if again, err := c.Undo(t.Context(), id, inspect.UndoOptions{}); err != nil || again.Failed != 0 {
						t.Errorf("again: %+v, %v", again, err)
					}
				}
				sameKeys(t, before, state(srv, 0))
				_ = c.Close()
				if t.Failed() {
					t.Fatalf("at cut %d: %+v, %v", n, report, err)
				}
				if whole {
					break
				}
				steps = n
			}
			if steps < 4 || steps == cutMost-1 {
				t.Errorf("%d cuts", steps)
			}
		})
	}
	leaks(t)
}
