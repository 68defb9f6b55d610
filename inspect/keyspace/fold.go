package keyspace

import "slices"

// Fold opens or folds a node and returns the rows that follow from it. Nothing
// is filtered or sorted again, but for the items of a node that opens when the
// rows are ordered by TTL or size. A prefix inside a joined node means that
// node; one that is not on the screen is remembered in the spec's open set.
func (r *Rows) Fold(prefix []byte, open bool) *Rows {
	if r.root == nil {
		return r
	}
	next := *r
	next.root = r.root.fold(prefix, open, &next.spec)
	return &next
}

// Toggle opens a folded node and folds an open one.
func (r *Rows) Toggle(prefix []byte) *Rows {
	if i := r.FindNode(prefix); i >= 0 {
		return r.Fold(prefix, !r.At(i).Open)
	}
	return r.Fold(prefix, !r.spec.Open.Has(prefix))
}

// fold returns the branch with the node of prefix changed somewhere below, and
// updates the open set.
func (b *branch) fold(prefix []byte, open bool, spec *RowSpec) *branch {
	k, ok := b.kid(prefix)
	if !ok {
		spec.Open = spec.Open.With(prefix, open)
		return b
	}
	t := b.tree
	g := t.groups[b.kids[k]]
	place := b.place(int(b.number[k]))
	i, isOpen := b.openAt(place)
	next := *b
	full := t.prefix(g)
	switch {
	case len(full) < len(prefix) && !isOpen:
		spec.Open = spec.Open.With(prefix, open)
		return b
	case len(full) < len(prefix):
		child := b.opened[i].branch.fold(prefix, open, spec)
		next.opened = slices.Clone(b.opened)
		next.opened[i].branch = child
	default:
		if g.name > 0 {
			spec.Open = spec.Open.With(full, open)
		}
		// All prefixes of a joined node go together, so that it stays as it is
		// when a new key takes it apart.
		for n := int(b.plen) + 1; n <= len(full) && g.name == 0; n++ {
			if t.delims.last(full[:n]) == n {
				spec.Open = spec.Open.With(full[:n], open)
			}
		}
		switch {
		case isOpen == open:
			return b
		case isOpen:
			next.opened = slices.Delete(slices.Clone(b.opened), i, i+1)
		default:
			child := t.newBranch(b.kids[k], b.depth+1, spec)
			next.opened = slices.Insert(slices.Clone(b.opened), i, opened{at: place, branch: child})
		}
	}
	next.count()
	return &next
}
