package inspect

import (
	"context"
	"fmt"
	"time"
)

const (
	deleteBatch = 500 // keys of an UNLINK: a millisecond of the server
	maxErrors   = 100 // kept in a report
)

// DeleteOptions are the decisions of a delete that are not in its plan.
type DeleteOptions struct {
	// Confirmed must be Server.Name() of the plan's server ("db0"), as typed
	// by a person, when Plan.WholeDB is set. Otherwise it is not looked at.
	Confirmed string
	// Changed deletes keys that were written again since the plan too. They
	// are left alone otherwise, and counted in Report.Changed: those whose
	// type, time to live or, for a string, size is another. Only an Exact plan
	// can tell.
	Changed bool
	// NoUndo leaves the journal out.
	NoUndo bool
	// Progress is called after each batch, from Delete's goroutine.
	Progress func(done, total int)
}

// TargetError is returned for a plan that was made on another server or
// database than the one it would now be carried out on.
type TargetError struct{ Planned, Open string }

// Error names both.
func (e *TargetError) Error() string {
	return fmt.Sprintf("the plan is for %s, and this is %s", e.Planned, e.Open)
}

// Delete deletes the keys of a plan, in batches, and nothing else; only a plan
// for the whole database is carried out by FLUSHDB. It refuses with ErrReadOnly,
// *ProtectedError, *TargetError or ErrNotConfirmed before it sends anything.
//
// Cancelling ctx stops between two batches, with Report.Stopped and no error.
// When the server is lost the report is of what is known to be done, the batch
// on the way is asked for once more, what of it is gone counts as deleted, the
// rest as failed, and as Unknown when there was no answer; and Lost(err) holds.
// Otherwise an error means that nothing more was deleted, and the report is of what was.
func (c *Client) Delete(ctx context.Context, p *Plan, opt DeleteOptions) (Report, error) {
	if c.cfg.ReadOnly {
		return Report{}, ErrReadOnly
	}
	report := Report{Planned: len(p.Keys)}
	if here := c.Server(); here.Addr != p.Server.Addr || here.DB != p.Server.DB {
		return report, &TargetError{Planned: p.Server.where(), Open: here.where()}
	}
	if p.WholeDB && opt.Confirmed != p.Server.Name() {
		return report, ErrNotConfirmed
	}
	if err := c.protected(p.Keys); err != nil {
		return report, err
	}
	d := deletion{c: c, plan: p, opt: opt, report: &report}
	err := d.journaled(ctx)
	if len(p.Keys) > 0 {
		report.Bytes = int64(float64(p.Bytes) * float64(min(report.Deleted, len(p.Keys))) / float64(len(p.Keys)))
	}
	return report, err
}

func (s Server) where() string { return s.Addr + " " + s.Name() }

// deletion is one Delete on its way.
type deletion struct {
	c      *Client
	plan   *Plan
	opt    DeleteOptions
	report *Report
	saver  *saver // nil without an undo
	saved  int    // keys that it has
}

// journaled runs the deletion between the beginning and the end of its journal.
func (d *deletion) journaled(ctx context.Context) error {
	if !d.opt.NoUndo && len(d.plan.Keys) > 0 {
		var err error
		if d.saver, err = d.c.newSaver(d.plan.What, "", time.Now()); err != nil {
			return fmt.Errorf("undo journal: %w", err)
		}
	}
	err := d.run(ctx)
	if d.saver != nil {
		id, jerr := d.saver.close()
		d.report.Undo = id
		if jerr != nil && err == nil {
			err = fmt.Errorf("undo journal: %w", jerr)
		}
	}
	return err
}

func (d *deletion) run(ctx context.Context) error {
	if d.c.cluster != nil {
		d.plan = d.plan.bySlot()
	}
	// FLUSHDB takes what was not planned too: not where anything is protected.
	if !d.plan.WholeDB || len(d.c.cfg.Protected) > 0 || d.c.lacks("FLUSHDB") {
		return d.eachBatch(ctx, d.batch)
	}
	if d.saver != nil {
		nothing := func(context.Context, [][]byte, []sighting) error { return nil }
		if err := d.eachBatch(ctx, nothing); err != nil || d.report.Stopped {
			return err
		}
	}
	err := d.flush(context.WithoutCancel(ctx))
	if !unsupported(err) {
		return err
	}
	// Whoever may not FLUSHDB may still delete what was planned, which is in
	// the journal by now.
	d.c.miss("FLUSHDB", "a database is emptied key by key")
	saver := d.saver
	d.saver = nil
	err = d.eachBatch(ctx, d.batch)
	d.saver = saver
	d.report.NotUndoable = max(0, d.report.Deleted-d.saved)
	return err
}

// eachBatch calls fn with some keys after the other, once they are in the
// journal, until ctx ends. A batch that was begun is waited for: half of an
// answer is none.
func (d *deletion) eachBatch(ctx context.Context, fn func(ctx context.Context, keys [][]byte, seen []sighting) error) error {
	ahead, stop := context.WithCancel(ctx)
	done := 0
	batches := d.saver.stream(ahead, d.plan.Keys)
	defer func() {
		stop()
		for range batches { // until the stream has let go of the journal
		}
	}()
	for b := range batches {
		switch {
		case ctx.Err() != nil:
			d.report.Stopped = true
			return nil
		case b.err != nil:
			return d.c.lostErr(fmt.Errorf("undo journal: %w", b.err))
		}
		before := d.report.Deleted
		err := fn(context.WithoutCancel(ctx), b.keys, d.plan.seen[done:done+len(b.keys)])
		d.saved += b.saved
		d.report.NotUndoable += min(len(b.keys)-b.saved, d.report.Deleted-before)
		if err != nil {
			return err
		}
		done += len(b.keys)
		d.progress(done)
	}
	if ctx.Err() != nil && done < len(d.plan.Keys) {
		d.report.Stopped = true
	}
	return nil
}

func (d *deletion) progress(done int) {
	if d.opt.Progress != nil {
		d.opt.Progress(done, len(d.plan.Keys))
	}
}

// flush empties the database, all masters of a cluster.
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
		if err := n.FlushDBAsync(ctx).Err(); err != nil {
			return d.c.lostErr(fmt.Errorf("empty the database: %w", err))
		}
		d.report.Deleted += int(before)
	}
	d.report.NotUndoable = max(0, d.report.Deleted-d.saved)
	d.progress(len(d.plan.Keys))
	return nil
}
