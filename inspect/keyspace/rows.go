package keyspace

import (
	"bytes"
	"iter"
	"slices"
	"sort"
)

// Rows is the immutable result of Build: the keys that match in their order,
// and for a tree the nodes that are open. It may be read by several goroutines
// at once.
type Rows struct {
	snap     *Snapshot
	spec     RowSpec
	matcher  *Matcher
	ids      []uint32 // what matches; in a tree by name
	sorted   sorting  // what ids are sorted by
	flip     bool     // ids are shown last to first
	all      *nameOrder
	grouped  *grouping // nil without Spec.Groups
	root     *branch   // nil when flat
	unknown  int
	complete bool
}

// Len returns the number of rows to scroll through; in a tree, of those that
// are visible.
func (r *Rows) Len() int {
	if r.root != nil {
		return r.root.rows
	}
	return len(r.ids)
}

// At returns the i-th row. Its Label and Prefix must not be changed.
func (r *Rows) At(i int) Row {
	if r.root != nil {
		return r.root.at(i)
	}
	id := r.Key(i)
	return r.snap.leaf(id, 0, 0)
}

func (s *Snapshot) leaf(id uint32, plen uint32, depth int) Row {
	m := s.Meta(id)
	return Row{
		Depth: depth, Leaf: true, ID: id, Label: s.Name(id)[plen:], Count: 1,
		Bytes: max(m.Size, 0), BytesKnown: m.Size >= 0, MinExpiry: m.Expiry, ExpiriesKnown: m.Expiry != UnknownExpiry,
	}
}

// at returns the i-th of the rows below an open node.
func (b *branch) at(i int) Row {
	for {
		// The last open node that is shown at or before the row.
		k := sort.Search(len(b.opened), func(k int) bool { return b.opened[k].at+b.opened[k].above > i }) - 1
		if k < 0 {
			return b.itemRow(b.item(i), false)
		}
		o := b.opened[k]
		switch below := i - o.at - o.above - 1; {
		case below < 0:
			return b.itemRow(b.item(o.at), true)
		case below < o.branch.rows:
			b, i = o.branch, below
		default:
			return b.itemRow(b.item(i-o.above-o.branch.rows), false)
		}
	}
}

// itemRow makes the row of an item.
func (b *branch) itemRow(item int, open bool) Row {
	t := b.tree
	k := sort.Search(len(b.number), func(k int) bool { return int(b.number[k]) > item }) - 1
	switch {
	case k < 0:
		return t.snap.leaf(t.ids[int(b.lo)+item], b.plen, b.depth)
	case int(b.number[k]) < item:
		at := int(t.groups[b.kids[k]].hi) + item - int(b.number[k]) - 1
		return t.snap.leaf(t.ids[at], b.plen, b.depth)
	}
	g, total := t.groups[b.kids[k]], t.groupSum(b.kids[k])
	prefix := t.prefix(g)
	return Row{
		Depth: b.depth, Label: prefix[b.plen:], Prefix: prefix, Group: g.name > 0, Count: int(g.hi - g.lo),
		Bytes: total.bytes, BytesKnown: total.sizeKnown, MinExpiry: total.soonest, ExpiriesKnown: total.timeKnown, Open: open,
	}
}

// MatchCount returns the number of keys that match.
func (r *Rows) MatchCount() int { return len(r.ids) }

// Key returns the i-th matching key. In a tree the keys are in the order of
// their names.
func (r *Rows) Key(i int) uint32 {
	if r.flip {
		return r.ids[len(r.ids)-1-i]
	}
	return r.ids[i]
}

// Keys yields the matching keys in the order of Key.
func (r *Rows) Keys() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := range r.ids {
			if !yield(r.Key(i)) {
				return
			}
		}
	}
}

// KeysWithPrefix yields the matching keys whose names begin with prefix, in the order
// of Key.
func (r *Rows) KeysWithPrefix(prefix []byte) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		lo, hi := 0, len(r.ids)
		if r.sorted == byName {
			if lo, hi = r.snap.prefixRange(r.ids, prefix); r.flip {
				lo, hi = len(r.ids)-hi, len(r.ids)-lo
			}
		}
		for i := lo; i < hi; i++ {
			id := r.Key(i)
			if bytes.HasPrefix(r.snap.Name(id), prefix) && !yield(id) {
				return
			}
		}
	}
}

// Snapshot returns the snapshot that the ids belong to.
func (r *Rows) Snapshot() *Snapshot { return r.snap }

// Spec returns what the rows were built for, with the nodes that are open now.
func (r *Rows) Spec() RowSpec { return r.spec }

// Matcher returns the compiled query, for highlighting.
func (r *Rows) Matcher() *Matcher { return r.matcher }

// Complete reports whether these are all the rows; it is false for what First
// returns before everything has been looked at.
func (r *Rows) Complete() bool { return r.complete }

// Unknown returns how many keys were left out by type or expiry, or sorted
// last, because the server has not been asked yet.
func (r *Rows) Unknown() int { return r.unknown }

// Find returns the row of a key, or of the folded node that holds it, or -1
// when it does not match.
func (r *Rows) Find(name []byte) int {
	if r.root != nil {
		at, ok := r.root.tree.place(name)
		if !ok {
			return -1
		}
		row, _ := r.root.find(at, len(name)+1)
		return row
	}
	i, ok := r.position(name)
	switch {
	case !ok:
		return -1
	case r.flip:
		return len(r.ids) - 1 - i
	}
	return i
}

// position is where a key is in ids.
func (r *Rows) position(name []byte) (int, bool) {
	if r.sorted == byName {
		i := r.snap.lowerBound(r.ids, name)
		return i, i < len(r.ids) && bytes.Equal(r.snap.Name(r.ids[i]), name)
	}
	id, ok := r.snap.lookup(name)
	if !ok {
		return 0, false
	}
	if r.sorted == byID {
		return slices.BinarySearch(r.ids, id)
	}
	i := slices.Index(r.ids, id)
	return i, i >= 0
}

// FindNode returns the row of a node by its prefix, or of the folded node that
// holds it, or -1.
func (r *Rows) FindNode(prefix []byte) int {
	if r.root == nil {
		return -1
	}
	if k, ok := r.root.kidNamed(prefix); ok {
		return r.root.row(r.root.place(int(r.root.number[k])))
	}
	t := r.root.tree
	at := t.grouped + uint32(t.snap.lowerBound(t.ids[t.grouped:], prefix))
	if int(at) == len(t.ids) || !bytes.HasPrefix(t.snap.Name(t.ids[at]), prefix) {
		return -1
	}
	row, node := r.root.find(at, len(prefix))
	if !node {
		return -1
	}
	return row
}

// find returns the row of the at-th id, or of the node on the way to it that
// is folded or shares plen bytes.
func (b *branch) find(at uint32, plen int) (row int, node bool) {
	for {
		k, held := b.kidOf(at)
		place := b.place(b.itemOf(at, k, held))
		row += b.row(place)
		if !held || int(b.tree.groups[b.kids[k]].plen) >= plen {
			return row, held
		}
		i, open := b.openAt(place)
		if !open {
			return row, true
		}
		row++
		b = b.opened[i].branch
	}
}
