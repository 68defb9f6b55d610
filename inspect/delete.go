package inspect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cacheview/inspect/journal"
	"cacheview/inspect/keyspace"
)

// A delete goes through these files:
//
//	delete.go        the checks, the batches in flight, the report
//	delete_batch.go  one batch: copy, journal, delete, outcomes
//	delete_tx.go     the same in a transaction (WATCH)
//	delete_slots.go  batches in a cluster
//	script.go        the scripts, and how they are sent
//	backup.go        reading DUMP and expiry
//	fingerprint.go   what a plan knows of a key, compared before it is deleted
//	verify.go        what happened to keys when the server did not reply
//
// The order of the steps of a batch is the promise: DUMP and expiry are read,
// appended to the journal and synced, and then the server deletes each key only
// if both are still the same, in one atomic step. Batches are independent:
// several are in flight, and share an fsync (group commit).

const (
	deleteBatch   = 500 // keys of a script: one or two milliseconds of the server
	deleteWorkers = 3   // batches in flight
	// scriptBytes limits the values of a batch that a script compares, and
	// scriptKeyMax each of them; a larger key is deleted in a transaction,
	// which does not block the server while it is compared.
	scriptBytes  = 1 << 20
	scriptKeyMax = 256 << 10
	// scriptTries limits how often a batch is copied again because its keys
	// changed before they were deleted, until transactions are used.
	scriptTries = 3
	maxErrors   = 100 // in a report
)

// DeleteOptions are the decisions of a delete that are not in its plan.
type DeleteOptions struct {
	// Confirmed must be Server.Name() of the plan's server ("db0"), as typed
	// by the user, if Plan.WholeDB is set. It is ignored otherwise.
	Confirmed string
	// IncludeChanged deletes keys that were written since the plan, too. They are
	// skipped otherwise, and counted in Report.Changed.
	IncludeChanged bool
	// NoUndo keeps no journal, and deletes keys of which no copy can be made.
	// With Changed and a plan for the whole database it runs FLUSHDB, which also
	// deletes keys that are not in the plan.
	NoUndo bool
	// Progress is called after each batch, one call at a time.
	Progress func(done, total int)
}

// TargetError is returned for a plan that was made on another server or
// database than the one it would now be carried out on.
type TargetError struct{ Planned, Open string }

// Error names both.
func (e *TargetError) Error() string {
	return fmt.Sprintf("the plan is for %s, and this is %s", e.Planned, e.Open)
}

// Delete deletes the keys of a plan, in batches, and nothing else. It refuses
// with ErrReadOnly, *ProtectedError, *TargetError or ErrNotConfirmed before it
// sends anything.
//
// Canceling ctx stops between batches, with Report.Stopped and no error. If the
// connection is lost, the report is of what is known: the keys in flight are
// asked for once more, those that are gone count as deleted, the rest as failed,
// and as Unknown if there was no reply; and Lost(err) holds. Any error means that
// nothing more is deleted.
func (c *Client) Delete(ctx context.Context, p *Plan, opt DeleteOptions) (DeleteReport, error) {
	report := DeleteReport{Planned: len(p.Keys)}
	if err := c.mayChange(ctx, p); err != nil {
		if errors.Is(err, ErrReadOnly) {
			report = DeleteReport{}
		}
		return report, err
	}
	if p.WholeDB && opt.Confirmed != p.Server.Name() {
		return report, ErrNotConfirmed
	}
	d := deletion{c: c, plan: p, opt: opt, report: &report}
	err := d.run(ctx)
	return report, err
}

// mayChange refuses what must not be carried out here.
func (c *Client) mayChange(ctx context.Context, p *Plan) error {
	if c.cfg.ReadOnly {
		return ErrReadOnly
	}
	if err := c.protected(p.Keys); err != nil {
		return err
	}
	return c.sameServer(ctx, p)
}

func (s Server) where() string { return s.Addr + " " + s.Name() }

// deletion is the state of a running Delete.
type deletion struct {
	c      *Client
	plan   *Plan
	opt    DeleteOptions
	w      *journal.Writer // nil without undo
	mu     sync.Mutex      // of what follows, and of next
	report *DeleteReport
	done   int
	at     int // the first key of the plan that is in no batch yet
	bytes  int64
}

// run carries out the deletion and ends its journal.
func (d *deletion) run(ctx context.Context) error {
	if len(d.plan.Keys) == 0 && !d.plan.WholeDB {
		return nil
	}
	if d.flushes() {
		return d.flush(context.WithoutCancel(ctx))
	}
	if d.c.cluster != nil {
		d.plan = d.plan.bySlot()
	}
	if !d.opt.NoUndo {
		var err error
		if d.w, err = d.c.beginJournal(ctx, "delete", d.plan.Description); err != nil {
			return fmt.Errorf("undo journal: %w", err)
		}
	}
	err := d.eachBatch(ctx)
	d.report.Bytes = d.bytes
	if d.w != nil {
		sum, jerr := d.w.Close()
		if sum.Undoable > 0 {
			d.report.Undo = d.w.ID()
		}
		if jerr != nil && err == nil {
			err = fmt.Errorf("undo journal: %w", jerr)
		}
	}
	return err
}

