package inspect

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// saver puts keys into the journal of one delete, until its limit.
type saver struct {
	dumper
	j     *journal
	limit int64
	full  atomic.Bool
}

// newSaver begins the journal of a change that is called what; wrote is as in its
// header. It is nil when nothing can be undone.
func (c *Client) newSaver(what, wrote string, now time.Time) (*saver, error) {
	limit := c.UndoLimit()
	if limit == 0 {
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
	j, err := c.createJournal(dir, journalHeader{
		Addr: here.Addr, DB: here.DB, When: now, What: fmt.Sprintf("%.200s", what), Wrote: wrote,
	})
	if err != nil {
		return nil, err
	}
	return &saver{dumper: dumper{c: c}, j: j, limit: limit}, nil
}

// savedBatch is some keys of which so many can be undone: they are on the disk,
// or were gone before.
type savedBatch struct {
	keys  [][]byte
	sizes []int64 // as dumper.size has them
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

// dump adds a group of keys to the journal, until it is full.
func (s *saver) dump(ctx context.Context, keys [][]byte) (int, error) {
	dumps, err := s.ask(ctx, keys)
	if err != nil {
		return 0, err
	}
	saved := 0
	for _, d := range dumps {
		switch {
		case unsupported(d.err):
			s.c.missDump()
			s.full.Store(true)
			return saved, nil
		case refused(d.err) != nil:
			return saved, fmt.Errorf("dump %q: %w", d.key, refused(d.err))
		case d.err != nil:
			continue
		case d.dump == nil: // it is gone
			saved++
			continue
		case s.j.bytes+int64(len(d.key)+len(d.dump)) > s.limit:
			s.full.Store(true)
			return saved, nil
		}
		if err := s.j.add(d.record); err != nil {
			return saved, err
		}
		saved++
	}
	return saved, nil
}

// keep writes keys into the journal, onto the disk, and returns how many of them
// are not in it though they exist.
func (s *saver) keep(ctx context.Context, keys [][]byte) (lost int, err error) {
	b := savedBatch{keys: keys}
	if s.full.Load() {
		return len(keys), nil
	}
	if err := s.size(ctx, &b); err != nil {
		return 0, err
	}
	if err := s.save(ctx, &b); err != nil {
		return 0, err
	}
	return len(keys) - b.saved, s.j.sync()
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
