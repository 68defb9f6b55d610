//go:build scale

package ui

import (
	"slices"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// types times the search for a rare type, and for a common one, beside a look
// at every key, on a server of its own where one key in a hundred is a hash.
func (s *scale) types() {
	const hashes = 10_000
	mixed := &scale{t: s.t, srv: mixedServer(s.t, 1_000_000-hashes, hashes), keys: 1_000_000}
	var err error
	if mixed.c, err = inspect.Open(s.t.Context(), inspect.Config{URL: mixed.srv.URL(0), StateDir: s.t.TempDir()}); err != nil {
		s.t.Fatal(err)
	}
	defer mixed.c.Close()
	var took [3][]time.Duration
	for range 3 {
		for i, look := range []func(*keyspace.Index){
			mixed.readAll,
			func(idx *keyspace.Index) { mixed.pass(idx, keyspace.Hash) },
			func(idx *keyspace.Index) { mixed.pass(idx, keyspace.String) },
		} {
			idx := mixed.list()
			start := time.Now()
			look(idx)
			took[i] = append(took[i], time.Since(start))
		}
	}
	for i := range took {
		slices.Sort(took[i])
	}
	all, rare, common := took[0][1], took[1][1], took[2][1]
	s.row("hashes, 1 in 100", round(rare), round(all)+" type and TTL of every key", times(rare, all), "below 1x")
	s.row("strings, 99 in 100", round(common), round(all)+" type and TTL of every key", times(common, all), "at most 1.1x")
}

// pass finds the keys of a type as the screen does.
func (s *scale) pass(idx *keyspace.Index, of keyspace.Type) {
	p := &typePass{of: of, be: Wrap(s.c), idx: idx}
	for {
		_, end, err := p.next(s.t.Context(), false)
		switch {
		case err != nil:
			s.t.Fatal(err)
		case end == passUseless:
			s.readAll(idx)
			return
		case end == passWhole:
			return
		}
	}
}

// readAll reads the type and the time to live of every key that has none yet.
func (s *scale) readAll(idx *keyspace.Index) {
	snap := idx.Snapshot()
	var names [][]byte
	for id := range uint32(snap.Len()) {
		if snap.Meta(id).Expiry == keyspace.UnknownExpiry {
			names = append(names, snap.Name(id))
		}
	}
	for batch := range slices.Chunk(names, metaStep) {
		if _, err := readMeta(s.t.Context(), Wrap(s.c), idx, batch, false); err != nil {
			s.t.Fatal(err)
		}
	}
}
