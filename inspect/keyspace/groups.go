package keyspace

import (
	"bytes"
	"slices"
)

// Groups gives keys to nodes of a tree that their names say nothing of, such as
// results to the function that they are of. A key is in one group at most. Once
// it is in a Spec it must not be changed any more.
type Groups struct {
	index *Index
	epoch uint64
	names [][]byte
	of    []uint32 // the number of an id's group from 1 on; 0 is none
}

// NewGroups returns groups with these names for the keys of a snapshot, all of
// them empty. A name must not end in a delimiter of the tree, so that no prefix
// is mistaken for it. Rows of snapshots that number their keys differently have
// no groups.
func NewGroups(s *Snapshot, names []string) *Groups {
	g := &Groups{index: s.index, epoch: s.epoch, of: make([]uint32, s.n), names: make([][]byte, len(names))}
	for i, n := range names {
		g.names[i] = []byte(n)
	}
	return g
}

// Put puts a key of the snapshot into the group of that number, from 0 on.
func (g *Groups) Put(id uint32, group int) { g.of[id] = uint32(group) + 1 }

// group returns the number of an id's group, from 1 on, or 0.
func (g *Groups) group(id uint32) uint32 {
	if int(id) < len(g.of) {
		return g.of[id]
	}
	return 0
}

// suits reports whether the groups are of the same keys as the snapshot.
func (g *Groups) suits(s *Snapshot) bool { return g != nil && g.index == s.index && g.epoch == s.epoch }

// part returns ids, which are sorted by name, with those of each group
// together at the beginning, and the groups that there are. What is in a group,
// and the rest, stays in its order.
func (g *Groups) part(ids []uint32) ([]uint32, []group) {
	count := make([]uint32, len(g.names)+1)
	for _, id := range ids {
		count[g.group(id)]++
	}
	if int(count[0]) == len(ids) {
		return ids, nil
	}
	next := make([]uint32, len(count))
	at := uint32(0)
	var groups []group
	for n := 1; n < len(count); n++ {
		next[n] = at
		if count[n] > 0 {
			groups = append(groups, group{lo: at, hi: at + count[n], skip: uint32(len(groups)) + 1, name: uint32(n)})
		}
		at += count[n]
	}
	next[0] = at
	parted := make([]uint32, len(ids))
	for _, id := range ids {
		n := g.group(id)
		parted[next[n]] = id
		next[n]++
	}
	return parted, groups
}

// kidNamed returns the place among the kids of the group of that name.
func (b *branch) kidNamed(name []byte) (k int, ok bool) {
	if b.lo > 0 || b.tree.grouped == 0 {
		return 0, false
	}
	for k, kid := range b.kids {
		g := b.tree.groups[kid]
		if g.name == 0 {
			break
		}
		if bytes.Equal(b.tree.prefix(g), name) {
			return k, true
		}
	}
	return 0, false
}

// InGroup returns the matching keys of a node that is a group, by name; nil
// when there is no such node. The slice is the caller's.
func (r *Rows) InGroup(name []byte) []uint32 {
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
func (t *tree) place(name []byte, groups *Groups) (uint32, bool) {
	lo, hi := t.grouped, uint32(len(t.ids))
	if t.grouped > 0 {
		if id, ok := t.snap.lookup(name); ok && groups.group(id) > 0 {
			n := groups.group(id)
			at := slices.IndexFunc(t.groups, func(g group) bool { return g.name == n })
			if at < 0 {
				return 0, false
			}
			lo, hi = t.groups[at].lo, t.groups[at].hi
		}
	}
	at := lo + uint32(t.snap.lowerBound(t.ids[lo:hi], name))
	return at, at < hi && bytes.Equal(t.snap.Name(t.ids[at]), name)
}
