package ui

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

// flat is the outline row by row, worked out the slow way.
func flat(b *branch, depth int, out []string) []string {
	for i := range value.ChildLen(b.val) {
		label, v := value.Child(b.val, i)
		out = append(out, fmt.Sprintf("%d %s %s", depth, labelText(label), decode.Literal(v, 40)))
		if k := b.kids[i]; k != nil && k.open {
			out = flat(k, depth+1, out)
		}
	}
	return out
}

func nested(r *rand.Rand, depth int) value.Value {
	n := r.IntN(6)
	if depth == 0 || n == 0 {
		return value.NewInt(int64(r.IntN(1000)))
	}
	var list value.List
	for range n {
		list = append(list, nested(r, depth-1))
	}
	return value.NewSeq(list)
}

func TestOutlineShowsWhatIsOpen(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		o := newOutline(value.NewSeq(value.List{nested(r, 5), nested(r, 5), nested(r, 5)}))
		for step := range 40 {
			want := flat(o.root, 0, nil)
			if o.rows() != len(want) {
				t.Fatalf("seed %d step %d: %d rows, want %d", seed, step, o.rows(), len(want))
			}
			for i, w := range want {
				row := o.at(i)
				got := fmt.Sprintf("%d %s %s", row.Depth, labelText(row.Label), decode.Literal(row.Value, 40))
				if got != w {
					t.Fatalf("seed %d step %d: row %d is %q, want %q", seed, step, i, got, w)
				}
				if at := o.reveal(row.path); at != i {
					t.Fatalf("seed %d step %d: row %d is revealed at %d", seed, step, i, at)
				}
			}
			if step%13 == 12 {
				o.foldAll()
			} else if at := o.fold(r.IntN(o.rows())); at < 0 || at >= o.rows() {
				t.Fatalf("seed %d step %d: folding leads to row %d of %d", seed, step, at, o.rows())
			}
		}
	}
}

func TestOutlineOfACycleStops(t *testing.T) {
	t.Parallel()
	ring := make(value.List, 1)
	v := value.NewSeq(ring).WithID(7)
	ring[0] = v
	o := newOutline(v)
	o.foldAll()
	o.foldAll()
	if n := o.rows(); n > 10 {
		t.Fatalf("a list that holds itself has %d rows", n)
	}
	if _, cut := searchValue(v, func(string) bool { return false }); cut {
		t.Fatal("searching it did not end by itself")
	}
}
