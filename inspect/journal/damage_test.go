package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fileOf returns the bytes of a journal.
func fileOf(t testing.TB, d Dir, id string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(d.Path, id+ext))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// written is a small journal of n records and what it holds.
func written(t *testing.T, n, size int) ([]byte, []Record) {
	t.Helper()
	d := testDir(t)
	b := fileOf(t, d, writeJournal(t, d, n, size))
	var want []Record
	for i := range n {
		want = append(want, testRecord(i))
	}
	return b, want
}

// read reads a journal and fails if it returns a record that was not written, or
// one of them twice.
func read(t *testing.T, b []byte, want []Record) (got []Entry, errs []error, tally Tally, err error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, Tally{}, err
	}
	got, errs = readAll(t, r)
	last := -1
	for _, e := range got {
		i := slices.IndexFunc(want, func(r Record) bool { return sameRecord(r, e.Record) })
		if i < 0 {
			t.Fatalf("a record that was not written: %+v", e)
		}
		if i == last {
			t.Fatalf("record %d twice", i)
		}
		last = i
	}
	return got, errs, r.Tally(), nil
}

// checkLoss wants what is lost to be counted, and reported.
func checkLoss(t *testing.T, what string, got []Entry, errs []error, tally Tally, n int) {
	t.Helper()
	lost := n - len(got)
	switch {
	case tally.Intact != len(got):
		t.Fatalf("%s: %d intact, %d read", what, tally.Intact, len(got))
	case tally.Damaged != lost:
		t.Fatalf("%s: %d records are lost, %d counted: %v", what, lost, tally.Damaged, errs)
	case lost > 0 && len(errs) == 0:
		t.Fatalf("%s: %d records are lost without a word", what, lost)
	}
}

// TestDamage_EveryByteFlipped flips each bit of a journal: everything but the record
// that is hit is read, no other record is made up, and the loss is counted.
func TestDamage_EveryByteFlipped(t *testing.T) {
	t.Parallel()
	file, want := written(t, 6, 3)
	for at := range file {
		for _, mask := range []byte{1, 0x80, 0xff} {
			b := bytes.Clone(file)
			b[at] ^= mask
			got, errs, tally, err := read(t, b, want)
			if err != nil {
				if errors.Is(err, ErrNewer) || errors.Is(err, ErrNotJournal) {
					continue // of the format's number, or a header that names another format
				}
				t.Fatalf("byte %d: %v", at, err)
			}
			what := fmt.Sprintf("byte %d ^ %#x (%q)", at, mask, file[max(0, at-8):min(len(file), at+8)])
			checkLoss(t, what, got, errs, tally, len(want))
			if len(got) < len(want)-1 {
				t.Fatalf("%s: %d of %d are read", what, len(got), len(want))
			}
			if len(errs) == 0 {
				t.Fatalf("%s: the damage is not noticed", what)
			}
			if tally.CutShort {
				t.Fatalf("%s: taken for a crash", what)
			}
		}
	}
}

// TestDamage_HeaderIsRead wants the header of a journal whose first line is damaged
// to be read from its copies, whatever byte it is.
func TestDamage_HeaderIsRead(t *testing.T) {
	t.Parallel()
	file, want := written(t, 3, 3)
	line := bytes.IndexByte(file, '\n')
	for name, b := range map[string][]byte{
		"zeros":         append(make([]byte, line), file[line:]...),
		"a page":        append(make([]byte, 400), file[400:]...),
		"format":        bytes.Replace(bytes.Clone(file), []byte(`"cacheview_undo":2`), []byte(`"cacheview_undo":x`), 1),
		"without lines": file[bytes.IndexByte(file[line+1:], '\n')+line+2:],
	} {
		r, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Header().What != "prefix app:" || r.Header().Addr != "localhost:6379" {
			t.Errorf("%s: %+v", name, r.Header())
		}
		if got, errs, _, _ := read(t, b, want); len(got) != 3 || len(errs) == 0 {
			t.Errorf("%s: %d records, %v", name, len(got), errs)
		}
	}
}

// TestDamage_CutAtEveryByte cuts a complete journal: that is damage and not a
// crash. All records before the cut are read.
func TestDamage_CutAtEveryByte(t *testing.T) {
	t.Parallel()
	file, want := written(t, 6, 3)
	most := 0
	for n := range len(file) {
		got, errs, tally, err := read(t, file[:n], want)
		if err != nil {
			if most > 0 {
				t.Fatalf("cut at %d: %v", n, err)
			}
			continue
		}
		most = max(most, len(got))
		if len(got) < most {
			t.Fatalf("cut at %d: %d records, and %d before", n, len(got), most)
		}
		if len(errs) == 0 {
			t.Fatalf("cut at %d: not noticed", n)
		}
		if len(got) < len(want) && tally.Damaged == 0 && !tally.CutShort {
			t.Fatalf("cut at %d: %d of %d records, %+v", n, len(got), len(want), tally)
		}
	}
	if most != len(want) {
		t.Errorf("%d of %d", most, len(want))
	}
}

