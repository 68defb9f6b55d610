package keyspace

import (
	"context"
	"slices"
	"sort"
)

// A branch is an open node with the rows below it. Its items are its direct
// keys and groups, numbered by name; a key costs no memory, a group eight
// bytes, and the rows of the items are found by counting. Branches never
// change: opening a node copies those above it.
type branch struct {
	tree   *tree
	lo, hi uint32 // the ids below
	plen   uint32
	depth  int // of the items
	items  int
	kids   []uint32 // the groups
	number []uint32 // of each group among the items
	shown  []uint32 // the items in the order they are shown; nil when by name
	flip   bool     // shown last to first; never with shown
	opened []opened // those of the kids that are open, in the order shown
	rows   int      // items and all that is open below them
}

// opened is an open node among the items of another.
type opened struct {
	at     int // the place of its row among the items
	above  int // rows below open nodes that are shown before it
	branch *branch
}

// newBranch opens the group with this index, or the whole tree for noGroup.
func (t *tree) newBranch(index uint32, depth int, spec *RowSpec) *branch {
	b := &branch{tree: t, hi: uint32(len(t.ids)), depth: depth}
	first, skip := uint32(0), uint32(len(t.groups))
	if index != noGroup {
		g := t.groups[index]
		b.lo, b.hi, b.plen, first, skip = g.lo, g.hi, g.plen, index+1, g.skip
	}
	below := uint32(0)
	for kid := first; kid < skip; kid = t.groups[kid].skip {
		g := t.groups[kid]
		b.kids = append(b.kids, kid)
		b.number = append(b.number, g.lo-b.lo-below+uint32(len(b.kids))-1)
		below += g.hi - g.lo
	}
	b.items = int(b.hi-b.lo-below) + len(b.kids)
	b.arrange(spec)
	b.openKids(spec)
	return b
}

const noGroup = 1<<32 - 1

// arrange puts the items in the order they are shown.
func (b *branch) arrange(spec *RowSpec) {
	if spec.Order != ByTTL && spec.Order != BySize {
		b.flip = spec.Reverse
		return
	}
	keys := make([]uint64, b.items)
	item, at := 0, b.lo
	leaves := func(hi uint32) {
		some := keys[item : item+int(hi-at)]
		// The context is never done, so there is no error.
		_ = b.tree.snap.metaKeys(context.Background(), some, b.tree.ids[at:hi], spec.Order)
		item += len(some)
	}
	for _, kid := range b.kids {
		g := b.tree.groups[kid]
		leaves(g.lo)
		total := b.tree.groupSum(kid)
		switch {
		case spec.Order == ByTTL:
			keys[item] = expiryKey(total.soonest)
		case total.anySize:
			keys[item] = sizeKey(total.bytes)
		default:
			keys[item] = keyUnknown
		}
		item++
		at = g.hi
	}
	leaves(b.hi)
	items := make([]uint32, b.items)
	for i := range items {
		items[i] = uint32(i)
	}
	b.shown, _ = sortKeys(keys, items, spec.descending())
}

// openKids makes the branches of the kids that are open.
func (b *branch) openKids(spec *RowSpec) {
	t := b.tree
	open := func(k, place int) {
		b.opened = append(b.opened, opened{at: place, branch: t.newBranch(b.kids[k], b.depth+1, spec)})
	}
	if spec.Open.all {
		places := b.places()
		for k, kid := range b.kids {
			if spec.Open.Has(t.prefix(t.groups[kid])) {
				open(k, places(int(b.number[k])))
			}
		}
	} else {
		for prefix := range spec.Open.except {
			if k, ok := b.kid([]byte(prefix)); ok && len(t.prefix(t.groups[b.kids[k]])) == len(prefix) {
				open(k, b.place(int(b.number[k])))
			}
		}
	}
	b.count()
}

// places returns a function that is place, and is faster for many items.
func (b *branch) places() func(item int) int {
	if b.shown == nil {
		return b.place
	}
	places := make([]uint32, len(b.shown))
	for place, item := range b.shown {
		places[item] = uint32(place)
	}
	return func(item int) int { return int(places[item]) }
}

// count numbers the rows after opened has changed.
func (b *branch) count() {
	slices.SortFunc(b.opened, func(x, y opened) int { return x.at - y.at })
	above := 0
	for i := range b.opened {
		b.opened[i].above = above
		above += b.opened[i].branch.rows
	}
	b.rows = b.items + above
}

// place is where an item is shown, and item what is shown at a place.
func (b *branch) place(item int) int {
	switch {
	case b.shown != nil:
		return slices.Index(b.shown, uint32(item))
	case b.flip:
		return b.items - 1 - item
	}
	return item
}

func (b *branch) item(place int) int {
	switch {
	case b.shown != nil:
		return int(b.shown[place])
	case b.flip:
		return b.items - 1 - place
	}
	return place
}

// kid returns the place among the kids of the group that is, or is below, or
// is in a joined node with, the prefix.
func (b *branch) kid(prefix []byte) (k int, ok bool) {
	if k, ok := b.kidNamed(prefix); ok {
		return k, true
	}
	t := b.tree
	lo := max(b.lo, min(t.grouped, b.hi))
	k, ok = b.kidOf(lo + uint32(t.snap.lowerBound(t.ids[lo:b.hi], prefix)))
	if !ok || t.groups[b.kids[k]].name > 0 {
		return 0, false
	}
	p := t.prefix(t.groups[b.kids[k]])
	n := min(len(p), len(prefix))
	return k, n > int(b.plen) && string(p[:n]) == string(prefix[:n])
}

// kidOf returns the place among the kids of the group that holds an id.
func (b *branch) kidOf(at uint32) (k int, ok bool) {
	groups := b.tree.groups
	k = sort.Search(len(b.kids), func(i int) bool { return groups[b.kids[i]].hi > at })
	return k, k < len(b.kids) && groups[b.kids[k]].lo <= at
}

// itemOf is the number of the item that is or holds an id; k is from kidOf.
func (b *branch) itemOf(at uint32, k int, held bool) int {
	switch {
	case held:
		return int(b.number[k])
	case k == 0:
		return int(at - b.lo)
	}
	return int(b.number[k-1]) + 1 + int(at-b.tree.groups[b.kids[k-1]].hi)
}

// row is the row of a place.
func (b *branch) row(place int) int {
	i := sort.Search(len(b.opened), func(i int) bool { return b.opened[i].at >= place })
	if i == 0 {
		return place
	}
	return place + b.opened[i-1].above + b.opened[i-1].branch.rows
}

// openAt returns the index among opened of the node shown at a place.
func (b *branch) openAt(place int) (i int, ok bool) {
	return slices.BinarySearchFunc(b.opened, place, func(o opened, at int) int { return o.at - at })
}
