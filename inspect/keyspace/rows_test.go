package keyspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestTreeOfSpecialNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		keys   []string
		delims string
		want   []string
	}{
		{
			"a key that is a prefix",
			[]string{"user", "user:1", "user:2"},
			"",
			[]string{`0 leaf "user" of "user"`, `0 node "user:" of "user:" 2 open true`, `1 leaf "1" of "user:1"`, `1 leaf "2" of "user:2"`},
		},
		{
			"a key that is the node's name",
			[]string{"user:", "user:1"},
			"",
			[]string{`0 node "user:" of "user:" 2 open true`, `1 leaf "" of "user:"`, `1 leaf "1" of "user:1"`},
		},
		{
			"a chain is one node",
			[]string{"a:b:c:1", "a:b:c:2", "z"},
			"",
			[]string{`0 node "a:b:c:" of "a:b:c:" 2 open true`, `1 leaf "1" of "a:b:c:1"`, `1 leaf "2" of "a:b:c:2"`, `0 leaf "z" of "z"`},
		},
		{
			"a node of one key is the key",
			[]string{"a:b:c", "b"},
			"",
			[]string{`0 leaf "a:b:c" of "a:b:c"`, `0 leaf "b" of "b"`},
		},
		{
			"empty segments",
			[]string{"a::b", "a::c", ":1:x", ":1:y", "a:"},
			"",
			[]string{
				`0 node ":1:" of ":1:" 2 open true`, `1 leaf "x" of ":1:x"`, `1 leaf "y" of ":1:y"`,
				`0 node "a:" of "a:" 3 open true`, `1 leaf "" of "a:"`,
				`1 node ":" of "a::" 2 open true`, `2 leaf "b" of "a::b"`, `2 leaf "c" of "a::c"`,
			},
		},
		{
			"several delimiters",
			[]string{"a/b:1", "a/b:2", "a/c", "a:x"},
			":/",
			[]string{
				`0 node "a/" of "a/" 3 open true`, `1 node "b:" of "a/b:" 2 open true`, `2 leaf "1" of "a/b:1"`,
				`2 leaf "2" of "a/b:2"`, `1 leaf "c" of "a/c"`, `0 leaf "a:x" of "a:x"`,
			},
		},
		{"no keys", nil, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := New(0)
			x.AddStrings(c.keys)
			r := mustBuild(t, x, RowSpec{Tree: true, Delims: c.delims, Open: AllOpen()}, nil)
			if got := describe(r); !slices.Equal(got, c.want) {
				t.Errorf("got\n%q\nwant\n%q", got, c.want)
			}
		})
	}
}

func TestNodesAddUpMetadata(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"a:1", "a:2", "b:1", "b:2", "c:1", "c:2", "d:1", "d:2"})
	x.SetMeta(0, Meta{String, 10, 500})
	x.SetMeta(1, Meta{String, 20, 400})
	x.SetMeta(2, Meta{String, 70, NoExpiry})
	x.SetMeta(4, Meta{String, 1, NoExpiry})
	x.SetMeta(5, Meta{String, 2, NoExpiry})
	x.SetMeta(6, Meta{String, 1, 600})
	for _, c := range []struct {
		order SortOrder
		want  []string
	}{
		{ByName, []string{"a: 30 true 400 true", "b: 70 false 0 false", "c: 3 true -1 true", "d: 1 false 600 false"}},
		{BySize, []string{"b: 70 false 0 false", "a: 30 true 400 true", "c: 3 true -1 true", "d: 1 false 600 false"}},
		{ByTTL, []string{"a: 30 true 400 true", "d: 1 false 600 false", "c: 3 true -1 true", "b: 70 false 0 false"}},
	} {
		r := mustBuild(t, x, RowSpec{Tree: true, Order: c.order}, nil)
		var got []string
		for i := range r.Len() {
			row := r.At(i)
			got = append(got, fmt.Sprintf("%s %d %v %d %v", row.Label, row.Bytes, row.BytesKnown, row.MinExpiry, row.ExpiriesKnown))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: got %q, want %q", c.order, got, c.want)
		}
	}
}

func TestJoinedNodeStaysOpenWhenTakenApart(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"a:b:1", "a:b:2"})
	r := mustBuild(t, x, RowSpec{Tree: true}, nil).Toggle([]byte("a:b:"))
	x.AddStrings([]string{"a:c"})
	r = mustBuild(t, x, r.Spec(), r)
	if r.Len() != 5 {
		t.Errorf("got %q, want all of it open", describe(r))
	}
	if r = r.Toggle([]byte("a:")); r.Len() != 1 {
		t.Errorf("got %q, want one folded node", describe(r))
	}
	if r = r.Toggle([]byte("a:")); r.Len() != 5 {
		t.Errorf("got %q, want what is below as it was", describe(r))
	}
}

