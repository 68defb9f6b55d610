package cli

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/ui/facts"
	"cacheview/ui/human"
)

// writeStats writes the report of a survey for people.
func writeStats(w *bufio.Writer, s inspect.Server, v insight.Vitals, r *insight.Report, apps *inspect.FlaskIndex) error {
	fmt.Fprintf(w, "%s %s · %s · %s %s\n", shown([]byte(s.Addr)), s.Name(), human.Plural(r.All.Keys.Value, "key"), shown([]byte(s.Product)), shown([]byte(s.Version)))
	figures(w, v)
	findings(w, insight.Findings(v))
	if r.All.Keys.Value == 0 {
		return w.Flush()
	}
	if !r.Exact {
		fmt.Fprintf(w, "\nlooked at %s of %s keys, so that the keys take %s, %s (95 %%); --exact looks at all\n",
			human.Count(r.Looked), human.Count(r.All.Keys.Value), human.Size(r.All.Bytes.Value), within(r.All.Bytes))
	}
	size := "MEMORY"
	if r.ByLength {
		size = "LENGTH"
	}
	groupTable(w, size, "PREFIX", r.Prefixes, r.Exact)
	groupTable(w, size, "FRAMEWORK", human.ByName(r.Frameworks), r.Exact)
	groupTable(w, size, "FUNCTION", r.Functions, r.Exact)
	sourceText(w, r.Functions, apps)
	if n := r.Orphans.Keys.Value; n > 0 {
		fmt.Fprintf(w, "\n%s, which no call can reach: %s (cacheview clear --orphans)\n", human.Plural(n, "stale result"), human.Size(r.Orphans.Bytes.Value))
	}
	if n := r.Possible.Keys.Value; n > 0 {
		fmt.Fprintf(w, "\n%s possibly left over: %s (cacheview explain KEY shows why this is not known)\n", human.Plural(n, "key"), human.Size(r.Possible.Bytes.Value))
	}
	lifetimes(w, r.All)
	peaksText(w, r.Peaks)
	biggestText(w, r)
	duplicatesText(w, r.Duplicates)
	return nil
}

// figures are the server's own, in a line.
func figures(w *bufio.Writer, v insight.Vitals) {
	info := v.Info
	if info == (inspect.Info{}) {
		return
	}
	fmt.Fprintf(w, "memory %s", human.Size(info.UsedMemory))
	if info.MaxMemory > 0 {
		fmt.Fprintf(w, " of %s", human.Size(info.MaxMemory))
	}
	if ratio, ok := info.HitRatio(); ok {
		fmt.Fprintf(w, " · hits %.1f%%", 100*ratio)
	}
	fmt.Fprintf(w, " · %s evicted · %s expired · %s/s\n", human.Count(info.Evicted), human.Count(info.Expired), human.Plural(info.OpsPerSec, "command"))
}

func findings(w *bufio.Writer, list []insight.Finding) {
	for _, f := range list {
		fmt.Fprintf(w, "%-4s  %s\n      %s\n", f.Level, shown([]byte(f.Problem)), f.Advice)
	}
}

// within writes the margin of an estimate as a share of it.
func within(e insight.Estimate) string {
	if e.Value <= 0 {
		return fmt.Sprintf("± %s", human.Count(e.Margin))
	}
	return fmt.Sprintf("± %.2g %%", 100*float64(e.Margin)/float64(e.Value))
}

func groupTable(w *bufio.Writer, size, kind string, list []insight.Group, exact bool) {
	if len(list) == 0 {
		return
	}
	margin := func(s string) string {
		if exact {
			return ""
		}
		return fmt.Sprintf(" %8s", s)
	}
	fmt.Fprintf(w, "\n%10s %8s%s %-15s %8s  %s\n", "KEYS", size, margin("±"), "EXPIRES IN", "NEVER", kind)
	for _, g := range list {
		name := groupName(kind, g.Name)
		fmt.Fprintf(w, "%10s %8s%s %-15s %8s  %s\n", human.Count(g.Keys.Value), human.Size(g.Bytes.Value),
			margin(strings.TrimPrefix(within(g.Bytes), "± ")), spreadText(g), human.Count(g.NoTTL.Value), name)
	}
}