// unclosed is a journal that a crash ended: its writer was never closed.
func unclosed(t *testing.T, n, size int) ([]byte, []Record) {
	t.Helper()
	d := testDir(t)
	w, err := d.Begin(Header{Op: "delete", What: "prefix app:", When: testWhen}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []Record
	for from := 0; from < n; from += size {
		b := w.Begin()
		for i := from; i < min(n, from+size); i++ {
			if _, err := b.Add(testRecord(i)); err != nil {
				t.Fatal(err)
			}
			want = append(want, testRecord(i))
		}
		if err := w.Sync(); err != nil {
			t.Fatal(err)
		}
		if err := b.CommitAll(Done); err != nil {
			t.Fatal(err)
		}
	}
	b := fileOf(t, d, w.ID())
	_ = w.Discard()
	return b, want
}

// TestCrash_CutAtEveryByte cuts a journal that was never closed, and puts zeros
// behind it as file systems do. That is a crash and no damage.
func TestCrash_CutAtEveryByte(t *testing.T) {
	t.Parallel()
	file, want := unclosed(t, 6, 2)
	first := 0
	for n := range len(file) + 1 {
		for _, zeros := range []int{0, 1, 3, 5000} {
			b := append(bytes.Clone(file[:n]), make([]byte, zeros)...)
			got, errs, tally, err := read(t, b, want)
			if err != nil {
				if first > 0 && n > first {
					t.Fatalf("cut at %d + %d zeros: %v", n, zeros, err)
				}
				continue
			}
			if first == 0 && len(got) > 0 {
				first = n
			}
			if first > 0 && (len(errs) != 1 || !errors.Is(errs[0], ErrCutShort) || tally.Damaged != 0 || !tally.CutShort) {
				t.Fatalf("cut at %d + %d zeros: %v, %+v", n, zeros, errs, tally)
			}
		}
	}
	got, _, _, err := read(t, file, want)
	if err != nil || len(got) != len(want) {
		t.Fatal(len(got), err)
	}
	for i, e := range got { // the last mark was not synced
		if want := []Outcome{Done, Done, Done, Done, InDoubt, InDoubt}[i]; e.Outcome != want {
			t.Errorf("record %d: %v", i, e.Outcome)
		}
	}
}

// TestDamage_InACrashedJournal flips bytes of a journal that a crash ended: damage
// before its end is no crash.
func TestDamage_InACrashedJournal(t *testing.T) {
	t.Parallel()
	file, want := unclosed(t, 6, 2)
	_, state, _ := bytes.Cut(file, []byte("\n"))
	_, frames, _ := bytes.Cut(state, []byte("\n"))
	start := len(file) - len(frames)
	for at := start; at < len(file); at++ {
		b := bytes.Clone(file)
		b[at] ^= 0x10
		got, errs, tally, err := read(t, b, want)
		if err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
		if len(got) < len(want)-1 {
			t.Fatalf("byte %d: %d records", at, len(got))
		}
		if lost := len(want) - len(got); lost > 0 && tally.Damaged == 0 && at < len(file)-60 {
			t.Fatalf("byte %d: %d lost, %+v, %v", at, lost, tally, errs)
		}
	}
}

// frames returns the offsets of the frames.
func framesOf(t *testing.T, b []byte) (offsets []int, marker []byte) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], r.marker)
		if i < 0 {
			return append(offsets, len(b)), r.marker
		}
		at += i
		offsets = append(offsets, at)
	}
}

