package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/ui/human"
)

type expireFlags struct {
	selectFlags
	json, noUndo, yes, dryRun bool
	confirm                   string
}

func (a *app) expireCommand() *cobra.Command {
	f := expireFlags{selectFlags: selectFlags{keys: true, writes: true}}
	cmd := &cobra.Command{
		Use:   "expire KEY... TTL",
		Short: "Change when keys expire",
		Long: "Set the TTL of keys: 60s, 10m, 2d, or never; +10m extends the remaining TTL. The old\n" +
			"expiry is backed up first, and the value, too, if the key can expire before an undo\n" +
			"is possible. - reads names from the standard input, one a line, or with -0\n" +
			"exact bytes with a NUL after each: it is one change with one undo.\n\n" +
			"The flags of ls select keys, too: among those named, or, with --yes, among all.",
		Example: "cacheview expire homepage 10m\n" +
			"cacheview expire session:1 session:2 never\n" +
			"cacheview expire --prefix tmp: --no-ttl 1h --yes\n" +
			"cacheview ls -0 --no-ttl tmp: | cacheview expire -0 - 1h",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.asking(a.findKeys),
	}
	cmd.RunE = a.runs(func(ctx context.Context, args []string) error {
		if err := a.missingKey(cmd, &f.selectFlags, args[:len(args)-1]); err != nil {
			return err
		}
		return a.expire(ctx, &f, args)
	})
	fl := cmd.Flags()
	f.register(a, cmd)
	f.names.registerNull(a, cmd)
	fl.BoolVarP(&f.yes, "yes", "y", false, "do not ask; keys that are named need no answer")
	fl.BoolVar(&f.dryRun, "dry-run", false, "show which keys would change, and change nothing")
	fl.BoolVar(&f.noUndo, "no-undo", false, "keep no journal to undo this with")
	fl.StringVar(&f.confirm, "confirm", "", "what would have to be typed: the count of the keys, or the name of the database for every key")
	fl.BoolVar(&f.json, "json", false, "write the report as a JSON object")
	a.exclusive(cmd, "dry-run", "yes", "confirm")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup, scopeGroup, appsGroup)
}

// parseTTL reads what a TTL is to become.
func parseTTL(text string) (inspect.TTLChange, error) {
	if strings.EqualFold(text, "never") {
		return inspect.TTLChange{Persist: true}, nil
	}
	more, adds := strings.CutPrefix(text, "+")
	d, err := human.ParseTTL(more)
	switch {
	case err != nil:
		return inspect.TTLChange{}, usagef("TTL is a time such as 60s, 10m or 2d, +10m, or never, not %q", text)
	case d < time.Millisecond:
		return inspect.TTLChange{}, usagef("TTL must be at least 1ms; to delete keys: cacheview del")
	case adds:
		return inspect.TTLChange{Add: d}, nil
	}
	return inspect.TTLChange{To: d}, nil
}

