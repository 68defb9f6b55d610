package keyspace

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestSortNames(t *testing.T) {
	t.Parallel()
	w := walker{rand.New(rand.NewPCG(11, 3))}
	for name, make := range map[string]func(i int) string{
		"numbers behind a long prefix": func(i int) string { return fmt.Sprintf("application:cache:page:%06d", i*7919%100_000) },
		"prefixes of each other":       func(i int) string { return strings.Repeat("ab", i%300) + strings.Repeat("\x00", i%9) },
		"few letters":                  func(int) string { return w.text("ab", 20) },
		"any bytes":                    func(int) string { return w.text("\x00\x01\x7f\x80\xfe\xff", 12) },
		"shared for nine bytes":        func(i int) string { return fmt.Sprintf("%09d%s", i%500, w.text("xyz", 12)) },
		"mixed":                        func(i int) string { return w.name() + fmt.Sprint(i%1000) },
	} {
		t.Run(name, func(t *testing.T) {
			x := New(0)
			want := map[string]bool{}
			for i := range 30_000 {
				n := make(i)
				want[n] = true
				x.AddStrings([]string{n})
			}
			s := x.Snapshot()
			ids := mustBuild(t, x, RowSpec{}, nil).ids
			if err := s.sortNames(t.Context(), ids); err != nil {
				t.Fatal(err)
			}
			if len(ids) != len(want) {
				t.Fatalf("%d names, want %d", len(ids), len(want))
			}
			if !slices.IsSortedFunc(ids, func(a, b uint32) int { return cmp.Compare(string(s.Name(a)), string(s.Name(b))) }) {
				t.Error("not in order")
			}
		})
	}
}

func TestSortKeys(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	for name, key := range map[string]func() uint64{
		"narrow":  func() uint64 { return 1_700_000_000_000 + r.Uint64N(1000) },
		"wide":    func() uint64 { return r.Uint64N(1 << 50) },
		"close":   func() uint64 { return 1<<45*r.Uint64N(2) + r.Uint64N(50) },
		"one":     func() uint64 { return 5 },
		"special": func() uint64 { return []uint64{0, 1, keyNever, keyUnknown}[r.IntN(4)] },
	} {
		for _, descending := range []bool{false, true} {
			t.Run(fmt.Sprint(name, descending), func(t *testing.T) {
				keys := make([]uint64, parallelRadix+5)
				want := make([]uint32, len(keys))
				unknown := 0
				for i := range keys {
					keys[i] = key()
					want[i] = uint32(i)
					if keys[i] == keyUnknown {
						unknown++
					}
				}
				ids := slices.Clone(want)
				slices.SortStableFunc(want, func(a, b uint32) int {
					x, y := keys[a], keys[b]
					if descending && x != keyUnknown && y != keyUnknown {
						x, y = y, x
					}
					return cmp.Compare(x, y)
				})
				got, n := sortKeys(slices.Clone(keys), ids, descending)
				if !slices.Equal(got, want) || n != unknown {
					t.Errorf("wrong order, or %d unknown instead of %d", n, unknown)
				}
			})
		}
	}
}
