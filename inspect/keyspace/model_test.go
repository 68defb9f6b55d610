package keyspace

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
)

// model is a keyspace as one would write it without a thought for time.
type model map[string]Meta

// item is a key or a node of the model's tree.
type item struct {
	label  string // the name or the prefix
	keys   []string
	leaf   bool
	metric uint64
}

func (m model) matching(q Query) []string {
	var names []string
	for name, meta := range m {
		if q.Match([]byte(name)) && (q.Type == UnknownType || meta.Type == q.Type) && (!q.NoTTL || meta.Expiry == NoExpiry) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// metric is what names are sorted by after what is known, smaller first.
func (m model) metric(names []string, spec RowSpec) uint64 {
	size, anySize, soonest, allNever := int64(0), false, int64(0), true
	for _, n := range names {
		meta := m[n]
		if meta.Size >= 0 {
			size += meta.Size
			anySize = true
		}
		if meta.Expiry > 0 && (soonest == 0 || meta.Expiry < soonest) {
			soonest = meta.Expiry
		}
		allNever = allNever && meta.Expiry == NoExpiry
	}
	switch {
	case spec.Order == BySize && !anySize, spec.Order == ByTTL && soonest == 0 && !allNever:
		return 1<<64 - 1
	case spec.Order == BySize && spec.Reverse:
		return uint64(size)
	case spec.Order == BySize:
		return 1<<60 - uint64(size)
	case soonest == 0 && spec.Reverse:
		return 0
	case soonest == 0:
		return 1 << 62
	case spec.Reverse:
		return 1<<60 - uint64(soonest)
	}
	return uint64(soonest)
}

func (m model) order(items []item, spec RowSpec) {
	for i := range items {
		if spec.Order == ByTTL || spec.Order == BySize {
			items[i].metric = m.metric(items[i].keys, spec)
		}
	}
	slices.SortStableFunc(items, func(a, b item) int {
		byLabel := strings.Compare(a.label, b.label)
		if spec.Reverse && spec.Order != ByTTL && spec.Order != BySize {
			byLabel = -byLabel
		}
		return cmp.Or(cmp.Compare(a.metric, b.metric), byLabel)
	})
}

func (m model) flat(spec RowSpec) []string {
	var items []item
	for _, n := range m.matching(spec.Query) {
		items = append(items, item{label: n, keys: []string{n}, leaf: true})
	}
	m.order(items, spec)
	var rows []string
	for _, it := range items {
		rows = append(rows, it.label)
	}
	return rows
}

// segment returns the prefix of name that ends in the first delimiter behind
// the first n bytes.
func segment(name string, n int, delims string) string {
	i := strings.IndexFunc(name[n:], func(r rune) bool { return strings.ContainsRune(delims, r) })
	if i < 0 {
		return ""
	}
	return name[:n+i+1]
}

func (m model) tree(names []string, prefix string, depth int, spec RowSpec) []string {
	groups := map[string][]string{}
	var items []item
	for _, n := range names {
		if s := segment(n, len(prefix), spec.Delims); s != "" {
			groups[s] = append(groups[s], n)
		} else {
			items = append(items, item{n, []string{n}, true, 0})
		}
	}
	for s, keys := range groups {
		if len(keys) == 1 {
			items = append(items, item{keys[0], keys, true, 0})
			continue
		}
		for {
			longer := segment(keys[0], len(s), spec.Delims)
			if longer == "" || slices.ContainsFunc(keys, func(k string) bool { return !strings.HasPrefix(k, longer) }) {
				break
			}
			s = longer
		}
		items = append(items, item{s, keys, false, 0})
	}
	m.order(items, spec)
	var rows []string
	for _, it := range items {
		if it.leaf {
			rows = append(rows, fmt.Sprintf("%d leaf %q of %q", depth, it.label[len(prefix):], it.label))
			continue
		}
		open := spec.Open.Has([]byte(it.label))
		rows = append(rows, fmt.Sprintf("%d node %q of %q %d open %v", depth, it.label[len(prefix):], it.label, len(it.keys), open))
		if open {
			rows = append(rows, m.tree(it.keys, it.label, depth+1, spec)...)
		}
	}
	return rows
}

func describe(r *Rows) []string {
	var rows []string
	for i := range r.Len() {
		row := r.At(i)
		switch {
		case !r.Spec().Tree:
			rows = append(rows, string(row.Label))
		case row.Leaf:
			rows = append(rows, fmt.Sprintf("%d leaf %q of %q", row.Depth, row.Label, r.Snapshot().Name(row.ID)))
		default:
			rows = append(rows, fmt.Sprintf("%d node %q of %q %d open %v", row.Depth, row.Label, row.Prefix, row.Count, row.Open))
		}
	}
	return rows
}

// walker makes random keys and specs that meet each other often.
type walker struct{ *rand.Rand }

func (w walker) text(alphabet string, most int) string {
	b := make([]byte, w.IntN(most+1))
	for i := range b {
		b[i] = alphabet[w.IntN(len(alphabet))]
	}
	return string(b)
}

func (w walker) name() string {
	if w.IntN(4) == 0 {
		return "application:cache:" + w.text("ab:/\x00\xff", 14)
	}
	return w.text("aB:/\x00", 7)
}

func (w walker) meta() Meta {
	m := Meta{Type: Type(w.IntN(4)), Size: int64(w.IntN(5)) - 1, Expiry: int64(w.IntN(5)) - 1}
	switch w.IntN(8) {
	case 0:
		m.Size = 5<<30 + int64(w.IntN(3))
	case 1:
		m.Expiry = 1<<40 + int64(w.IntN(3))
	}
	return m
}

func (w walker) spec() RowSpec {
	spec := RowSpec{
		Query:   Query{Mode: []MatchMode{Prefix, Substring, Glob, Regexp}[w.IntN(4)]},
		Order:   SortOrder(w.IntN(4)),
		Reverse: w.IntN(3) == 0,
		Tree:    w.IntN(2) == 0,
		Delims:  []string{":", ":/"}[w.IntN(2)],
	}
	switch spec.Query.Text = w.text("aB:", 3); {
	case spec.Query.Mode == Glob:
		spec.Query.Text = w.text("aB:*?[]^-", 6)
	case w.IntN(3) == 0:
		spec.Query.Text = ""
	}
	if w.IntN(4) == 0 {
		spec.Query.Type = Type(w.IntN(4))
	}
	spec.Query.NoTTL = w.IntN(6) == 0
	if w.IntN(2) == 0 {
		spec.Open = AllOpen()
	}
	for range w.IntN(4) {
		spec.Open = spec.Open.With([]byte(w.text("aB:", 3)+":"), w.IntN(2) == 0)
	}
	return spec
}

func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			testModel(t, walker{rand.New(rand.NewPCG(seed, 1))})
		})
	}
}

