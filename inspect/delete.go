package inspect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
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
// on the way counts as failed, and Lost(err) holds. Otherwise an error means
// that nothing more was deleted, and the report is of what was.
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
	if !d.opt.NoUndo {
		var err error
		if d.saver, err = d.c.newSaver(d.plan, time.Now()); err != nil {
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
	// FLUSHDB takes what was not planned too: not where anything is protected.
	if d.plan.WholeDB && len(d.c.cfg.Protected) == 0 && !d.c.lacks("FLUSHDB") {
		err := d.flush(ctx)
		if !unsupported(err) {
			return err
		}
		// Whoever may not FLUSHDB may still delete what was planned.
		d.c.miss("FLUSHDB", "a database is emptied key by key")
		err = d.eachBatch(ctx, d.batch)
		d.report.NotUndoable = max(0, d.report.Deleted-d.saved)
		return err
	}
	return d.eachBatch(ctx, func(ctx context.Context, keys [][]byte) error {
		deleted, saved := d.report.Deleted, d.saved
		if err := d.save(ctx, keys); err != nil {
			return err
		}
		err := d.batch(ctx, keys)
		unsaved := len(keys) - (d.saved - saved)
		d.report.NotUndoable += min(unsaved, d.report.Deleted-deleted)
		return err
	})
}

// eachBatch calls fn with some keys after the other, until ctx ends. A batch
// that was begun is waited for: half of an answer is none.
func (d *deletion) eachBatch(ctx context.Context, fn func(ctx context.Context, keys [][]byte) error) error {
	keys := d.plan.Keys
	for from := 0; from < len(keys); from += deleteBatch {
		if ctx.Err() != nil {
			d.report.Stopped = true
			return nil
		}
		batch := keys[from:min(len(keys), from+deleteBatch)]
		if err := fn(context.WithoutCancel(ctx), batch); err != nil {
			return err
		}
		d.progress(from + len(batch))
	}
	return nil
}

func (d *deletion) progress(done int) {
	if d.opt.Progress != nil {
		d.opt.Progress(done, len(d.plan.Keys))
	}
}

// save puts keys into the journal.
func (d *deletion) save(ctx context.Context, keys [][]byte) error {
	if d.saver == nil {
		return nil
	}
	n, err := d.saver.save(ctx, keys)
	d.saved += n
	if err != nil {
		return fmt.Errorf("undo journal: %w", err)
	}
	return nil
}

// flush empties the database, all masters of a cluster, after the planned keys
// are in the journal.
func (d *deletion) flush(ctx context.Context) error {
	if d.saver != nil {
		err := d.eachBatch(ctx, d.save)
		if err != nil || d.report.Stopped {
			return err
		}
	}
	ctx = context.WithoutCancel(ctx)
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

// batch deletes some keys. Its error ends the deletion.
func (d *deletion) batch(ctx context.Context, keys [][]byte) error {
	if d.c.cluster != nil {
		return d.oneByOne(ctx, keys)
	}
	n, err := d.unlink(ctx, keys)
	switch {
	case err == nil:
		d.report.Deleted += n
		d.report.Expired += len(keys) - n
		return nil
	case keyRefused(err):
		// One key of them, and so nothing was deleted. Which?
		return d.oneByOne(ctx, keys)
	}
	d.fail(keys, err)
	return d.ended(err)
}

// ended is the error of a deletion that cannot go on.
func (d *deletion) ended(err error) error {
	return d.c.lostErr(fmt.Errorf("delete: %w", err))
}

// unlink deletes keys with one command, DEL where there is no UNLINK, and
// returns how many there were.
func (d *deletion) unlink(ctx context.Context, keys [][]byte) (int, error) {
	n, err := d.c.one.Do(ctx, command(d.c.unlinkName(), keys)...).Int()
	if unsupported(err) && !d.c.lacks("UNLINK") {
		d.c.missUnlink()
		n, err = d.c.one.Do(ctx, command(d.c.unlinkName(), keys)...).Int()
	}
	return n, err
}

func command(name string, keys [][]byte) []any {
	args := make([]any, 1, len(keys)+1)
	args[0] = name
	for _, k := range keys {
		args = append(args, k)
	}
	return args
}

func (c *Client) unlinkName() string {
	if c.lacks("UNLINK") {
		return "del"
	}
	return "unlink"
}

func (c *Client) missUnlink() {
	c.miss("UNLINK", "deleting a large key holds the server up (DEL)")
}

// oneByOne deletes each key with a command of its own, in one pipeline: for a
// cluster, and to find out which key is refused.
func (d *deletion) oneByOne(ctx context.Context, keys [][]byte) error {
	cmds := make([]*redis.Cmd, len(keys))
	_, err := d.c.cmdable().Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, k := range keys {
			cmds[i] = p.Do(ctx, d.c.unlinkName(), k)
		}
		return nil
	})
	if unsupported(err) && !d.c.lacks("UNLINK") {
		d.c.missUnlink()
		return d.oneByOne(ctx, keys)
	}
	var end error
	for i, cmd := range cmds {
		switch n, err := cmd.Int(); {
		case err != nil:
			d.fail(keys[i:i+1], err)
			if !keyRefused(err) {
				end = err
			}
		case n == 0:
			d.report.Expired++
		default:
			d.report.Deleted++
		}
	}
	if end != nil {
		return d.ended(end)
	}
	return nil
}

func (d *deletion) fail(keys [][]byte, err error) {
	d.report.Failed += len(keys)
	if reply, ok := errors.AsType[redis.Error](err); ok {
		err = reply
	}
	for _, k := range keys {
		if len(d.report.Errors) == maxErrors {
			return
		}
		d.report.Errors = append(d.report.Errors, KeyError{Op: "delete", Key: k, Err: err})
	}
}
