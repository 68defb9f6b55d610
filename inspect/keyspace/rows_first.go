package keyspace

import (
	"context"
	"errors"
	"slices"
)

const (
	firstWalk  = 1 << 14 // names that are looked at one by one, some 1 ms
	firstFound = 1 << 12 // matches that are sorted, less than 1 ms
	firstWhole = 1 << 14 // names with the right beginning that are all tested
	firstRank  = 1 << 16 // matches that are ranked
)

// BuildFirst returns rows for the first screen before Build has them all: at least
// n, if there are so many and it finds them before the deadline of ctx, which
// is no error. The rows are in order, but without Rows.Complete others may come
// between them.
func BuildFirst(ctx context.Context, s *Snapshot, spec RowSpec, prev *Rows, n int) (*Rows, error) {
	b, err := newBuilder(ctx, s, spec, prev)
	if err != nil {
		return nil, err
	}
	r, err := b.first(n)
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, ctx.Err()
	}
	return r, err
}

func (b *builder) first(n int) (*Rows, error) {
	if b.spec.ranked() {
		return b.rank(b.s.n, max(n, firstRank))
	}
	search := punctual{b.ctx}
	b.ctx = context.WithoutCancel(b.ctx) // what was found is put in order whatever the time
	headed, ok := b.headed()
	if ok && len(headed) <= firstWhole {
		return b.build()
	}
	var order []uint32 // nil: as scanned
	switch {
	case b.spec.Order != ByName || b.all == nil || b.all.n != b.s.n:
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
		ids, complete = b.scanSome(search, max(n, firstFound))
	}
	b.partial = !complete || b.spec.usesNames()
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
		if b.s.IsAlive(id) && b.m.Match(b.s.Name(id)) && b.s.wanted(b.spec.Query, id, &b.unknown) {
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

// scanSome filters the arena, a stretch at a time, until it has found enough.
func (b *builder) scanSome(ctx context.Context, enough int) (ids []uint32, complete bool) {
	const step = 4 * blockPages * pageSize
	for from := uint64(b.s.base); from < uint64(b.s.n); from += step {
		if len(ids) >= enough {
			return ids[:enough], false
		}
		if ctx.Err() != nil {
			return ids, false
		}
		to := uint32(min(from+step, uint64(b.s.n)))
		// The context of b is never done, so there is no error.
		found, unknown, _ := b.s.scan(b.ctx, b.m, uint32(from), to)
		b.unknown += unknown
		ids = append(ids, found.ids()...)
	}
	if len(ids) > firstWhole {
		return ids[:enough], false
	}
	return ids, true
}
