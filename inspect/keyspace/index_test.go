package keyspace

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func mustLookup(t *testing.T, x *Index, name string) uint32 {
	t.Helper()
	id, ok := x.Lookup([]byte(name))
	if !ok {
		t.Fatalf("no key %q", name)
	}
	return id
}

func TestAddDropsDuplicates(t *testing.T) {
	t.Parallel()
	x := New(0)
	if from, to := x.Add([]byte("a"), []byte("b"), []byte("a")); from != 0 || to != 2 {
		t.Errorf("first page got %d..%d, want 0..2", from, to)
	}
	if from, to := x.AddStrings([]string{"b", "", "c", ""}); from != 2 || to != 4 {
		t.Errorf("second page got %d..%d, want 2..4", from, to)
	}
	if from, to := x.AddStrings([]string{"a"}); from != 4 || to != 4 {
		t.Errorf("known page got %d..%d, want 4..4", from, to)
	}
	s := x.Snapshot()
	for id, want := range []string{"a", "b", "", "c"} {
		if got := s.Name(uint32(id)); string(got) != want {
			t.Errorf("id %d is %q, want %q", id, got, want)
		}
	}
	if s.Name(4) != nil || s.IsAlive(4) {
		t.Error("an id that was not issued is known")
	}
}

func TestAddCopies(t *testing.T) {
	t.Parallel()
	x := New(1)
	name := []byte("page")
	x.Add(name)
	name[0] = 'c'
	if got := x.Snapshot().Name(0); string(got) != "page" {
		t.Errorf("the name changed to %q with the caller's bytes", got)
	}
}

func TestRemovedKeyComesBackAsNewID(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"a", "b"})
	x.SetMeta(0, Meta{Type: Hash, Size: 3, Expiry: 5})
	x.Remove(0)
	x.Remove(0)
	if _, ok := x.Lookup([]byte("a")); ok || x.Len() != 1 {
		t.Errorf("removed key is still there, %d keys", x.Len())
	}
	if from, to := x.AddStrings([]string{"a"}); from != 2 || to != 3 {
		t.Errorf("got %d..%d, want 2..3", from, to)
	}
	x.SetMeta(0, Meta{Type: List})
	s := x.Snapshot()
	if s.IsAlive(0) || !s.IsAlive(2) {
		t.Error("want id 0 dead and id 2 alive")
	}
	if m := s.Meta(2); m != (Meta{Size: -1}) {
		t.Errorf("the new key inherited %+v", m)
	}
}

func TestMetaRoundTrip(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"k"})
	for _, m := range []Meta{
		{String, 0, NoExpiry},
		{Hash, 75, 1_700_000_000_000},
		{Other, 1<<32 - 3, 1},
		{Stream, 1<<32 - 2, UnknownExpiry},
		{JSON, 1<<32 + 5, 253_402_300_799_000},
		{UnknownType, math.MaxInt64, NoExpiry},
		{ZSet, -1, UnknownExpiry},
	} {
		x.SetMeta(0, m)
		if got := x.Snapshot().Meta(0); got != m {
			t.Errorf("got %+v, want %+v", got, m)
		}
	}
}

