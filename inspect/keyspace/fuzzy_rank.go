package keyspace

import (
	"context"
	"math"
	"sync/atomic"
)

// rank scores the keys below limit and sorts them: the best score first, then
// the shortest name, then as scanned. It stops early when enough have been
// found; 0 is never enough.
func (b *builder) rank(limit uint32, enough int) (*Rows, error) {
	var from uint32
	var known []uint32
	if b.prev != nil {
		known, from = b.prev.ids, b.prev.snap.n
	}
	if b.prev == nil || len(known) > b.s.living/2 {
		known, from = nil, 0
	}
	from = max(from, b.s.base)
	blocks := (len(known) + rankBlock - 1) / rankBlock
	all := blocks + (int(max(limit, from)-from)+rankBlock-1)/rankBlock

	ranked := make([][]uint64, all)
	var scratch [maxWorkers]aligner
	var found, unknown, done atomic.Int64
	ctx, stop := context.WithCancel(b.ctx)
	defer stop()
	err := parallel(punctual{ctx}, all, func(worker, block int) {
		r := ranker{b: b, scratch: &scratch[worker]}
		if block < blocks {
			for _, id := range known[block*rankBlock : min(len(known), (block+1)*rankBlock)] {
				r.add(id)
			}
		} else {
			lo := from + uint32((block-blocks)*rankBlock)
			for id := lo; id < min(limit, lo+rankBlock); id++ {
				r.add(id)
			}
		}
		ranked[block] = r.ranked
		unknown.Add(int64(r.unknown))
		done.Add(1)
		if n := found.Add(int64(len(r.ranked))); enough > 0 && n >= int64(enough) {
			stop()
		}
	})
	if err != nil && enough == 0 {
		return nil, err
	}
	keys := make([]uint64, 0, found.Load())
	for _, some := range ranked {
		keys = append(keys, some...)
	}
	r := &Rows{
		snap: b.s, spec: b.spec, matcher: b.m, all: b.all, flip: b.spec.Reverse,
		unknown: int(unknown.Load()), complete: int(done.Load()) == all && limit == b.s.n,
		ids: make([]uint32, len(keys)),
	}
	sortFrom := 32
	if blocks > 0 {
		sortFrom = 0 // what was known came in another order than that of ids
	}
	for i, k := range radixSort(keys, sortFrom) {
		r.ids[i] = uint32(k)
	}
	return r, nil
}

const rankBlock = 1 << 13 // keys between two looks at the context

// A ranker scores one block of keys.
type ranker struct {
	b       *builder
	scratch *aligner
	ranked  []uint64 // score, length and id, packed so that the best is smallest
	unknown int
}

func (r *ranker) add(id uint32) {
	s := r.b.s
	if !s.IsAlive(id) {
		return
	}
	name := s.Name(id)
	score, ok := r.b.m.fuzzy.score(name, r.scratch)
	if !ok {
		return
	}
	if !s.wanted(r.b.spec.Query, id, &r.unknown) {
		return
	}
	rank := uint64(math.MaxUint16 - min(score, math.MaxUint16))
	length := uint64(min(len(name), math.MaxUint16))
	r.ranked = append(r.ranked, rank<<48|length<<32|uint64(id))
}
