//go:build unix

package inspect_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/journal"
)

// soakFigures count what a soak has done.
type soakFigures struct {
	writes, ops, kills, cuts, full, flips, compared, undone, lost int
}

func (f *soakFigures) add(o soakFigures) {
	f.writes += o.writes
	f.ops += o.ops
	f.kills += o.kills
	f.cuts += o.cuts
	f.full += o.full
	f.flips += o.flips
	f.compared += o.compared
	f.undone += o.undone
	f.lost += o.lost
}

func (f soakFigures) String() string {
	return fmt.Sprintf("%d acknowledged writes, %d operations, %d killed, %d connections cut, %d disks full, %d bits flipped, %d keys compared, %d of them by an undo, %d lost",
		f.writes, f.ops, f.kills, f.cuts, f.full, f.flips, f.compared, f.undone, f.lost)
}

// TestInvariant_Faults does every operation that changes keys under writers that
// create, rewrite, rename and expire them, while processes are killed, connections
// break and disks are full. Every acknowledged write is live afterwards, or in a
// journal whose undo restores it.
func TestInvariant_Faults(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			f := soakRound(t, seed, 30, 8)
			if f.kills+f.cuts+f.full == 0 || f.compared < 100 {
				t.Errorf("too little was done: %s", f)
			}
			t.Log(f)
		})
	}
}

// TestSoakFaults is TestInvariant_Faults for as long as SOAK says, such as 30m.
func TestSoakFaults(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		return
	}
	t.Parallel()
	var sum soakFigures
	for end := time.Now().Add(long); time.Now().Before(end) && !t.Failed(); {
		seed := rand.Uint64()
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { sum.add(soakRound(t, seed, 150, 40)) })
	}
	t.Log(sum)
}

// soakRound does n operations, of which about every fourth is killed, and checks
// what is left. Flips is how many bits of its journals are changed afterwards.
func soakRound(t *testing.T, seed uint64, n, flips int) soakFigures {
	t.Helper()
	const writers = 3
	rng := rand.New(rand.NewPCG(seed, 2))
	srv, dir := inspecttest.Start(t), t.TempDir()
	proxy := inspecttest.NewProxy(t, srv.Addr)
	w := startSoakWriters(srv, writers, seed)
	var f soakFigures
	for f.ops = 0; f.ops < n && !t.Failed(); f.ops++ {
		op := soakOps[rng.IntN(len(soakOps))]
		if rng.IntN(4) == 0 {
			if killed(t, op, writers, rng.Uint64(), srv.URL(0), dir) {
				f.kills++
			}
			continue
		}
		c, err := inspect.Open(lasting(), inspect.Config{URL: "redis://" + proxy.Addr, StateDir: dir, Timeout: 2 * time.Second})
		if err != nil {
			t.Error(err)
			break
		}
		switch rng.IntN(4) {
		case 0:
			proxy.CutAt(1+rng.IntN(25), inspecttest.Loss(rng.IntN(3)), rng.IntN(4) == 0)
		case 1:
			fillDisk(c, 1+rng.IntN(8))
		}
		err = soakDo(lasting(), c, op, writers, rng)
		if proxy.Broke() {
			f.cuts++
		}
		if errors.Is(err, errDiskFull) {
			f.full++
		}
		proxy.CutAt(0, 0, false)
		proxy.Refuse(false)
		_ = c.Close()
		if !soakExpected(err) {
			t.Errorf("seed %d, operation %d, %s: %v", seed, f.ops, op, err)
		}
	}
	w.end()
	f.writes = w.ops
	soakCheck(t, srv, dir, w.all(), &f)
	soakFlip(t, filepath.Join(dir, "undo"), rng, flips, &f)
	return f
}

