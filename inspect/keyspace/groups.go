package keyspace

import (
	"bytes"
	"cmp"
	"context"
	"slices"
)

// Grouper gives keys to nodes of a tree that their names say nothing of to a
// reader, such as results to the function that they are of. It must not change
// while it is in use, and is called by several goroutines at once. Two are the
// same when they are equal: a pointer will do.
type Grouper interface {
	// GroupNames are the names of the nodes. None ends in a delimiter of the
	// tree, so that no prefix is mistaken for it.
	GroupNames() []string
	// GroupOf returns the number among them of the group that a key is in, or
	// -1. It is called once for every key, and again for those that come.
	GroupOf(name []byte) int
}

// Prefixes are literal beginnings of names that are nodes of a tree, whatever
// they end in, such as the prefix of an app. They must not change while they are
// in use. Two are the same when they are equal: a pointer will do.
type Prefixes interface {
	Prefixes() []string
}

// Ordered is Groups with an order of its own for the keys of a group.
type Ordered interface {
	Grouper
	// SortText returns the text by which a key of a group is sorted, in natural
	// order: page 9 before page 10. Keys with the same text, or with none, are
	// in the order of their names, those with none last.
	SortText(name []byte) string
}

// A grouping is what Groups says of the keys of a snapshot.
type grouping struct {
	by    Grouper
	names [][]byte
	of    []uint32 // the number of an id's group from 1 on; 0 is none
}

// grouping asks for the groups of all keys, but for those that the rows before
// knew.
func (b *builder) grouping() (*grouping, error) {
	if b.spec.Groups == nil {
		return nil, nil
	}
	g := b.grouped
	if g == nil || g.by != b.spec.Groups {
		g = &grouping{by: b.spec.Groups}
		for _, name := range g.by.GroupNames() {
			g.names = append(g.names, []byte(name))
		}
	}
	known := max(len(g.of), int(b.s.base))
	if known >= int(b.s.n) {
		return g, nil
	}
	next := &grouping{by: g.by, names: g.names, of: make([]uint32, b.s.n)}
	copy(next.of, g.of)
	fresh := next.of[known:]
	err := parallel(b.ctx, (len(fresh)+treeBlock-1)/treeBlock, func(_, block int) {
		lo := block * treeBlock
		for i := range fresh[lo:min(lo+treeBlock, len(fresh))] {
			fresh[lo+i] = uint32(next.by.GroupOf(b.s.Name(uint32(known+lo+i))) + 1)
		}
	})
	return next, err
}

// part returns ids, which are sorted by name, with those of each group
// together at the beginning, and the groups that there are. What is in a group
// is sorted as Ordered says, and the rest stays in its order.
func (g *grouping) part(s *Snapshot, ids []uint32) ([]uint32, []group) {
	if g == nil {
		return ids, nil
	}
	next := make([]uint32, len(g.names)+1)
	for _, id := range ids {
		next[g.of[id]]++
	}
	if int(next[0]) == len(ids) {
		return ids, nil
	}
	at := uint32(0)
	var groups []group
	for n := 1; n < len(next); n++ {
		count := next[n]
		next[n] = at
		if count > 0 {
			groups = append(groups, group{lo: at, hi: at + count, skip: uint32(len(groups)) + 1, name: uint32(n)})
		}
		at += count
	}
	next[0] = at
	parted := make([]uint32, len(ids))
	for _, id := range ids {
		n := g.of[id]
		parted[next[n]] = id
		next[n]++
	}
	if by, ok := g.by.(Ordered); ok {
		for _, one := range groups {
			sortGroup(s, parted[one.lo:one.hi], by)
		}
	}
	return parted, groups
}

// maxOrdered limits the keys of a group that are sorted by more than their names.
const maxOrdered = 20_000

// sortGroup sorts the keys of a group, which are by name, by their texts.
func sortGroup(s *Snapshot, ids []uint32, by Ordered) {
	if len(ids) > maxOrdered {
		return
	}
	type key struct {
		id   uint32
		text string
	}
	keys := make([]key, len(ids))
	for i, id := range ids {
		keys[i] = key{id, by.SortText(s.Name(id))}
	}
	slices.SortStableFunc(keys, func(a, b key) int {
		if a.text == "" || b.text == "" {
			return cmp.Compare(len(b.text), len(a.text))
		}
		return compareNatural(a.text, b.text)
	})
	for i := range keys {
		ids[i] = keys[i].id
	}
}

// newGroupedTree is newTree with groups before all prefixes.
func newGroupedTree(ctx context.Context, s *Snapshot, ids []uint32, d delims, g *grouping) (*tree, error) {
	parted, first := g.part(s, ids)
	if len(first) == 0 {
		return newTree(ctx, s, ids, d, 0)
	}
	t, err := newTree(ctx, s, parted, d, first[len(first)-1].hi)
	if err != nil {
		return nil, err
	}
	t.grouping = g
	for i := range t.groups {
		t.groups[i].skip += uint32(len(first))
	}
	t.groups = append(first, t.groups...)
	return t, nil
}

// kidNamed returns the place among the kids of the group of that name.
func (b *branch) kidNamed(name []byte) (k int, ok bool) {
	for k, kid := range b.kids {
		g := b.tree.groups[kid]
		if g.name == 0 {
			break // they are the first
		}
		if bytes.Equal(b.tree.prefix(g), name) {
			return k, true
		}
	}
	return 0, false
}

// GroupKeys returns the matching keys of a node that is a group, by name; nil
// when there is no such node. The slice is the caller's.
func (r *Rows) GroupKeys(name []byte) []uint32 {
	if r.root == nil {
		return nil
	}
	k, ok := r.root.kidNamed(name)
	if !ok {
		return nil
	}
	g := r.root.tree.groups[r.root.kids[k]]
	return slices.Clone(r.root.tree.ids[g.lo:g.hi])
}

// place returns where a key is in the ids of the tree.
func (t *tree) place(name []byte) (uint32, bool) {
	lo, hi := t.grouped, uint32(len(t.ids))
	if t.grouped > 0 {
		if n := uint32(t.grouping.by.GroupOf(name) + 1); n > 0 {
			at := slices.IndexFunc(t.groups, func(g group) bool { return g.name == n })
			if at < 0 {
				return 0, false
			}
			lo, hi = t.groups[at].lo, t.groups[at].hi
			if _, ok := t.grouping.by.(Ordered); ok {
				i := slices.IndexFunc(t.ids[lo:hi], func(id uint32) bool { return bytes.Equal(t.snap.Name(id), name) })
				return lo + uint32(max(i, 0)), i >= 0
			}
		}
	}
	at := lo + uint32(t.snap.lowerBound(t.ids[lo:hi], name))
	return at, at < hi && bytes.Equal(t.snap.Name(t.ids[at]), name)
}
