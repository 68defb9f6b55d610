package keyspace

import (
	"context"
	"slices"
)

const (
	firstWalk  = 1 << 15 // names that are looked at one by one, some 2 ms
	firstFound = 1 << 14 // matches that are sorted, some 3 ms
)

// First returns rows for the first screen before Build has them all: at least
// n, if there are so many and it finds them before ctx is done, which is no
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
	headed, ok := b.headed()
	if ok && len(headed) <= firstFound {
		return b.build()
	}
	var order []uint32 // nil: as scanned
	switch {
	case spec.Order != ByName || b.all == nil || b.all.n != s.n:
	case ok:
		order = headed
	default:
		order = b.all.ids
	}
	sorted, complete := byID, false
	ids, enough := b.walk(order, n)
	switch {
	case enough && order != nil:
		sorted = byName
	case !enough:
		ids, complete = b.scanSome(ctx, max(n, firstFound))
	}
	b.partial = !complete
	return b.arrange(ids, sorted)
}

// walk tests the first of some ids in order of their names one by one, or of all
// as scanned, until it has found enough. It does not try for an order that is
// not known yet, nor for a tree, which is of no use before it is whole.
func (b *builder) walk(order []uint32, enough int) (ids []uint32, ok bool) {
	all := len(order)
	if order == nil {
		all = int(b.s.n - b.s.base)
	}
	if b.spec.Tree || order == nil && b.spec.Order != ByScan {
		return nil, false
	}
	for i := range min(all, firstWalk) {
		if b.spec.Reverse {
			i = all - 1 - i
		}
		id := b.s.base + uint32(i)
		if order != nil {
			id = order[i]
		}
		if b.s.Live(id) && b.m.Match(b.s.Name(id)) && b.s.wanted(b.spec.Query, id, &b.unknown) {
			if ids = append(ids, id); len(ids) >= enough {
				return b.directed(ids), true
			}
		}
	}
	b.unknown = 0
	return nil, false
}

// directed turns ids round that were found from the end of their order.
func (b *builder) directed(ids []uint32) []uint32 {
	if b.spec.Reverse {
		slices.Reverse(ids)
	}
	return ids
}

// scanSome filters the arena, a stretch at a time that grows: the first of it
// is soon there.
func (b *builder) scanSome(ctx context.Context, enough int) (ids []uint32, complete bool) {
	step := uint64(8 * pageSize)
	for from := uint64(b.s.base); from < uint64(b.s.n); {
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
		from, step = uint64(to), min(2*step, 64*pageSize)
	}
	return ids, true
}
