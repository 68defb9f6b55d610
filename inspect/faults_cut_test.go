package inspect_test

import (
	"errors"
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
	t.Parallel()
	for _, tt := range cuts {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
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
				report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
				whole := proxy.Pending()
				proxy.CutAt(0, 0, false)
				proxy.Refuse(false)
				audit(t, before, state(srv, 0), report, err)
				if !whole && err != nil && !inspect.IsDisconnected(err) {
					t.Errorf("cut %d: %v", n, err)
				}
				if _, perr := c.Ping(lasting()); perr != nil {
					t.Errorf("cut %d: the session does not come back: %v", n, perr)
				}
				if report.Undo != "" {
					if _, err := c.Undo(lasting(), report.Undo, inspect.UndoOptions{}); err != nil {
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
				report, err := c.Undo(lasting(), id, inspect.UndoOptions{})
				whole := proxy.Pending()
				proxy.CutAt(0, 0, false)
				proxy.Refuse(false)
				for name, is := range state(srv, 0) {
					if before[name] != is {
						t.Errorf("%q was %q and is %q", name, before[name], is)
					}
				}
				if there := len(srv.Keys(0)); report.Restored > there || !whole && !inspect.IsDisconnected(err) {
					t.Errorf("%d keys, %+v, %v", there, report, err)
				}
				// Undoing again does the rest.
				if !whole {
					if again, err := c.Undo(lasting(), id, inspect.UndoOptions{}); err != nil || again.Failed != 0 {
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
			if steps < 3 || steps == cutMost-1 {
				t.Errorf("%d cuts", steps)
			}
		})
	}
}

// TestChangeOfOneKeySurvivesACutAtEveryStep edits and renames a key while the
// connection breaks. What was done, or may have been, is said, and an edit that
// was done can be taken back.
func TestChangeOfOneKeySurvivesACutAtEveryStep(t *testing.T) {
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	changes := map[string]struct {
		do   func(c *inspect.Client) (undo string, err error)
		done func() bool
	}{
		"edit": {
			func(c *inspect.Client) (string, error) {
				return c.Replace(lasting(), []byte("key"), []byte("old"), []byte("new"))
			},
			func() bool { return w.Text("GET", "key") == "new" },
		},
		"rename": {
			func(c *inspect.Client) (string, error) {
				return c.Rename(lasting(), []byte("key"), []byte("other"))
			},
			func() bool { return w.Int("EXISTS", "other") == 1 },
		},
	}
	for name, change := range changes {
		for _, tt := range cuts {
			t.Run(name+", "+tt.name, func(t *testing.T) {
				for n := 1; n < cutMost; n++ {
					w.Do("FLUSHALL")
					w.Do("SET", "key", "old", "PX", "1000000")
					proxy := inspecttest.NewProxy(t, srv.Addr)
					c := openShort(t, proxy.Addr, t.TempDir())
					proxy.CutAt(n, tt.loss, tt.refuse)
					undo, err := change.do(c)
					whole := proxy.Pending()
					proxy.CutAt(0, 0, false)
					proxy.Refuse(false)
					if w.Int("DBSIZE") != 1 {
						t.Fatalf("cut %d: %d keys", n, w.Int("DBSIZE"))
					}
					done := change.done()
					switch {
					case err == nil && !done:
						t.Errorf("cut %d: it was not done, and there is no error", n)
					case err != nil && (whole || !inspect.IsDisconnected(err)):
						t.Errorf("cut %d: %v", n, err)
					case err != nil && done && !errors.Is(err, inspect.ErrOutcomeUnknown):
						t.Errorf("cut %d: it was done: %v", n, err)
					}
					if done {
						if undo == "" {
							t.Errorf("cut %d: it was written, and there is nothing to undo it with", n)
						} else if r, err := c.Undo(lasting(), undo, inspect.UndoOptions{}); err != nil || r.Restored != 1 || w.Text("GET", "key") != "old" || w.Int("EXISTS", "other") != 0 {
							t.Errorf("cut %d: %+v, %v", n, r, err)
						}
					}
					_ = c.Close()
					if whole || t.Failed() {
						return
					}
				}
				t.Error("it never came to an end")
			})
		}
	}
}