func TestUnder(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"b:2", "a:1", "b:", "b", "b:1", "c"})
	for _, c := range []struct {
		spec RowSpec
		want []string
	}{
		{RowSpec{}, []string{"b:2", "b:", "b:1"}},
		{RowSpec{Order: ByName}, []string{"b:", "b:1", "b:2"}},
		{RowSpec{Order: ByName, Reverse: true}, []string{"b:2", "b:1", "b:"}},
		{RowSpec{Order: BySize}, []string{"b:", "b:1", "b:2"}},
		{RowSpec{Tree: true}, []string{"b:", "b:1", "b:2"}},
	} {
		r := mustBuild(t, x, c.spec, nil)
		var got []string
		for id := range r.KeysWithPrefix([]byte("b:")) {
			got = append(got, string(r.Snapshot().Name(id)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %q, want %q", c.spec, got, c.want)
		}
	}
}

func TestFindAfterClear(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"a", "b"})
	r := mustBuild(t, x, RowSpec{}, nil)
	x.Clear()
	x.AddStrings([]string{"b"})
	if i := r.Find([]byte("b")); i != 1 {
		t.Errorf("found in row %d, want 1", i)
	}
}

func TestBuildStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x := New(0)
	for i := range 50_000 {
		x.AddStrings([]string{fmt.Sprint(i)})
	}
	for _, spec := range []RowSpec{
		{},
		{Order: ByName},
		{Order: ByTTL},
		{Tree: true},
		{Query: Query{Mode: Fuzzy, Text: "1"}},
	} {
		if _, err := Build(ctx, x.Snapshot(), spec, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%+v: got %v, want canceled", spec, err)
		}
	}
}

func TestFirst(t *testing.T) {
	t.Parallel()
	x := New(0)
	for i := range 200_000 {
		x.AddStrings([]string{fmt.Sprintf("key:%06d", (i*7919)%200_000)})
	}
	sorted := mustBuild(t, x, RowSpec{Order: ByName}, nil)
	late, cancel := context.WithDeadline(t.Context(), time.Now())
	t.Cleanup(cancel)
	for _, c := range []struct {
		name     string
		ctx      context.Context
		spec     RowSpec
		prev     *Rows
		rows     int // at least
		complete bool
		first    string
	}{
		{"as scanned", t.Context(), RowSpec{}, nil, 50, false, "key:000000"},
		{"the newest first", t.Context(), RowSpec{Reverse: true}, nil, 50, false, "key:192081"},
		{"by a known order", t.Context(), RowSpec{Order: ByName, Query: Query{Mode: Substring, Text: "1"}}, sorted, 50, false, "key:000001"},
		{"from its end", t.Context(), RowSpec{Order: ByName, Reverse: true}, sorted, 50, false, "key:199999"},
		{"all of a prefix in a known order", t.Context(), RowSpec{Order: ByName, Query: Query{Mode: Prefix, Text: "key:19999"}}, sorted, 10, true, "key:199990"},
		{"all of a glob's prefix", t.Context(), RowSpec{Order: ByName, Query: Query{Mode: Glob, Text: "key:01[12]*9"}}, sorted, 200, true, "key:011009"},
		{"few matches", t.Context(), RowSpec{Order: ByName, Query: Query{Mode: Substring, Text: "99999"}}, nil, 2, true, "key:099999"},
		{"fuzzy to the end", t.Context(), RowSpec{Query: Query{Mode: Fuzzy, Text: "99999"}}, nil, 2, true, "key:099999"},
		{"no time", late, RowSpec{Order: ByName, Query: Query{Mode: Substring, Text: "99999"}}, nil, 0, false, ""},
		{"no time for fuzzy", late, RowSpec{Query: Query{Mode: Fuzzy, Text: "99999"}}, nil, 0, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, err := BuildFirst(c.ctx, x.Snapshot(), c.spec, c.prev, 50)
			if err != nil {
				t.Fatal(err)
			}
			if r.Len() < c.rows || r.Complete() != c.complete {
				t.Errorf("%d rows, complete %v", r.Len(), r.Complete())
			}
			if r.Len() > 0 && string(r.At(0).Label) != c.first {
				t.Errorf("first is %q, want %q", r.At(0).Label, c.first)
			}
			whole := mustBuild(t, x, c.spec, r)
			again := mustBuild(t, x, c.spec, nil)
			if whole.MatchCount() != again.MatchCount() || !slices.Equal(whole.ids, again.ids) {
				t.Errorf("built on it: %d matches, want %d", whole.MatchCount(), again.MatchCount())
			}
		})
	}
}

// TestFirstGivesWay says that a newer keystroke stops even the first look.
func TestFirstGivesWay(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x := New(0)
	x.AddStrings([]string{"a", "b"})
	for _, mode := range []MatchMode{Substring, Fuzzy} {
		spec := RowSpec{Order: ByName, Query: Query{Mode: mode, Text: "a"}}
		if _, err := BuildFirst(ctx, x.Snapshot(), spec, nil, 50); !errors.Is(err, context.Canceled) {
			t.Errorf("%v: got %v, want canceled", mode, err)
		}
	}
}

func TestMovingAllocatesNothing(t *testing.T) {
	x := New(0)
	for i := range 50_000 {
		x.AddStrings([]string{fmt.Sprintf("a:%d:%d", i%100, i)})
	}
	r := mustBuild(t, x, RowSpec{Tree: true, Open: AllOpen()}, nil)
	if n := testing.AllocsPerRun(100, func() {
		for i := 20_000; i < 20_050; i++ {
			r.At(i)
		}
	}); n > 0 {
		t.Errorf("a screenful costs %v allocations", n)
	}
}
