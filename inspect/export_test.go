package inspect_test

import (
	"context"
	"errors"
	"io"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// exported are the keys that Export gives of names.
func exported(t *testing.T, c *inspect.Client, names ...string) []inspect.DumpedKey {
	t.Helper()
	var all []inspect.DumpedKey
	err := c.Export(t.Context(), byteSlices(names...),
		func(s inspect.DumpedKey) error { all = append(all, s); return nil },
		func(e inspect.KeyError) { t.Errorf("%s: %v", e.Key, e.Err) })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// reader gives saved keys one by one.
func reader(all []inspect.DumpedKey) func() (inspect.DumpedKey, error) {
	return func() (inspect.DumpedKey, error) {
		if len(all) == 0 {
			return inspect.DumpedKey{}, io.EOF
		}
		s := all[0]
		all = all[1:]
		return s, nil
	}
}

// fillEveryType makes a key of each type, odd names, and two that expire.
func fillEveryType(w *inspecttest.Wire) []string {
	names := oddNames()
	for _, n := range names {
		w.Do("SET", n, "v\x00\xff"+n)
	}
	w.Do("HSET", "t:hash", "f", "\xff", "g", "2")
	w.Do("RPUSH", "t:list", "a", "b")
	w.Do("SADD", "t:set", "a") // the order of more is not kept in a dump
	w.Do("ZADD", "t:zset", "1.5", "a")
	w.Do("XADD", "t:stream", "1-1", "f", "v")
	w.Do("SET", "t:ttl", "x", "PX", "90000000")
	return append(names, "t:hash", "t:list", "t:set", "t:zset", "t:stream", "t:ttl")
}

func TestExportAndImportAreExact(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	names := fillEveryType(w)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	before, expiry := srv.Keys(0), w.Int("PEXPIRETIME", "t:ttl")
	all := exported(t, c, append(names, "not there")...)
	if len(all) != len(names) {
		t.Fatalf("%d keys, want %d", len(all), len(names))
	}
	for _, s := range all {
		if s.RDBVersion() < 9 || s.RDBVersion() > 99 {
			t.Fatalf("RDB version %d", s.RDBVersion())
		}
	}
	if diff := cmp.Diff(before, srv.Keys(0)); diff != "" {
		t.Errorf("the export changed the server:\n%s", diff)
	}
	w.Do("FLUSHALL")
	dry, err := c.Import(t.Context(), reader(all), inspect.ImportOptions{DryRun: true})
	if err != nil || dry.Restored != len(all) || w.Int("DBSIZE") != 0 {
		t.Fatalf("dry run: %+v, %v, %d keys", dry, err, w.Int("DBSIZE"))
	}
	r, err := c.Import(t.Context(), reader(all), inspect.ImportOptions{})
	if err != nil || r.Restored != len(all) || r.Planned != len(all) {
		t.Fatalf("%+v, %v", r, err)
	}
	if diff := cmp.Diff(before, srv.Keys(0)); diff != "" {
		t.Errorf("after the import:\n%s", diff)
	}
	if got := w.Int("PEXPIRETIME", "t:ttl"); got != expiry {
		t.Errorf("t:ttl expires at %d, want %d", got, expiry)
	}
}

func TestImportIsNeverOverAKey(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("MSET", "a", "old", "b", "old", "dead", "old", "c", "old")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	all := exported(t, c, "a", "b", "dead", "c")
	all[2].Expiry = time.Now().Add(-time.Second).UnixMilli()
	all[3].Dump = append([]byte("x"), all[3].Dump...) // its checksum does not match
	w.Do("SET", "a", "new")
	w.Do("DEL", "b", "dead", "c")

	want := inspect.UndoReport{Planned: 4, Restored: 1, Exists: 1, Existing: byteSlices("a"), Expired: 1, Failed: 1}
	r, err := c.Import(t.Context(), reader(all), inspect.ImportOptions{})
	if len(r.Errors) != 1 || string(r.Errors[0].Key) != "c" {
		t.Errorf("errors %v", r.Errors)
	}
	r.Errors = nil
	if r.Overwritten == "" {
		t.Error("the import cannot be undone")
	}
	r.Overwritten = ""
	if diff := cmp.Diff(want, r); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if got := w.Do("MGET", "a", "b", "dead", "c"); !cmp.Equal(got, []any{"new", "old", nil, nil}) {
		t.Errorf("a, b, dead, c are %q", got)
	}
	r, err = c.Import(t.Context(), reader(all[:1]), inspect.ImportOptions{Replace: true})
	if err != nil || r.Restored != 1 || w.Do("GET", "a") != "old" {
		t.Errorf("with replace: %+v, %v, %v", r, err, w.Do("GET", "a"))
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SET", "a", "1")
	all := exported(t, open(t, inspect.Config{URL: srv.URL(0)}), "a")
	w.Do("DEL", "a")
	c := open(t, inspect.Config{URL: srv.URL(0), ReadOnly: true})
	if _, err := c.Import(t.Context(), reader(all), inspect.ImportOptions{}); !errors.Is(err, inspect.ErrReadOnly) {
		t.Errorf("%v, want %v", err, inspect.ErrReadOnly)
	}
	if r, err := c.Import(t.Context(), reader(all), inspect.ImportOptions{DryRun: true}); err != nil || r.Restored != 1 {
		t.Errorf("dry run: %+v, %v", r, err)
	}
	broken := errors.New("broken off")
	n := 0
	next := func() (inspect.DumpedKey, error) {
		if n++; n == 1 {
			return all[0], nil
		}
		return inspect.DumpedKey{}, broken
	}
	c = open(t, inspect.Config{URL: srv.URL(0)})
	if r, err := c.Import(t.Context(), next, inspect.ImportOptions{}); !errors.Is(err, broken) || r.Restored != 1 {
		t.Errorf("%+v, %v; want what came before", r, err)
	}
}

func TestExportWithoutDump(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Dial(0).Do("SET", "a", "1")
	srv.Dial(0).Do("ACL", "SETUSER", "u", "on", ">p", "~*", "+@all", "-dump")
	c := open(t, inspect.Config{URL: "redis://u:p@" + srv.Addr + "/0"})
	err := c.Export(t.Context(), byteSlices("a"), func(inspect.DumpedKey) error { return nil }, func(inspect.KeyError) {})
	if err == nil {
		t.Error("no error")
	}
}

// nextEvents gathers events until there are n.
func nextEvents(t *testing.T, f *inspect.Follower, n int) map[string]inspect.EventKind {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got := map[string]inspect.EventKind{}
	for len(got) < n {
		events, err := f.Next(ctx)
		if err != nil {
			t.Fatalf("%v after %v", err, got)
		}
		for _, e := range events {
			got[string(e.Key.Name)] = e.What
		}
	}
	return got
}

func testFollow(t *testing.T, c *inspect.Client, w *inspecttest.Wire) {
	t.Helper()
	f, err := c.Follow(t.Context(), inspect.FollowOptions{Prefix: []byte("a*:")})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.Do("SET", "a*:new", "1")
	w.Do("SET", "ab:new", "1")
	w.Do("SET", "a*:old", "longer than before")
	w.Do("DEL", "a*:dying")
	want := map[string]inspect.EventKind{"a*:new": inspect.Set, "a*:old": inspect.Changed, "a*:dying": inspect.Gone}
	if diff := cmp.Diff(want, nextEvents(t, f, 3)); diff != "" {
		t.Error(diff)
	}
	w.Do("PEXPIRE", "a*:new", "1500")
	if got := nextEvents(t, f, 1)["a*:new"]; got != inspect.Changed {
		t.Errorf("after PEXPIRE %q", got)
	}
	if got := nextEvents(t, f, 1)["a*:new"]; got != inspect.Expired {
		t.Errorf("after its time %q", got)
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		user    string
		tracked bool
	}{{"tracked", "", true}, {"listed again", "u:p@", false}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			w := srv.Dial(0)
			w.Do("ACL", "SETUSER", "u", "on", ">p", "~*", "+@all", "-client|tracking")
			w.Do("MSET", "a*:old", "1", "a*:dying", "1", "ab:x", "1")
			srv.Dial(1).Do("SET", "a*:elsewhere", "1")
			c := open(t, inspect.Config{URL: "redis://" + tt.user + srv.Addr + "/0"})
			f, err := c.Follow(t.Context(), inspect.FollowOptions{})
			if err != nil || f.UsesTracking() != tt.tracked {
				t.Fatalf("tracked %v, %v", f.UsesTracking(), err)
			}
			_ = f.Close()
			testFollow(t, c, w)
		})
	}
}

func TestFollowOfOneType(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	f, err := c.Follow(t.Context(), inspect.FollowOptions{Match: "k[12]", Type: keyspace.Hash})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	srv.Dial(1).Do("SET", "k1", "of another database")
	w.Do("HSET", "k3", "a", "1")
	w.Do("SET", "k1", "x")
	w.Do("HSET", "k2", "a", "1")
	if diff := cmp.Diff(map[string]inspect.EventKind{"k2": inspect.Set}, nextEvents(t, f, 1)); diff != "" {
		t.Error(diff)
	}
	w.Do("FLUSHALL")
	if diff := cmp.Diff(map[string]inspect.EventKind{"": inspect.Flushed}, nextEvents(t, f, 1)); diff != "" {
		t.Error(diff)
	}
}

func TestFollowRefusesToListALargeDatabase(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Dial(0).Do("ACL", "SETUSER", "u", "on", ">p", "~*", "+@all", "-client|tracking")
	srv.Fill(0, 2001, func(i int) string { return "k" + itoa(i) }, "v")
	c := open(t, inspect.Config{URL: "redis://u:p@" + srv.Addr + "/0"})
	if _, err := c.Follow(t.Context(), inspect.FollowOptions{}); !errors.Is(err, inspect.ErrPollLimit) {
		t.Errorf("%v, want %v", err, inspect.ErrPollLimit)
	}
}

// TestImport_KeyTwice imports a file that has keys more than once, over others and
// where there is none. Its undo has the state before the import back.
func TestImport_KeyTwice(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	var saved []inspect.DumpedKey
	for i := range 3 {
		w.Do("SET", "v", strconv.Itoa(i))
		for _, key := range []string{"there", "absent"} {
			saved = append(saved, inspect.DumpedKey{Key: []byte(key), Dump: []byte(w.Text("DUMP", "v")), Expiry: -1})
		}
	}
	w.Do("DEL", "v")
	w.Do("SET", "there", "before", "PX", "9000000")
	before := state(srv, 0)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	r, err := c.Import(lasting(), func() (inspect.DumpedKey, error) {
		if len(saved) == 0 {
			return inspect.DumpedKey{}, io.EOF
		}
		s := saved[0]
		saved = saved[1:]
		return s, nil
	}, inspect.ImportOptions{Replace: true})
	if err != nil || r.Overwritten == "" || w.Text("GET", "there") != "2" || w.Text("GET", "absent") != "2" {
		t.Fatalf("%+v, %v", r, err)
	}
	undone, err := c.Undo(lasting(), r.Overwritten, inspect.UndoOptions{})
	if err != nil || !undone.Complete() {
		t.Errorf("%+v, %v", undone, err)
	}
	sameKeys(t, before, state(srv, 0))
}
