package inspect_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// everyKind fills a database with every type of value, odd names, and times to
// live.
func everyKind(w *inspecttest.Wire) {
	w.Do("HSET", "hash", "a", "1", "b\x00", "\xff")
	w.Do("RPUSH", "list", "a", "", "c")
	w.Do("SADD", "set", "a") // the order of more is not kept in a dump
	w.Do("ZADD", "zset", "1.5", "a", "-inf", "b")
	w.Do("XADD", "stream", "5-1", "f", "v")
	w.Do("XGROUP", "CREATE", "stream", "group", "0")
	w.Do("PFADD", "hyperloglog", "a", "b")
	w.Do("SETBIT", "bitmap", "1000", "1")
	for i, n := range oddNames() {
		w.Do("SET", n, "value of "+n)
		if i%2 == 0 {
			w.Do("PEXPIRE", n, strconv.Itoa(1_000_000+i))
		}
	}
}

// state is every key with its bytes and its absolute expiry.
func state(srv *inspecttest.Server, db int) map[string]string {
	keys := srv.Keys(db)
	w := srv.Dial(db)
	for n := range keys {
		keys[n] += " " + strconv.FormatInt(w.Int("PEXPIRETIME", n), 10)
	}
	return keys
}

func remove(t *testing.T, c *inspect.Client, sel inspect.Selection) inspect.DeleteReport {
	t.Helper()
	p := plan(t, c, sel)
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{Confirmed: c.Server().Name()})
	if err != nil || report.Failed != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	return report
}

func TestUndoBringsBackBytesAndTTLs(t *testing.T) {
	t.Parallel()
	for name, sel := range map[string]inspect.Selection{
		"some":           {Glob: "*s*"},
		"everything":     {Glob: "*"},
		"whole database": {All: true},
		"one":            {Keys: byteSlices("stream")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			everyKind(srv.Dial(2))
			before := state(srv, 2)
			dir := t.TempDir()
			c := open(t, inspect.Config{URL: srv.URL(2), StateDir: dir})
			deleted := remove(t, c, sel)
			if deleted.Deleted == 0 || deleted.Undo == "" || deleted.NotUndoable != 0 {
				t.Fatalf("%+v", deleted)
			}
			if len(state(srv, 2)) != len(before)-deleted.Deleted {
				t.Error("nothing was deleted")
			}
			// Another session, as after a restart of the program.
			c = open(t, inspect.Config{URL: srv.URL(2), StateDir: dir})
			steps := 0
			report, err := c.Undo(lasting(), "", inspect.UndoOptions{Progress: func(done, total int) {
				steps++
				if total != deleted.Deleted || done > total {
					t.Errorf("%d of %d", done, total)
				}
			}})
			if err != nil || report.Restored != deleted.Deleted || report.Planned != deleted.Deleted || report.ID != deleted.Undo || steps == 0 {
				t.Errorf("%+v, %v", report, err)
			}
			if diff := cmp.Diff(before, state(srv, 2)); diff != "" {
				t.Error(diff)
			}
			if _, err := c.Undo(lasting(), "", inspect.UndoOptions{}); !errors.Is(err, inspect.ErrNoJournal) {
				t.Errorf("undone twice: %v", err)
			}
		})
	}
}