// TestDamage_FramesMoved swaps, repeats and removes whole frames, which pass their
// checksums.
func TestDamage_FramesMoved(t *testing.T) {
	t.Parallel()
	file, want := written(t, 6, 3)
	at, _ := framesOf(t, file)
	frame := func(i int) []byte { return file[at[i]:at[i+1]] }
	for i := 1; i+2 < len(at)-1; i++ { // the first is the copy of the header
		swapped := slices.Concat(file[:at[i]], frame(i+1), frame(i), file[at[i+2]:])
		r, err := NewReader(bytes.NewReader(swapped), int64(len(swapped)))
		if err != nil {
			t.Fatal(err)
		}
		if got, errs := readAll(t, r); len(got) != len(want) || r.Tally().Damaged != 0 {
			t.Errorf("swapped %d: %d records, %v", i, len(got), errs)
		}
		repeated := slices.Concat(file[:at[i+1]], frame(i), file[at[i+1]:])
		got, errs, tally, err := read(t, repeated, want)
		if err != nil || len(got) != len(want) || len(errs) != 1 || tally.Damaged != 0 {
			t.Errorf("repeated %d: %d records, %v, %v", i, len(got), errs, err)
		}
		removed := slices.Concat(file[:at[i]], file[at[i+1]:])
		got, errs, tally, err = read(t, removed, want)
		if err != nil || len(errs) == 0 {
			t.Errorf("removed %d: not noticed: %d records, %v", i, len(got), err)
		}
		checkLoss(t, fmt.Sprint("removed ", i), got, errs, tally, len(want))
	}
}

// TestDamage_ZeroFill has every run of 512 bytes zeroed.
func TestDamage_ZeroFill(t *testing.T) {
	t.Parallel()
	file, want := written(t, 60, 20)
	for from := 0; from < len(file); from += 128 {
		b := bytes.Clone(file)
		clear(b[from:min(len(b), from+512)])
		got, errs, tally, err := read(t, b, want)
		if err != nil {
			t.Fatalf("zeros from %d: %v", from, err)
		}
		checkLoss(t, fmt.Sprint("zeros from ", from), got, errs, tally, len(want))
		if len(got) < len(want)-12 || len(errs) == 0 {
			t.Fatalf("zeros from %d: %d records, %v", from, len(got), errs)
		}
	}
}

// TestDamage_NamesAreReported wants the name of a damaged record where it can be
// read: for certain if the value is damaged, as a guess if the name is.
func TestDamage_NamesAreReported(t *testing.T) {
	t.Parallel()
	file, want := written(t, 6, 6)
	for what, tt := range map[string]struct {
		find   string
		offset int
		key    string
		proven bool
	}{
		"value": {"v0003", 2, "app:3", true},
		"name":  {"app:4", 1, "aqp:4", false},
	} {
		b := bytes.Clone(file)
		b[bytes.Index(b, []byte(tt.find))+tt.offset] ^= 1
		_, errs, _, err := read(t, b, want)
		if err != nil || len(errs) != 1 {
			t.Fatalf("%s: %v, %v", what, errs, err)
		}
		d, ok := errors.AsType[*DamageError](errs[0])
		if !ok || string(d.Key) != tt.key || d.KeyProven != tt.proven {
			t.Errorf("%s: %+v", what, errs[0])
		}
	}
}

// failing is a file with a part that the device cannot read.
type failing struct {
	b        []byte
	from, to int64
}

var errDevice = errors.New("input/output error")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	n, err := bytes.NewReader(f.b).ReadAt(p, off)
	if off < f.to && off+int64(n) > f.from {
		return int(max(0, f.from-off)), errDevice
	}
	return n, err
}

