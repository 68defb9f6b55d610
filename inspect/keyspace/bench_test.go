package keyspace

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// benchKeys is how many keys the benchmarks work on: KEYS in the environment,
// or a million.
func benchKeys() int {
	if n, err := strconv.Atoi(os.Getenv("KEYS")); err == nil {
		return n
	}
	return 1_000_000
}

// sampleNames returns names like those of a web application's cache, some 32
// bytes long, in the order of a hash table.
func sampleNames(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	names := make([]string, n)
	for i := range names {
		switch i % 8 {
		case 0, 1:
			names[i] = fmt.Sprintf("flask_cache_view//page/%d?sort=%d", i, i%7)
		case 2, 3:
			names[i] = fmt.Sprintf("session:%016x:%d", r.Uint64(), i%3)
		case 4:
			names[i] = fmt.Sprintf("user:%d:profile", i)
		case 5:
			names[i] = fmt.Sprintf("user:%d:settings:theme", i-1)
		case 6:
			names[i] = fmt.Sprintf("flask_cache_memoize:app.models.get_%c:%d", 'a'+i%5, i)
		default:
			names[i] = fmt.Sprintf("rate:10.%d.%d.%d:/api/v1/items", i>>16&255, i>>8&255, i&255)
		}
	}
	r.Shuffle(n, func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}

// bench keeps no names: as strings they would cost every garbage collection.
var bench = sync.OnceValue(func() (b struct {
	index *Index
	snap  *Snapshot
},
) {
	names := sampleNames(benchKeys())
	b.index = New(len(names))
	for page := range slices.Chunk(names, 1000) {
		b.index.AddStrings(page)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for id := range uint32(len(names)) {
		m := Meta{Type: String, Size: 56 + 8*r.Int64N(200), Expiry: 1_700_000_000_000 + r.Int64N(86_400_000)}
		if r.IntN(4) == 0 {
			m.Expiry = NoExpiry
		}
		b.index.SetMeta(id, m)
	}
	b.snap = b.index.Snapshot()
	return b
})

func build(b *testing.B, spec RowSpec, prev *Rows) *Rows {
	b.Helper()
	r, err := Build(context.Background(), bench().snap, spec, prev)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// loop runs f and reports the processor time of all goroutines beside the time
// on the clock, which says little on a busy machine.
func loop(b *testing.B, f func()) {
	b.Helper()
	before := cpuTime()
	for b.Loop() {
		f()
	}
	b.ReportMetric((cpuTime()-before).Seconds()*1e3/float64(b.N), "cpu-ms/op")
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkAdd(b *testing.B) {
	names := sampleNames(benchKeys())
	loop(b, func() {
		x := New(len(names))
		for page := range slices.Chunk(names, 1000) {
			x.AddStrings(page)
		}
	})
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(names)), "ns/key")
}

// BenchmarkArena is the floor of the filters: one look at all bytes of the
// names.
func BenchmarkArena(b *testing.B) {
	s := bench().snap
	loop(b, func() {
		for _, chunk := range s.chunks {
			if bytes.IndexByte(chunk, 0xfe) >= 0 {
				b.Fatal("found")
			}
		}
	})
}

func BenchmarkFilter(b *testing.B) {
	for _, q := range []Query{
		{Substring, "page/99", UnknownType, false},
		{Substring, "e", UnknownType, false},
		{Substring, "zzz", UnknownType, false},
		{Prefix, "user:99", UnknownType, false},
		{Prefix, "user:", UnknownType, false},
		{Glob, "user:*:profile", UnknownType, false},
		{Glob, "*[05]:/api*", UnknownType, false},
		{Glob, "*5?sort=?", UnknownType, false},
		{Regexp, `^user:\d+9:profile$`, UnknownType, false},
		{Regexp, `\d{3}[0-4]$`, UnknownType, false},
		{Fuzzy, "usrprof", UnknownType, false},
		{Fuzzy, "e", UnknownType, false},
		{Fuzzy, "pg99", UnknownType, false},
		{Fuzzy, "a s", UnknownType, false},
		{Prefix, "", String, true},
	} {
		for _, order := range []SortOrder{ByScan, ByName} {
			spec := RowSpec{Query: q, Order: order}
			b.Run(fmt.Sprintf("%v=%s,%v", q.Mode, q.Text, order), func(b *testing.B) {
				all := build(b, RowSpec{Order: order}, nil)
				b.ResetTimer()
				matches := 0
				loop(b, func() {
					matches = build(b, spec, all).MatchCount()
				})
				b.ReportMetric(float64(matches), "matches")
			})
		}
	}
}

func BenchmarkFirst(b *testing.B) {
	all := build(b, RowSpec{Order: ByName}, nil)
	for _, spec := range []RowSpec{
		{Query: Query{Mode: Substring, Text: "page/99"}},
		{Query: Query{Mode: Substring, Text: "page/99"}, Order: ByName},
		{Query: Query{Mode: Glob, Text: "user:*5:profile"}, Order: ByName},
		{Query: Query{Mode: Fuzzy, Text: "usrprof"}, Order: ByName},
		{Query: Query{Mode: Prefix, Text: "user:"}, Tree: true},
	} {
		b.Run(fmt.Sprintf("%v,%v,%v", spec.Query.Mode, spec.Order, spec.Tree), func(b *testing.B) {
			rows := 0
			loop(b, func() {
				ctx, cancel := context.WithTimeout(context.Background(), 12*time.Millisecond)
				r, err := BuildFirst(ctx, bench().snap, spec, all, 50)
				if cancel(); err != nil {
					b.Fatal(err)
				}
				rows = r.Len()
			})
			b.ReportMetric(float64(rows), "rows")
		})
	}
}

func BenchmarkNarrow(b *testing.B) {
	wide := build(b, RowSpec{Query: Query{Mode: Substring, Text: "page/9"}}, nil)
	loop(b, func() {
		build(b, RowSpec{Query: Query{Mode: Substring, Text: "page/99"}}, wide)
	})
}

func BenchmarkSort(b *testing.B) {
	s := bench().snap
	b.Run("name", func(b *testing.B) {
		loop(b, func() {
			build(b, RowSpec{Order: ByName}, nil)
		})
	})
	b.Run("name,floor=sort.Slice", func(b *testing.B) {
		loop(b, func() {
			ids := slices.Collect(build(b, RowSpec{}, nil).Keys())
			sort.Slice(ids, func(i, j int) bool { return bytes.Compare(s.Name(ids[i]), s.Name(ids[j])) < 0 })
		})
	})
	b.Run("name,floor=strings", func(b *testing.B) {
		names := sampleNames(benchKeys())
		loop(b, func() {
			names := slices.Clone(names)
			sort.Slice(names, func(i, j int) bool { return names[i] < names[j] })
		})
	})
	named := build(b, RowSpec{Order: ByName}, nil)
	for _, order := range []SortOrder{ByTTL, BySize} {
		b.Run(order.String(), func(b *testing.B) {
			loop(b, func() {
				build(b, RowSpec{Order: order}, named)
			})
		})
		b.Run(order.String()+",unnamed", func(b *testing.B) {
			loop(b, func() {
				build(b, RowSpec{Order: order}, nil)
			})
		})
		b.Run(order.String()+",floor=SortFunc", func(b *testing.B) {
			type row struct {
				key int64
				id  uint32
			}
			loop(b, func() {
				rows := make([]row, s.IDCount())
				for id := range rows {
					m := s.Meta(uint32(id))
					rows[id] = row{m.Expiry, uint32(id)}
					if order == BySize {
						rows[id].key = -m.Size
					}
				}
				slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.key, b.key) })
			})
		})
	}
}

