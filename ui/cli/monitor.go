package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/ui/human"
)

// monitor watches the commands of all clients for a while and writes what they
// tell of hits and misses.
func (a *app) monitor(ctx context.Context, c *inspect.Client, f statsFlags) error {
	a.note("cacheview: watching all commands for %s; the server answers fewer meanwhile\n", f.monitor)
	before, err := c.Info(ctx)
	if err != nil {
		return err
	}
	sample := insight.NewSample(c.Server().DB, nil, insight.Options{Depth: f.depth, Delims: f.delims})
	begun := time.Now()
	if err := c.Monitor(ctx, f.monitor, sample.Add); err != nil {
		return err
	}
	over := time.Since(begun)
	after, err := c.Info(ctx)
	if err != nil {
		return err
	}
	counted, _ := insight.Between(before, after)
	// The functions are looked up afterwards, among the keys that are there.
	snap, err := a.listing(ctx, c, nil)
	if err != nil {
		return err
	}
	apps, err := c.Flask(ctx, snap, nil)
	if err != nil {
		return err
	}
	sample.Know(apps)
	r := sample.Report(over, counted)
	w := a.data()
	if f.json {
		o := activityObject(r)
		_, err = w.Write(o.line())
	} else {
		writeActivity(w, r)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

func writeActivity(w *bufio.Writer, r *insight.Activity) {
	fmt.Fprintf(w, "%s in %s, %.0f a second\n", human.Plural(r.Commands, "command"), r.Over.Round(time.Second/10), float64(r.Commands)/max(r.Over.Seconds(), 0.001))
	if ratio, ok := r.All.HitRatio(); ok {
		fmt.Fprintf(w, "hits %.1f%% of %s\n", 100*ratio, human.Plural(r.All.Reads, "read"))
	}
	if ratio, ok := r.Counted.HitRatio(); ok {
		fmt.Fprintf(w, "the server itself counted %s and %s (%.1f%%), all databases\n", human.Plural(r.Counted.Hits, "hit"), missesOf(r.Counted.Misses), 100*ratio)
	}
	if n := r.All.Unsure; n > 0 {
		fmt.Fprintf(w, "of the hits, %s came too late in the sample to be certain\n", human.Count(n))
	}
	trafficTable(w, "PREFIX", r.Prefixes)
	trafficTable(w, "FUNCTION", r.Functions)
	trafficTable(w, "KEY", r.Keys)
	counts(w, "COMMAND", r.Kinds)
	counts(w, "CLIENT", r.Clients)
	fmt.Fprintf(w, "\n%s\n", insight.HowEstimated)
}

func missesOf(n int64) string {
	if n == 1 {
		return "1 miss"
	}
	return human.Count(n) + " misses"
}

func trafficTable(w *bufio.Writer, kind string, list []insight.Traffic) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%8s %8s %8s %7s %8s  %s\n", "READS", "HITS", "MISSES", "RATIO", "WRITES", kind)
	for _, t := range list {
		ratio := "-"
		if r, ok := t.HitRatio(); ok {
			ratio = fmt.Sprintf("%.0f%%", 100*r)
		}
		name := shown([]byte(t.Name))
		if name == "" {
			name = "(no prefix)"
		}
		fmt.Fprintf(w, "%8s %8s %8s %7s %8s  %s\n", human.Count(t.Reads), human.Count(t.Hits), human.Count(t.Misses), ratio, human.Count(t.Writes), name)
	}
}

func counts(w *bufio.Writer, kind string, list []insight.Count) {
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

func activityObject(r *insight.Activity) object {
	var o object
	o.int("over_ms", r.Over.Milliseconds())
	o.int("commands", int64(r.Commands))
	trafficMembers(&o, r.All)
	if ratio, ok := r.Counted.HitRatio(); ok {
		o.int("counted_hits", r.Counted.Hits)
		o.int("counted_misses", r.Counted.Misses)
		o.float("counted_hit_ratio", ratio)
	}
	o.objects("prefixes", trafficObjects("prefix", r.Prefixes))
	o.objects("functions", trafficObjects("function", r.Functions))
	o.objects("keys", trafficObjects("key", r.Keys))
	o.objects("kinds", countObjects("command", r.Kinds))
	o.objects("clients", countObjects("client", r.Clients))
	o.text("estimate", insight.HowEstimated)
	return o
}

func trafficMembers(o *object, t insight.Traffic) {
	o.int("reads", int64(t.Reads))
	o.int("hits", int64(t.Hits))
	o.int("misses", int64(t.Misses))
	if ratio, ok := t.HitRatio(); ok {
		o.float("hit_ratio", ratio)
	}
	o.int("unsure", int64(t.Unsure))
	o.int("writes", int64(t.Writes))
	o.int("deletes", int64(t.Deletes))
}

func trafficObjects(kind string, list []insight.Traffic) []object {
	out := make([]object, len(list))
	for i, t := range list {
		out[i].bytes(kind, []byte(t.Name))
		trafficMembers(&out[i], t)
	}
	return out
}

func countObjects(kind string, list []insight.Count) []object {
	out := make([]object, len(list))
	for i, c := range list {
		out[i].bytes(kind, []byte(c.Name))
		out[i].int("times", int64(c.Times))
	}
	return out
}
