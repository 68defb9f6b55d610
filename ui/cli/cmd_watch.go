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
	selectFlags
	json    bool
	changes int
	during  time.Duration
}

func (a *app) watchCommand() *cobra.Command {
	var f watchFlags
	cmd := &cobra.Command{
		Use:   "watch [PREFIX]...",
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
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.asking(a.findKeys),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.watch(ctx, f, args) }),
	}
	fl := cmd.Flags()
	f.register(a, cmd, "limit")
	fl.BoolVar(&f.json, "json", false, "write one JSON object a line: time, event, key, type, ttl_ms, bytes, call, ...")
	fl.IntVar(&f.changes, "limit", 0, "end after this many changes")
	fl.Var((*duration)(&f.during), "for", "end after this time, such as 30s or 5m")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, scopeGroup, appsGroup)
}

func (a *app) watch(ctx context.Context, f watchFlags, args []string) error {
	if f.changes < 0 || f.during < 0 {
		return usagef("--limit and --for must not be negative")
	}
	sel, err := a.selection(ctx, &f.selectFlags, args)
	if err != nil {
		return err
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	fits, err := a.fitting(ctx, c, sel)
	if err != nil {
		return err
	}
	following := ctx
	if f.during > 0 {
		var stop context.CancelFunc
		following, stop = context.WithTimeout(ctx, f.during)
		defer stop()
	}
	seen, err := a.follow(following, c, fits, f)
	if ctx.Err() == nil && following.Err() != nil {
		if err = nil; f.changes > 0 && seen < f.changes {
			err = errNothing // the time is over, and what was waited for did not come
		}
	}
	return err
}

// eventFilter says which changes are told.
type eventFilter struct {
	opt  inspect.FollowOptions
	fits func(ctx context.Context, k inspect.Key) (bool, error)
}

// fitting makes a filter of changes. What is gone is compared by its name.
func (a *app) fitting(ctx context.Context, c *inspect.Client, s *selection) (eventFilter, error) {
	sel, err := a.selector(ctx, c, s)
	if err != nil {
		return eventFilter{}, err
	}
	scan := sel.Scan()
	only := map[string]bool{}
	for _, name := range s.names {
		only[string(name)] = true
	}
	return eventFilter{
		opt: inspect.FollowOptions{Prefix: scan.Prefix, Match: scan.Match, Type: s.filter.Type},
		fits: func(ctx context.Context, k inspect.Key) (bool, error) {
			switch {
			case s.names != nil && !only[string(k.Name)], !sel.Fits(k.Name):
				return false, nil
			case !k.Exists:
				return true, nil
			}
			keys, err := sel.Pick(ctx, [][]byte{k.Name})
			return len(keys) > 0, err
		},
	}, nil
}

// follow writes the changes until ctx ends or there were enough, and returns how
// many.
func (a *app) follow(ctx context.Context, c *inspect.Client, filter eventFilter, f watchFlags) (seen int, err error) {
	src, err := c.Follow(ctx, filter.opt)
	if err != nil {
		return 0, err
	}
	defer src.Close()
	if !src.UsesTracking() {
		a.note("cacheview: this server does not report changes; its keys are listed every second instead\n")
	}
	w := a.data()
	apps := inspect.NewCallWatch(c)
	for {
		events, err := src.Next(ctx)
		calls, cerr := apps.Of(ctx, events)
		if cerr != nil {
			calls = make([]inspect.CallInfo, len(events)) // the events count more
			err = cmp.Or(err, cerr)
		}
		for i, e := range events {
			if len(e.Key.Name) > 0 || e.What != inspect.Flushed && e.What != inspect.Missed {
				if ok, ferr := filter.fits(ctx, e.Key); ferr != nil {
					return seen, ferr
				} else if !ok {
					continue
				}
			}
			if werr := a.writeEvent(w, e, calls[i], f.json); werr != nil {
				return seen, werr
			}
			if seen++; f.changes > 0 && seen == f.changes {
				return seen, w.Flush()
			}
		}
		if ferr := w.Flush(); ferr != nil {
			return seen, ferr
		}
		if err != nil {
			return seen, err
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
