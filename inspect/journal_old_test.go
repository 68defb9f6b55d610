package inspect_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestJournalOfTheFirstVersion undoes what the first version of the program
// wrote, byte for byte: what is in testdata is never written anew.
func TestJournalOfTheFirstVersion(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "first.undo"))
	if err != nil {
		t.Fatal(err)
	}
	srv := inspecttest.Start(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "undo", "20261126T100000Z.undo")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "ADDRESS", srv.Addr, 1))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := open(t, inspect.Config{URL: srv.URL(3), StateDir: dir, JournalDays: -1})
	all, err := c.Journals(t.Context())
	if err != nil || len(all) != 1 || all[0].Description != `glob "*"` || all[0].Keys != 4 || all[0].DB != 3 || all[0].Undone {
		t.Fatalf("%+v, %v", all, err)
	}
	report, err := c.Undo(t.Context(), all[0].ID, inspect.UndoOptions{Anyway: true})
	if err != nil || report.Restored != 3 || report.Expired != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	w := srv.Dial(3)
	if w.Text("GET", "text") != "value" || w.Text("HGET", "hash", "f") != "v" || w.Text("GET", "odd \xff\n") != "x" || w.Int("PEXPIRETIME", "hash") != 4102444800000 {
		t.Errorf("%q", srv.Keys(3))
	}
	if all, err = c.Journals(t.Context()); err != nil || len(all) != 1 || !all[0].Undone {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestJournalsAreOnesOwn has a directory that others can look into, and one that
// is somebody else's.
func TestJournalsAreOnesOwn(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 10, itoa, "value")
	open755 := filepath.Join(t.TempDir(), "undo")
	if err := os.Mkdir(open755, 0o755); err != nil {
		t.Fatal(err)
	}
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: filepath.Dir(open755)})
	id := remove(t, c, inspect.Selection{Keys: byteSlices("0")}).Undo
	info, err := os.Stat(open755)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	// Whoever may write above the directory can put another in its place.
	planted := filepath.Join(t.TempDir(), "undo")
	if err := os.Symlink(open755, planted); err != nil {
		t.Fatal(err)
	}
	dirs := []string{filepath.Dir(planted)}
	if os.Geteuid() == 0 {
		theirs := filepath.Join(t.TempDir(), "undo")
		if err := os.Mkdir(theirs, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(theirs, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, filepath.Dir(theirs))
	}
	for _, dir := range dirs {
		c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
		report, err := c.Delete(t.Context(), plan(t, c, inspect.Selection{Keys: byteSlices("1")}), inspect.DeleteOptions{})
		if err == nil || report.Deleted != 0 || !strings.Contains(err.Error(), "not a directory of this user") {
			t.Errorf("%+v, %v", report, err)
		}
		if _, err := c.Undo(t.Context(), id, inspect.UndoOptions{}); err == nil {
			t.Error("undone from somebody else's directory")
		}
		if _, err := c.Journals(t.Context()); err == nil {
			t.Error("listed from somebody else's directory")
		}
	}
	if n := len(srv.Keys(0)); n != 9 {
		t.Errorf("%d keys", n)
	}
}

// TestTwoDeleteTheSame has two sessions delete the same keys at the same time,
// and then both undo, at the same time too, and one of them twice.
func TestTwoDeleteTheSame(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 5000, itoa, "value")
	everyKind(srv.Dial(0))
	before := state(srv, 0)
	dir := t.TempDir()
	type side struct {
		c      *inspect.Client
		p      *inspect.Plan
		report inspect.DeleteReport
		undone inspect.UndoReport
		err    error
	}
	var sides [2]side
	for i := range sides {
		sides[i].c = open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
		sides[i].p = plan(t, sides[i].c, inspect.Selection{Glob: "*"})
	}
	both := func(do func(s *side)) {
		done := make(chan struct{})
		for i := range sides {
			go func() {
				defer func() { done <- struct{}{} }()
				do(&sides[i])
			}()
		}
		<-done
		<-done
	}
	both(func(s *side) { s.report, s.err = s.c.Delete(t.Context(), s.p, inspect.DeleteOptions{}) })
	deleted := 0
	for _, s := range sides {
		deleted += s.report.Deleted
		if s.err != nil || s.report.Deleted+s.report.Gone != len(before) || s.report.Failed+s.report.NotUndoable != 0 {
			t.Errorf("%+v, %v", brief(s.report), s.err)
		}
	}
	if deleted != len(before) || len(srv.Keys(0)) != 0 || sides[0].report.Undo == sides[1].report.Undo {
		t.Errorf("%d deleted, %d left", deleted, len(srv.Keys(0)))
	}
	both(func(s *side) {
		if s.report.Undo != "" {
			s.undone, s.err = s.c.Undo(t.Context(), s.report.Undo, inspect.UndoOptions{})
		}
	})
	sameKeys(t, before, state(srv, 0))
	restored := 0
	for _, s := range sides {
		restored += s.undone.Restored
		if s.err != nil || s.undone.Failed != 0 {
			t.Errorf("%+v, %v", s.undone, s.err)
		}
	}
	again, err := sides[0].c.Undo(t.Context(), sides[0].report.Undo, inspect.UndoOptions{})
	if restored != len(before) || err != nil || again.Restored != 0 || again.Already != again.Planned {
		t.Errorf("%d restored, again %+v, %v", restored, again, err)
	}
	sameKeys(t, before, state(srv, 0))
}
