package keyspace

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// grouped builds a tree of some names, of which those with a G are in a group.
func grouped(t *testing.T, names []string, spec Spec) (*Rows, *Groups) {
	t.Helper()
	x := New(0)
	x.AddStrings(names)
	s := x.Snapshot()
	g := NewGroups(s, []string{"empty()", "app.square()", "app.cube()"})
	for id := range uint32(s.Len()) {
		switch name := string(s.Name(id)); {
		case strings.Contains(name, "GS"):
			g.Put(id, 1)
		case strings.Contains(name, "GC"):
			g.Put(id, 2)
		}
	}
	spec.Tree, spec.Groups = true, g
	rows, err := Build(t.Context(), s, spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rows, g
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
		spec Spec
		want []string
	}{
		{"all open", Spec{Order: ByName, Open: AllOpen()}, []string{
			"app.square() 2", "  f:1GS", "  f:5GS", "app.cube() 2", "  f:3GC", "  z:GC",
			"a", "b:x: 2", "  1", "  2", "f: 2", "  2", "  4",
		}},
		{"folded", Spec{Order: ByName}, []string{"app.square() 2", "app.cube() 2", "a", "b:x: 2", "f: 2"}},
		{"one open", Spec{Order: ByName, Open: OpenPrefixes("app.cube()", "f:")}, []string{
			"app.square() 2", "app.cube() 2", "  f:3GC", "  z:GC", "a", "b:x: 2", "f: 2", "  2", "  4",
		}},
		{"reversed", Spec{Order: ByName, Reverse: true}, []string{"f: 2", "b:x: 2", "a", "app.cube() 2", "app.square() 2"}},
		{"filtered", Spec{Order: ByName, Query: Query{Text: "f:"}, Open: AllOpen()}, []string{
			"app.square() 2", "  f:1GS", "  f:5GS", "app.cube() 1", "  f:3GC", "f: 2", "  2", "  4",
		}},
		{"only a group", Spec{Order: ByName, Query: Query{Mode: Substring, Text: "GS"}}, []string{"app.square() 2"}},
		{"no group", Spec{Order: ByName, Query: Query{Text: "b"}}, []string{"b:x: 2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rows, _ := grouped(t, names, tt.spec)
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
	rows, g := grouped(t, names, Spec{Order: ByName, Open: AllOpen()})
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
			if row.Group != (g.suits(rows.Snapshot()) && strings.HasSuffix(string(row.Prefix), "()")) {
				t.Fatalf("node %q: group %v", row.Prefix, row.Group)
			}
			if row.Group && len(rows.InGroup(row.Prefix)) != row.Count {
				t.Fatalf("node %q has %d keys and says %d", row.Prefix, len(rows.InGroup(row.Prefix)), row.Count)
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

func TestGroupsOfOtherKeysAreLeftOut(t *testing.T) {
	t.Parallel()
	rows, g := grouped(t, []string{"f:1GS", "f:2GS"}, Spec{Order: ByName})
	if rows.InGroup([]byte("app.square()")) == nil {
		t.Fatal("no group")
	}
	x := New(0)
	x.AddStrings([]string{"a", "b"})
	other, err := Build(t.Context(), x.Snapshot(), Spec{Order: ByName, Tree: true, Groups: g}, nil)
	if err != nil || !slices.Equal(drawn(other), []string{"a", "b"}) {
		t.Errorf("%q, %v", drawn(other), err)
	}
	// Keys that came later are in none.
	y := rows.Snapshot().index
	y.AddStrings([]string{"f:3GS"})
	later, err := Build(t.Context(), y.Snapshot(), rows.Spec(), rows)
	if err != nil || !slices.Equal(drawn(later), []string{"app.square() 2", "f:3GS"}) {
		t.Errorf("%q, %v", drawn(later), err)
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
	g := NewGroups(s, []string{"a()", "b()", "c()", "d()", "e()"})
	for id := range uint32(s.Len()) {
		g.Put(id, int(id%5))
	}
	for _, bb := range []struct {
		name   string
		groups *Groups
	}{{"without", nil}, {"with", g}} {
		b.Run(bb.name, func(b *testing.B) {
			spec := Spec{Order: ByName, Tree: true, Groups: bb.groups}
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