// TestDamage_UnreadablePage has a page in the middle that the device cannot read:
// that is an IOError and not the end, and everything else is read.
func TestDamage_UnreadablePage(t *testing.T) {
	t.Parallel()
	file, want := written(t, 400, 100)
	for page := int64(4096); page < int64(len(file)); page += 4096 {
		f := failing{file, page, min(page+4096, int64(len(file)))}
		r, err := NewReader(f, int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		got, errs := readAll(t, r)
		io := 0
		for _, err := range errs {
			if e, ok := errors.AsType[*IOError](err); ok && errors.Is(e, errDevice) {
				io++
			}
		}
		lost := len(want) - len(got)
		if io == 0 || lost == 0 || lost > 80 || r.Tally().Damaged != lost {
			t.Errorf("page at %d: %d lost, %+v, %d of %v", page, lost, r.Tally(), io, errs)
		}
	}
}

// TestDamage_JournalWithinAValue damages the record whose value is a whole journal:
// none of that one's records are read.
func TestDamage_JournalWithinAValue(t *testing.T) {
	t.Parallel()
	inner, _ := written(t, 5, 5)
	d := testDir(t)
	w, err := d.Begin(Header{Op: "delete", When: testWhen}, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := w.Begin()
	hostile := Record{Kind: KindDelete, Key: []byte("hostile"), Expiry: NoExpiry, Dump: inner}
	want := []Record{testRecord(90), hostile, testRecord(91)}
	for _, r := range want {
		if _, err := b.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.CommitAll(Done); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := fileOf(t, d, w.ID())
	start := bytes.Index(file, []byte("hostile"))
	for at := start - 60; at < start+len(inner); at += 7 {
		b := bytes.Clone(file)
		b[at] ^= 0x20
		got, errs, tally, err := read(t, b, want)
		if err != nil {
			t.Fatal(err)
		}
		checkLoss(t, fmt.Sprint("byte ", at), got, errs, tally, len(want))
	}
	// Also with the header gone: its copy in the value is not that of this file.
	line := bytes.IndexByte(file, '\n')
	clear(file[:line])
	r, err := NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := readAll(t, r); len(got) != 3 {
		t.Errorf("%d records", len(got))
	}
}

// TestDamage_Random damages journals in several places at once.
func TestDamage_Random(t *testing.T) {
	t.Parallel()
	file, want := written(t, 50, 10)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := bytes.Clone(file)
		for range 1 + rng.IntN(6) {
			at := rng.IntN(len(b))
			switch rng.IntN(4) {
			case 0:
				b[at] ^= byte(1 + rng.IntN(255))
			case 1:
				n := min(rng.IntN(300), len(b)-at)
				clear(b[at : at+n])
			case 2:
				n := min(rng.IntN(300), len(b)-at)
				b = slices.Delete(b, at, at+n)
			case 3:
				n := min(rng.IntN(300), len(b)-at)
				b = slices.Insert(b, at, bytes.Clone(b[at:at+n])...)
			}
			if len(b) == 0 {
				b = []byte{0}
			}
		}
		seen := map[string]bool{}
		r, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			continue
		}
		got, errs := readAll(t, r)
		for _, e := range got {
			if !slices.ContainsFunc(want, func(r Record) bool { return sameRecord(r, e.Record) }) || seen[string(e.Key)] {
				t.Fatalf("made up or repeated: %+v", e)
			}
			seen[string(e.Key)] = true
		}
		if lost := len(want) - len(got); lost > 0 && (len(errs) == 0 || r.Tally().Damaged == 0 && !r.Tally().CutShort) {
			t.Fatalf("%d lost without a word: %+v %v", lost, r.Tally(), errs)
		}
	}
}

// TestFormat1_Damage damages a journal of the first format, whose only checksums
// are those of the DUMPs.
func TestFormat1_Damage(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join("..", "testdata", "first.undo"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	want, errs := readAll(t, r)
	if len(want) != 4 || len(errs) != 0 {
		t.Fatal(want, errs)
	}
	line := bytes.IndexByte(file, '\n') + 1
	for at := line; at < len(file); at++ {
		b := bytes.Clone(file)
		b[at] ^= 0x40
		r, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		got, errs := readAll(t, r)
		for _, e := range got {
			if !slices.ContainsFunc(want, func(w Entry) bool { return bytes.Equal(w.Dump, e.Dump) }) {
				t.Fatalf("byte %d: a value that was not written: %q", at, e.Dump)
			}
		}
		if len(got) < 3 || len(got) < 4 && (len(errs) == 0 || r.Tally().Damaged != 1) {
			t.Fatalf("byte %d: %d records, %v", at, len(got), errs)
		}
	}
	for n := line; n < len(file); n++ {
		r, err := NewReader(bytes.NewReader(file[:n]), int64(n))
		if err != nil {
			t.Fatal(err)
		}
		if got, errs := readAll(t, r); r.Tally().Damaged != 4-len(got) || len(errs) == 0 {
			t.Fatalf("cut at %d: %d records, %+v, %v", n, len(got), r.Tally(), errs)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(nil), 1)
	f.Add([]byte("\x00"), 4096)
	f.Add([]byte("\xff\xff\xff\xff"), 100)
	f.Add([]byte(`{"cacheview_undo":1,"keys":"0000000003"}`+"\n\x01k\x01\x03abc"), 3)
	f.Fuzz(func(t *testing.T, part []byte, times int) {
		d := Dir{Path: filepath.Join(t.TempDir(), "undo")}
		whole := fileOf(t, d, writeJournal(t, d, 4, 2))
		if times < 0 || times*len(part) > 1<<16 {
			return
		}
		long := []byte(strings.Repeat(string(part), times))
		for _, b := range [][]byte{
			long, append(bytes.Clone(whole), long...), append(bytes.Clone(whole[:len(whole)/2]), append(long, whole[len(whole)/2:]...)...),
		} {
			r, err := NewReader(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				continue
			}
			r.Glance()
			r.Rewind()
			size := 0
			for n := 0; ; n++ {
				e, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if n > 2*len(b)+10 {
					t.Fatal("the reader does not end")
				}
				size += len(e.Key) + len(e.Dump)
			}
			if size > len(b) {
				t.Fatal("more than there was")
			}
		}
	})
}
