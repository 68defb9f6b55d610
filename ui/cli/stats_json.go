package cli

import (
	"bufio"
	"fmt"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/ui/human"
)

// writeStatsJSON writes the server with all that is not by prefix, and then a
// line for each prefix.
func writeStatsJSON(w *bufio.Writer, s inspect.Server, v insight.Vitals, r *insight.Report, apps *inspect.FlaskIndex) error {
	var o object
	identify(&o, s)
	groupMembers(&o, r.All)
	vitalsMembers(&o, v)
	if r.ByLength {
		o.text("bytes_of", "value")
	}
	spreadMembers(&o, r.All)
	o.bool("exact", r.Exact)
	o.int("looked_at", int64(r.Looked))
	frameworks := groupObjects("framework", r.Frameworks)
	for i, g := range r.Frameworks {
		frameworks[i].bool("certain", g.Certain)
		frameworks[i].text("reason", human.FrameworkReason(g))
	}
	o.objects("frameworks", frameworks)
	o.objects("functions", functionObjects(r.Functions, apps))
	var orphans object
	groupMembers(&orphans, r.Orphans)
	o.raw("orphans", orphans.end())
	var possible object
	groupMembers(&possible, r.Possible)
	o.raw("possibly_left_over", possible.end())
	o.objects("peaks", peakObjects(r.Peaks))
	var big []object
	for _, k := range r.Biggest {
		var one object
		one.key("key", k.Name)
		one.int("bytes", k.Meta.Size)
		big = append(big, one)
	}
	o.objects("biggest", big)
	if d := r.Duplicates; d != nil {
		o.raw("duplicates", duplicatesObject(d))
	}
	if _, err := w.Write(o.line()); err != nil {
		return err
	}
	for _, one := range groupObjects("prefix", r.Prefixes) {
		if _, err := w.Write(one.line()); err != nil {
			return err
		}
	}
	return nil
}

// identify adds which server it is.
func identify(o *object, s inspect.Server) {
	o.text("server", s.Addr)
	o.int("db", int64(s.DB))
	o.text("product", s.Product)
	o.text("version", s.Version)
}

// groupMembers adds what the whole and each group have. A margin is there only
// when the number is an estimate.
func groupMembers(o *object, g insight.Group) {
	estimate := func(name string, e insight.Estimate) {
		o.int(name, e.Value)
		if !e.Exact() {
			o.int(name+"_margin", e.Margin)
		}
	}
	estimate("keys", g.Keys)
	estimate("bytes", g.Bytes)
	o.raw("types", typeCounts(g.Types))
	estimate("no_ttl", g.NoTTL)
	o.int("soonest_ms", g.Soonest.Milliseconds())
	o.int("latest_ms", g.Late.Milliseconds())
}

// spreadMembers adds the mean size and the times to live.
func spreadMembers(o *object, g insight.Group) {
	o.int("average_bytes", g.Average())
	var ttl object
	for i, n := range g.TTL {
		name := "more"
		if i < len(insight.Buckets) {
			name = fmt.Sprintf("within_%.0fs", insight.Buckets[i].Seconds())
		}
		ttl.int(name, n.Value)
	}
	o.raw("ttl", ttl.end())
}

func groupObjects(kind string, list []insight.Group) []object {
	out := make([]object, len(list))
	for i, g := range list {
		out[i].label(kind, g.Name)
		groupMembers(&out[i], g)
		spreadMembers(&out[i], g)
	}
	return out
}

func peakObjects(list []insight.ExpirySpike) []object {
	out := make([]object, len(list))
	for i, p := range list {
		out[i].int("at_ms", p.At.UnixMilli())
		out[i].int("keys", p.Keys.Value)
		out[i].known("function", p.Function)
		out[i].label("prefix", p.Prefix)
	}
	return out
}

func duplicatesObject(d *insight.Duplicates) []byte {
	var o object
	o.int("compared", int64(d.Compared))
	o.int("skipped", int64(d.Skipped))
	o.int("keys", int64(d.Keys))
	o.int("wasted_bytes", d.Wasted)
	values := make([]object, len(d.Largest))
	for i, one := range d.Largest {
		values[i].int("keys", int64(one.Keys))
		values[i].int("bytes", one.Bytes)
		values[i].key("key", one.Sample[0])
	}
	o.objects("values", values)
	return o.end()
}

// vitalsMembers adds the server's own figures, those that it told.
func vitalsMembers(o *object, v insight.Vitals) {
	if info := v.Info; info != (inspect.Info{}) {
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
		o.known("policy", info.Policy)
		o.int("clients", info.Clients)
		o.int("uptime_s", int64(info.Uptime.Seconds()))
		o.float("fragmentation", info.Fragmentation)
	}
	if v.Rates.Over > 0 {
		if ratio, ok := v.Rates.HitRatio(); ok {
			o.float("hit_ratio_now", ratio)
		}
		o.float("ops_per_sec_of_others", v.Rates.Commands)
		o.float("evicted_per_sec", v.Rates.Evicted)
		o.float("expired_per_sec", v.Rates.Expired)
	}
	o.int("ping_us", v.Ping.Microseconds())
	found := insight.Findings(v)
	list := make([]object, len(found))
	for i, f := range found {
		list[i].text("level", f.Level.String())
		list[i].text("name", f.Name)
		list[i].text("what", f.Problem)
		list[i].text("do", f.Advice)
	}
	o.objects("findings", list)
	slow := make([]object, len(v.Slow))
	for i, s := range v.Slow {
		slow[i].int("at_ms", s.At.UnixMilli())
		slow[i].int("took_us", s.Took.Microseconds())
		slow[i].texts("command", s.Command)
	}
	o.objects("slowlog", slow)
}
