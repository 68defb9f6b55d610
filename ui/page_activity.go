package ui

import (
	"fmt"
	"time"

	"cacheview/decode"
	"cacheview/inspect/insight"
	"cacheview/ui/human"
)

// activityLines is the activity page: the sample, if there is one, and what
// changes.
func (m *model) activityLines(w int) []string {
	sample := &m.pages.sample
	s := &sheet{th: m.th, w: w}
	a := sample.result
	if sample.job.on || sample.failure != nil {
		a = nil
	}
	if a != nil {
		m.sampleRows(s, a)
	}
	if m.lay.Wide {
		left := &sheet{th: m.th, w: w / 2}
		right := &sheet{th: m.th, w: w - w/2}
		if a != nil {
			s.row("")
			m.countRows(right, a)
		} else {
			m.sampleState(right)
		}
		m.changeRows(left)
		return append(s.lines, beside(left, right)...)
	}
	switch {
	case a != nil:
		m.countRows(s, a)
		m.changeRows(s)
	case sample.job.on || sample.failure != nil:
		m.sampleState(s)
		m.changeRows(s)
	default:
		m.changeRows(s)
		m.sampleState(s)
	}
	return s.lines
}

// sampleState says that there is no sample, why, or how far it is.
func (m *model) sampleState(s *sheet) {
	p := &m.pages.sample
	s.head("Hits and misses")
	switch {
	case p.job.on && p.until.IsZero():
		s.words(m.th.Dim.Plain, 1, "looking at the keys first…")
	case p.job.on:
		left := max(p.until.Sub(m.now()), 0)
		s.words(m.th.Warn.Plain, 1, fmt.Sprintf("watching all commands, %d s left; %s so far; %s stops", int(left.Seconds()+0.99), human.Count(p.seen.Load()), m.keys.Back.name()))
	case p.failure != nil:
		s.words(m.th.Warn.Plain, 1, decode.Printable(p.failure.Error()))
	default:
		s.words(m.th.Dim.Plain, 1, m.keys.Sample.name()+" runs MONITOR for 10 s to estimate hits and misses by prefix and function. That slows the server down, so it asks first.")
	}
}

// sampleRows are the hits and misses of a sample.
func (m *model) sampleRows(s *sheet, a *insight.Activity) {
	s.head("Hits and misses")
	if ratio, ok := a.All.HitRatio(); ok {
		s.fact("hits", fmt.Sprintf("%.1f %% of %s, estimated", 100*ratio, human.Plural(a.All.Reads, "read")))
	}
	if ratio, ok := a.Counted.HitRatio(); ok {
		s.fact("counted", fmt.Sprintf("%.1f %% of %s in all databases, by the server", 100*ratio, human.Plural(a.Counted.Hits+a.Counted.Misses, "lookup")))
	}
	if a.All.Unsure > 0 {
		s.fact("not sure", human.Plural(a.All.Unsure, "hit")+", too late in the sample")
	}
	s.fact("commands", fmt.Sprintf("%s in %s, %.0f a second", human.Count(a.Commands), a.Over.Round(time.Second/10), float64(a.Commands)/max(a.Over.Seconds(), 0.001)))
	var prefixes, functions []insight.Group
	if r := m.pages.sample.costs; r != nil {
		prefixes, functions = r.Prefixes, r.Functions
	}
	m.trafficTable(s, "By prefix", "prefix", a.Prefixes, prefixes, "(no prefix)")
	m.trafficTable(s, "By function", "function", a.Functions, functions, "")
}

// countRows are the most used keys, the commands and the clients of a sample,
// and how it was estimated.
func (m *model) countRows(s *sheet, a *insight.Activity) {
	m.trafficTable(s, "Top keys", "key", a.Keys, nil, "")
	counts := func(title string, list []insight.NameCount) {
		if len(list) == 0 {
			return
		}
		s.head(title)
		for _, c := range list[:min(len(list), groupsShown)] {
			s.row(rightText(human.Count(c.Times), 7) + "  " + clip(decode.Printable(c.Name), max(s.w-10, 6)))
		}
	}
	counts("Commands", a.Kinds)
	counts("Clients", a.Clients)
	s.row("")
	s.words(m.th.Dim.Plain, 1, insight.EstimateNote+" ± is the margin of the long-run ratio in percentage points (95% confidence).")
}