func BenchmarkTree(b *testing.B) {
	named := build(b, RowSpec{Order: ByName}, nil)
	b.Run("unsorted", func(b *testing.B) {
		loop(b, func() {
			build(b, RowSpec{Tree: true}, nil)
		})
	})
	b.Run("sorted", func(b *testing.B) {
		b.ReportAllocs()
		loop(b, func() {
			build(b, RowSpec{Tree: true}, named)
		})
	})
	b.Run("floor=maps", func(b *testing.B) {
		names := sampleNames(benchKeys())
		b.ReportAllocs()
		loop(b, func() {
			mapOfMaps(names)
		})
	})
	folded := build(b, RowSpec{Tree: true}, named)
	b.Run("open", func(b *testing.B) {
		loop(b, func() {
			folded.Fold([]byte("user:"), true)
		})
	})
	open := folded.Fold([]byte("user:"), true)
	b.Run("at", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		loop(b, func() {
			open.At(i)
			i = (i + 7919) % open.Len()
		})
	})
	b.Run("fold", func(b *testing.B) {
		loop(b, func() {
			open.Fold([]byte("user:"), false)
		})
	})
}

type mapNode struct {
	count int
	kids  map[string]*mapNode
}

func mapOfMaps(names []string) *mapNode {
	root := &mapNode{}
	for _, name := range names {
		n := root
		n.count++
		for {
			part, rest, ok := strings.Cut(name, ":")
			if n.kids == nil {
				n.kids = map[string]*mapNode{}
			}
			kid := n.kids[part]
			if kid == nil {
				kid = &mapNode{}
				n.kids[part] = kid
			}
			kid.count++
			if !ok {
				break
			}
			n, name = kid, rest
		}
	}
	return root
}

// BenchmarkMemory reports the heap that a key costs beside its name.
func BenchmarkMemory(b *testing.B) {
	names := sampleNames(benchKeys())
	length := 0
	for _, n := range names {
		length += len(n)
	}
	loop(b, func() {
		before := heap()
		x := New(len(names))
		for page := range slices.Chunk(names, 1000) {
			x.AddStrings(page)
		}
		bare := heap()
		for id := range uint32(len(names)) {
			x.SetMeta(id, Meta{Type: String, Size: 100, Expiry: 1_700_000_000_000})
		}
		full := heap()
		b.ReportMetric(float64(bare-before-length)/float64(len(names)), "B/key-names")
		b.ReportMetric(float64(full-before-length)/float64(len(names)), "B/key-meta")
		runtime.KeepAlive(x)
	})
}

func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
