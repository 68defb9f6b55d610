// Package facts puts the figures of a server into words, one fact a line, for
// the server page and for the command line alike. It judges nothing and asks
// nobody.
package facts

import (
	"fmt"
	"strings"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/ui/human"
)

// Fact is a figure with its name. Text may hold what the server said: make it
// printable.
type Fact struct{ Name, Text string }

// Of returns what is known of a server, in reading order. What it would not
// tell is left out.
func Of(s inspect.Server, v insight.Vitals) []Fact {
	list := []Fact{
		{"server", strings.TrimPrefix(fmt.Sprintf("%s, %s, %s", strings.TrimSpace(s.Product+" "+s.Version), s.Mode, s.Addr), ", ")},
		{"ping", v.Ping.Round(time.Microsecond).String()},
	}
	add := func(name, format string, args ...any) {
		list = append(list, Fact{name, fmt.Sprintf(format, args...)})
	}
	for _, db := range v.Databases {
		add(fmt.Sprintf("db%d", db.Number), "%s, %s without TTL", human.Plural(db.Keys, "key"), human.Count(db.Keys-db.Expires))
	}
	i := v.Info
	if i == (inspect.Info{}) {
		return list
	}
	limit := ", no maxmemory"
	if i.MaxMemory > 0 {
		limit = fmt.Sprintf(" of %s (%.0f %%)", human.Size(i.MaxMemory), 100*float64(i.UsedMemory)/float64(i.MaxMemory))
	}
	if i.UsedMemory > 0 {
		add("memory", "%s%s, policy %s", human.Size(i.UsedMemory), limit, orUnknown(i.Policy))
	}
	if i.Fragmentation > 0 {
		add("process", "%s (fragmentation %.2f)", human.Size(i.Resident), i.Fragmentation)
	}
	add("hits", "%s", strings.TrimPrefix(hits(v), ", "))
	per := ""
	if v.Rates.Over > 0 {
		per = fmt.Sprintf(" · now %.0f/s evicted, %.0f/s expired", v.Rates.Evicted, v.Rates.Expired)
		add("commands", "%s/s (without cacheview's own)", human.Count(int64(v.Rates.Commands+0.5)))
	} else {
		add("commands", "%s/s", human.Count(i.OpsPerSec))
	}
	add("evicted", "%s, expired %s%s", human.Count(i.Evicted), human.Count(i.Expired), per)
	clients := human.Count(i.Clients)
	if i.MaxClients > 0 {
		clients += " of " + human.Count(i.MaxClients)
	}
	add("clients", "%s, %s blocked, %s refused", clients, human.Count(i.Blocked), human.Count(i.Rejected))
	if text := persistence(i); text != "" {
		add("on disk", "%s", text)
	}
	add("uptime", "%s", human.TTLText(i.Uptime))
	return list
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func hits(v insight.Vitals) string {
	text := ""
	switch ratio, ok := v.Rates.HitRatio(); {
	case ok:
		text = fmt.Sprintf("%.1f %% now", 100*ratio)
	case v.Rates.Over > 0:
		text = "no lookups now"
	}
	if ratio, ok := v.Info.HitRatio(); ok {
		text += fmt.Sprintf(", %.1f %% since the start (%s of %s, all clients)", 100*ratio, human.Count(v.Info.Hits), human.Count(v.Info.Hits+v.Info.Misses))
	}
	if text == "" {
		return "no lookups yet"
	}
	return text
}

// startSlack is the difference between the clocks of INFO, which count in seconds.
const startSlack = 2 * time.Second

// persistence describes the snapshots on disk; "" if the server does not report them.
func persistence(i inspect.Info) string {
	var parts []string
	if !i.LastSave.IsZero() && !i.At.IsZero() {
		age := max(i.At.Sub(i.LastSave), 0)
		last := "snapshot " + human.TTLText(age) + " ago"
		if i.Uptime > 0 && age >= i.Uptime-startSlack { // a server starts with that time
			last = "no snapshot since the start"
		}
		parts = append(parts, last+", "+human.Plural(i.Unsaved, "change")+" since")
	}
	if i.SnapshotFailed {
		parts = append(parts, "snapshots FAILING")
	}
	switch {
	case i.AppendOnly && i.AppendFailed:
		parts = append(parts, "append-only file FAILING")
	case i.AppendOnly:
		parts = append(parts, "append-only file")
	}
	return strings.Join(parts, ", ")
}