// eachBatch has several batches in flight, until ctx ends or one fails. A batch
// that was started is completed.
func (d *deletion) eachBatch(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	for range deleteWorkers {
		group.Go(func() error {
			for {
				if running.Err() != nil {
					return nil
				}
				b := d.next()
				if b == nil {
					return nil
				}
				err := d.batch(context.WithoutCancel(ctx), b)
				d.count(b, err)
				if err != nil {
					return err
				}
			}
		})
	}
	err := group.Wait()
	if err == nil && ctx.Err() != nil && d.at < len(d.plan.Keys) {
		d.report.Stopped = true
	}
	return err
}

// next cuts the next batch: keys that may be compared by one script, or larger
// ones that may be copied together.
func (d *deletion) next() *batch {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := &batch{skew: d.plan.skew}
	var sum int64
	for i := d.at; i < len(d.plan.Keys) && len(b.items) < deleteBatch; i++ {
		size := d.plan.seen[i].copySize()
		large := size > scriptKeyMax
		limit := int64(scriptBytes)
		if large {
			limit = saveBytes
		}
		if len(b.items) > 0 && (large != b.large || sum+size > limit) {
			break
		}
		b.large = large
		sum += size
		b.items = append(b.items, &item{key: d.plan.Keys[i], seen: d.plan.seen[i]})
	}
	d.at += len(b.items)
	if len(b.items) == 0 {
		return nil
	}
	return b
}

// copySize estimates the size of a DUMP, from above.
func (s fingerprint) copySize() int64 {
	switch {
	case s.bytes < 0:
		return saveBytes / saveKeys
	case s.members:
		return max(64*s.bytes, saveBytes/saveKeys)
	}
	return s.bytes
}

// count adds the outcomes of a batch to the report. Keys without an outcome
// failed with cause.
func (d *deletion) count(b *batch, cause error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.report
	local := time.Now().UnixMilli()
	for _, it := range b.items {
		switch it.state {
		case stateDeleted:
			r.Deleted++
			d.bytes += max(it.seen.bytes, 0)
			if d.w == nil {
				r.NotUndoable++
			}
		case stateGone:
			if it.seen.ranOut(local, local-b.skew) {
				r.Expired++
			} else {
				r.Gone++
			}
		case stateChanged:
			r.Changed++
		case stateUncopied:
			r.NotCopied++
			r.Uncopied = append(r.Uncopied, it.key)
			if r.UncopiedTypes == nil {
				r.UncopiedTypes = map[keyspace.Type]int{}
			}
			r.UncopiedTypes[it.seen.typ]++
			r.addError("copy", it.key, it.err)
		case stateUnknown:
			r.OutcomeUnknown++
			r.Failed++
			r.addError("delete", it.key, it.err)
		case stateFailed:
			r.Failed++
			r.addError("delete", it.key, it.err)
		default:
			if cause != nil && !errors.Is(cause, errJournal) {
				r.Failed++
				r.addError("delete", it.key, cause)
			}
		}
	}
	d.done += len(b.items)
	if d.opt.Progress != nil && cause == nil {
		d.opt.Progress(d.done, len(d.plan.Keys))
	}
}

func (r *DeleteReport) addError(op string, key []byte, err error) {
	if reply, ok := errors.AsType[replyError](err); ok {
		err = reply
	}
	if len(r.Errors) < maxErrors {
		r.Errors = append(r.Errors, KeyError{Op: op, Key: key, Err: err})
	}
}

// flushes reports whether the whole database is wanted, whatever is in it, and
// without undo.
func (d *deletion) flushes() bool {
	return d.plan.WholeDB && d.opt.NoUndo && d.opt.IncludeChanged && len(d.c.cfg.Protected) == 0 && !d.c.lacks("FLUSHDB")
}

// flush empties the database, all masters of a cluster. It deletes keys that are
// not in the plan, too.
func (d *deletion) flush(ctx context.Context) error {
	nodes, err := d.c.masters(ctx)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		before, err := n.DBSize(ctx).Result()
		if err != nil && !unsupported(err) {
			return d.c.lostErr(fmt.Errorf("count keys: %w", err))
		}
		err = n.FlushDBAsync(ctx).Err()
		if unsupported(err) {
			d.c.miss("FLUSHDB", "a database is cleared key by key")
			return d.run(ctx)
		}
		if err != nil {
			return d.c.lostErr(fmt.Errorf("flush the database: %w", err))
		}
		d.report.Deleted += int(before)
	}
	d.report.Bytes, d.report.NotUndoable = d.plan.Bytes, d.report.Deleted
	if d.opt.Progress != nil {
		d.opt.Progress(len(d.plan.Keys), len(d.plan.Keys))
	}
	return nil
}
