package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// deleteFlags are what del and clear have in common.
type deleteFlags struct {
	yes, dryRun, json, changed, noUndo bool
	confirm                            string
	// unnamed is set if the command line names neither a key nor the literal start
	// of one, such as --match '?*'. If that turns out to be every key of the
	// database, --yes is not enough.
	unnamed bool
}

func (f *deleteFlags) register(a *app, cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.BoolVarP(&f.yes, "yes", "y", false, "do not ask (production also needs --confirm)")
	fl.StringVar(&f.confirm, "confirm", "", "answer to the prompt: the key count, or the database's name")
	fl.BoolVar(&f.dryRun, "dry-run", false, "show what would be deleted; delete nothing")
	fl.BoolVar(&f.json, "json", false, "write the report as a JSON object")
	fl.BoolVar(&f.changed, "changed", false, "also delete keys that were rewritten since they were listed")
	fl.BoolVar(&f.noUndo, "no-undo", false, "delete without a backup; there is no undo")
	a.exclusive(cmd, "yes", "dry-run")
	a.exclusive(cmd, "confirm", "dry-run")
	a.exclusive(cmd, "changed", "dry-run")
}

// planner makes the plan of a deletion on an open session.
type planner func(ctx context.Context, c *inspect.Client) (*inspect.Plan, error)

// destroy plans a deletion, asks, and carries it out. It is the one way to all
// that del and clear delete.
func (a *app) destroy(ctx context.Context, f deleteFlags, all bool, plan planner) error {
	if err := a.answered(f, all); err != nil {
		return err
	}
	a.used(protectGroup)
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if c.ReadOnly() && !f.dryRun {
		return inspect.ErrReadOnly
	}
	p, err := plan(ctx, c)
	if err != nil {
		return err
	}
	return a.carryOut(ctx, c, f, p)
}

// destroySelected deletes the keys that a selection stands for.
func (a *app) destroySelected(ctx context.Context, f deleteFlags, sel inspect.Selection) error {
	f.unnamed = len(sel.Keys) == 0 && len(sel.Prefix) == 0 && strings.IndexAny(sel.Glob, `*?[`) < 1
	return a.destroy(ctx, f, sel.All, func(ctx context.Context, c *inspect.Client) (*inspect.Plan, error) {
		plan, err := a.plan(ctx, c, sel)
		if err != nil {
			return nil, err
		}
		if sel.All && f.noUndo && f.changed {
			a.note("cacheview: FLUSHDB will be used: keys that are written from now on are deleted, too, and nothing can be undone\n")
		}
		switch n, literal := len(plan.Keys), takenLiterally(append(sel.Keys, sel.Prefix)...); {
		case n > 0 && n < len(sel.Keys):
			a.note("cacheview: only %d of these %d keys exist%s\n", n, len(sel.Keys), literal)
		case n == 0 && literal != "":
			a.note("cacheview: %s of clear\n", strings.TrimPrefix(literal, "; "))
		}
		return plan, nil
	})
}

// destroySelection deletes the keys that flags of the selection language say.
func (a *app) destroySelection(ctx context.Context, f deleteFlags, s *selection) error {
	f.unnamed = s.names == nil && len(s.filter.Prefixes) == 0
	var unchecked error
	err := a.destroy(ctx, f, false, func(ctx context.Context, c *inspect.Client) (*inspect.Plan, error) {
		names, err := a.collect(ctx, c, s)
		if errors.Is(err, errUnchecked) {
			unchecked, err = err, nil
		}
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return &inspect.Plan{Server: c.Server()}, nil
		}
		return a.plan(ctx, c, inspect.Selection{Keys: names, What: s.describe(len(names))})
	})
	if err == nil {
		return unchecked
	}
	return err
}

// plan finds out which keys a selection means, and shows how far it is.
func (a *app) plan(ctx context.Context, c *inspect.Client, sel inspect.Selection) (*inspect.Plan, error) {
	p := a.progress()
	defer p.done()
	return c.Plan(ctx, sel, func(at inspect.Progress) {
		if at.Inspected > 0 {
			p.show("looked at", int64(at.Inspected), int64(at.Scanned))
		} else {
			p.scanned(at)
		}
	})
}

// carryOut deletes what a plan says, once somebody has agreed.
func (a *app) carryOut(ctx context.Context, c *inspect.Client, f deleteFlags, plan *inspect.Plan) error {
	if len(plan.Keys) == 0 {
		if f.json {
			if err := a.writeReport(plan, inspect.DeleteReport{}, nil); err != nil {
				return err
			}
		}
		return a.nothing("no key matches; nothing was deleted")
	}
	undo := c.UndoLimit()
	if f.noUndo {
		undo, plan.NoCopy = 0, nil
	}
	if f.dryRun {
		return a.writePlan(plan, undo, f.json)
	}
	confirmed, err := a.confirm(ctx, f, plan, undo)
	if err != nil {
		return err
	}
	p := a.progress()
	report, err := c.Delete(ctx, plan, inspect.DeleteOptions{
		Confirmed:      confirmed,
		IncludeChanged: f.changed,
		NoUndo:         f.noUndo,
		Progress:       func(done, total int) { p.show("deleted", int64(done), int64(total)) },
	})
	p.done()
	if report.Planned == 0 && err != nil {
		return err // not begun
	}
	return a.report(f, plan, report, err)
}

// allGone tells whether nothing is left of what was planned.
func allGone(r inspect.DeleteReport) bool { return r.Deleted+r.Expired+r.Gone == r.Planned }

// report tells what a delete did, whatever stopped it.
func (a *app) report(f deleteFlags, p *inspect.Plan, r inspect.DeleteReport, cause error) error {
	var err error
	if f.json {
		err = a.writeReport(p, r, cause)
	} else {
		err = a.tellReport(r)
	}
	if left := human.StaleAfter(p); left != "" && allGone(r) {
		a.note("cacheview: %s; cacheview clear --orphans removes them\n", left)
	}
	stopped := errors.Is(cause, context.Canceled)
	if cause != nil && !stopped {
		a.complain(cause)
	}
	switch {
	case err != nil:
		return err
	case allGone(r) && cause == nil && p.Missing == 0:
		return nil
	case r.Deleted == 0 && r.NotCopied == 0 && !stopped && !r.Stopped:
		return errReported
	}
	return errPartly
}
