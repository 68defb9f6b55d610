package keyspace

import (
	"context"
	"runtime"
	"slices"
)

// sorting is what a list of ids is sorted by.
type sorting uint8

const (
	byOther sorting = iota
	byID            // as scanned
	byName
)

// A nameOrder is all keys that lived when the ids below n were issued, sorted
// by name. Those that have died since are still in it.
type nameOrder struct {
	ids []uint32
	n   uint32
}

// A builder is one Build.
type builder struct {
	ctx     context.Context
	s       *Snapshot
	spec    RowSpec
	m       *Matcher
	prev    *Rows      // nil when it is of no use
	all     *nameOrder // from prev, perhaps not up to date; may be nil
	grouped *grouping  // the same
	unknown int
	partial bool // not all matches are there
}

// Build returns the rows that a spec asks for. What prev knows is used when the
// query narrows and the snapshot is the same or has only grown; it may be nil.
// The errors are ctx's, and a regular expression that does not parse.
func Build(ctx context.Context, s *Snapshot, spec RowSpec, prev *Rows) (*Rows, error) {
	b, err := newBuilder(ctx, s, spec, prev)
	if err != nil {
		return nil, err
	}
	return b.build()
}

func (b *builder) build() (*Rows, error) {
	if b.spec.ranked() {
		return b.rank(b.s.n, 0)
	}
	ids, sorted, err := b.matches()
	if err != nil {
		return nil, err
	}
	return b.arrange(ids, sorted)
}

func newBuilder(ctx context.Context, s *Snapshot, spec RowSpec, prev *Rows) (*builder, error) {
	m, err := spec.Query.Compile()
	if err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, s: s, spec: spec, m: m}
	if prev == nil || prev.snap.index != s.index || prev.snap.epoch != s.epoch || prev.snap.n > s.n {
		return b, nil
	}
	b.all, b.grouped = prev.all, prev.grouped
	// Metadata may have changed since, in either direction.
	if old := prev.spec.Query; prev.complete && spec.Query.narrows(old) && !old.usesMeta() && !prev.spec.usesNames() {
		b.prev = prev
	}
	return b, nil
}

// matches returns the keys that match, by whatever name.
func (b *builder) matches() ([]uint32, sorting, error) {
	ids, sorted, err := b.matching()
	if err != nil {
		return nil, 0, err
	}
	return b.called(ids, sorted)
}

// matching returns the keys whose own names match.
func (b *builder) matching() ([]uint32, sorting, error) {
	p := b.prev
	if p != nil && p.spec.Query != b.spec.Query && len(p.ids) > b.s.living/8 {
		p = nil // the arena is read faster than so many names one by one
	}
	ids, ok := b.headed()
	few := len(ids) < b.s.living/16 || b.spec.byName() && b.m.decided()
	if ok && few && (p == nil || len(ids) < len(p.ids)) {
		ids, err := b.keep(ids, b.m.decided())
		return ids, byName, err
	}
	if p == nil {
		found, unknown, err := b.s.scan(b.ctx, b.m, 0, b.s.n)
		if err != nil {
			return nil, 0, err
		}
		b.unknown = unknown
		return found.ids(), byID, nil
	}
	ids = p.ids
	same := p.spec.Query == b.spec.Query
	if !same || p.snap.rev != b.s.rev || b.spec.Query.usesMeta() {
		var err error
		if ids, err = b.keep(ids, same); err != nil {
			return nil, 0, err
		}
	}
	return b.grow(ids, p)
}

// headed returns the keys that begin as every match does, by name, when the
// order of all names is known.
func (b *builder) headed() ([]uint32, bool) {
	if b.all == nil || b.all.n != b.s.n || len(b.m.head) == 0 {
		return nil, false
	}
	lo, hi := b.s.prefixRange(b.all.ids, b.m.head)
	return b.all.ids[lo:hi], true
}

// keep returns those of the ids that live and match, in their order; their
// names are not looked at when they are known to match.
func (b *builder) keep(ids []uint32, known bool) ([]uint32, error) {
	var kept []uint32
	if known {
		kept = make([]uint32, 0, len(ids))
	}
	for i, id := range ids {
		if i%10000 == 0 {
			if b.ctx.Err() != nil {
				return nil, b.ctx.Err()
			}
			runtime.Gosched() // see parallel
		}
		if b.s.IsAlive(id) && (known || b.m.Match(b.s.Name(id))) && b.s.wanted(b.spec.Query, id, &b.unknown) {
			kept = append(kept, id)
		}
	}
	return kept, nil
}

