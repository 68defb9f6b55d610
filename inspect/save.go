package inspect

import (
	"context"
	"fmt"
	"time"

	"cacheview/inspect/keyspace"
)

const (
	// saveBytes is how much is dumped at a time, by what MEMORY USAGE says,
	// and saveKeys how many keys where it says nothing.
	saveBytes = 8 << 20
	saveKeys  = 16
	// saveKeyMax is the largest key that is dumped: a dump is one answer, and
	// nobody else gets one meanwhile.
	saveKeyMax = 64 << 20
)

// saver puts keys into the journal of one delete, until its limit.
type saver struct {
	c     *Client
	j     *journal
	limit int64
	full  bool
	pttl  bool // there is no PEXPIRETIME (before Redis 7)
}

// newSaver begins a journal; it is nil when nothing can be undone.
func (c *Client) newSaver(p *Plan, now time.Time) (*saver, error) {
	limit := c.UndoLimit()
	if limit == 0 || len(p.Keys) == 0 {
		return nil, nil
	}
	dir, err := c.journalDir()
	if err != nil {
		return nil, err
	}
	if err := c.prune(); err != nil {
		return nil, err
	}
	here := c.Server()
	j, err := createJournal(dir, journalHeader{
		Addr: here.Addr, DB: here.DB, When: now, What: fmt.Sprintf("%.200s", p.What),
	})
	if err != nil {
		return nil, err
	}
	return &saver{c: c, j: j, limit: limit}, nil
}

// save returns how many of the keys are now on the disk, or need not be because
// they are gone. A key that cannot be dumped is none; an error is of the
// journal or of a lost server, and then nothing must be deleted.
func (s *saver) save(ctx context.Context, keys [][]byte) (int, error) {
	if s.full {
		return 0, nil
	}
	sizes, err := s.sizes(ctx, keys)
	if err != nil {
		return 0, err
	}
	saved := 0
	for from := 0; from < len(keys) && !s.full; {
		to, sum := from, int64(0)
		for to < len(keys) {
			if sizes == nil && to-from == saveKeys || sizes != nil && to > from && sum+sizes[to] > saveBytes {
				break
			}
			if sizes != nil {
				sum += sizes[to]
			}
			to++
		}
		group := keys[from:to]
		from = to
		if sum > saveKeyMax {
			continue // one key alone
		}
		n, err := s.dump(ctx, group)
		if err != nil {
			return saved, err
		}
		saved += n
	}
	return saved, s.j.sync()
}

// sizes is MEMORY USAGE of keys, nil where it is not to be had.
func (s *saver) sizes(ctx context.Context, keys [][]byte) ([]int64, error) {
	if s.c.lacks("MEMORY USAGE") {
		return nil, nil
	}
	replies, err := s.c.pipeline(ctx, len(keys), func(i int) []any {
		return []any{"memory", "usage", keys[i]}
	})
	if err != nil {
		return nil, err
	}
	sizes := make([]int64, len(keys))
	for i, r := range replies {
		n, err := r.number()
		if unsupported(err) {
			s.c.missMemory()
			return nil, nil
		}
		sizes[i] = n // 0 for one that is gone or hidden
	}
	return sizes, nil
}

// dump adds a group of keys to the journal, until it is full.
func (s *saver) dump(ctx context.Context, keys [][]byte) (int, error) {
	expiry := "pexpiretime"
	if s.pttl {
		expiry = "pttl"
	}
	replies, err := s.c.pipeline(ctx, 2*len(keys)+1, func(i int) []any {
		switch {
		case i == 0:
			return []any{"time"}
		case i%2 == 1:
			return []any{"dump", keys[i/2]}
		default:
			return []any{expiry, keys[i/2-1]}
		}
	})
	if err != nil {
		return 0, err
	}
	if _, err := replies[2].number(); unsupported(err) && !s.pttl {
		s.pttl = true
		return s.dump(ctx, keys)
	}
	now := replies[0].time()
	saved := 0
	for i, key := range keys {
		r, err := s.record(key, replies[1+2*i], replies[2+2*i], now)
		switch {
		case unsupported(err):
			s.c.missDump()
			s.full = true
			return saved, nil
		case err != nil:
			continue
		case r.dump == nil: // it is gone
			saved++
			continue
		case s.j.bytes+int64(len(r.key)+len(r.dump)) > s.limit:
			s.full = true
			return saved, nil
		}
		if err := s.j.add(r); err != nil {
			return saved, err
		}
		saved++
	}
	return saved, nil
}

func (s *saver) record(key []byte, dump, expiry rawReply, now int64) (record, error) {
	r := record{key: key, expiry: keyspace.NoExpiry}
	var err error
	if r.dump, err = dump.text(); err != nil {
		return r, err
	}
	at, err := expiry.number()
	if err != nil {
		return r, err
	}
	switch {
	case at == -2:
		r.dump = nil
	case at >= 0 && s.pttl:
		r.expiry = now + at
	case at >= 0:
		r.expiry = at
	}
	return r, nil
}

// close ends the journal and returns its id, "" when it is empty and was
// removed.
func (s *saver) close() (string, error) {
	if s.j.keys == 0 {
		s.j.discard()
		return "", nil
	}
	return s.j.id, s.j.close()
}
