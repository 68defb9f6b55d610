package keyspace

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// nicknames are other names of keys.
type nicknames map[string]string

func (n *nicknames) Called(_ context.Context, _ *Snapshot, text string) [][]byte {
	var found [][]byte
	for name, other := range *n {
		if strings.Contains(other, text) {
			found = append(found, []byte(name))
		}
	}
	return found
}

func TestKeysAreFoundByWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"c:hash1", "a:square", "b:hash2", "dead", "square"})
	id, _ := x.Lookup([]byte("dead"))
	x.Remove(id)
	names := &nicknames{"b:hash2": "square(4)", "c:hash1": "square(5)", "a:square": "square of a", "dead": "square(6)", "elsewhere": "square(7)"}
	var prev *Rows
	for _, step := range []struct {
		q    Query
		tree bool
		want []string
	}{
		{Query{Mode: Substring, Text: "square"}, false, []string{"a:square", "b:hash2", "c:hash1", "square"}},
		{Query{Mode: Substring, Text: "square("}, false, []string{"b:hash2", "c:hash1"}},
		{Query{Mode: Substring, Text: "square(4)"}, true, []string{"b:hash2"}},
		{Query{Mode: Substring, Text: "square(5)"}, false, []string{"c:hash1"}},
		{Query{Mode: Prefix, Text: "square"}, false, []string{"square"}},
		{Query{Mode: Substring, Text: "hash"}, true, []string{"b:hash2", "c:hash1"}},
		{Query{Mode: Substring, Text: ""}, false, []string{"a:square", "b:hash2", "c:hash1", "square"}},
	} {
		spec := RowSpec{Query: step.q, Order: ByName, Tree: step.tree, Names: names}
		rows, err := Build(t.Context(), x.Snapshot(), spec, prev)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for id := range rows.Keys() {
			got = append(got, string(x.Snapshot().Name(id)))
		}
		if !slices.Equal(got, step.want) {
			t.Errorf("%v: got %q, want %q", step.q, got, step.want)
		}
		if n, err := Count(t.Context(), x.Snapshot(), spec); n != len(step.want) || err != nil {
			t.Errorf("%v: counted %d (%v), want %d", step.q, n, err, len(step.want))
		}
		prev = rows
	}
}