// groupName is the name of a group of keys in a table. Prefixes and keys are in
// the printed form.
func groupName(kind, name string) string {
	switch {
	case name == "":
		return "(no prefix)"
	case kind == "PREFIX" || kind == "KEY":
		return named([]byte(name))
	}
	return shown([]byte(name))
}

// spreadText is when the keys of a group expire.
func spreadText(g insight.Group) string {
	switch soon, late := human.TTL(g.Soonest, time.Now()), human.TTL(g.Late, time.Now()); {
	case g.Late <= 0:
		return "-"
	case soon == late:
		return soon
	default:
		return soon + " to " + late
	}
}

// wholeUnits writes a time in the largest unit that it is a multiple of: 10m, 7d.
func wholeUnits(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= u.size && d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + u.name
		}
	}
	return d.String()
}

// bucketName is the upper end of a bucket in words.
func bucketName(i int) string {
	if i == len(insight.Buckets) {
		return "later"
	}
	return "within " + wholeUnits(insight.Buckets[i])
}

// lifetimes draws the histogram of the times to live.
func lifetimes(w *bufio.Writer, g insight.Group) {
	most := g.NoTTL.Value
	for _, n := range g.TTL {
		most = max(most, n.Value)
	}
	fmt.Fprintf(w, "\n%10s  %s\n", "KEYS", "EXPIRE")
	row := func(name string, n int64) {
		if n > 0 {
			fmt.Fprintf(w, "%10s  %-12s %s\n", human.Count(n), name, strings.Repeat("#", max(int(30*n/max(most, 1)), 1)))
		}
	}
	for i, n := range g.TTL {
		row(bucketName(i), n.Value)
	}
	row("no expiry", g.NoTTL.Value)
}

func peaksText(w *bufio.Writer, list []insight.ExpirySpike) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\nExpiring in the same second (stampede risk):\n")
	for _, p := range list {
		about := ""
		if !p.Keys.Exact() {
			about = "about "
		}
		fmt.Fprintf(w, "%10s  at %s  %s\n", about+human.Count(p.Keys.Value), p.At.Format(time.TimeOnly), peakOf(p))
	}
}

// peakOf names what expires.
func peakOf(p insight.ExpirySpike) string {
	switch {
	case p.Function != "":
		return "results of " + shown([]byte(p.Function))
	case p.Prefix != "":
		return "keys of " + named([]byte(p.Prefix))
	case p.Framework != "":
		return "keys of " + shown([]byte(p.Framework))
	}
	return "keys without a prefix"
}

func biggestText(w *bufio.Writer, r *insight.Report) {
	if len(r.Biggest) == 0 {
		return
	}
	title := "BIGGEST KEYS"
	if !r.Exact {
		title += " of those looked at"
	}
	fmt.Fprintf(w, "\n%10s  %s (average %s)\n", "", title, human.Size(r.All.Average()))
	for _, k := range r.Biggest[:min(5, len(r.Biggest))] {
		fmt.Fprintf(w, "%10s  %s\n", human.Size(k.Meta.Size), named(k.Name))
	}
}

func duplicatesText(w *bufio.Writer, d *insight.Duplicates) {
	if d == nil {
		return
	}
	fmt.Fprintf(w, "\n%s of %s compared hold a value that another holds, too: %s too much\n", human.Plural(d.Keys, "key"), human.Count(d.Compared), human.Size(d.Wasted))
	for _, one := range d.Largest {
		fmt.Fprintf(w, "%10s  %s each: %s\n", human.Plural(one.Keys, "key"), human.Size(one.Bytes), named(one.Sample[0]))
	}
}

// writeServer writes the server's figures for people, one a line.
func writeServer(w *bufio.Writer, s inspect.Server, v insight.Vitals) error {
	for _, f := range facts.Of(s, v) {
		fmt.Fprintf(w, "%-12s %s\n", f.Name, shown([]byte(f.Text)))
	}
	if list := insight.Findings(v); len(list) > 0 {
		fmt.Fprintln(w)
		findings(w, list)
	}
	if len(v.Slow) > 0 {
		fmt.Fprintf(w, "\n%10s  %-8s  %s\n", "TOOK", "AT", "SLOW COMMAND")
	}
	for _, e := range v.Slow {
		fmt.Fprintf(w, "%10s  %-8s  %s\n", e.Took, e.At.Format(time.TimeOnly), shown([]byte(strings.Join(e.Command, " "))))
	}
	return nil
}
