package inspect_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
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
	"cacheview/inspect/journal"
)

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
	rewriteHeader(t, dir, id, `"cacheview_undo":2`, `"cacheview_undo":3`)
	js, err := c.Journals(lasting())
	if err != nil || len(js) != 1 || !errors.Is(js[0].Err, journal.ErrNewer) || js[0].NotHere == nil {
		t.Errorf("%+v, %v", js, err)
	}
	_, err = c.Undo(lasting(), id, inspect.UndoOptions{Anyway: true})
	if err == nil || !strings.Contains(err.Error(), "newer cacheview") || len(srv.Keys(0)) != 1 {
		t.Error(err)
	}
}

// TestUndo_DumpOfANewerServer has a journal whose DUMP is of an RDB version that
// the server does not know, and one whose value is damaged.
func TestUndo_DumpOfANewerServer(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 1, itoa, "value")
	dump := []byte(srv.Dial(0).Text("DUMP", "0"))
	newer := bytes.Clone(dump)
	newer[len(newer)-9] = 0x7f
	binary.LittleEndian.PutUint64(newer[len(newer)-8:], crc64Jones(newer[:len(newer)-8]))
	broken := bytes.Clone(dump)
	broken[2] ^= 1
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	for name, tt := range map[string]struct {
		dump []byte
		says string
	}{
		"newer":   {newer, "older than the one"},
		"damaged": {broken, "checksum does not hold"},
	} {
		t.Run(name, func(t *testing.T) {
			id := writeJournal(t, dir, c.Server(), journal.Record{Kind: journal.KindDelete, Key: []byte("k"), Expiry: -1, Dump: tt.dump})
			report, err := c.Undo(lasting(), id, inspect.UndoOptions{})
			if err != nil || report.Failed != 1 || len(report.Errors) != 1 || !strings.Contains(report.Errors[0].Error(), tt.says) {
				t.Errorf("%+v, %v", report, err)
			}
			if errors.Is(report.Errors[0], inspect.ErrIncompatibleDump) != (name == "newer") || report.Marked {
				t.Errorf("%+v", report)
			}
		})
	}
}

// writeJournal writes a journal of one batch that was carried out.
func writeJournal(t *testing.T, dir string, srv inspect.Server, records ...journal.Record) (id string) {
	t.Helper()
	d, err := inspect.JournalDir(inspect.Config{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.Begin(journal.Header{Op: "delete", What: "test", Addr: srv.Addr, DB: srv.DB, When: time.Now(), Server: srv.Identity}, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := w.Begin()
	for _, r := range records {
		if _, err := b.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.CommitAll(journal.Done); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.ID()
}

// crc64Jones is the checksum at the end of a DUMP, computed bit by bit.
func crc64Jones(b []byte) (crc uint64) {
	for _, c := range b {
		crc ^= uint64(c)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0x95ac9329ac4bc9b5
			} else {
				crc >>= 1
			}
		}
	}
	return crc
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
	left := len(srv.Keys(0))
	if left == 0 || left > 3000 {
		t.Errorf("%d keys are left", left)
	}
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	js, err := c.Journals(lasting())
	if err != nil || len(js) != 1 || js[0].Keys < 2000 || js[0].Undone {
		t.Fatalf("%+v, %v", js, err)
	}
	report, err := c.Undo(lasting(), "", inspect.UndoOptions{})
	if err != nil || report.Restored != 5000-left || !report.Complete() {
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
	if err == nil || !strings.Contains(err.Error(), "no space") || inspect.IsDisconnected(err) {
		t.Errorf("%v", err)
	}
	audit(t, before, state(srv, 0), report, err)
	if report.NotUndoable != 0 || report.Deleted == 3000 {
		t.Errorf("%+v", brief(report))
	}
	restored(t, srv, small, report.Undo, before)
}