// soakCheck undoes everything, the newest first, and compares each key with its
// last acknowledged write. What is not live then must be in a journal whose undo
// overwrites what is there with it.
func soakCheck(t *testing.T, srv *inspecttest.Server, dir string, want map[string]wrote, f *soakFigures) {
	t.Helper()
	c, err := inspect.Open(lasting(), inspect.Config{URL: srv.URL(0), StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	live := soakLive(t, srv, want)
	open := map[string]wrote{} // the parts of keys that are not found yet
	still := func() {
		clear(open)
		for key, w := range want {
			if is := live[key]; w.dump != "" && is.dump != w.dump || w.expiry != 0 && is.expiry != w.expiry {
				open[key] = w
			}
		}
	}
	still()
	byUndo := len(open)
	for range 2 {
		journals, err := c.Journals(lasting())
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range journals {
			if j.Err != nil || j.Undone || len(open) == 0 {
				continue
			}
			if _, err := c.Undo(lasting(), j.ID, inspect.UndoOptions{}); err != nil {
				t.Errorf("undo %s: %v", j.ID, err)
			}
		}
		live = soakLive(t, srv, want)
		still()
	}
	f.undone += byUndo - len(open)
	f.compared += len(want)
	for key, w := range open {
		is := live[key]
		if w.dump != "" && is.dump != w.dump && !soakRestores(t, srv, c, dir, key, func(e journal.Entry) bool { return string(e.Dump) == w.dump }, func(now wrote) bool { return now.dump == w.dump }) ||
			w.expiry != 0 && is.expiry != w.expiry && !soakRestores(t, srv, c, dir, key, func(e journal.Entry) bool { return e.Expiry == w.expiry }, nil) {
			f.lost++
			t.Errorf("%s: %q %d, was %q %d; journals:%s", key, is.dump, is.expiry, w.dump, w.expiry, soakHistory(dir, key))
			continue
		}
		f.undone++
	}
}

// soakRestores reports whether a journal has a record of a key, and whether its
// undo leaves what is wanted. A nil restored asks for the record alone.
func soakRestores(t *testing.T, srv *inspecttest.Server, c *inspect.Client, dir, key string, record func(journal.Entry) bool, restored func(wrote) bool) bool {
	t.Helper()
	d, err := inspect.JournalDir(inspect.Config{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	infos, err := d.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range infos {
		r, err := d.Open(i.ID)
		if err != nil {
			continue
		}
		found := false
		for {
			e, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			found = found || err == nil && e.Outcome != journal.NotDone && string(e.Key) == key && record(e)
		}
		_ = r.Close()
		if !found {
			continue
		}
		if restored == nil {
			return true
		}
		if _, err := c.Undo(lasting(), i.ID, inspect.UndoOptions{Replace: true, Only: [][]byte{[]byte(key)}}); err != nil {
			t.Errorf("undo of %s in %s: %v", key, i.ID, err)
		}
		if restored(soakLive(t, srv, map[string]wrote{key: {}})[key]) {
			return true
		}
	}
	return false
}

// soakHistory lists what the journals have of a key.
func soakHistory(dir, key string) string {
	d, _ := inspect.JournalDir(inspect.Config{StateDir: dir})
	infos, _ := d.List()
	var s strings.Builder
	for _, i := range infos {
		fmt.Fprintf(&s, "\n  %s %s undone=%t cut=%t err=%v", i.ID, i.Header.Op, i.Undone, i.CutShort, i.Err)
		r, err := d.Open(i.ID)
		if err != nil {
			continue
		}
		for {
			e, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				fmt.Fprintf(&s, "\n    %v", err)
			} else if string(e.Key) == key {
				fmt.Fprintf(&s, "\n    %s outcome=%d expiry=%d new=%d dump=%q", e.Kind, e.Outcome, e.Expiry, e.NewExpiry, e.Dump)
			}
		}
		_ = r.Close()
	}
	return s.String()
}

// soakFlip changes bits of journals: what is read of one is in it, and what is not
// read any more is counted as damaged.
func soakFlip(t *testing.T, dir string, rng *rand.Rand, flips int, f *soakFigures) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.undo"))
	if err != nil || len(files) == 0 {
		return
	}
	for range flips {
		file, err := os.ReadFile(files[rng.IntN(len(files))])
		if err != nil {
			t.Fatal(err)
		}
		before, problems := soakRead(file)
		if problems > 0 {
			continue // a process was killed in the first write, or the disk was full
		}
		file[rng.IntN(len(file))] ^= 1 << rng.IntN(8)
		f.flips++
		after, problems := soakRead(file)
		for record, n := range after {
			if n > before[record] {
				t.Fatalf("a record that was not written: %s", record)
			}
			before[record] -= n
		}
		missing := 0
		for _, n := range before {
			missing += n
		}
		if missing > 0 && problems == 0 {
			t.Fatalf("%d records are lost without a word", missing)
		}
	}
}

// soakRead returns how often each record is in a journal, and the number of the
// problems that reading it found.
func soakRead(file []byte) (records map[string]int, problems int) {
	records = map[string]int{}
	r, err := journal.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return records, 1
	}
	for {
		e, err := r.Next()
		switch {
		case err == nil:
			records[fmt.Sprintf("%+v", e.Record)]++
		case errors.Is(err, io.EOF):
			return records, problems + r.Tally().Damaged
		case !errors.Is(err, journal.ErrCutShort):
			problems++
		}
	}
}
