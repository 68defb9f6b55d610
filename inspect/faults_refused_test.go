package inspect_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
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
		delete bool   // is refused too, not only the undo
		next   string // what the message says to do, a regular expression
	}{
		{
			name: "LOADING", delete: true, next: "wait until the server has loaded",
			args: []string{"--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024"},
			refuse: func(t *testing.T, srv *inspecttest.Server, w *inspecttest.Wire) {
				srv.Fill(1, 5000, itoa, "so that it takes a while")
				w.Do("CONFIG", "SET", "key-load-delay", "2000")
				loading := srv.Dial(0)
				loading.Send("DEBUG", "RELOAD")
				loading.Flush()
				for fmt.Sprint(w.Do("PING")) == "PONG" {
				}
			},
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) {
				w.Do("CONFIG", "SET", "key-load-delay", "0")
				for fmt.Sprint(w.Do("PING")) != "PONG" {
				}
			},
		},
		{
			name: "MISCONF", delete: true, next: "see the server's log",
			refuse: func(t *testing.T, srv *inspecttest.Server, w *inspecttest.Wire) {
				w.Do("CONFIG", "SET", "save", "3600 1")
				// Where the snapshot should be there is a directory, which not even
				// root can write over.
				if err := os.Mkdir(filepath.Join(srv.Dir, "dump.rdb"), 0o700); err != nil {
					t.Fatal(err)
				}
				snapshot(w, "err")
			},
			accept: func(srv *inspecttest.Server, w *inspecttest.Wire) {
				_ = os.Remove(filepath.Join(srv.Dir, "dump.rdb"))
				snapshot(w, "ok")
				w.Do("CONFIG", "SET", "save", "")
				_ = os.Remove(filepath.Join(srv.Dir, "dump.rdb"))
			},
		},
		{
			name: "BUSY", next: "when it has ended", args: []string{"--busy-reply-threshold", "100"}, delete: true,
			refuse: func(_ *testing.T, srv *inspecttest.Server, w *inspecttest.Wire) { keepBusy(srv, w) },
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) { endBusy(w) },
		},
		{
			name: "READONLY", delete: true, next: "open its master",
			refuse: func(_ *testing.T, _ *inspecttest.Server, w *inspecttest.Wire) { w.Do("REPLICAOF", "127.0.0.1", "1") },
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) { w.Do("REPLICAOF", "NO", "ONE") },
		},
		{
			name: "MASTERDOWN", args: []string{"--replica-serve-stale-data", "no"}, delete: true, next: "wait until|open its master",
			refuse: func(_ *testing.T, _ *inspecttest.Server, w *inspecttest.Wire) { w.Do("REPLICAOF", "127.0.0.1", "1") },
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) { w.Do("REPLICAOF", "NO", "ONE") },
		},
		{
			name: "OOM", next: "free some memory",
			refuse: func(_ *testing.T, _ *inspecttest.Server, w *inspecttest.Wire) {
				w.Do("CONFIG", "SET", "maxmemory", "1")
			},
			accept: func(_ *inspecttest.Server, w *inspecttest.Wire) { w.Do("CONFIG", "SET", "maxmemory", "0") },
		},
		{
			name: "NOAUTH", delete: true, next: "try again|give a password", // the connections are broken first
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
				report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
				tt.accept(srv, w)
				audit(t, before, state(srv, 0), report, err)
				if err == nil || report.Deleted != 0 || !regexp.MustCompile(tt.next).MatchString(err.Error()) {
					t.Errorf("%+v, %v", brief(report), err)
				}
			}
			p = plan(t, c, inspect.Selection{Glob: "*"}) // what was loaded may have another size
			report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
			if err != nil || report.Deleted != len(before) || report.NotUndoable != 0 {
				t.Fatalf("%+v, %v", brief(report), err)
			}
			tt.refuse(t, srv, w)
			undone, err := c.Undo(lasting(), report.Undo, inspect.UndoOptions{})
			tt.accept(srv, w)
			if undone.Restored != 0 || err == nil || !regexp.MustCompile(tt.next).MatchString(err.Error()) || !strings.Contains(err.Error(), "undo again") {
				t.Errorf("%d restored, %d failed, %v", undone.Restored, undone.Failed, err)
			}
			restored(t, srv, dir, report.Undo, before)
		})
	}
}