func (a *app) expire(ctx context.Context, f *expireFlags, args []string) error {
	last := len(args) - 1
	change, err := parseTTL(args[last])
	if err != nil {
		return err
	}
	change.NoUndo = f.noUndo
	sel, err := a.selection(ctx, &f.selectFlags, args[:last])
	if err != nil {
		return err
	}
	asks := sel.names == nil && !f.yes && f.confirm == "" && !f.dryRun
	if asks && !a.interactive() {
		return usagef("not a terminal: pass --yes to change the keys, or --dry-run to preview")
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
	names, unchecked, what := sel.names, error(nil), ""
	if names == nil || f.given() || sel.limit > 0 {
		if names, unchecked = a.collect(ctx, c, sel); unchecked != nil && !errors.Is(unchecked, errUnchecked) {
			return unchecked
		}
		if len(names) == 0 {
			return cmp.Or(unchecked, a.noneSelected(sel))
		}
		what = sel.describe(len(names))
	}
	plan, err := a.plan(ctx, c, inspect.Selection{Keys: names, What: what})
	if err != nil {
		return err
	}
	if len(plan.Keys) == 0 && len(names) == 1 && !f.json {
		return a.noKey(ctx, c, names[0])
	}
	if f.dryRun {
		return cmp.Or(a.previewTTL(f, plan, args[last]), unchecked)
	}
	if asks && len(plan.Keys) > 0 && !a.production() {
		if err := a.agreeToTTL(ctx, plan, args[last]); err != nil {
			return err
		}
	}
	if len(plan.Keys) > 0 {
		if err := a.confirmedTTL(f, plan, sel.names == nil || slices.ContainsFunc(args[:last], f.names.isStdin)); err != nil {
			return err
		}
	}
	p := a.progress()
	r, err := c.ChangeTTL(ctx, plan, change, func(done, total int) { p.show("changed", int64(done), int64(total)) })
	p.done()
	if err != nil && r.Changed+r.Unchanged+r.Gone+r.Expired+r.NotCopied+r.Failed == 0 {
		return err
	}
	return cmp.Or(a.tellTTL(f, plan, r, err), unchecked)
}

// confirmedTTL returns an error unless the TTLs of a plan may be changed without a
// question. Names that were not typed, and that are every key of the database, need
// its name.
func (a *app) confirmedTTL(f *expireFlags, plan *inspect.Plan, piped bool) error {
	name := plan.Server.Name()
	switch {
	case plan.WantsName() && f.confirm == name:
		return nil
	case plan.WantsName() && (piped || a.production()):
		return usagef("this is every key of %s: add --confirm %s. Nothing was changed", name, name)
	}
	return a.confirmed(f.confirm, len(plan.Keys))
}

// previewTTL writes what a change of TTLs would do.
func (a *app) previewTTL(f *expireFlags, p *inspect.Plan, ttl string) error {
	if len(p.Keys) == 0 {
		return errNothing
	}
	if f.json {
		o := ttlObject(p, inspect.TTLReport{Planned: len(p.Keys)}, nil)
		o.bool("dry_run", true)
		return a.tell(o.line())
	}
	return a.tell([]byte(ttlPlanText(p, ttl) + "Nothing was changed: this was a dry run.\n"))
}

// ttlPlanText says which keys change, and where.
func ttlPlanText(p *inspect.Plan, ttl string) string {
	text := fmt.Sprintf("On %s, %s: %s\n  new TTL: %s\n", shown([]byte(p.Server.Addr)), p.Server.Name(), shown([]byte(p.Description)), shown([]byte(ttl)))
	for _, name := range p.Sample {
		text += "    " + named(name) + "\n"
	}
	if more := len(p.Keys) - len(p.Sample); more > 0 {
		text += "    … and " + human.Count(more) + " more\n"
	}
	return text
}

// agreeToTTL asks before the TTLs of keys change that were not named.
func (a *app) agreeToTTL(ctx context.Context, p *inspect.Plan, ttl string) error {
	a.note("%s", ttlPlanText(p, ttl))
	if err := a.settled(ctx); err != nil {
		return err
	}
	answer, err := a.ask(ctx, "Change the TTL of "+human.Plural(len(p.Keys), "key")+"? [y/N] ")
	if err == nil && answer != "y" && answer != "yes" {
		err = errUnchanged
	}
	return err
}

// errUnchanged is the answer no.
var errUnchanged = errors.New("nothing was changed")

// tellTTL reports a change of TTLs, and what stopped it.
func (a *app) tellTTL(f *expireFlags, p *inspect.Plan, r inspect.TTLReport, cause error) error {
	var err error
	if f.json {
		err = a.tell(ttlObject(p, r, cause).line())
	} else {
		text := "changed the TTL of " + human.Plural(r.Changed, "key")
		for _, part := range []struct {
			n    int
			text string
		}{
			{p.Missing, "not there"},
			{r.Unchanged, "unchanged"},
			{r.Gone, "already gone"},
			{r.Expired, "expired before"},
			{r.NotCopied, "skipped: no copy could be made (--no-undo changes them without one)"},
			{r.Failed, "failed"},
		} {
			if part.n > 0 {
				text += fmt.Sprintf("; %s %s", human.Count(part.n), part.text)
			}
		}
		if r.Stopped {
			text += "; stopped"
		}
		if r.Undo != "" {
			text += "\nto undo it: cacheview undo " + r.Undo
		}
		err = a.tell([]byte(text + "\n"))
		a.tellErrors(r.Errors)
		if r.Changed > 0 && r.Undo == "" && !f.noUndo {
			a.note("cacheview: %s\n", noUndoText)
		}
	}
	if cause != nil && !errors.Is(cause, context.Canceled) {
		a.complain(cause)
	}
	switch done := r.Changed + r.Unchanged; {
	case err != nil:
		return err
	case cause == nil && done == r.Planned && r.Planned > 0 && p.Missing == 0:
		return nil
	case r.Planned == 0, cause == nil && done+r.NotCopied+r.Failed == 0 && !r.Stopped:
		return errNothing
	case done == 0 && !r.Stopped && p.Missing == 0:
		return errReported
	}
	return errPartly
}

func ttlObject(p *inspect.Plan, r inspect.TTLReport, cause error) *object {
	o := new(object)
	o.text("op", "expire")
	o.int("planned", int64(r.Planned))
	o.int("changed", int64(r.Changed))
	o.int("unchanged", int64(r.Unchanged))
	o.int("expired", int64(r.Expired))
	o.int("gone", int64(r.Gone))
	o.int("missing", int64(p.Missing))
	o.int("not_copied", int64(r.NotCopied))
	o.int("failed", int64(r.Failed))
	o.known("undo", r.Undo)
	o.objects("errors", errorObjects(r.Errors))
	if cause != nil {
		o.text("stopped_by", cause.Error())
	}
	return o
}
