package keyspace

import (
	"context"
	"slices"
)

// AliasFinder finds keys by what else a reader knows them by, such as the call whose
// result a key holds. It must not change while it is in use, and is called by
// several goroutines at once. Two are the same when they are equal: a pointer
// will do.
type AliasFinder interface {
	// Called returns the names of the keys that text is a part of another name
	// of: those of the snapshot, perhaps others, and some perhaps twice.
	Called(ctx context.Context, s *Snapshot, text string) [][]byte
}

// usesNames reports whether other names than the keys' own are searched.
func (s *RowSpec) usesNames() bool {
	return s.Names != nil && s.Query.Mode == Substring && s.Query.Text != ""
}

// called adds the keys that match by another name to those that match by their
// own.
func (b *builder) called(ids []uint32, sorted sorting) ([]uint32, sorting, error) {
	if !b.spec.usesNames() {
		return ids, sorted, nil
	}
	var more []uint32
	for _, name := range b.spec.Names.Called(b.ctx, b.s, b.spec.Query.Text) {
		id, ok := b.s.lookup(name)
		if ok && b.s.IsAlive(id) && !b.m.Match(name) && b.s.wanted(b.spec.Query, id, &b.unknown) {
			more = append(more, id)
		}
	}
	if b.ctx.Err() != nil || len(more) == 0 {
		return ids, sorted, b.ctx.Err()
	}
	ids = slices.Concat(ids, more)
	slices.Sort(ids)
	return slices.Compact(ids), byID, nil
}

// Count returns how many keys a spec lets through, without making rows of them.
func Count(ctx context.Context, s *Snapshot, spec RowSpec) (int, error) {
	b, err := newBuilder(ctx, s, spec, nil)
	if err != nil {
		return 0, err
	}
	ids, _, err := b.matches()
	return len(ids), err
}