// snapshot has the server save, and waits until that ended well or badly.
func snapshot(w *inspecttest.Wire, status string) {
	w.Do("BGSAVE")
	for {
		info := w.Text("INFO", "persistence")
		if strings.Contains(info, "rdb_bgsave_in_progress:0") && strings.Contains(info, "rdb_last_bgsave_status:"+status) {
			return
		}
	}
}

// TestUndoIntoAServerThatFillsUp restores until the server is full: what came
// back is told, the rest is still in the journal and comes back later.
func TestUndoIntoAServerThatFillsUp(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	const n = 3000
	srv.Fill(0, n, itoa, strings.Repeat("value", 400))
	before := state(srv, 0)
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	id := remove(t, c, inspect.Selection{Glob: "*"}).Undo
	var room int64
	for _, line := range strings.Split(w.Text("INFO", "memory"), "\r\n") {
		if used, ok := strings.CutPrefix(line, "used_memory:"); ok {
			at, _ := strconv.ParseInt(used, 10, 64)
			room = at + 3<<20
		}
	}
	w.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	w.Do("CONFIG", "SET", "maxmemory", strconv.FormatInt(room, 10))
	report, err := c.Undo(lasting(), id, inspect.UndoOptions{})
	there := len(srv.Keys(0))
	if err == nil || !strings.Contains(err.Error(), "OOM") || report.Restored != there || there == 0 || there == n || report.Failed == 0 {
		t.Errorf("%d of %d are there: %d restored, %d failed, %v", there, n, report.Restored, report.Failed, err)
	}
	if js, err := c.Journals(lasting()); err != nil || len(js) != 1 || js[0].Undone {
		t.Errorf("%+v, %v", js, err)
	}
	w.Do("CONFIG", "SET", "maxmemory", "0")
	again, err := c.Undo(lasting(), id, inspect.UndoOptions{})
	if err != nil || again.Restored != n-there || again.Already != there {
		t.Errorf("%+v, %v", again, err)
	}
	sameKeys(t, before, state(srv, 0))
}

// TestOpenAServerThatLoads starts a server that takes its time with its data.
func TestOpenAServerThatLoads(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t, "--loading-process-events-interval-bytes", "1024", "--key-load-delay", "1000")
	srv.Fill(0, 3000, itoa, "value")
	srv.Dial(0).Do("SAVE")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	srv.Reload()
	_, err := inspect.Open(lasting(), inspect.Config{URL: srv.URL(0)})
	e, ok := asConnError(err)
	if !ok || e.Kind != inspect.ConnLoading || !inspect.IsDisconnected(err) || !strings.Contains(err.Error(), "wait until the server has loaded") {
		t.Errorf("%v", err)
	}
	// An open session gets there by itself.
	_, err = c.Ping(lasting())
	for err != nil && inspect.IsDisconnected(err) {
		_, err = c.Ping(lasting())
	}
	if found := listed(t, c, inspect.ScanOptions{}); err != nil || len(found) != 3000 {
		t.Errorf("%d keys, %v", len(found), err)
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
		c, err := inspect.Open(lasting(), inspect.Config{URL: srv.URL(0), Username: name, Password: "p", StateDir: dir})
		if err != nil {
			refused++
			if e, ok := asConnError(err); !ok || e.Hint == "" {
				t.Errorf("-@%s: %v", name, err)
			}
			continue
		}
		p, err := c.Plan(lasting(), inspect.Selection{Glob: "*"}, nil)
		if err != nil {
			refused++
			_ = c.Close()
			continue
		}
		report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
		audit(t, before, state(srv, 0), report, err)
		if report.Deleted == 0 {
			refused++
		}
		if err == nil && report.Deleted == len(before) && report.Undo == "" {
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
