package inspect

import (
	"context"
	"fmt"
	"sync/atomic"
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
	full  atomic.Bool
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
		Addr: here.Addr, DB: here.DB, When: now, What: fmt.Sprintf("%.200s", p.What), Wrote: p.wrote,
	})
	if err != nil {
		return nil, err
	}
	return &saver{c: c, j: j, limit: limit}, nil
}

// savedBatch is some keys of which so many can be undone: they are on the disk,
// or were gone before.
type savedBatch struct {
	keys  [][]byte
	sizes []int64 // MEMORY USAGE, nil where it is not to be had
	saved int
	err   error // of the journal, or a lost server: nothing more must be deleted
}

const savedAhead = 4 // batches that may be in the journal before they are deleted

// stream cuts keys into batches, and gives each out when it is on the disk; a
// nil saver gives them out as they are. It works ahead: while one batch is
// deleted, the next ones are dumped, and one fsync is for all that were dumped
// during the last. The channel is closed at the end, or when ctx ends.
func (s *saver) stream(ctx context.Context, keys [][]byte) <-chan savedBatch {
	out := s.stage(ctx, cut(ctx, keys), 1, (*saver).size)
	out = s.stage(ctx, out, savedAhead, (*saver).save)
	if s == nil {
		return out
	}
	synced := make(chan savedBatch)
	go func() {
		defer close(synced)
		for b := range out {
			group := []savedBatch{b}
			for len(out) > 0 {
				group = append(group, <-out)
			}
			err := s.j.sync()
			for _, b := range group {
				if b.err == nil {
					b.err = err
				}
				select {
				case synced <- b:
				case <-ctx.Done():
				}
			}
		}
	}()
	return synced
}

// cut gives out keys in batches.
func cut(ctx context.Context, keys [][]byte) <-chan savedBatch {
	out := make(chan savedBatch)
	go func() {
		defer close(out)
		for len(keys) > 0 {
			n := min(len(keys), deleteBatch)
			select {
			case out <- savedBatch{keys: keys[:n]}:
				keys = keys[n:]
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// stage does something to each batch, in a goroutine that may be some batches
// ahead; a nil saver does nothing. The first error ends it.
func (s *saver) stage(ctx context.Context, in <-chan savedBatch, ahead int, do func(*saver, context.Context, *savedBatch) error) <-chan savedBatch {
	if s == nil {
		return in
	}
	out := make(chan savedBatch, ahead)
	go func() {
		defer close(out)
		for b := range in {
			if b.err == nil && !s.full.Load() {
				b.err = do(s, ctx, &b)
			}
			select {
			case out <- b:
			case <-ctx.Done():
				return
			}
			if b.err != nil {
				return
			}
		}
	}()
	return out
}

// size asks for MEMORY USAGE of the keys, where it is to be had.
func (s *saver) size(ctx context.Context, b *savedBatch) error {
	if s.c.lacks("MEMORY USAGE") {
		return nil
	}
	replies, err := s.c.pipeline(ctx, len(b.keys), func(i int) []any {
		return []any{"memory", "usage", b.keys[i]}
	})
	if err != nil {
		return err
	}
	b.sizes = make([]int64, len(b.keys))
	for i, r := range replies {
		n, err := r.number()
		if unsupported(err) {
			s.c.missMemory()
			b.sizes = nil
			return nil
		}
		b.sizes[i] = n // 0 for one that is gone or hidden
	}
	return nil
}

// save adds the keys to the journal, in groups of a bounded size. A key that
// cannot be dumped is not saved, and that is no error.
func (s *saver) save(ctx context.Context, b *savedBatch) error {
	for from := 0; from < len(b.keys) && !s.full.Load(); {
		to, sum := b.group(from)
		group := b.keys[from:to]
		from = to
		if sum > saveKeyMax {
			continue // one key alone
		}
		n, err := s.dump(ctx, group)
		if err != nil {
			return err
		}
		b.saved += n
	}
	return nil
}

// group returns the end of the keys that may be dumped together, and their
// size, 0 when it is not known.
func (b *savedBatch) group(from int) (to int, sum int64) {
	if b.sizes == nil {
		return min(len(b.keys), from+saveKeys), 0
	}
	for to = from; to < len(b.keys); to++ {
		if to > from && sum+b.sizes[to] > saveBytes {
			break
		}
		sum += b.sizes[to]
	}
	return to, sum
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
			s.full.Store(true)
			return saved, nil
		case err != nil:
			continue
		case r.dump == nil: // it is gone
			saved++
			continue
		case s.j.bytes+int64(len(r.key)+len(r.dump)) > s.limit:
			s.full.Store(true)
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
