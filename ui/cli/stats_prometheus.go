package cli

import (
	"bufio"
	"fmt"
	"strings"

	"cacheview/inspect"
	"cacheview/inspect/insight"
)

// prometheus writes metrics in the text format of Prometheus. What the server does
// not say is left out.
type prometheus struct {
	w      *bufio.Writer
	server string
	db     int
}

func (p *prometheus) metric(name, kind, help string, value any, labels ...string) {
	fmt.Fprintf(p.w, "# HELP cacheview_%s %s\n# TYPE cacheview_%s %s\n", name, help, name, kind)
	p.sample(name, value, labels...)
}

// sample writes a value with the labels, which are names and values in turn.
func (p *prometheus) sample(name string, value any, labels ...string) {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	fmt.Fprintf(p.w, `cacheview_%s{server="%s",db="%d"`, name, escape.Replace(shown([]byte(p.server))), p.db)
	for i := 0; i+1 < len(labels); i += 2 {
		fmt.Fprintf(p.w, `,%s="%s"`, labels[i], escape.Replace(labels[i+1]))
	}
	fmt.Fprintf(p.w, "} %v\n", value)
}

// writePrometheus writes the server's figures, the findings and, unless r is nil,
// what the keys cost by prefix.
func writePrometheus(w *bufio.Writer, s inspect.Server, v insight.Vitals, r *insight.Report) error {
	p := &prometheus{w, s.Addr, s.DB}
	if info := v.Info; info != (inspect.Info{}) {
		p.metric("memory_used_bytes", "gauge", "Memory that the server uses.", info.UsedMemory)
		p.metric("memory_max_bytes", "gauge", "Limit of the memory, 0 for none.", info.MaxMemory)
		p.metric("hits_total", "counter", "Reads that found their key.", info.Hits)
		p.metric("misses_total", "counter", "Reads that did not.", info.Misses)
		p.metric("evicted_keys_total", "counter", "Keys that were evicted.", info.Evicted)
		p.metric("expired_keys_total", "counter", "Keys that expired.", info.Expired)
		p.metric("clients", "gauge", "Clients that are connected.", info.Clients)
		p.metric("uptime_seconds", "counter", "Time since the server was started.", int64(info.Uptime.Seconds()))
	}
	p.metric("ping_seconds", "gauge", "Time of one round trip.", v.Ping.Seconds())
	list := insight.Findings(v)
	for i, f := range list {
		if i == 0 {
			fmt.Fprint(w, "# HELP cacheview_finding Something that is wrong, by its level.\n# TYPE cacheview_finding gauge\n")
		}
		p.sample("finding", 1, "name", f.Name, "level", f.Level.String())
	}
	if r == nil {
		return w.Flush()
	}
	for _, m := range []struct {
		name, help string
		of         func(insight.Group) int64
	}{
		{"keys", "Keys by prefix.", func(g insight.Group) int64 { return g.Keys.Value }},
		{"keys_bytes", "Memory of the keys by prefix, estimated in a large database.", func(g insight.Group) int64 { return g.Bytes.Value }},
		{"keys_without_expiry", "Keys without expiry by prefix.", func(g insight.Group) int64 { return g.NoTTL.Value }},
	} {
		fmt.Fprintf(w, "# HELP cacheview_%s %s\n# TYPE cacheview_%[1]s gauge\n", m.name, m.help)
		for _, g := range r.Prefixes {
			p.sample(m.name, m.of(g), "prefix", shown([]byte(g.Name)))
		}
	}
	return w.Flush()
}
