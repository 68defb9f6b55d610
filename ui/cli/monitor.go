package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// monitor watches the commands of all clients for a while and writes what they
// tell of hits and misses. It looks at the keys first, as a read of a key that
// is known to be there is certain.
func (a *app) monitor(ctx context.Context, c *inspect.Client, f statsFlags) error {
	opt := insight.Options{Depth: f.depth, Delims: f.delims, Seed: uint64(time.Now().UnixNano())}
	sample := insight.NewSample(c.Server().DB, nil, opt)
	opt.Seen = sample.Knows
	snap, apps, err := a.apps(ctx, c)
	if err != nil {
		return err
	}
	costs, err := a.survey(ctx, c, snap, apps, opt)
	if err != nil {
		return err
	}
	a.note("cacheview: running MONITOR for %s; this slows the server down\n", f.monitor)
	before, err := c.Info(ctx)
	if err != nil {
		return err
	}
	begun := time.Now()
	if err := c.Monitor(ctx, f.monitor, sample.Add); err != nil {
		return err
	}
	over := time.Since(begun)
	after, err := c.Info(ctx)
	if err != nil {
		return err
	}
	counted, _ := insight.RatesBetween(before, after)
	// The functions are looked up again, for those that were first called now.
	if _, apps, err = a.apps(ctx, c); err != nil {
		return err
	}
	if err := a.guess(ctx, c, apps); err != nil {
		return err
	}
	sample.Know(apps)
	r := sample.Report(over, counted)
	w := a.data()
	if f.json {
		o := activityObject(r, costs)
		_, err = w.Write(o.line())
	} else {
		writeActivity(w, r, costs)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

// apps lists the names of all keys and works out the functions behind them.
func (a *app) apps(ctx context.Context, c *inspect.Client) (*keyspace.Snapshot, *inspect.FlaskIndex, error) {
	snap, err := a.listing(ctx, c, nil)
	if err != nil {
		return nil, nil, err
	}
	apps, err := c.Flask(ctx, snap, nil)
	return snap, apps, err
}

func writeActivity(w *bufio.Writer, r *insight.Activity, costs *insight.Report) {
	fmt.Fprintf(w, "%s in %s, %.0f a second\n", human.Plural(r.Commands, "command"), r.Over.Round(time.Second/10), float64(r.Commands)/max(r.Over.Seconds(), 0.001))
	if ratio, ok := r.All.HitRatio(); ok {
		fmt.Fprintf(w, "hits %.1f%% of %s\n", 100*ratio, human.Plural(r.All.Reads, "read"))
	}
	if ratio, ok := r.Counted.HitRatio(); ok {
		fmt.Fprintf(w, "the server itself counted %s and %s (%.1f%%), all databases\n", human.Plural(r.Counted.Hits, "hit"), missesOf(r.Counted.Misses), 100*ratio)
	}
	if n := r.Versions.Reads; n > 0 {
		fmt.Fprintf(w, "not counted: %s of versions, which every call of a memoized function reads\n", human.Plural(n, "read"))
	}
	if n := r.All.Unsure; n > 0 {
		fmt.Fprintf(w, "of the hits, %s came too late in the sample to be certain\n", human.Count(n))
	}
	trafficTable(w, "PREFIX", r.Prefixes, costs.Prefixes)
	trafficTable(w, "FUNCTION", r.Functions, costs.Functions)
	trafficTable(w, "KEY", r.Keys, nil)
	counts(w, "COMMAND", r.Kinds)
	counts(w, "CLIENT", r.Clients)
	fmt.Fprintf(w, "\n%s\n", insight.EstimateNote)
}

func missesOf(n int64) string {
	if n == 1 {
		return "1 miss"
	}
	return human.Count(n) + " misses"
}

// trafficTable writes what was seen of each name, and what its keys cost: the
// mean size, and when they expire.
func trafficTable(w *bufio.Writer, kind string, list []insight.KeyTraffic, costs []insight.Group) {
	if len(list) == 0 {
		return
	}
	byName := groupsByName(costs)
	fmt.Fprintf(w, "\n%8s %8s %8s %7s %5s %8s", "READS", "HITS", "MISSES", "RATIO", "±", "WRITES")
	if costs != nil {
		fmt.Fprintf(w, " %9s %-16s", "AVG SIZE", "EXPIRES IN")
	}
	fmt.Fprintf(w, "  %s\n", kind)
	for _, t := range list {
		ratio, off := "-", "-"
		if r, ok := t.HitRatio(); ok {
			up, down := t.Margin()
			ratio, off = fmt.Sprintf("%.0f%%", 100*r), fmt.Sprintf("%.0f", 100*max(up, down))
		}
		name := groupName(kind, t.Name)
		fmt.Fprintf(w, "%8s %8s %8s %7s %5s %8s", human.Count(t.Reads), human.Count(t.Hits), human.Count(t.Misses), ratio, off, human.Count(t.Writes))
		if costs != nil {
			size, spread := "-", "-"
			if g := byName[t.Name]; g != nil {
				size, spread = human.Size(g.Average()), spreadText(*g)
			}
			fmt.Fprintf(w, " %9s %-16s", size, spread)
		}
		if t.Call != "" {
			name += "  " + decode.Printable(t.Call)
		}
		fmt.Fprintf(w, "  %s\n", name)
	}
}

func groupsByName(list []insight.Group) map[string]*insight.Group {
	byName := map[string]*insight.Group{}
	for i := range list {
		byName[list[i].Name] = &list[i]
	}
	return byName
}

func counts(w *bufio.Writer, kind string, list []insight.NameCount) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%8s  %s\n", "TIMES", kind)
	for _, c := range list {
		name := shown([]byte(c.Name))
		if kind == "COMMAND" {
			name = strings.ToUpper(name)
		}
		fmt.Fprintf(w, "%8s  %s\n", human.Count(c.Times), name)
	}
}

func activityObject(r *insight.Activity, costs *insight.Report) object {
	var o object
	o.int("over_ms", r.Over.Milliseconds())
	o.int("commands", int64(r.Commands))
	trafficMembers(&o, r.All)
	if ratio, ok := r.Counted.HitRatio(); ok {
		o.int("counted_hits", r.Counted.Hits)
		o.int("counted_misses", r.Counted.Misses)
		o.float("counted_hit_ratio", ratio)
	}
	o.objects("prefixes", trafficObjects("prefix", r.Prefixes, costs.Prefixes))
	o.objects("functions", trafficObjects("function", r.Functions, costs.Functions))
	keys := trafficObjects("key", r.Keys, nil)
	for i, t := range r.Keys {
		if t.Function != "" {
			keys[i].text("call", t.Call)
			keys[i].text("function", t.Function)
		}
	}
	o.objects("keys", keys)
	o.int("version_reads", int64(r.Versions.Reads))
	o.objects("kinds", countObjects("command", r.Kinds))
	o.objects("clients", countObjects("client", r.Clients))
	o.text("estimate", insight.EstimateNote)
	return o
}

func trafficMembers(o *object, t insight.KeyTraffic) {
	o.int("reads", int64(t.Reads))
	o.int("hits", int64(t.Hits))
	o.int("misses", int64(t.Misses))
	if ratio, ok := t.HitRatio(); ok {
		o.float("hit_ratio", ratio)
		up, down := t.Margin()
		o.float("hit_ratio_margin", max(up, down))
	}
	o.int("unsure", int64(t.Unsure))
	o.int("writes", int64(t.Writes))
	o.int("deletes", int64(t.Deletes))
}

// trafficObjects have the mean size and the times to live of the keys that were
// there when the sample began, if there were any.
func trafficObjects(kind string, list []insight.KeyTraffic, costs []insight.Group) []object {
	byName := groupsByName(costs)
	out := make([]object, len(list))
	for i, t := range list {
		out[i].label(kind, t.Name)
		trafficMembers(&out[i], t)
		if g := byName[t.Name]; g != nil {
			out[i].int("average_bytes", g.Average())
			out[i].int("soonest_ms", g.Soonest.Milliseconds())
			out[i].int("latest_ms", g.Late.Milliseconds())
		}
	}
	return out
}

func countObjects(kind string, list []insight.NameCount) []object {
	out := make([]object, len(list))
	for i, c := range list {
		out[i].label(kind, c.Name)
		out[i].int("times", int64(c.Times))
	}
	return out
}
