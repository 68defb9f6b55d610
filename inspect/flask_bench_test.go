package inspect_test

import (
	"fmt"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// strangers fills an index with names that are no app's, some of which end as
// an entry's do.
func strangers(n int) *keyspace.Snapshot {
	idx := keyspace.New(n)
	names := make([][]byte, 0, 1000)
	for i := range n {
		name := fmt.Sprintf("user:%07d:profile", i)
		if i%10 == 0 {
			name = fmt.Sprintf("token:Ab%020d", i)
		}
		if names = append(names, []byte(name)); len(names) == cap(names) {
			idx.Add(names...)
			names = names[:0]
		}
	}
	idx.Add(names...)
	return idx.Snapshot()
}

func benchClient(tb testing.TB) *inspect.Client {
	return open(tb, inspect.Config{URL: "redis://" + miniredis.RunT(tb).Addr()})
}

// TestFlaskAllocatesNothingForStrangers must not run beside other tests.
func TestFlaskAllocatesNothingForStrangers(t *testing.T) {
	c, snap := benchClient(t), strangers(200_000)
	allocs := testing.AllocsPerRun(2, func() {
		f, err := c.Flask(t.Context(), snap, nil)
		if err != nil || f.Entries() != 0 {
			t.Fatalf("%d entries, %v", f.Entries(), err)
		}
	})
	if allocs > 500 {
		t.Errorf("%v allocations for %d names", allocs, snap.IDCount())
	}
}

func BenchmarkFlaskAmongStrangers(b *testing.B) {
	c, snap := benchClient(b), strangers(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Flask(b.Context(), snap, nil); err != nil {
			b.Fatal(err)
		}
	}
}
