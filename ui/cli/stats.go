package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

type statsFlags struct {
	depth  int
	delims string
	json   bool
}

func (a *app) statsCommand() *cobra.Command {
	var f statsFlags
	cmd := &cobra.Command{
		Use:   "stats [PREFIX]",
		Short: "Count keys, bytes and times to live by prefix",
		Long: "Count the keys, their bytes and their times to live by prefix, largest first, below\n" +
			"the figures of the server itself.",
		Example: "cacheview stats\n" +
			"cacheview stats --depth 2 user:\n" +
			"cacheview stats --json | jq -s '.[1:] | max_by(.bytes)'",
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error { return a.stats(ctx, f, args) }),
	}
	fl := cmd.Flags()
	fl.IntVar(&f.depth, "depth", 1, "how many segments a prefix has")
	fl.StringVar(&f.delims, "delims", ":", "characters that end a segment")
	fl.BoolVar(&f.json, "json", false, "write one JSON object a line: the server, then the prefixes")
	return cmd
}

func (a *app) stats(ctx context.Context, f statsFlags, args []string) error {
	if f.depth < 1 {
		return usagef("--depth must be at least 1")
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	info, err := c.Info(ctx)
	if err != nil {
		return err
	}
	t := tally{flags: f, groups: map[string]*group{}}
	var opt inspect.ScanOptions
	if len(args) == 1 {
		opt.Prefix = []byte(args[0])
	}
	p := a.progress()
	err = eachPage(ctx, c, opt, func(names [][]byte, at inspect.Progress) error {
		p.show("scanned", at.Walked, at.Total)
		keys, err := c.Meta(ctx, names, true)
		for _, k := range keys {
			t.add(k)
		}
		return err
	})
	p.done()
	if err != nil {
		return err
	}
	w := a.data()
	if f.json {
		err = t.writeJSON(w, c.Server(), info)
	} else {
		err = t.writeText(w, c.Server(), info)
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil && t.all.keys == 0 {
		return a.nothing("no key matches")
	}
	return err
}

// group is what is known of the keys with one prefix.
type group struct {
	prefix          string
	keys, noTTL     int
	bytes           int64
	types           map[keyspace.Type]int
	soonest, latest time.Duration
}

// tally counts keys by prefix.
type tally struct {
	flags    statsFlags
	all      group
	groups   map[string]*group
	byLength bool // sizes are lengths of values
}

func (t *tally) add(k inspect.Key) {
	if !k.Exists {
		return
	}
	prefix := segments(k.Name, t.flags.delims, t.flags.depth)
	g := t.groups[string(prefix)]
	if g == nil {
		g = &group{prefix: string(prefix)}
		t.groups[g.prefix] = g
	}
	g.add(k)
	t.all.add(k)
	t.byLength = t.byLength || k.ByLength
}

func (g *group) add(k inspect.Key) {
	if g.types == nil {
		g.types = map[keyspace.Type]int{}
	}
	g.types[k.Meta.Type]++
	g.bytes += max(k.Meta.Size, 0)
	switch k.Meta.Expiry {
	case keyspace.NoExpiry:
		g.noTTL++
	case keyspace.UnknownExpiry:
	default:
		left := max(time.UnixMilli(k.Meta.Expiry).Sub(k.At), 1)
		if g.soonest == 0 || left < g.soonest {
			g.soonest = left
		}
		g.latest = max(g.latest, left)
	}
	g.keys++
}

// segments returns the first depth segments of a name with their delimiters;
// what comes after the last delimiter belongs to no prefix.
func segments(name []byte, delims string, depth int) []byte {
	end := 0
	for range depth {
		i := bytes.IndexAny(name[end:], delims)
		if i < 0 {
			break
		}
		end += i + 1
	}
	return name[:end]
}

// sorted has the largest group first.
func (t *tally) sorted() []*group {
	return slices.SortedFunc(maps.Values(t.groups), func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.bytes, a.bytes), cmp.Compare(b.keys, a.keys), cmp.Compare(a.prefix, b.prefix))
	})
}

func (t *tally) writeText(w *bufio.Writer, s inspect.Server, info inspect.Info) error {
	fmt.Fprintf(w, "%s %s · %s · %s %s\n", shown([]byte(s.Addr)), s.Name(), human.Plural(t.all.keys, "key"), shown([]byte(s.Product)), shown([]byte(s.Version)))
	if info != (inspect.Info{}) {
		fmt.Fprintf(w, "memory %s", human.Size(info.UsedMemory))
		if info.MaxMemory > 0 {
			fmt.Fprintf(w, " of %s", human.Size(info.MaxMemory))
		}
		if ratio, ok := info.HitRatio(); ok {
			fmt.Fprintf(w, " · hits %.1f%%", 100*ratio)
		}
		fmt.Fprintf(w, " · %s evicted · %s expired · %s/s\n", human.Count(info.Evicted), human.Count(info.Expired), human.Plural(info.OpsPerSec, "command"))
	}
	if t.all.keys == 0 {
		return nil
	}
	size := "MEMORY"
	if t.byLength {
		size = "LENGTH"
	}
	fmt.Fprintf(w, "\n%10s %8s %-15s %8s  %s\n", "KEYS", size, "EXPIRES IN", "NEVER", "PREFIX")
	for _, g := range t.sorted() {
		spread := "-"
		if g.latest > 0 {
			spread = human.Lifetime(g.soonest) + " to " + human.Lifetime(g.latest)
		}
		prefix := shown([]byte(g.prefix))
		if prefix == "" {
			prefix = "(no prefix)"
		}
		if _, err := fmt.Fprintf(w, "%10s %8s %-15s %8s  %s\n", human.Count(g.keys), human.Size(g.bytes), spread, human.Count(g.noTTL), prefix); err != nil {
			return err
		}
	}
	return nil
}

func (t *tally) writeJSON(w *bufio.Writer, s inspect.Server, info inspect.Info) error {
	var o object
	o.text("server", s.Addr)
	o.int("db", int64(s.DB))
	o.text("product", s.Product)
	o.text("version", s.Version)
	t.all.describe(&o)
	if info != (inspect.Info{}) {
		o.int("used_memory", info.UsedMemory)
		o.int("max_memory", info.MaxMemory)
		o.int("hits", info.Hits)
		o.int("misses", info.Misses)
		if ratio, ok := info.HitRatio(); ok {
			o.float("hit_ratio", ratio)
		}
		o.int("evicted", info.Evicted)
		o.int("expired", info.Expired)
		o.int("ops_per_sec", info.OpsPerSec)
	}
	if t.byLength {
		o.text("bytes_of", "value")
	}
	if _, err := w.Write(o.line()); err != nil {
		return err
	}
	for _, g := range t.sorted() {
		var o object
		o.bytes("prefix", []byte(g.prefix))
		g.describe(&o)
		if _, err := w.Write(o.line()); err != nil {
			return err
		}
	}
	return nil
}

// describe adds the members that the server and each prefix have.
func (g *group) describe(o *object) {
	o.int("keys", int64(g.keys))
	o.int("bytes", g.bytes)
	o.raw("types", typeCounts(g.types))
	o.int("no_ttl", int64(g.noTTL))
	o.int("soonest_ms", g.soonest.Milliseconds())
	o.int("latest_ms", g.latest.Milliseconds())
}
