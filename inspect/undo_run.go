package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"cacheview/inspect/journal"
)

const (
	restoreKeys    = 1000    // of a pipeline of RESTORE
	restoreBytes   = 4 << 20 // and its values
	restoreWorkers = 3       // pipelines in flight
)

// undoing is the state of a running Undo or Import.
type undoing struct {
	c       *Client
	opt     UndoOptions
	op      string // of the journal that it writes
	over    string // its description
	dry     bool   // only count
	imports bool   // every key that is written goes into the journal
	noUndo  bool   // without a journal

	mu     sync.Mutex // of what follows
	report *UndoReport
	done   int
	w      *journal.Writer // nil without a journal
	clock  serverClock
	held   []journal.Entry // of keys that were changed more than once
}

// run restores what the sources return, one after the other. An error of a source
// other than io.EOF ends it once what came before is restored.
func (u *undoing) run(ctx context.Context, from ...source) error {
	if (u.opt.Replace || u.imports) && !u.dry && !u.noUndo {
		var err error
		if u.w, err = u.c.beginJournal(ctx, u.op, u.over); err != nil {
			return fmt.Errorf("undo journal: %w", err)
		}
	}
	var err error
	for _, next := range from {
		if err = u.each(ctx, next); err != nil || u.report.Stopped {
			break
		}
	}
	if err == nil && !u.report.Stopped {
		err = u.restoreHeld(ctx)
	}
	if u.w != nil {
		sum, jerr := u.w.Close()
		if sum.Undoable > 0 {
			u.report.Overwritten = u.w.ID()
		}
		if err == nil && jerr != nil {
			err = fmt.Errorf("undo journal: %w", jerr)
		}
	}
	return err
}

// each cuts the records into batches and has several of them in flight.
func (u *undoing) each(ctx context.Context, next source) error {
	batches := make(chan []journal.Entry)
	group, running := errgroup.WithContext(ctx)
	for range restoreWorkers {
		group.Go(func() error {
			for b := range batches {
				if err := u.batch(context.WithoutCancel(ctx), b); err != nil {
					return err
				}
				u.progress(len(b))
			}
			return nil
		})
	}
	var bad error
	for bad == nil && running.Err() == nil {
		var batch []journal.Entry
		if batch, bad = cutBatch(next); len(batch) == 0 {
			continue
		}
		select {
		case batches <- batch:
			continue
		case <-running.Done():
		}
		break
	}
	close(batches)
	if err := group.Wait(); err != nil {
		return err
	}
	if ctx.Err() != nil && !errors.Is(bad, io.EOF) {
		u.report.Stopped = true
		return nil
	}
	if errors.Is(bad, io.EOF) {
		return nil
	}
	return bad
}

// cutBatch reads the records of one batch. The error is that of the source.
func cutBatch(next source) (batch []journal.Entry, err error) {
	size := 0
	for len(batch) < restoreKeys && size < restoreBytes {
		e, err := next()
		if err != nil {
			return batch, err
		}
		batch = append(batch, e)
		size += len(e.Dump) + len(e.Key)
	}
	return batch, nil
}

func (u *undoing) progress(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.done += n
	if u.opt.Progress != nil {
		u.opt.Progress(u.done, max(u.report.Planned, u.done))
	}
}

// count changes the report, which several batches share.
func (u *undoing) count(fn func(r *UndoReport)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	fn(u.report)
}

// fail counts a key that could not be restored.
func (u *undoing) fail(key []byte, err error) {
	u.count(func(r *UndoReport) {
		r.Failed++
		if len(r.Errors) < maxErrors {
			r.Errors = append(r.Errors, KeyError{Op: "restore", Key: bytes.Clone(key), Err: err})
		}
	})
}

