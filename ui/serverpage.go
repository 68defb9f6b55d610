package ui

import (
	"fmt"
	"strings"
	"time"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/ui/facts"
	"cacheview/ui/human"
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
	if len(list) > 0 {
		s.head("What to look at")
	}
	for _, f := range list {
		ink, sign := m.th.Dim.Plain, "· "
		switch f.Level {
		case insight.Warn:
			ink, sign = m.th.Warn.Plain, "! "
		case insight.Bad:
			ink, sign = m.th.Bad.Plain, "!!"
		}
		for i, line := range wrapWords(f.What, max(s.w-5, 8)) {
			if i > 0 {
				sign = "  "
			}
			s.row(" " + ink.Paint(sign+" "+decode.Printable(line)))
		}
		s.words(m.th.Dim.Plain, 4, f.Do)
	}
	s.head("Figures")
	for _, f := range facts.Of(m.server, v) {
		s.fact(f.Name, decode.Printable(f.Text))
	}
	if v.Info == (inspect.Info{}) {
		s.words(m.th.Warn.Plain, 1, "the server does not tell more to this user (INFO)")
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
	line("commands", h.commands, highest(h.commands), fmt.Sprintf("%.0f/s", last(h.commands)))
	line("memory", h.memory, highest(h.memory), human.Size(int64(last(h.memory))))
}

// keyFigures are what the keys cost by prefix and function, when they expire,
// and the largest.
func (m *model) keyFigures(s *sheet) {
	p := &m.pages
	r := p.report
	switch {
	case p.trouble != nil:
		s.head("Keys")
		s.words(m.th.Warn.Plain, 1, decode.Printable(p.trouble.Error()))
		return
	case r == nil && !m.progress.Done:
		s.head("Keys")
		s.words(m.th.Dim.Plain, 1, "once the listing is complete, r works out what the keys cost")
		return
	case r == nil:
		s.head("Keys")
		s.words(m.th.Dim.Plain, 1, "adding up…")
		return
	}
	s.head("Keys")
	s.fact("looked at", lookedAt(r))
	s.fact("memory", fmt.Sprintf("%s%s, on average %s", human.Size(r.All.Bytes.Value), margin(r.All.Bytes), human.Size(r.All.Average())))
	s.fact("no TTL", human.Count(r.All.NoTTL.Value)+margin(r.All.NoTTL))
	if n := r.Orphans.Keys.Value; n > 0 {
		s.fact("orphans", human.Plural(n, "result")+" that no call can hit: "+human.Size(r.Orphans.Bytes.Value)+"; C clears them")
	}
	m.groupRows(s, "By prefix", r.Prefixes, "(no prefix)")
	m.groupRows(s, "By function", r.Functions, "")
	m.groupRows(s, "By framework", r.Frameworks, "")
	m.expiryRows(s, r)
	s.head("Biggest")
	for _, k := range r.Biggest[:min(len(r.Biggest), 5)] {
		s.row(" " + rightText(human.Size(k.Meta.Size), 9) + "  " + clip(decode.PrintableBytes(k.Name), s.w-13))
	}
}

func lookedAt(r *insight.Report) string {
	if r.Exact {
		return "all " + human.Plural(r.Looked, "key")
	}
	return human.Count(r.Looked) + " of " + human.Plural(r.All.Keys.Value, "key") + "; ± holds in 95 of 100 cases"
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

func (m *model) groupRows(s *sheet, title string, list []insight.Group, unnamed string) {
	if len(list) == 0 {
		return
	}
	s.head(title)
	for _, g := range list[:min(len(list), groupsShown)] {
		name := decode.Printable(g.Name)
		if name == "" {
			name = unnamed
		}
		spread := "never"
		if g.Late > 0 {
			spread = human.Lifetime(g.Soonest) + "–" + human.Lifetime(g.Late)
			if m.opt.ASCII {
				spread = strings.ReplaceAll(spread, "–", "-")
			}
		}
		row := " " + rightText(human.Size(g.Bytes.Value), 8) + rightText(human.Count(g.Keys.Value), 9)
		if s.w >= 50 {
			row += rightText(spread, 15)
		}
		s.row(row + "  " + m.th.Node.Plain.Paint(name))
	}
	if more := len(list) - groupsShown; more > 0 {
		s.row(m.th.Dim.Plain.Paint("           … and " + human.Count(more) + " more: cacheview stats"))
	}
}

// expiryRows are the histogram of the times to live, and the seconds in which
// many keys expire.
func (m *model) expiryRows(s *sheet, r *insight.Report) {
	s.head("Expire within")
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
			name = human.Lifetime(insight.Buckets[i])
		}
		row(name, e.Value)
	}
	row("never", r.All.NoTTL.Value)
	for _, p := range r.Peaks {
		what := p.Function
		if what == "" {
			what = p.Prefix
		}
		s.words(m.th.Warn.Plain, 1, fmt.Sprintf("! %s of %s expire at once, at %s: all is worked out again then", human.Plural(p.Keys.Value, "key"), decode.Printable(what), p.At.Format(time.TimeOnly)))
	}
}
