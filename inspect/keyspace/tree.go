package keyspace

import (
	"bytes"
	"context"
)

// A tree is the prefixes that two or more of the ids share and that end in a
// delimiter, the longest one where several hold the same keys. It is flat:
// every group is a stretch of the ids, which are sorted by name, and a parent
// is right before its children.
type tree struct {
	snap   *Snapshot
	ids    []uint32
	delims delims
	groups []group
	// grouped is how many of the ids are in groups with a name: those come
	// first, and only the rest is by name as a whole.
	grouped  uint32
	grouping *grouping // nil when there are none
	sums     []sum     // of the groups, nil when no metadata is known
}

// A group is the ids lo to hi-1, whose names share plen bytes. The next group
// that is not below it is at skip.
type group struct {
	lo, hi uint32
	plen   uint32
	skip   uint32
	name   uint32 // of a group with a name its number, from 1 on; its keys share nothing
}

// delims is the set of bytes that end a segment, and the prefixes that are
// segments whatever they end in.
type delims struct {
	one   byte // when there is but one
	set   *[256]bool
	known [][]byte
}

func newDelims(s string, known Prefixes) delims {
	if s == "" {
		s = ":"
	}
	d := delims{one: s[0]}
	if known != nil {
		for _, p := range known.Prefixes() {
			d.known = append(d.known, []byte(p))
		}
	}
	if len(s) > 1 {
		d.set = new([256]bool)
		for i := range len(s) {
			d.set[s[i]] = true
		}
	}
	return d
}

// last returns the length of the longest prefix that ends in a delimiter or is a
// known one, or 0.
func (d delims) last(prefix []byte) int {
	at := d.lastByte(prefix)
	for _, p := range d.known {
		if len(p) > at && bytes.HasPrefix(prefix, p) {
			at = len(p)
		}
	}
	return at
}

func (d delims) lastByte(prefix []byte) int {
	if d.set == nil {
		return bytes.LastIndexByte(prefix, d.one) + 1
	}
	for i := len(prefix); i > 0; i-- {
		if d.set[prefix[i-1]] {
			return i
		}
	}
	return 0
}

const treeBlock = 1 << 13 // keys between two looks at the context

// newTree groups ids, which are sorted by name but for the first so many, which
// are in groups already.
func newTree(ctx context.Context, s *Snapshot, ids []uint32, d delims, grouped uint32) (*tree, error) {
	t := &tree{snap: s, ids: ids, delims: d, grouped: grouped}
	// shared[i] is how much of a prefix the i-th name shares with the one
	// before it: the heights that groups are cut from.
	shared := make([]uint32, len(ids)+1)
	err := parallel(ctx, (len(ids)+treeBlock-1)/treeBlock, func(_, block int) {
		lo := max(1, block*treeBlock, int(t.grouped)+1)
		hi := min(len(ids), (block+1)*treeBlock)
		if lo >= hi {
			return
		}
		before := s.Name(ids[lo-1])
		for i := lo; i < hi; i++ {
			name := s.Name(ids[i])
			shared[i] = uint32(d.last(name[:commonPrefix(before, name)]))
			before = name
		}
	})
	if err != nil {
		return nil, err
	}
	t.cut(shared)
	return t, nil
}

// cut makes the groups: the maximal stretches where the names share more than
// zero bytes of prefix. It goes from the last name to the first, so that a
// group is complete just after all below it; reversed, parents come first.
func (t *tree) cut(shared []uint32) {
	type open struct{ hi, plen, done uint32 } // done: groups that were complete before
	var stack []open
	var groups []group
	for i := len(t.ids) - 1; i >= 0; i-- {
		// The pair of i and the name behind it is behind us; this one is the
		// pair before i.
		height, hi, done := shared[i], uint32(i+1), uint32(len(groups))
		for len(stack) > 0 && stack[len(stack)-1].plen > height {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			groups = append(groups, group{lo: uint32(i), hi: top.hi, plen: top.plen, skip: uint32(len(groups)) - top.done})
			hi, done = top.hi, top.done
		}
		if height > 0 && (len(stack) == 0 || stack[len(stack)-1].plen < height) {
			stack = append(stack, open{hi, height, done})
		}
	}
	t.groups = make([]group, len(groups))
	for i := range groups {
		g := groups[len(groups)-1-i]
		g.skip += uint32(i) + 1 // it was the number of groups below
		t.groups[i] = g
	}
}

// prefix returns the prefix, or the name, of a group.
func (t *tree) prefix(g group) []byte {
	if g.name > 0 {
		return t.grouping.names[g.name-1]
	}
	return t.snap.Name(t.ids[g.lo])[:g.plen]
}

// A sum is what is known of all keys below a node.
type sum struct {
	bytes     int64 // of the known sizes
	soonest   int64 // the soonest known expiry; NoExpiry, UnknownExpiry
	sizeKnown bool  // all sizes are
	timeKnown bool  // all expiries are
	anySize   bool
}

var emptySum = sum{soonest: NoExpiry, sizeKnown: true, timeKnown: true}

func (a *sum) add(b sum) {
	a.bytes += b.bytes
	a.sizeKnown = a.sizeKnown && b.sizeKnown
	a.timeKnown = a.timeKnown && b.timeKnown
	a.anySize = a.anySize || b.anySize
	switch {
	case b.soonest > 0 && (a.soonest <= 0 || b.soonest < a.soonest):
		a.soonest = b.soonest
	case b.soonest == UnknownExpiry && a.soonest == NoExpiry:
		a.soonest = UnknownExpiry
	}
}

func metaSum(m Meta) sum {
	return sum{max(m.Size, 0), m.Expiry, m.Size >= 0, m.Expiry != UnknownExpiry, m.Size >= 0}
}

// sum adds up the metadata of the groups, from the last to the first: the sums
// of those below a group are there before its own.
func (t *tree) sum() {
	if !t.snap.hasMeta() {
		return
	}
	t.sums = make([]sum, len(t.groups))
	for i := len(t.groups) - 1; i >= 0; i-- {
		g, total := t.groups[i], emptySum
		at := g.lo
		for kid := uint32(i) + 1; kid < g.skip; kid = t.groups[kid].skip {
			t.addKeys(&total, at, t.groups[kid].lo)
			total.add(t.sums[kid])
			at = t.groups[kid].hi
		}
		t.addKeys(&total, at, g.hi)
		t.sums[i] = total
	}
}

func (t *tree) addKeys(total *sum, lo, hi uint32) {
	for _, id := range t.ids[lo:hi] {
		total.add(metaSum(t.snap.Meta(id)))
	}
}

// groupSum returns the sum of the i-th group.
func (t *tree) groupSum(i uint32) sum {
	if t.sums == nil {
		return sum{}
	}
	return t.sums[i]
}