// grow adds to ids, which are those of prev that still match, the matches
// among the keys that are newer than prev.
func (b *builder) grow(ids []uint32, prev *Rows) ([]uint32, sorting, error) {
	found, unknown, err := b.s.scan(b.ctx, b.m, prev.snap.n, b.s.n)
	if err != nil {
		return nil, 0, err
	}
	b.unknown += unknown
	fresh := found.ids()
	switch {
	case len(fresh) == 0:
		return ids, prev.sorted, nil
	case prev.sorted == byName:
		if err := b.s.sortNames(b.ctx, fresh); err != nil {
			return nil, 0, err
		}
		return b.s.mergeNames(ids, fresh), byName, nil
	}
	return append(slices.Clip(ids), fresh...), prev.sorted, nil
}

// wanted reports whether a key's metadata matches, and counts it when that is
// not known.
func (s *Snapshot) wanted(q Query, id uint32, unknown *int) bool {
	if !q.usesMeta() {
		return true
	}
	m := s.Meta(id)
	ok, known := q.matchMeta(m.Expiry, m.Type)
	if !known {
		*unknown++
	}
	return ok
}

// arrange puts the ids in order and makes rows of them.
func (b *builder) arrange(ids []uint32, sorted sorting) (*Rows, error) {
	spec := &b.spec
	r := &Rows{snap: b.s, spec: b.spec, matcher: b.m, complete: !b.partial}
	var err error
	switch {
	case spec.byName():
		ids, err = b.byName(ids, sorted)
		r.sorted, r.flip = byName, spec.Reverse && !spec.Tree
	case spec.Order == ByScan:
		ids = ascending(ids, sorted)
		r.sorted, r.flip = byID, spec.Reverse
	default:
		ids, err = b.byMeta(ids, sorted)
	}
	if err != nil {
		return nil, err
	}
	r.ids, r.all, r.unknown = ids, b.all, b.unknown
	if spec.Tree {
		if r.grouped, err = b.grouping(); err != nil {
			return nil, err
		}
		t, err := newGroupedTree(b.ctx, b.s, ids, newDelims(spec.Delims, spec.Prefixes), r.grouped)
		if err != nil {
			return nil, err
		}
		t.sum()
		r.root = t.newBranch(noGroup, 0, spec)
	}
	return r, b.ctx.Err()
}

func ascending(ids []uint32, sorted sorting) []uint32 {
	if sorted != byID {
		ids = slices.Clone(ids)
		slices.Sort(ids)
	}
	return ids
}

// byName sorts ids by name, from the order of all names when there is one and
// they are many.
func (b *builder) byName(ids []uint32, sorted sorting) ([]uint32, error) {
	if sorted == byName {
		return ids, nil
	}
	if b.all != nil && len(ids) > b.s.living/16 {
		if err := b.growAll(); err != nil {
			return nil, err
		}
		wanted := newBitmap(b.s.base, b.s.n)
		for _, id := range ids {
			wanted.set(id)
		}
		named := make([]uint32, 0, len(ids))
		for _, id := range b.all.ids {
			if wanted.has(id) {
				named = append(named, id)
			}
		}
		return named, nil
	}
	ids = slices.Clone(ids)
	if err := b.s.sortNames(b.ctx, ids); err != nil {
		return nil, err
	}
	if q := b.spec.Query; q.Text == "" && !q.usesMeta() && !b.partial {
		b.all = &nameOrder{ids, b.s.n}
	}
	return ids, nil
}

// growAll adds the keys to the order of all names that are not yet in it.
func (b *builder) growAll() error {
	if b.all.n == b.s.n {
		return nil
	}
	found, _, err := b.s.scan(b.ctx, &Matcher{}, b.all.n, b.s.n)
	if err != nil {
		return err
	}
	fresh := found.ids()
	if err := b.s.sortNames(b.ctx, fresh); err != nil {
		return err
	}
	b.all = &nameOrder{b.s.mergeNames(b.all.ids, fresh), b.s.n}
	return nil
}

// byMeta sorts by TTL or size: by name first, for the ties.
func (b *builder) byMeta(ids []uint32, by sorting) ([]uint32, error) {
	ids, err := b.byName(ids, by)
	if err != nil {
		return nil, err
	}
	keys := make([]uint64, len(ids))
	if err := b.s.metaKeys(b.ctx, keys, ids, b.spec.Order); err != nil {
		return nil, err
	}
	sorted, unknown := sortKeys(keys, ids, b.spec.descending())
	b.unknown += unknown
	return sorted, b.ctx.Err()
}
