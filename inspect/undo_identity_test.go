package inspect_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/journal"
)

// TestUndo_AnotherServerOnTheSameAddress puts another server behind the address
// that a delete was done at: nothing is restored unasked, and nothing is lost.
func TestUndo_AnotherServerOnTheSameAddress(t *testing.T) {
	t.Parallel()
	one, two := inspecttest.Start(t), inspecttest.Start(t)
	one.Dial(0).Do("SET", "login:1", "secret")
	proxy := inspecttest.NewProxy(t, one.Addr)
	dir := t.TempDir()
	id := remove(t, openShort(t, proxy.Addr, dir), inspect.Selection{Glob: "*"}).Undo
	// The journal says what the words say: the address of the other server.
	path := filepath.Join(dir, "undo", id+".undo")
	c := open(t, inspect.Config{URL: two.URL(0), StateDir: dir})
	for _, which := range []string{id} {
		report, err := c.Undo(lasting(), which, inspect.UndoOptions{})
		if e, ok := errors.AsType[*inspect.ServerError](err); !ok || e.Journal.ID != id || report.Restored != 0 {
			t.Errorf("%+v, %v", report, err)
		}
	}
	if two.Dial(0).Int("DBSIZE") != 0 {
		t.Error("restored into another server")
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	report, err := c.Undo(lasting(), id, inspect.UndoOptions{Anyway: true})
	if err != nil || report.Restored != 1 || two.Dial(0).Text("GET", "login:1") != "secret" {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestUndo_SameServerByAnotherName undoes at the same server by another address.
func TestUndo_SameServerByAnotherName(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Dial(0).Do("SET", "k", "v")
	dir := t.TempDir()
	proxy := inspecttest.NewProxy(t, srv.Addr)
	remove(t, openShort(t, proxy.Addr, dir), inspect.Selection{Glob: "*"})
	c := open(t, inspect.Config{URL: strings.Replace(srv.URL(0), "127.0.0.1", "localhost", 1), StateDir: dir})
	report, err := c.Undo(lasting(), "", inspect.UndoOptions{})
	if err != nil || report.Restored != 1 || !report.Marked {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestUndo_Elsewhere restores to another server on purpose: the journal stays.
func TestUndo_Elsewhere(t *testing.T) {
	t.Parallel()
	one, two := inspecttest.Start(t), inspecttest.Start(t)
	one.Dial(0).Do("SET", "k", "v")
	dir := t.TempDir()
	id := remove(t, open(t, inspect.Config{URL: one.URL(0), StateDir: dir}), inspect.Selection{Glob: "*"}).Undo
	c := open(t, inspect.Config{URL: two.URL(3), StateDir: dir})
	report, err := c.Undo(lasting(), id, inspect.UndoOptions{Elsewhere: true})
	if err != nil || report.Restored != 1 || report.Marked || two.Dial(3).Text("GET", "k") != "v" {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestUndo_ReadOnlyDirectory has a journal that only can be read.
func TestUndo_ReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Dial(0).Do("SET", "k", "v")
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	id := remove(t, c, inspect.Selection{Glob: "*"}).Undo
	undo := filepath.Join(dir, "undo")
	if err := os.Chmod(filepath.Join(undo, id+".undo"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(undo, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(undo, 0o700) })
	if err := os.WriteFile(filepath.Join(undo, "20200101T000000Z.undo"), nil, 0o600); err == nil {
		t.Log("root can write everywhere: only the reading is tested")
	}
	report, err := c.Undo(lasting(), id, inspect.UndoOptions{})
	if err != nil || report.Restored != 1 || report.Marked == (report.MarkErr != nil) {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestUndo_ReplaceUnderAWriter replaces keys that are written all the time: each
// write that the server acknowledged is live, or in the journal of what was
// overwritten.
func TestUndo_ReplaceUnderAWriter(t *testing.T) {
	t.Parallel()
	const n = 1500
	srv := inspecttest.Start(t)
	name := func(i int) string { return fmt.Sprintf("k%d", i) }
	srv.Fill(0, n, name, "old")
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	id := remove(t, c, inspect.Selection{Glob: "*"}).Undo
	srv.Fill(0, n, name, "000000")
	last := map[string]string{}
	ctx, stop := context.WithCancel(lasting())
	var writer sync.WaitGroup
	writer.Go(func() {
		w := srv.Dial(0)
		for i := 0; ctx.Err() == nil; i++ {
			k, v := name(i*7919%n), fmt.Sprintf("%06d", i+1)
			w.Do("SET", k, v)
			last[k] = v
		}
	})
	report, err := c.Undo(lasting(), id, inspect.UndoOptions{Replace: true})
	stop()
	writer.Wait()
	if err != nil || report.Restored == 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	kept := map[string][]string{}
	d, err := inspect.JournalDir(inspect.Config{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(report.Overwritten)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		e, err := r.Next()
		if err != nil {
			break
		}
		if e.Outcome == journal.Done {
			kept[string(e.Key)] = append(kept[string(e.Key)], string(e.Dump))
		}
	}
	lost := 0
	w := srv.Dial(0)
	for k, v := range last {
		if w.Text("GET", k) == v {
			continue
		}
		w.Do("SET", "probe", v)
		dump := w.Text("DUMP", "probe")
		found := false
		for _, d := range kept[k] {
			found = found || bytes.Equal([]byte(d), []byte(dump))
		}
		if !found {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged writes are lost", lost, len(last))
	}
}
