package keyspace

import (
	"fmt"
	"slices"
	"testing"
)

// Names that are a prefix of each other by a byte or two, after a long common
// beginning, end in the middle of the eight bytes that the sort looks at.
func TestSortByNameOfNumbers(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"", "page:", "flask_cache_view//page/"} {
		x := New(0)
		var want []string
		for i := range 120_000 {
			want = append(want, fmt.Sprintf("%s%d", prefix, i*7919%120_000))
		}
		x.AddStrings(want)
		rows, err := Build(t.Context(), x.Snapshot(), RowSpec{Order: ByName}, nil)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(want)
		for i, name := range want {
			if got := string(rows.Snapshot().Name(rows.Key(i))); got != name {
				t.Fatalf("prefix %q: row %d is %q, want %q", prefix, i, got, name)
			}
		}
	}
}
