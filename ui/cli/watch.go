package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

type watchFlags struct {
	names      nameFlags
	match, typ string
	json       bool
	limit      int
	during     time.Duration
}

func (a *app) watchCommand() *cobra.Command {
	var f watchFlags
	cmd := &cobra.Command{
		Use:   "watch [PREFIX]",
		Short: "Print changes as they happen",
		Long: "Print a line for each change of a key that starts with PREFIX (literal): the time,\n" +
			"the event (set, changed, expired, gone, flush), and the key's current state. Values\n" +
			"are not read. Several changes of one key within 50 ms are one line. In a database of\n" +
			"more than 20,000 keys, the first event of a key is set, and later ones are changed.\n\n" +
			"The server reports changes with CLIENT TRACKING (Redis 6), for all its databases: a\n" +
			"key of the same name in another database may be reported, too. Without it, a\n" +
			"database of at most 2,000 keys is listed every second.",
		Example: "cacheview watch\n" +
			"cacheview watch --for 1m --json app: | jq -r .key | sort | uniq -c\n" +
			"cacheview watch --limit 1 job:done",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: first(a.asking(a.findKeys)),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.watch(ctx, f, args) }),
	}
	fl := cmd.Flags()
	f.names.register(a, cmd)
	fl.StringVar(&f.match, "match", "", "only keys that match this Redis glob")
	fl.StringVar(&f.typ, "type", "", "only keys of this type: string, hash, list, set, zset, stream")
	fl.BoolVar(&f.json, "json", false, "write one JSON object a line: time, event, key, type, ttl_ms, bytes, call, ...")
	fl.IntVar(&f.limit, "limit", 0, "end after this many changes")
	fl.Var((*duration)(&f.during), "for", "end after this time, such as 30s or 5m")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, scopeGroup, appsGroup)
}

func (a *app) watch(ctx context.Context, f watchFlags, args []string) error {
	if f.limit < 0 || f.during < 0 {
		return usagef("--limit and --for must not be negative")
	}
	if err := checkType(f.typ); err != nil {
		return err
	}
	prefix, err := a.scope(f.names, args)
	if err != nil {
		return err
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	opt := inspect.FollowOptions{Prefix: prefix, Match: f.match}
	if f.typ != "" {
		opt.Type = typeOf(f.typ)
	}
	following := ctx
	if f.during > 0 {
		var stop context.CancelFunc
		following, stop = context.WithTimeout(ctx, f.during)
		defer stop()
	}
	err = a.follow(following, c, opt, f)
	if ctx.Err() == nil && following.Err() != nil {
		return nil // the time is over
	}
	return err
}

// follow writes the changes until ctx ends or there were enough.
func (a *app) follow(ctx context.Context, c *inspect.Client, opt inspect.FollowOptions, f watchFlags) error {
	src, err := c.Follow(ctx, opt)
	if err != nil {
		return err
	}
	defer src.Close()
	if !src.Tracked() {
		a.note("cacheview: this server does not report changes; its keys are listed every second instead\n")
	}
	w := a.data()
	apps := inspect.NewCallWatch(c)
	for n := 0; ; {
		events, err := src.Next(ctx)
		calls, cerr := apps.Of(ctx, events)
		if cerr != nil {
			calls = make([]inspect.CallInfo, len(events)) // the events count more
			err = cmp.Or(err, cerr)
		}
		for i, e := range events {
			if werr := a.writeEvent(w, e, calls[i], f.json); werr != nil {
				return werr
			}
			if n++; f.limit > 0 && n == f.limit {
				return w.Flush()
			}
		}
		if ferr := w.Flush(); ferr != nil {
			return ferr
		}
		if err != nil {
			return err
		}
	}
}

func (a *app) writeEvent(w *bufio.Writer, e inspect.Event, call inspect.CallInfo, json bool) error {
	whole := e.What == inspect.Flushed || e.What == inspect.Missed
	var err error
	switch {
	case json:
		var o object
		o.text("time", e.When.UTC().Format("2006-01-02T15:04:05.000Z"))
		o.text("event", string(e.What))
		switch {
		case whole:
		case e.Key.Exists:
			addKey(&o, e.Key, e.When)
		default:
			o.key("key", e.Key.Name)
		}
		addCall(&o, call, e.When)
		_, err = w.Write(o.line())
	case whole:
		what := "the database was emptied"
		if e.What == inspect.Missed {
			what = "too many changes to list one by one"
		}
		_, err = fmt.Fprintf(w, "%s  %-7s  %s\n", clock(e.When), e.What, what)
	case e.Key.Exists && (e.What == inspect.Set || e.What == inspect.Changed):
		k := e.Key
		_, err = fmt.Fprintf(w, "%s  %-7s  %-9s %7s %8s  %s%s\n", clock(e.When), e.What, typeWord(k.Meta.Type),
			ttlWord(reachedUntil(k, call), e.When), sizeWord(k), named(k.Name), callWord(call))
	default:
		_, err = fmt.Fprintf(w, "%s  %-7s  %-9s %7s %8s  %s\n", clock(e.When), e.What, "-", "-", "-", named(e.Key.Name)+callWord(call))
	}
	return err
}

func clock(t time.Time) string { return t.Local().Format("15:04:05.000") }
