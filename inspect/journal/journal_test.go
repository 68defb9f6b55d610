package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func testDir(t *testing.T) Dir {
	t.Helper()
	return Dir{Path: filepath.Join(t.TempDir(), "undo")}
}

var testWhen = time.Date(2026, 1, 5, 10, 12, 0, 0, time.UTC)

// writeJournal writes n deleted keys in batches of size, and commits them.
func writeJournal(t *testing.T, d Dir, n, size int) (id string) {
	t.Helper()
	w, err := d.Begin(Header{Op: "delete", What: "prefix app:", When: testWhen, Addr: "localhost:6379"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < n; from += size {
		b := w.Begin()
		for i := from; i < min(n, from+size); i++ {
			if _, err := b.Add(testRecord(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Sync(); err != nil {
			t.Fatal(err)
		}
		if err := b.CommitAll(Done); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.ID()
}

func testRecord(i int) Record {
	return Record{
		Kind: KindDelete, Key: fmt.Appendf(nil, "app:%d", i), Expiry: 1_800_000_000_000 + int64(i),
		Dump: fmt.Appendf(nil, "\x00\x05v%04d\x0b\x00checksum", i),
	}
}

// readAll reads a journal to its end: the intact records, and the errors before
// io.EOF.
func readAll(t *testing.T, r *Reader) (got []Entry, errs []error) {
	t.Helper()
	for {
		e, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return got, errs
		case err != nil:
			if errs = append(errs, err); len(errs) > 100_000 {
				t.Fatal("the reader does not end")
			}
		default:
			got = append(got, e)
		}
	}
}

func sameRecord(a, b Record) bool {
	return a.Kind == b.Kind && bytes.Equal(a.Key, b.Key) && a.Expiry == b.Expiry && bytes.Equal(a.Dump, b.Dump) &&
		a.NewExpiry == b.NewExpiry && bytes.Equal(a.NewName, b.NewName) && a.Wrote == b.Wrote
}

func TestJournal_RoundTrip(t *testing.T) {
	t.Parallel()
	d := testDir(t)
	w, err := d.Begin(Header{Op: "mixed", DB: 3, Server: Identity{RunID: "r1"}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{Kind: KindDelete, Key: []byte{0, 0xff}, Expiry: NoExpiry, Dump: []byte("a dump")},
		{Kind: KindOverwrite, Key: []byte("e"), Expiry: 12, Dump: []byte("b"), Wrote: DigestString([]byte("new"))},
		{Kind: KindCreate, Key: []byte("c"), Expiry: NoExpiry, Wrote: DigestDump([]byte("0123456789abcdef"))},
		{Kind: KindTTL, Key: []byte(""), Expiry: 1 << 50, NewExpiry: NoExpiry},
		{Kind: KindRename, Key: []byte("old"), NewName: []byte("new"), Expiry: NoExpiry, Dump: bytes.Repeat([]byte("x"), 3<<20)},
	}
	one, two := w.Begin(), w.Begin()
	for i, r := range want {
		b := one
		if i >= 3 {
			b = two
		}
		if _, err := b.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Sync(); err != nil {
		t.Fatal(err)
	}
	wrote := map[int]Digest{1: DigestString([]byte("other"))}
	if err := one.Commit([]Outcome{Done, Done, NotDone}, wrote); err != nil {
		t.Fatal(err)
	}
	sum, err := w.Close()
	if err != nil || sum != (Summary{5, 4}) {
		t.Fatal(sum, err)
	}
	want[1].Wrote = wrote[1]
	outcomes := []Outcome{Done, Done, NotDone, InDoubt, InDoubt}

	r, err := d.Open(w.ID())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 2 {
		got, errs := readAll(t, r)
		if len(got) != len(want) || len(errs) != 0 {
			t.Fatalf("%d records, %v", len(got), errs)
		}
		for i, e := range got {
			if !sameRecord(e.Record, want[i]) || e.Outcome != outcomes[i] {
				t.Errorf("record %d: %.100v", i, e)
			}
		}
		r.Rewind()
	}
	if h := r.Header(); h.DB != 3 || h.Op != "mixed" || h.Server.RunID != "r1" || h.Seq != 1 {
		t.Error(h)
	}
	if n, cut, undone := r.Glance(); n != 4 || cut || undone {
		t.Error(n, cut, undone)
	}
	if err := d.MarkUndone(w.ID()); err != nil {
		t.Fatal(err)
	}
	list, err := d.List()
	if err != nil || len(list) != 1 || !list[0].Undone || list[0].Records != 4 || list[0].Err != nil {
		t.Error(list, err)
	}
}

func TestJournal_NothingDoneIsRemoved(t *testing.T) {
	t.Parallel()
	d := testDir(t)
	w, err := d.Begin(Header{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := w.Begin()
	if _, err := b.Add(testRecord(1)); err != nil {
		t.Fatal(err)
	}
	if err := w.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := b.CommitAll(NotDone); err != nil {
		t.Fatal(err)
	}
	if sum, err := w.Close(); err != nil || sum.Undoable != 0 {
		t.Error(sum, err)
	}
	if left, _ := os.ReadDir(d.Path); len(left) != 0 {
		t.Error(left)
	}
}

func TestJournal_RunningIsInUse(t *testing.T) {
	t.Parallel()
	d := testDir(t)
	w, err := d.Begin(Header{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := w.Begin()
	if _, err := b.Add(testRecord(1)); err != nil {
		t.Fatal(err)
	}
	if err := w.Sync(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(w.ID()); !errors.Is(err, ErrInUse) {
		t.Error(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(w.ID())
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := readAll(t, r); len(got) != 1 || got[0].Outcome != InDoubt {
		t.Error(got)
	}
	_ = r.Close()
}
