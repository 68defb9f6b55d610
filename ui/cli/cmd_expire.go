package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/human"
)

type expireFlags struct {
	names        nameFlags
	json, noUndo bool
	confirm      string
}

func (a *app) expireCommand() *cobra.Command {
	var f expireFlags
	cmd := &cobra.Command{
		Use:   "expire KEY... TTL",
		Short: "Change when keys expire",
		Long: "Give keys a time to live: 60s, 10m, 2d, or never; +10m adds to what is left. The old\n" +
			"expiry is backed up first, and the value, too, if the key can expire before undo is\n" +
			"of no use any more. - reads names from the standard input, one a line, or with -0\n" +
			"exact bytes with a NUL after each: it is one change with one undo.",
		Example: "cacheview expire homepage 10m\n" +
			"cacheview expire session:1 session:2 never\n" +
			"cacheview ls -0 --no-ttl tmp: | cacheview expire -0 - 1h",
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: a.asking(a.findKeys),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.expire(ctx, &f, args) }),
	}
	fl := cmd.Flags()
	f.names.register(a, cmd)
	f.names.registerNull(a, cmd)
	fl.BoolVar(&f.noUndo, "no-undo", false, "keep no journal to undo this with")
	fl.StringVar(&f.confirm, "confirm", "", "what would have to be typed: the count of the keys, or the name of the database for every key")
	fl.BoolVar(&f.json, "json", false, "write the report as a JSON object")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup)
}

// parseTTL reads what a TTL is to become.
func parseTTL(text string) (inspect.TTLChange, error) {
	if strings.EqualFold(text, "never") {
		return inspect.TTLChange{Never: true}, nil
	}
	more, adds := strings.CutPrefix(text, "+")
	d, err := human.ParseLifetime(more)
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
	names, err := a.keyNames(ctx, f.names, args[:last])
	if err != nil {
		return err
	}
	a.used(protectGroup)
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if c.ReadOnly() {
		return inspect.ErrReadOnly
	}
	plan, err := a.plan(ctx, c, inspect.Selection{Keys: names})
	if err != nil {
		return err
	}
	if len(plan.Keys) == 0 && len(names) == 1 && !f.json {
		return a.noKey(ctx, c, names[0])
	}
	if len(plan.Keys) > 0 {
		if err := a.confirmedTTL(f, plan, slices.ContainsFunc(args[:last], f.names.isStdin)); err != nil {
			return err
		}
	}
	p := a.progress()
	r, err := c.Retime(ctx, plan, change, func(done, total int) { p.show("changed", int64(done), int64(total)) })
	p.done()
	if err != nil && r.Changed+r.Same+r.Gone+r.Expired+r.NotCopied+r.Failed == 0 {
		return err
	}
	return a.tellTTL(f, plan, r, err)
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
			{r.Same, "unchanged"},
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
	}
	if cause != nil && !errors.Is(cause, context.Canceled) {
		a.note("cacheview: %s\n", decode.Printable(cause.Error()))
	}
	switch done := r.Changed + r.Same; {
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
	o.int("unchanged", int64(r.Same))
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