// batch restores some records.
func (u *undoing) batch(ctx context.Context, batch []journal.Entry) error {
	now, err := u.clock.now(ctx, u.c)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	var restores, others []journal.Entry
	for _, e := range batch {
		switch {
		case u.opt.Elsewhere:
			var ok bool
			if e, ok = elsewhere(e); !ok {
				u.count(func(r *UndoReport) { r.NotApplicable++ })
				continue
			}
		case e.Kind != journal.KindDelete:
			others = append(others, e)
			continue
		}
		if e.Expiry >= 0 && e.Expiry <= now {
			// RESTORE of older servers makes keys that have expired.
			u.count(func(r *UndoReport) { r.Expired++ })
			continue
		}
		restores = append(restores, e)
	}
	if u.opt.Replace {
		for _, e := range batch {
			if err := u.c.protected([][]byte{e.Key}); err != nil {
				return err
			}
		}
	}
	if u.dry {
		return u.countExisting(ctx, restores)
	}
	if err := u.restore(ctx, restores); err != nil {
		return err
	}
	return u.reverse(ctx, others, now)
}

// elsewhere makes a record whose value can be restored to a server that the
// operation did not change.
func elsewhere(e journal.Entry) (journal.Entry, bool) {
	if e.Dump == nil {
		return e, false
	}
	if e.Kind == journal.KindRename {
		e.Key = e.NewName
	}
	e.Kind = journal.KindDelete
	return e, true
}

// restore restores keys that do not exist, with one pipeline.
func (u *undoing) restore(ctx context.Context, batch []journal.Entry) error {
	if len(batch) == 0 {
		return nil
	}
	if u.imports {
		return u.create(ctx, batch)
	}
	replies, err := u.c.pipeline(ctx, len(batch), func(i int) []any {
		e := batch[i]
		return []any{"restore", e.Key, max(e.Expiry, 0), e.Dump, "absttl"}
	})
	if err != nil {
		u.count(func(r *UndoReport) { r.Failed += len(batch) })
		return u.c.lostErr(fmt.Errorf("restore: %w", err))
	}
	var there []journal.Entry
	var end error
	restored := 0
	for i, reply := range replies {
		_, err := reply.text()
		switch {
		case err == nil:
			restored++
		case isBusy(err):
			there = append(there, batch[i])
		default:
			if e := u.refused(batch[i], err); e != nil {
				end = e
			}
		}
	}
	u.count(func(r *UndoReport) { r.Restored += restored })
	if end != nil {
		return u.c.lostErr(fmt.Errorf("restore: %w", end))
	}
	return u.existing(ctx, there)
}

// refused counts a key that the server refused. It returns an error if every other
// key would be refused, too.
func (u *undoing) refused(e journal.Entry, err error) error {
	text := replyText(err)
	if strings.Contains(text, "payload version or checksum") || strings.Contains(text, "Bad data format") {
		switch {
		case journal.DumpHolds(e.Dump):
			err = fmt.Errorf("%w (RDB version %d): %w", ErrIncompatibleDump, journal.RDBVersion(e.Dump), err)
		default:
			err = fmt.Errorf("%w: %w", errBadPayload, err)
		}
	}
	u.fail(e.Key, err)
	if r := refused(err); r != nil {
		return r
	}
	if unsupported(err) {
		return err
	}
	return nil
}

// existing handles deleted keys that exist again, or that were never deleted.
func (u *undoing) existing(ctx context.Context, there []journal.Entry) error {
	if len(there) == 0 {
		return nil
	}
	same := make([]bool, len(there))
	if !u.imports { // which says what exists, whatever it holds
		var err error
		if same, err = u.holding(ctx, there); err != nil {
			return err
		}
	}
	var differ []journal.Entry
	for i, e := range there {
		switch {
		case same[i]:
			u.count(func(r *UndoReport) { r.Already++ })
		case e.Outcome == journal.InDoubt && !u.opt.Replace:
			u.count(func(r *UndoReport) { r.InDoubt++ })
		default:
			differ = append(differ, e)
		}
	}
	if u.opt.Replace {
		return u.replace(ctx, differ)
	}
	u.left(differ)
	return nil
}