func TestUndoLeavesWhatExistsAndWhatHasExpired(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SET", "again", "old")
	w.Do("SET", "brief", "x", "PX", "1500")
	w.Do("SET", "long", "x", "PX", "1000000")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	deleted := remove(t, c, inspect.Selection{Keys: byteSlices("again", "brief", "long")})
	w.Do("SET", "again", "new")
	w.Do("BLPOP", "nothing", "1.8") // until brief is over, by the server's clock
	report, err := c.Undo(lasting(), deleted.Undo, inspect.UndoOptions{})
	if err != nil || report.Restored != 1 || report.Exists != 1 || report.Expired != 1 || report.Failed != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if w.Text("GET", "again") != "new" || w.Int("EXISTS", "brief") != 0 || w.Int("EXISTS", "long") != 1 {
		t.Error("the wrong keys are back")
	}
	w.Do("DEL", "long")
	report, err = c.Undo(lasting(), deleted.Undo, inspect.UndoOptions{Replace: true})
	if err != nil || report.Restored != 2 || report.Expired != 1 || report.NotUndoable != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if w.Text("GET", "again") != "old" {
		t.Error("not replaced")
	}
	// What was written over is not lost either.
	report, err = c.Undo(lasting(), report.Overwritten, inspect.UndoOptions{Replace: true})
	if err != nil || report.Planned != 1 || report.Restored != 1 || w.Text("GET", "again") != "new" {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestUndoOverTheKeysThatExistAgain restores first, and then writes over just
// the keys that the first report names: what was restored before and has been
// written since stays as it is.
func TestUndoOverTheKeysThatExistAgain(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for _, k := range []string{"a", "b", "c", "d"} {
		w.Do("SET", k, "old "+k, "PX", "900000")
	}
	c := open(t, inspect.Config{URL: srv.URL(0)})
	id := remove(t, c, inspect.Selection{Glob: "?"}).Undo
	w.Do("SET", "b", "new b")
	w.Do("RPUSH", "d", "new d")
	first, err := c.Undo(lasting(), id, inspect.UndoOptions{})
	slices.SortFunc(first.Existing, bytes.Compare)
	if err != nil || first.Restored != 2 || first.Exists != 2 || !slices.EqualFunc(first.Existing, byteSlices("b", "d"), bytes.Equal) {
		t.Fatalf("%+v, %v", first, err)
	}
	w.Do("SET", "a", "written since", "PX", "800000")
	before := state(srv, 0)
	over, err := c.Undo(lasting(), first.ID, inspect.UndoOptions{Replace: true, Only: first.Existing})
	if err != nil || over.Planned != 2 || over.Restored != 2 || over.Exists != 0 || over.NotUndoable != 0 || over.Overwritten == "" {
		t.Fatalf("%+v, %v", over, err)
	}
	after := state(srv, 0)
	if after["a"] != before["a"] || after["c"] != before["c"] {
		t.Error("keys were written over that were not meant")
	}
	if w.Text("GET", "b") != "old b" || w.Text("GET", "d") != "old d" || w.Int("PTTL", "d") <= 0 {
		t.Errorf("not restored: %q", after)
	}
	// The undo after it is that of what was overwritten.
	back, err := c.Undo(lasting(), "", inspect.UndoOptions{})
	if err != nil || back.ID != over.Overwritten || back.Restored != 2 || !back.Marked {
		t.Fatalf("%+v, %v", back, err)
	}
	if diff := cmp.Diff(before, state(srv, 0)); diff != "" {
		t.Errorf("not as before (-want +got):\n%s", diff)
	}
}

// TestUndo_ReplaceKeepsWhatItCannotCopy replaces more than a journal takes.
func TestUndo_ReplaceKeepsWhatItCannotCopy(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 1000, func(i int) string { return "k" + itoa(i) }, strings.Repeat("x", 100))
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	id := remove(t, c, inspect.Selection{Glob: "*"}).Undo
	srv.Fill(0, 900, func(i int) string { return "k" + itoa(i) }, strings.Repeat("y", 100))
	c = open(t, inspect.Config{URL: srv.URL(0), StateDir: dir, JournalLimit: 20_000})
	report, err := c.Undo(lasting(), id, inspect.UndoOptions{Replace: true})
	if err != nil || report.NotCopied == 0 || report.NotCopied >= 900 || report.Restored+report.NotCopied != 1000 || report.Marked {
		t.Fatalf("%+v, %v", report, err)
	}
	back, err := c.Undo(lasting(), report.Overwritten, inspect.UndoOptions{})
	if err != nil || back.Restored == 0 || back.Restored+report.NotCopied != 900 {
		t.Errorf("%+v after %+v, %v", back, report, err)
	}
}

func TestUndoAfterAStoppedDelete(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 3000, itoa, "x")
	before := state(srv, 0)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, c, inspect.Selection{Glob: "*"})
	ctx, cancel := context.WithCancel(lasting())
	deleted, err := c.Delete(ctx, p, inspect.DeleteOptions{Progress: func(done, _ int) {
		if done == 1500 {
			cancel()
		}
	}})
	if err != nil || !deleted.Stopped || deleted.Deleted < 1500 || deleted.Deleted == 3000 {
		t.Fatalf("%+v, %v", deleted, err)
	}
	if _, err := c.Undo(lasting(), "", inspect.UndoOptions{}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, state(srv, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestUndoIsOnlyForItsDatabase(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 3, itoa, "x")
	dir := t.TempDir()
	zero := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	deleted := remove(t, zero, inspect.Selection{Glob: "*"})
	one := open(t, inspect.Config{URL: srv.URL(1), StateDir: dir})
	if _, err := one.Undo(lasting(), "", inspect.UndoOptions{}); !errors.Is(err, inspect.ErrNoJournal) {
		t.Error(err)
	}
	_, err := one.Undo(lasting(), deleted.Undo, inspect.UndoOptions{})
	if _, ok := errors.AsType[*inspect.TargetError](err); !ok {
		t.Error(err)
	}
	for _, id := range []string{"../" + deleted.Undo, "/etc/passwd", "20200101T000000Z", "."} {
		if _, err := one.Undo(lasting(), id, inspect.UndoOptions{}); !errors.Is(err, inspect.ErrNoJournal) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if n := len(srv.Keys(1)); n != 0 {
		t.Errorf("%d keys in the other database", n)
	}
}

func TestJournalIsPrivateAndListed(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	dir := filepath.Join(t.TempDir(), "state")
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	var ids []string
	for i := range 3 {
		srv.Fill(0, i+1, itoa, "x")
		ids = append(ids, remove(t, c, inspect.Selection{Glob: "*"}).Undo)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Undo(lasting(), ids[2], inspect.UndoOptions{}); err != nil {
		t.Fatal(err)
	}
	all, err := c.Journals(lasting())
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	for i, j := range all { // newest first
		want := 2 - i
		if j.ID != ids[want] || j.Keys != want+1 || j.Undone != (want == 2) || j.Description != `glob "*"` || j.Addr != srv.Addr || j.Bytes == 0 || j.When.IsZero() {
			t.Errorf("%+v", j)
		}
	}
}

func TestJournalKeepsToItsLimit(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 1000, func(i int) string { return "k" + itoa(i) }, strings.Repeat("x", 1000))
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir, JournalLimit: 10_000})
	if c.UndoLimit() != 10_000 {
		t.Error(c.UndoLimit())
	}
	before := state(srv, 0)
	deleted := remove(t, c, inspect.Selection{Glob: "*"})
	all, err := c.Journals(lasting())
	if err != nil || len(all) != 1 || all[0].Bytes > 10_000 {
		t.Fatalf("%+v, %v", all, err)
	}
	if deleted.NotCopied == 0 || deleted.NotUndoable != 0 || deleted.Deleted != all[0].Keys || deleted.NotCopied+all[0].Keys != 1000 || len(srv.Keys(0)) != deleted.NotCopied {
		t.Errorf("%+v, %d in the journal", deleted, all[0].Keys)
	}
	report, err := c.Undo(lasting(), "", inspect.UndoOptions{})
	if err != nil || report.Restored != all[0].Keys {
		t.Errorf("%+v, %v", report, err)
	}
	for n, s := range state(srv, 0) {
		if before[n] != s {
			t.Errorf("%s is not what it was", n)
		}
	}
	off := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir, JournalLimit: -1})
	deleted = remove(t, off, inspect.Selection{Glob: "*"})
	if off.UndoLimit() != 0 || deleted.Undo != "" || deleted.NotUndoable != deleted.Deleted {
		t.Errorf("%+v", deleted)
	}
}