func testModel(t *testing.T, w walker) {
	x, m := New(w.IntN(100)), model{}
	var prev *Rows
	var scanned []string // the model's names in the order they were added
	for step := range 1000 {
		switch w.IntN(8) {
		case 0, 1, 2:
			names := make([]string, w.IntN(12))
			for i := range names {
				names[i] = w.name()
				if _, ok := m[names[i]]; !ok {
					m[names[i]] = Meta{Size: -1}
					scanned = append(scanned, names[i])
				}
			}
			x.AddStrings(names)
		case 3, 4, 5:
			for name := range m {
				id, ok := x.Lookup([]byte(name))
				if !ok {
					t.Fatalf("step %d: %q is gone", step, name)
				}
				if w.IntN(3) == 0 {
					x.Remove(id)
					delete(m, name)
					scanned = slices.DeleteFunc(scanned, func(s string) bool { return s == name })
				} else {
					m[name] = w.meta()
					x.SetMeta(id, m[name])
				}
				if w.IntN(4) == 0 {
					break
				}
			}
		case 6:
			if w.IntN(20) == 0 {
				x.Clear()
				clear(m)
				scanned = nil
			}
			if w.IntN(20) == 0 {
				x.mu.Lock()
				x.compact()
				x.mu.Unlock()
			}
		}
		if x.Len() != len(m) {
			t.Fatalf("step %d: %d keys, want %d", step, x.Len(), len(m))
		}
		spec := w.spec()
		if spec.Query.Mode == Regexp {
			spec.Query.Text = strings.ReplaceAll(spec.Query.Text, "a", "a+")
		}
		if prev != nil && w.IntN(3) == 0 {
			spec.Query = prev.Spec().Query
			spec.Query.Text += w.text("aB", 1)
		}
		r, err := Build(context.Background(), x.Snapshot(), spec, prev)
		if err != nil {
			continue // a glob's text that is no regular expression
		}
		checkRows(t, step, r, m, scanned, w)
		if prev = r; w.IntN(5) == 0 {
			prev = nil
		}
	}
}

func checkRows(t *testing.T, step int, r *Rows, m model, scanned []string, w walker) {
	t.Helper()
	spec := r.Spec()
	var want []string
	switch {
	case spec.Tree:
		want = m.tree(m.matching(spec.Query), "", 0, spec)
	case spec.Order == ByScan:
		matching := m.matching(spec.Query)
		for _, n := range scanned {
			if _, ok := slices.BinarySearch(matching, n); ok {
				want = append(want, n)
			}
		}
		if spec.Reverse {
			slices.Reverse(want)
		}
	default:
		want = m.flat(spec)
	}
	if got := describe(r); !slices.Equal(got, want) {
		t.Fatalf("step %d, %+v:\n%s\nwant\n%s", step, spec, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := len(m.matching(spec.Query)); r.MatchCount() != n {
		t.Fatalf("step %d, %+v: %d matches, want %d", step, spec, r.MatchCount(), n)
	}
	checkPlaces(t, r, m)
	if spec.Tree && r.Len() > 0 {
		if row := r.At(w.IntN(r.Len())); !row.Leaf {
			folded := r.Toggle(row.Prefix)
			want := m.tree(m.matching(spec.Query), "", 0, folded.Spec())
			if got := describe(folded); !slices.Equal(got, want) {
				t.Fatalf("step %d: toggle %q:\n%s\nwant\n%s", step, row.Prefix, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

// checkPlaces looks for every key and every node by name.
func checkPlaces(t *testing.T, r *Rows, m model) {
	t.Helper()
	rows := make([]Row, r.Len())
	for i := range rows {
		rows[i] = r.At(i)
		if !rows[i].Leaf && r.FindNode(rows[i].Prefix) != i {
			t.Fatalf("%+v: node %q in row %d, found in %d", r.Spec(), rows[i].Prefix, i, r.FindNode(rows[i].Prefix))
		}
	}
	matching := m.matching(r.Spec().Query)
	for name := range m {
		_, want := slices.BinarySearch(matching, name)
		i := r.Find([]byte(name))
		if !want && i >= 0 || want && i < 0 {
			t.Fatalf("%+v: %q found in %d, want %v", r.Spec(), name, i, want)
		}
		if !want {
			continue
		}
		switch row := rows[i]; {
		case row.Leaf && string(r.Snapshot().Name(row.ID)) != name,
			!row.Leaf && (row.Open || !bytes.HasPrefix([]byte(name), row.Prefix)):
			t.Fatalf("%+v: %q found in row %d: %+v", r.Spec(), name, i, row)
		}
	}
}
