package inspect_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

func TestJournalsExpire(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		days, age int
		gone      bool
	}{
		"a week by default":      {0, 8, true},
		"not before":             {0, 6, false},
		"as long as was said":    {30, 29, false},
		"and no longer":          {30, 31, true},
		"never for its age only": {-1, 3000, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			srv.Fill(0, 2, itoa, "value")
			dir := t.TempDir()
			c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir, JournalDays: tt.days})
			id := remove(t, c, inspect.Selection{Keys: byteSlices("0")}).Undo
			js, err := c.Journals()
			if err != nil || len(js) != 1 {
				t.Fatal(js, err)
			}
			past := js[0].When.Add(-time.Duration(tt.age) * 24 * time.Hour)
			rewriteHeader(t, dir, id, js[0].When.Format(time.RFC3339Nano), past.Format(time.RFC3339Nano))
			remove(t, c, inspect.Selection{Keys: byteSlices("1")})
			js, err = c.Journals()
			if err != nil || (len(js) == 1) != tt.gone {
				t.Errorf("%+v, %v", js, err)
			}
		})
	}
}

// rewriteHeader replaces a word in the first line of the only journal.
func rewriteHeader(t *testing.T, dir, id, before, after string) {
	t.Helper()
	path := filepath.Join(dir, "undo", id+".undo")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), before) {
		t.Fatalf("%q is not in %q", before, b)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(b), before, after, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestJournalOfANewerVersionIsLeftAlone(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 2, itoa, "value")
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	id := remove(t, c, inspect.Selection{Keys: byteSlices("0")}).Undo
	// A field that this version does not know is no reason to refuse.
	rewriteHeader(t, dir, id, `"cacheview_undo":1`, `"cacheview_undo":1,"new":2`)
	if js, err := c.Journals(); err != nil || len(js) != 1 {
		t.Error(js, err)
	}
	rewriteHeader(t, dir, id, `"cacheview_undo":1`, `"cacheview_undo":2`)
	js, err := c.Journals()
	if err != nil || len(js) != 1 || !js[0].Newer || !strings.Contains(js[0].Elsewhere(c.Server()), "newer cacheview") {
		t.Errorf("%+v, %v", js, err)
	}
	_, err = c.Undo(lasting(), id, inspect.UndoOptions{})
	if err == nil || !strings.Contains(err.Error(), "newer cacheview") || len(srv.Keys(0)) != 1 {
		t.Error(err)
	}
}

func TestUndoOnAServerThatCannotReadTheDumpKeepsTheJournal(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 1, itoa, "value")
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	id := remove(t, c, inspect.Selection{Glob: "*"}).Undo
	path := filepath.Join(dir, "undo", id+".undo")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A dump ends in two bytes of version and eight of checksum.
	newer := []byte(string(good))
	newer[len(newer)-9] = 0x7f
	if err := os.WriteFile(path, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := c.Undo(lasting(), id, inspect.UndoOptions{})
	if err != nil || report.Failed != 1 || len(report.Errors) != 1 || !errors.Is(report.Errors[0], inspect.ErrPayload) {
		t.Errorf("%+v, %v", report, err)
	}
	if js, err := c.Journals(); err != nil || len(js) != 1 || js[0].Undone {
		t.Errorf("%+v, %v", js, err)
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if report, err = c.Undo(lasting(), id, inspect.UndoOptions{}); err != nil || report.Restored != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestDeleteInAChildProcess is no test but the program that the next one kills.
func TestDeleteInAChildProcess(t *testing.T) {
	url := os.Getenv("CACHEVIEW_TEST_CHILD")
	if url == "" {
		return
	}
	c := open(t, inspect.Config{URL: url, StateDir: os.Getenv("CACHEVIEW_TEST_STATE")})
	p := plan(t, c, inspect.Selection{Glob: "*"})
	_, err := c.Delete(lasting(), p, inspect.DeleteOptions{Progress: func(done, _ int) {
		fmt.Printf("done %d\n", done)
		if done >= 2000 {
			select {} // killed here, with batches in the journal that nobody deleted yet
		}
	}})
	t.Error("not killed", err)
}

func TestJournalSurvivesAKillInTheMiddle(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 5000, itoa, "value")
	before := state(srv, 0)
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestDeleteInAChildProcess$")
	child.Env = append(os.Environ(), "CACHEVIEW_TEST_CHILD="+srv.URL(0), "CACHEVIEW_TEST_STATE="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "done 2000" {
			break
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	if n := len(srv.Keys(0)); n != 3000 {
		t.Errorf("%d keys are left", n)
	}
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	js, err := c.Journals()
	if err != nil || len(js) != 1 || js[0].Keys < 2000 || js[0].Undone {
		t.Fatalf("%+v, %v", js, err)
	}
	report, err := c.Undo(lasting(), "", inspect.UndoOptions{})
	if err != nil || report.Restored != 2000 || report.Failed != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	sameKeys(t, before, state(srv, 0))
}

func TestDeleteStopsWhenTheDiskIsFull(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	value := make([]byte, 1000) // that a dump does not compress
	_, _ = rand.NewChaCha8([32]byte{}).Read(value)
	srv.Fill(0, 3000, itoa, string(value))
	before := state(srv, 0)
	dir := t.TempDir()
	small := filepath.Join(dir, "small")
	if err := os.Mkdir(small, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small).CombinedOutput(); err != nil {
		t.Skipf("a full disk needs a mount: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", small).Run() })
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: small})
	p := plan(t, c, inspect.Selection{Glob: "*"})
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
	if err == nil || !strings.Contains(err.Error(), "no space") || inspect.Lost(err) {
		t.Errorf("%v", err)
	}
	audit(t, before, state(srv, 0), report, err)
	if report.NotUndoable != 0 || report.Deleted == 3000 {
		t.Errorf("%+v", brief(report))
	}
	restored(t, srv, small, report.Undo, before)
}
