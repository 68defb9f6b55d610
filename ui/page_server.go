package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/ui/facts"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// serverLines is the server page: how the server does on the left and what the
// keys cost on the right, or one below the other.
func (m *model) serverLines(w int) []string {
	if m.lay.Wide {
		left := &sheet{th: m.th, w: w / 2}
		right := &sheet{th: m.th, w: w - w/2}
		m.serverFigures(left)
		m.keyFigures(right)
		return beside(left, right)
	}
	s := &sheet{th: m.th, w: w}
	m.serverFigures(s)
	m.keyFigures(s)
	return s.lines
}

// serverFigures are the sparklines, what is wrong, the figures, and what was
// slow.
func (m *model) serverFigures(s *sheet) {
	p := &m.pages
	if !p.known {
		s.words(m.th.Dim.Plain, 1, "asking…")
		return
	}
	v := p.vitals
	m.sparks(s)
	list := insight.Findings(v)
	s.head("Warnings")
	if len(list) == 0 && v.Info != (inspect.Info{}) {
		s.words(m.th.Good.Plain, 1, "none: all figures are normal")
	} else if len(list) == 0 {
		s.words(m.th.Dim.Plain, 1, "nothing known without INFO")
	}
	for _, f := range list {
		ink, sign := m.th.Dim.Plain, "· "
		switch f.Level {
		case insight.Warn:
			ink, sign = m.th.Warn.Plain, "! "
		case insight.Bad:
			ink, sign = m.th.Bad.Plain, "!!"
		}
		for i, line := range wrapWords(f.Problem, max(s.w-5, 8)) {
			if i > 0 {
				sign = "  "
			}
			s.row(" " + ink.Paint(sign+" "+decode.Printable(line)))
		}
		s.words(m.th.Dim.Plain, 4, f.Advice)
	}
	s.head("Figures")
	for _, f := range facts.Of(m.server, v) {
		s.fact(f.Name, decode.Printable(f.Text))
	}
	if len(m.server.Missing) > 0 {
		s.head("Not supported by this server")
	}
	for _, miss := range m.server.Missing {
		s.words(m.th.Dim.Plain, 1, decode.Printable(miss.Command)+": "+decode.Printable(miss.Effect))
	}
	if len(v.Slow) > 0 {
		s.head("Slow commands")
	}
	for _, e := range v.Slow {
		s.row(" " + m.th.Warn.Plain.Paint(rightText(e.Took.Round(time.Microsecond).String(), 10)) + " " +
			m.th.Text.Plain.Paint(clip(e.At.Format(time.TimeOnly)+"  "+decode.Printable(strings.Join(e.Command, " ")), s.w-13)))
	}
}

// sparks draws the last two minutes, a line for each figure.
func (m *model) sparks(s *sheet) {
	p := &m.pages
	line := func(name string, values []float64, top float64, now string) {
		if len(values) == 0 {
			return
		}
		room := s.w - factAt - 2 - len([]rune(now))
		s.row(" " + m.th.Dim.Plain.Paint(fit(name, factAt-1)) + m.th.Good.Plain.Paint(spark(values, min(room, 60), top, m.opt.ASCII)) + " " + m.th.Strong.Plain.Paint(now))
	}
	last := func(values []float64) float64 {
		if len(values) == 0 {
			return 0
		}
		return values[len(values)-1]
	}
	h := &p.history
	line("hits", h.hits, 1, fmt.Sprintf("%.0f %%", 100*last(h.hits)))
	line("commands", h.commands, highest(h.commands), human.Count(int64(last(h.commands)+0.5))+"/s")
	line("memory", h.memory, highest(h.memory), human.Size(int64(last(h.memory))))
}

// keyFigures are what the keys cost by prefix and function, when they expire,
// and the largest.
func (m *model) keyFigures(s *sheet) {
	p := &m.pages.survey
	r := p.report
	s.head("Keys")
	switch {
	case p.job.on && p.total.Load() > 0:
		s.words(m.th.Dim.Plain, 1, fmt.Sprintf("looking at %s of %s; esc stops", human.Count(p.done.Load()), human.Plural(p.total.Load(), "key")))
		return
	case p.job.on:
		s.words(m.th.Dim.Plain, 1, "adding up…")
		return
	case r == nil && p.trouble != nil:
		s.words(m.th.Warn.Plain, 1, decode.Printable(p.trouble.Error())+"; "+m.keys.Rescan.name()+" tries again")
		return
	case r == nil && !m.progress.Done:
		s.words(m.th.Dim.Plain, 1, "computed once all keys are listed")
		return
	case r == nil:
		s.words(m.th.Dim.Plain, 1, m.keys.Rescan.name()+" computes the figures")
		return
	}
	s.fact("looked at", lookedAt(r)+", "+human.TTLText(m.now().Sub(p.at))+" ago; "+m.keys.Rescan.name()+" looks again")
	if r.Partial {
		s.words(m.th.Warn.Plain, 1, partlySurveyed(r))
	}
	s.fact("memory", fmt.Sprintf("%s%s, on average %s", human.Size(r.All.Bytes.Value), margin(r.All.Bytes), human.Size(r.All.Average())))
	s.fact("no expiry", human.Count(r.All.NoTTL.Value)+margin(r.All.NoTTL))
	if n := r.Orphans.Keys.Value; n > 0 {
		s.fact("stale", human.Plural(n, "result")+" that no call can reach: "+human.Size(r.Orphans.Bytes.Value)+"; "+m.keys.Clear.name()+" clears them")
	}
	if n := r.Possible.Keys.Value; n > 0 {
		s.fact("possibly stale", human.Plural(n, "key")+" possibly left over: "+human.Size(r.Possible.Bytes.Value))
	}
	m.peakRows(s, r)
	m.groupTable(s, "By prefix", r.Prefixes, "(no prefix)")
	m.groupTable(s, "By function", r.Functions, "")
	m.groupTable(s, "By framework", human.ByName(r.Frameworks), "")
	m.expiryRows(s, r)
	s.head("Biggest")
	for _, k := range r.Biggest[:min(len(r.Biggest), 5)] {
		s.row(rightText(human.Size(k.Meta.Size), 9) + "  " + clip(decode.PrintableName(k.Name), s.w-12))
	}
}