func TestNamesAcrossChunksAndPages(t *testing.T) {
	t.Parallel()
	giant := strings.Repeat("g", chunkMask+7)
	names := []string{
		strings.Repeat("x", chunkMask), "", strings.Repeat("y", chunkMask-1), "z", giant, "a",
		strings.Repeat("h", 3*chunkMask), "tail",
	}
	for i := range 3 * pageSize {
		names = append(names, fmt.Sprintf("key:%d", i))
	}
	for _, hint := range []int{0, len(names), math.MaxInt} {
		x := New(hint)
		for page := range slices.Chunk(names, 1000) {
			x.AddStrings(page)
		}
		s := x.Snapshot()
		for id, want := range names {
			if got := s.Name(uint32(id)); string(got) != want {
				t.Fatalf("hint %d: id %d has %d bytes %.20q, want %d bytes %.20q", hint, id, len(got), got, len(want), want)
			}
			if got := mustLookup(t, x, want); got != uint32(id) {
				t.Fatalf("hint %d: %.20q has id %d, want %d", hint, want, got, id)
			}
		}
		for _, q := range []string{"gg", "hhh", "tai", "key:8191", "z", "xy", "yz"} {
			r, err := Build(t.Context(), s, RowSpec{Query: Query{Mode: Substring, Text: q}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, n := range names {
				if strings.Contains(n, q) {
					want++
				}
			}
			if r.MatchCount() != want {
				t.Errorf("%q matches %d keys, want %d", q, r.MatchCount(), want)
			}
		}
	}
}

func TestChunkNumbersWrap(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.next = 1 // a chunk a name, so that a few names need many chunks
	n := 3<<wrapBits + 5
	for i := range n {
		x.next = 1
		x.AddStrings([]string{fmt.Sprintf("key:%d", i)})
	}
	s := x.Snapshot()
	for id := range uint32(n) {
		if got, want := string(s.Name(id)), fmt.Sprintf("key:%d", id); got != want {
			t.Fatalf("id %d is %q, want %q", id, got, want)
		}
	}
	r, err := Build(t.Context(), s, RowSpec{Query: Query{Mode: Substring, Text: ":99"}, Order: ByName}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for i := range n {
		if strings.HasPrefix(fmt.Sprint(i), "99") {
			want++
		}
	}
	if r.MatchCount() != want {
		t.Errorf("%d matches, want %d", r.MatchCount(), want)
	}
}

func TestClearIssuesNewIDs(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"a", "b", "c"})
	old := x.Snapshot()
	x.Clear()
	if x.Len() != 0 {
		t.Errorf("%d keys after Clear", x.Len())
	}
	from, to := x.AddStrings([]string{"d"})
	if from < 3 || to != from+1 {
		t.Errorf("got ids %d..%d, want new ones", from, to)
	}
	s := x.Snapshot()
	for id := range uint32(3) {
		if s.IsAlive(id) || s.Name(id) != nil {
			t.Errorf("id %d is still %q", id, s.Name(id))
		}
		x.SetMeta(id, Meta{Type: Set})
	}
	if string(old.Name(1)) != "b" || !old.IsAlive(1) {
		t.Error("the old snapshot lost a key")
	}
	if s.Revision() == old.Revision() {
		t.Error("the revision did not change")
	}
}

func TestCompactionKeepsWhatLives(t *testing.T) {
	t.Parallel()
	x := New(0)
	n := 5 * pageSize
	for i := range n {
		x.AddStrings([]string{fmt.Sprintf("key:%d", i)})
		x.SetMeta(uint32(i), Meta{Type: String, Size: int64(i), Expiry: NoExpiry})
	}
	for i := range n {
		if i%3 != 0 {
			x.Remove(mustLookup(t, x, fmt.Sprintf("key:%d", i)))
		}
	}
	s := x.Snapshot()
	if s.epoch == 0 {
		t.Fatal("nothing was compacted")
	}
	if arena := len(bytes.Join(s.chunks, nil)); arena > 2*len("key:12345")*x.Len() {
		t.Errorf("the arena still has %d bytes for %d keys", arena, x.Len())
	}
	for i := range n {
		id, ok := x.Lookup([]byte(fmt.Sprintf("key:%d", i)))
		if ok != (i%3 == 0) {
			t.Fatalf("key:%d found: %v", i, ok)
		}
		if ok && s.Meta(id).Size != int64(i) {
			t.Fatalf("key:%d has size %d", i, s.Meta(id).Size)
		}
	}
}

func TestSnapshotStaysWhileTheIndexChanges(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"a"})
	s := x.Snapshot()
	if x.Snapshot() != s {
		t.Error("a second snapshot of the same keys is another one")
	}
	x.AddStrings([]string{"b"})
	if s.IDCount() != 1 || s.KeyCount() != 1 || s.IsAlive(1) || s.Name(1) != nil {
		t.Errorf("the snapshot grew to %d", s.IDCount())
	}
	x.SetMeta(0, Meta{Type: Set, Size: 1, Expiry: NoExpiry})
	if s.Meta(0).Type != Set {
		t.Error("metadata is not as of now")
	}
	if s.MetaRevision() == x.Snapshot().MetaRevision() {
		t.Error("the metadata's revision did not change")
	}
}

