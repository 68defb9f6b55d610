package inspect_test

import (
	"fmt"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestServerThatRefuses makes a real server give each of its refusals between
// the plan and the delete, and between the delete and the undo.
func TestServerThatRefuses(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		refuse func(t *testing.T, srv *inspecttest.Server, w *inspecttest.Wire)
		accept func(srv *inspecttest.Server, w *inspecttest.Wire)
		delete bool // is refused too, not only the undo
	}{
		{
			name: "BUSY", args: []string{"--busy-reply-threshold", "1"}, delete: true,
			refuse: func(t *testing.T, srv *inspecttest.Server, w *inspecttest.Wire) {
				busy := srv.Dial(0)
				busy.Send("EVAL", "while true do end", "0")
				busy.Flush()
				for fmt.Sprint(w.Do("PING")) == "PONG" {
				}
			},
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) {
				w.Do("SCRIPT", "KILL")
				for fmt.Sprint(w.Do("PING")) != "PONG" {
				}
			},
		},
		{
			name: "READONLY", delete: true,
			refuse: func(_ *testing.T, _ *inspecttest.Server, w *inspecttest.Wire) { w.Do("REPLICAOF", "127.0.0.1", "1") },
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) { w.Do("REPLICAOF", "NO", "ONE") },
		},
		{
			name: "MASTERDOWN", args: []string{"--replica-serve-stale-data", "no"}, delete: true,
			refuse: func(_ *testing.T, _ *inspecttest.Server, w *inspecttest.Wire) { w.Do("REPLICAOF", "127.0.0.1", "1") },
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) { w.Do("REPLICAOF", "NO", "ONE") },
		},
		{
			name: "OOM",
			refuse: func(_ *testing.T, _ *inspecttest.Server, w *inspecttest.Wire) {
				w.Do("CONFIG", "SET", "maxmemory", "1")
			},
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) { w.Do("CONFIG", "SET", "maxmemory", "0") },
		},
		{
			name: "NOAUTH", delete: true,
			refuse: func(_ *testing.T, _ *inspecttest.Server, w *inspecttest.Wire) {
				w.Do("CONFIG", "SET", "requirepass", "secret")
				w.Do("CLIENT", "KILL", "TYPE", "normal")
			},
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) { w.Do("CONFIG", "SET", "requirepass", "") },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t, tt.args...)
			everyKind(srv.Dial(0))
			srv.Fill(0, 600, itoa, "value")
			before := state(srv, 0)
			dir := t.TempDir()
			c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir, Timeout: 2 * time.Second})
			w := srv.Dial(0)
			p := plan(t, c, inspect.Selection{Glob: "*"})
			if tt.delete {
				tt.refuse(t, srv, w)
				report, err := c.Delete(t.Context(), p, inspect.DeleteOptions{})
				tt.accept(srv, w)
				audit(t, before, state(srv, 0), report, err)
				if err == nil || report.Deleted != 0 {
					t.Errorf("%+v, %v", brief(report), err)
				}
			}
			report, err := c.Delete(t.Context(), p, inspect.DeleteOptions{})
			if err != nil || report.Deleted != len(before) || report.NotUndoable != 0 {
				t.Fatalf("%+v, %v", brief(report), err)
			}
			tt.refuse(t, srv, w)
			undone, err := c.Undo(t.Context(), report.Undo, inspect.UndoOptions{})
			tt.accept(srv, w)
			if undone.Restored != 0 || err == nil && undone.Failed == 0 {
				t.Errorf("%+v, %v", undone, err)
			}
			restored(t, srv, dir, report.Undo, before)
		})
	}
}

// TestDeleteWithoutEachCategory takes one ACL category after the other from the
// user: what cannot be done is refused with a reason, the rest is done whole.
func TestDeleteWithoutEachCategory(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	everyKind(w)
	before := state(srv, 0)
	categories, _ := w.Do("ACL", "CAT").([]any)
	if len(categories) < 20 {
		t.Fatalf("%d categories", len(categories))
	}
	refused := 0
	for _, category := range categories {
		name := fmt.Sprint(category)
		w.Do("ACL", "SETUSER", name, "reset", "on", ">p", "~*", "&*", "+@all", "-@"+name)
		dir := t.TempDir()
		c, err := inspect.Open(t.Context(), inspect.Config{URL: srv.URL(0), Username: name, Password: "p", StateDir: dir})
		if err != nil {
			refused++
			if e, ok := asConnError(err); !ok || e.Hint == "" {
				t.Errorf("-@%s: %v", name, err)
			}
			continue
		}
		p, err := c.Plan(t.Context(), inspect.Selection{Glob: "*"}, nil)
		if err != nil {
			refused++
			_ = c.Close()
			continue
		}
		report, err := c.Delete(t.Context(), p, inspect.DeleteOptions{})
		audit(t, before, state(srv, 0), report, err)
		if report.Deleted == 0 {
			refused++
		}
		if err == nil && report.Deleted == len(before) && report.Undo == "" && report.NotUndoable != len(before) {
			t.Errorf("-@%s: nothing says that it cannot be undone: %+v", name, report)
		}
		_ = c.Close()
		if report.NotUndoable == 0 {
			restored(t, srv, dir, report.Undo, before)
		} else {
			w.Do("FLUSHALL")
			everyKind(w)
			before = state(srv, 0)
		}
		if t.Failed() {
			t.Fatalf("-@%s: %+v, %v", name, report, err)
		}
	}
	if refused == 0 || refused == len(categories) {
		t.Errorf("%d of %d refused", refused, len(categories))
	}
}