// TestUndo_JournalThatWasCut cuts a complete journal within its last record.
func TestUndo_JournalThatWasCut(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 100, itoa, "value")
	before := state(srv, 0)
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	id := remove(t, c, inspect.Selection{Glob: "*"}).Undo
	path := filepath.Join(dir, "undo", id+".undo")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndex(whole, []byte("value"))
	cut := string(whole[:last+2])
	if err := os.WriteFile(path, []byte(cut), 0o600); err != nil {
		t.Fatal(err)
	}
	for round := range 2 { // undoing again finds the same damage
		report, err := c.Undo(lasting(), id, inspect.UndoOptions{})
		if err != nil || report.Planned != 100 || report.Restored+report.Already != 99 || report.Damaged != 1 || report.Marked || report.Complete() {
			t.Errorf("%d: %+v, %v", round, report, err)
		}
	}
	after := state(srv, 0)
	maps.DeleteFunc(before, func(n, _ string) bool { _, ok := after[n]; return !ok })
	if diff := cmp.Diff(before, after); diff != "" || len(after) != 99 {
		t.Error(len(after), diff)
	}
	for name, text := range map[string]string{
		"empty": "", "other": "hello\n", "huge": cut[:strings.IndexByte(cut, '\n')+1] + "\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if report, err := c.Undo(lasting(), id, inspect.UndoOptions{}); report.Restored != 0 {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
		if _, err := c.Journals(lasting()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDeleteStopsWhenItCannotKeepAJournal(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 10, itoa, "x")
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	p := plan(t, c, inspect.Selection{Glob: "*"})
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
	if err == nil || inspect.IsDisconnected(err) || report.Deleted != 0 || len(srv.Keys(0)) != 10 {
		t.Errorf("%+v, %v", report, err)
	}
	report, err = c.Delete(lasting(), p, inspect.DeleteOptions{NoUndo: true})
	if err != nil || report.Deleted != 10 || report.Undo != "" || report.NotUndoable != 10 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestUndoOnMiniredis(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "a", "1")
		on.w.Do("SET", "b", "2", "PX", "1000000")
		c := open(t, inspect.Config{URL: on.url})
		deleted := remove(t, c, inspect.Selection{Glob: "*"})
		if on.w.Int("DBSIZE") != 0 {
			t.Error("still there")
		}
		if c.UndoLimit() == 0 {
			return
		}
		report, err := c.Undo(lasting(), deleted.Undo, inspect.UndoOptions{})
		if err != nil || report.Restored != 2 || on.w.Text("GET", "b") != "2" {
			t.Errorf("%+v, %v", report, err)
		}
		if ttl := on.w.Int("PTTL", "b"); ttl < 900_000 || ttl > 1_000_000 || on.w.Int("PTTL", "a") != -1 {
			t.Errorf("%d ms", ttl)
		}
	})
}
