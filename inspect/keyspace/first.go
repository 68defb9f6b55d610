package keyspace

import (
	"context"
	"slices"
)

// firstFound is how many matches are sorted at most for the first rows.
const firstFound = 1 << 14

// First returns rows for the first screen before Build has them all. It looks
// at keys until it has found n, in the order that was asked for when that is
// known already and as scanned otherwise, or until ctx is done, which is no
// error: give it a deadline. The rows are in order, but without Rows.Complete
// others may come between them.
func First(ctx context.Context, s *Snapshot, spec Spec, prev *Rows, n int) (*Rows, error) {
	b, err := newBuilder(context.WithoutCancel(ctx), s, spec, prev)
	if err != nil {
		return nil, err
	}
	if spec.ranked() {
		b.ctx = ctx
		return b.rank(s.n, max(n, 4*firstFound))
	}
	var ids []uint32
	sorted, complete := byID, true
	switch {
	case !spec.Tree && spec.Order == ByName && b.all != nil && b.all.n == s.n:
		sorted = byName
		ids, complete = b.walk(ctx, len(b.all.ids), n, func(i int) uint32 { return b.all.ids[i] })
	case !spec.Tree && spec.Order == ByScan:
		ids, complete = b.walk(ctx, int(s.n-s.base), n, func(i int) uint32 { return s.base + uint32(i) })
	default:
		ids, complete = b.scanSome(ctx, max(n, firstFound))
	}
	r, err := b.arrange(ids, sorted)
	if err != nil {
		return nil, err
	}
	r.complete = complete
	return r, nil
}

// walk tests the ids of an order one by one, from its end when it is reversed,
// until it has found enough. The result is in the order's direction.
func (b *builder) walk(ctx context.Context, all, enough int, at func(i int) uint32) (ids []uint32, complete bool) {
	for i := range all {
		if len(ids) >= enough || i%1000 == 0 && ctx.Err() != nil {
			return b.directed(ids), false
		}
		k := i
		if b.spec.Reverse {
			k = all - 1 - i
		}
		id := at(k)
		if b.s.Live(id) && b.m.Match(b.s.Name(id)) && b.s.wanted(b.spec.Query, id, &b.unknown) {
			ids = append(ids, id)
		}
	}
	return b.directed(ids), true
}

// directed turns ids round that were found from the end of their order.
func (b *builder) directed(ids []uint32) []uint32 {
	if b.spec.Reverse {
		slices.Reverse(ids)
	}
	return ids
}

// scanSome filters the arena a few pages at a time.
func (b *builder) scanSome(ctx context.Context, enough int) (ids []uint32, complete bool) {
	const step = 8 * pageSize
	for from := uint64(b.s.base); from < uint64(b.s.n); from += step {
		if len(ids) >= enough || ctx.Err() != nil {
			return ids, false
		}
		to := uint32(min(from+step, uint64(b.s.n)))
		found, unknown, err := b.s.scan(context.WithoutCancel(ctx), b.m, uint32(from), to)
		if err != nil {
			return ids, false
		}
		b.unknown += unknown
		ids = append(ids, found.ids()...)
	}
	return ids, true
}
