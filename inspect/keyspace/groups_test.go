package keyspace

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// marked groups keys by two letters in their names.
type marked struct{ names []string }

func (m *marked) GroupNames() []string { return m.names }

func (m *marked) GroupOf(name []byte) int {
	switch {
	case strings.Contains(string(name), "GS"):
		return 1
	case strings.Contains(string(name), "GC"):
		return 2
	}
	return -1
}

// grouped builds a tree of some names, of which those with a G are in a group.
func grouped(t *testing.T, names []string, spec RowSpec) *Rows {
	t.Helper()
	x := New(0)
	x.AddStrings(names)
	spec.Tree, spec.Groups = true, &marked{[]string{"empty()", "app.square()", "app.cube()"}}
	rows, err := Build(t.Context(), x.Snapshot(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// drawn is a tree as text.
func drawn(r *Rows) []string {
	var out []string
	for i := range r.Len() {
		row := r.At(i)
		line := strings.Repeat("  ", row.Depth) + string(row.Label)
		if !row.Leaf {
			line += fmt.Sprintf(" %d", row.Count)
		}
		out = append(out, line)
	}
	return out
}

func TestGroupsComeFirstInATree(t *testing.T) {
	t.Parallel()
	names := []string{"f:1GS", "f:2", "f:3GC", "f:4", "f:5GS", "a", "z:GC", "b:x:1", "b:x:2"}
	for _, tt := range []struct {
		name string
		spec RowSpec
		want []string
	}{
		{"all open", RowSpec{Order: ByName, Open: AllOpen()}, []string{
			"app.square() 2", "  f:1GS", "  f:5GS", "app.cube() 2", "  f:3GC", "  z:GC",
			"a", "b:x: 2", "  1", "  2", "f: 2", "  2", "  4",
		}},
		{"folded", RowSpec{Order: ByName}, []string{"app.square() 2", "app.cube() 2", "a", "b:x: 2", "f: 2"}},
		{"one open", RowSpec{Order: ByName, Open: OpenPrefixes("app.cube()", "f:")}, []string{
			"app.square() 2", "app.cube() 2", "  f:3GC", "  z:GC", "a", "b:x: 2", "f: 2", "  2", "  4",
		}},
		{"reversed", RowSpec{Order: ByName, Reverse: true}, []string{"f: 2", "b:x: 2", "a", "app.cube() 2", "app.square() 2"}},
		{"filtered", RowSpec{Order: ByName, Query: Query{Text: "f:"}, Open: AllOpen()}, []string{
			"app.square() 2", "  f:1GS", "  f:5GS", "app.cube() 1", "  f:3GC", "f: 2", "  2", "  4",
		}},
		{"only a group", RowSpec{Order: ByName, Query: Query{Mode: Substring, Text: "GS"}}, []string{"app.square() 2"}},
		{"no group", RowSpec{Order: ByName, Query: Query{Text: "b"}}, []string{"b:x: 2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rows := grouped(t, names, tt.spec)
			if got := drawn(rows); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestGroupsFindAndFold finds every key and node where it is shown, and folds
// and unfolds at random, which must come to what a build makes.
func TestGroupsFindAndFold(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var names []string
	for i := range 400 {
		names = append(names, fmt.Sprintf("%c:%c:%d%s", 'a'+r.IntN(4), 'a'+r.IntN(4), i, []string{"", "GS", "GC", ""}[r.IntN(4)]))
	}
	rows := grouped(t, names, RowSpec{Order: ByName, Open: AllOpen()})
	for range 300 {
		for i := range rows.Len() {
			row := rows.At(i)
			if row.Leaf {
				if at := rows.Find(rows.Snapshot().Name(row.ID)); at != i {
					t.Fatalf("key %q is at %d and found at %d", rows.Snapshot().Name(row.ID), i, at)
				}
				continue
			}
			if at := rows.FindNode(row.Prefix); at != i {
				t.Fatalf("node %q is at %d and found at %d", row.Prefix, i, at)
			}
			if row.Group != strings.HasSuffix(string(row.Prefix), "()") {
				t.Fatalf("node %q: group %v", row.Prefix, row.Group)
			}
			if row.Group && len(rows.GroupKeys(row.Prefix)) != row.Count {
				t.Fatalf("node %q has %d keys and says %d", row.Prefix, len(rows.GroupKeys(row.Prefix)), row.Count)
			}
		}
		row := rows.At(r.IntN(rows.Len()))
		if row.Leaf {
			continue
		}
		rows = rows.Toggle(row.Prefix)
		again, err := Build(t.Context(), rows.Snapshot(), rows.Spec(), rows)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(drawn(rows), drawn(again)) {
			t.Fatalf("after a change of %q:\n%q\n%q", row.Prefix, drawn(rows), drawn(again))
		}
	}
}

func TestGroupsOfKeysThatCome(t *testing.T) {
	t.Parallel()
	rows := grouped(t, []string{"f:1GS", "f:2GS", "a"}, RowSpec{Order: ByName})
	x := rows.Snapshot().index
	x.AddStrings([]string{"f:3GS", "b", "c:GC"})
	later, err := Build(t.Context(), x.Snapshot(), rows.Spec(), rows)
	if err != nil || !slices.Equal(drawn(later), []string{"app.square() 3", "app.cube() 1", "a", "b"}) {
		t.Errorf("%q, %v", drawn(later), err)
	}
	spec := rows.Spec()
	spec.Groups = &marked{[]string{"empty()", "renamed()", "app.cube()"}}
	other, err := Build(t.Context(), x.Snapshot(), spec, later)
	if err != nil || !slices.Equal(drawn(other), []string{"renamed() 3", "app.cube() 1", "a", "b"}) {
		t.Errorf("%q, %v", drawn(other), err)
	}
	spec.Groups = nil
	none, err := Build(t.Context(), x.Snapshot(), spec, other)
	if err != nil || !slices.Equal(drawn(none), []string{"a", "b", "c:GC", "f: 3"}) {
		t.Errorf("%q, %v", drawn(none), err)
	}
}

func BenchmarkTreeWithGroups(b *testing.B) {
	x := New(1 << 20)
	var names []string
	for i := range 1 << 20 {
		names = append(names, fmt.Sprintf("flask_cache_%022d", i))
	}
	x.AddStrings(names)
	s := x.Snapshot()
	fifths := &byFifth{}
	for _, bb := range []struct {
		name   string
		groups Grouper
	}{{"without", nil}, {"with", fifths}} {
		b.Run(bb.name, func(b *testing.B) {
			spec := RowSpec{Order: ByName, Tree: true, Groups: bb.groups}
			prev, err := Build(b.Context(), s, spec, nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := Build(b.Context(), s, spec, prev); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// byFifth has five groups of the same size.
type byFifth struct{ _ int }

func (*byFifth) GroupNames() []string { return []string{"a()", "b()", "c()", "d()", "e()"} }

func (*byFifth) GroupOf(name []byte) int { return int(name[len(name)-1]) % 5 }

// ordered is marked with an order of its own: by what follows "=".
type ordered struct{ marked }

func (o *ordered) SortText(name []byte) string {
	_, text, _ := strings.Cut(string(name), "=")
	return text
}

func TestGroups_InNaturalOrder(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"aGS=f(10)", "bGS=f(9)", "cGS=f(-2)", "dGS", "eGS=f(1, 10)", "fGS=f(1, 9)", "gGS=f('b')", "hGS=f(-10)", "iGC=2", "z"})
	by := &ordered{marked{[]string{"empty()", "app.square()", "app.cube()"}}}
	rows, err := Build(t.Context(), x.Snapshot(), RowSpec{Tree: true, Order: ByName, Groups: by, Open: AllOpen()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"app.square() 8", "  gGS=f('b')", "  hGS=f(-10)", "  cGS=f(-2)", "  fGS=f(1, 9)", "  eGS=f(1, 10)", "  bGS=f(9)", "  aGS=f(10)", "  dGS",
		"app.cube() 1", "  iGC=2", "z",
	}
	if got := drawn(rows); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for i := range rows.Len() {
		if r := rows.At(i); r.Leaf && rows.Find(x.Snapshot().Name(r.ID)) != i {
			t.Errorf("row %d is not found by its name", i)
		}
	}
	if i := rows.Find([]byte("xGS=f(3)")); i >= 0 {
		t.Errorf("a key that is not there is found at %d", i)
	}
}

type knownPrefixes []string

func (p *knownPrefixes) Prefixes() []string { return *p }

func TestTree_KnownPrefixes(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"app_home", "app_view//", "app_view//about", "app_view//list:1", "app_view//list:2", "apple", "other:1", "other:2"})
	known := &knownPrefixes{"app_", "app_view/"}
	spec := RowSpec{Tree: true, Order: ByName, Prefixes: known, Open: AllOpen()}
	rows, err := Build(t.Context(), x.Snapshot(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"app_ 5", "  home", "  view/ 4", "    /", "    /about", "    /list: 2", "      1", "      2", "apple", "other: 2", "  1", "  2"}
	if got := drawn(rows); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	folded := rows.Fold([]byte("app_view/"), false)
	want = slices.Delete(slices.Clone(want), 3, 8)
	if got := drawn(folded); !slices.Equal(got, want) {
		t.Errorf("folded: got  %q\nwant %q", got, want)
	}
	again, err := Build(t.Context(), x.Snapshot(), folded.Spec(), folded)
	if err != nil || !slices.Equal(drawn(again), want) {
		t.Errorf("built again: got %q, %v", drawn(again), err)
	}
}