// TestReadersBesideTheWriter is for the race detector, and checks that what a
// snapshot says agrees with itself.
func TestReadersBesideTheWriter(t *testing.T) {
	t.Parallel()
	x := New(100)
	var done atomic.Bool
	var wg sync.WaitGroup
	for reader := range 3 {
		wg.Go(func() {
			var rows *Rows
			for i := 0; !done.Load() || i == 0; i++ {
				s := x.Snapshot()
				spec := RowSpec{Order: SortOrder(i % 4), Tree: reader == 1, Query: Query{Mode: Substring, Text: "1"}}
				r, err := Build(t.Context(), s, spec, rows)
				if err != nil {
					t.Error(err)
					return
				}
				for k := range min(r.Len(), 50) {
					if row := r.At(k); row.Leaf && !bytes.Contains(s.Name(row.ID), []byte("1")) {
						t.Errorf("row %d is %q", k, s.Name(row.ID))
						return
					}
				}
				rows = r
			}
		})
	}
	for i := range 12000 {
		x.AddStrings([]string{fmt.Sprintf("k:%d:%d", i%10, i)})
		id := mustLookup(t, x, fmt.Sprintf("k:%d:%d", i%10, i))
		x.SetMeta(id, Meta{Type: String, Size: int64(i), Expiry: int64(i)})
		if i%4 != 0 {
			x.Remove(mustLookup(t, x, fmt.Sprintf("k:%d:%d", i%10, i)))
		}
	}
	x.Clear()
	done.Store(true)
	wg.Wait()
}

// TestMemory counts the heap: a key may cost 24 bytes beside its name, with
// all its metadata.
func TestMemory(t *testing.T) {
	const n = 200_000
	length := 0
	page := make([]string, 0, 1000)
	before := heapInUse()
	x := New(n)
	for i := range n {
		page = append(page, fmt.Sprintf("flask_cache_view//page/%08d", i))
		length += len(page[len(page)-1])
		if len(page) == cap(page) {
			x.AddStrings(page)
			page = page[:0]
		}
	}
	for id := range uint32(n) {
		x.SetMeta(id, Meta{Type: String, Size: 75, Expiry: 1_700_000_000_000})
	}
	clear(page[:cap(page)])
	per := float64(heapInUse()-before-int64(length)) / n
	t.Logf("%.2f bytes a key beside its name", per)
	if per > 24 {
		t.Errorf("a key costs %.2f bytes beside its name, want at most 24", per)
	}
	runtime.KeepAlive(x)
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestNoteKeepsASizeAndAddsAKey(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"a"})
	rev := x.Snapshot().Revision()
	x.Upsert([]byte("a"), Meta{Type: String, Size: 7, Expiry: 1000})
	x.Upsert([]byte("a"), Meta{Type: String, Size: -1, Expiry: 2000})
	s := x.Snapshot()
	if got, want := s.Meta(0), (Meta{Type: String, Size: 7, Expiry: 2000}); got != want || s.Revision() != rev {
		t.Errorf("got %+v at revision %d, want %+v at %d", got, s.Revision(), want, rev)
	}
	x.Upsert([]byte("b"), Meta{Type: List, Size: -1, Expiry: NoExpiry})
	s = x.Snapshot()
	id, ok := x.Lookup([]byte("b"))
	if got, want := s.Meta(id), (Meta{Type: List, Size: -1, Expiry: NoExpiry}); !ok || got != want || s.KeyCount() != 2 || s.Revision() == rev {
		t.Errorf("got %+v, %d keys, want %+v", got, s.KeyCount(), want)
	}
}