func lookedAt(r *insight.Report) string {
	if r.Exact {
		return "all " + human.Plural(r.Looked, "key")
	}
	return human.Count(r.Looked) + " of " + human.Plural(r.Total, "key") + " (± in 95 of 100 cases)"
}

// margin writes how far off an estimate may be.
func margin(e insight.Estimate) string {
	if e.Exact() || e.Value == 0 {
		return ""
	}
	return fmt.Sprintf(" ± %.2g %%", 100*float64(e.Margin)/float64(e.Value))
}

// groupsShown is how many groups of a kind have a line.
const groupsShown = 8

// groupTable is what the groups of one kind cost and when they expire.
func (m *model) groupTable(s *sheet, title string, list []insight.Group, unnamed string) {
	if len(list) == 0 {
		return
	}
	s.head(title)
	average, spread := s.w >= 66, s.w >= 46
	sampled := slices.ContainsFunc(list, func(g insight.Group) bool { return !g.Bytes.Exact() })
	row := func(ink theme.Style, size, off, keys, avg, expires, name string) {
		line := rightText(size, 9)
		if sampled {
			line += fit(off, 6)
		}
		line += rightText(keys, 7)
		if average {
			line += rightText(avg, 9)
		}
		if spread {
			line += rightText(expires, 15)
		}
		s.row(ink.Paint(line) + "  " + m.th.Node.Plain.Paint(clip(name, max(s.w-ansi.StringWidth(line)-3, 6))))
	}
	row(m.th.Dim.Plain, "memory", "", "keys", "avg size", "expires in", "")
	for _, g := range list[:min(len(list), groupsShown)] {
		name := decode.Printable(g.Name)
		if name == "" {
			name = unnamed
		}
		off := ""
		if !g.Bytes.Exact() && g.Bytes.Value > 0 {
			off = fmt.Sprintf(" ±%.2g%%", 100*float64(g.Bytes.Margin)/float64(g.Bytes.Value))
		}
		row(m.th.Text.Plain, human.Size(g.Bytes.Value), off, human.Count(g.Keys.Value), human.Size(g.Average()), m.spreadOf(&g), name)
	}
	s.more(len(list)-groupsShown, "cacheview stats")
}

// peakRows are the seconds in which many keys expire.
func (m *model) peakRows(s *sheet, r *insight.Report) {
	peaks := slices.DeleteFunc(slices.Clone(r.Peaks), func(p insight.ExpirySpike) bool { return p.At.Before(m.now()) })
	if len(peaks) == 0 {
		return
	}
	s.head("Expiring together")
	s.words(m.th.Dim.Plain, 1, "many keys expire in the same second: all are computed again at once (stampede risk)")
	for _, p := range peaks {
		what := cmp.Or(p.Function, p.Prefix, p.Framework, "(no prefix)")
		s.row(" " + m.th.Warn.Plain.Paint("! "+p.At.Format(time.TimeOnly)+rightText(human.Count(p.Keys.Value), 7)) + " of " + m.th.Node.Plain.Paint(clip(decode.Printable(what), max(s.w-24, 6))))
	}
}

// expiryRows are the histogram of the times to live.
func (m *model) expiryRows(s *sheet, r *insight.Report) {
	s.head("TTL distribution")
	most := r.All.NoTTL.Value
	for _, e := range r.All.TTL {
		most = max(most, e.Value)
	}
	row := func(name string, n int64) {
		if n > 0 {
			s.row(" " + rightText(name, 8) + rightText(human.Count(n), 9) + "  " + m.th.Good.Plain.Paint(m.barOf(n, most, max(s.w-22, 1))))
		}
	}
	for i, e := range r.All.TTL {
		name := "later"
		if i < len(insight.Buckets) {
			name = human.TTLText(insight.Buckets[i])
		}
		row(name, e.Value)
	}
	row("no expiry", r.All.NoTTL.Value)
}