// left counts keys that exist and are skipped.
func (u *undoing) left(entries []journal.Entry) {
	u.count(func(r *UndoReport) {
		for _, e := range entries {
			if e.Kind == journal.KindDelete {
				r.Exists++
			} else {
				r.Changed++
			}
			r.Existing = append(r.Existing, bytes.Clone(e.Key))
		}
	})
}

// undoSlack is the difference of two expiries that are taken for the same: one
// was computed from a remaining time.
const undoSlack = int64(2 * time.Second / time.Millisecond)

// holding reports for each record whether the key holds its value and expiry. A
// value that DUMP cannot compare, such as a large set in another order, is taken
// for another one.
func (u *undoing) holding(ctx context.Context, entries []journal.Entry) ([]bool, error) {
	same := make([]bool, len(entries))
	for from := 0; from < len(entries); {
		to, size := from, 0
		for to < len(entries) && size < restoreBytes {
			size += len(entries[to].Dump)
			to++
		}
		some := entries[from:to]
		replies, err := u.c.pipeline(ctx, 2*len(some), func(i int) []any {
			if i%2 == 0 {
				return []any{"dump", some[i/2].Key}
			}
			return []any{"pttl", some[i/2].Key}
		})
		if err != nil {
			return nil, u.c.lostErr(fmt.Errorf("restore: %w", err))
		}
		now, err := u.clock.now(ctx, u.c)
		if err != nil {
			return nil, err
		}
		for i, e := range some {
			dump, err := replies[2*i].text()
			left, terr := replies[2*i+1].number()
			if err != nil || terr != nil || dump == nil || !journal.SameDump(dump, e.Dump) {
				continue
			}
			same[from+i] = left < 0 && e.Expiry < 0 || left >= 0 && e.Expiry >= 0 && abs(now+left-e.Expiry) <= undoSlack
		}
		from = to
	}
	return same, nil
}

func abs(n int64) int64 { return max(n, -n) }

// countExisting counts what restoring would do, by which keys exist now.
func (u *undoing) countExisting(ctx context.Context, batch []journal.Entry) error {
	replies, err := u.c.pipeline(ctx, len(batch), func(i int) []any { return []any{"exists", batch[i].Key} })
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	for i, reply := range replies {
		n, err := reply.number()
		if err != nil {
			u.fail(batch[i].Key, err)
			continue
		}
		u.count(func(r *UndoReport) {
			if n > 0 && !u.opt.Replace {
				r.Exists++
			} else {
				r.Restored++
			}
		})
	}
	return nil
}

// serverClock is the server's clock, which is read once a second.
type serverClock struct {
	mu   sync.Mutex
	read time.Time
	at   int64 // Unix milliseconds
}

func (s *serverClock) now(ctx context.Context, c *Client) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read.IsZero() || time.Since(s.read) > time.Second {
		replies, err := c.pipeline(ctx, 1, func(int) []any { return []any{"time"} })
		if err != nil {
			return 0, err
		}
		s.at, s.read = replies[0].time(), time.Now()
	}
	return s.at + time.Since(s.read).Milliseconds(), nil
}

// time reads the reply to TIME as Unix milliseconds. A server that refuses TIME is
// taken to have the clock of this machine.
func (r rawReply) time() int64 {
	rd := replyReader(r)
	if texts, err := rd.texts(nil); err == nil && len(texts) == 2 {
		var sec, usec int64
		if _, err := fmt.Sscan(string(texts[0])+" "+string(texts[1]), &sec, &usec); err == nil {
			return sec*1000 + usec/1000
		}
	}
	return time.Now().UnixMilli()
}

// isBusy reports whether RESTORE found a key of that name.
func isBusy(err error) bool { return redis.HasErrorPrefix(err, "BUSYKEY") }
