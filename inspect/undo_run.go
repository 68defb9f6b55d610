package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

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

// isBusy reports whether RESTORE found a key of that name.
func isBusy(err error) bool { return redis.HasErrorPrefix(err, "BUSYKEY") }
