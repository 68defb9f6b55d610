package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/ui/human"
)

// change is a key that changed, and when.
type change struct {
	name string
	at   time.Time
}

// changeLog is what changed last, and how much in each second.
type changeLog struct {
	last      []change // newest first
	perSecond []float64
	second    int64
}

// changesKept is how many changes the page shows at most.
const changesKept = 200

// add takes note of changed keys.
func (c *changeLog) add(names [][]byte, now time.Time) {
	fresh := make([]change, 0, len(names))
	for _, n := range names[:min(len(names), changesKept)] {
		fresh = append(fresh, change{string(n), now})
	}
	slices.SortFunc(fresh, func(a, b change) int { return strings.Compare(a.name, b.name) })
	c.last = append(fresh, c.last...)
	c.last = c.last[:min(len(c.last), changesKept)]
	if n := len(c.perSecond); n == 0 || now.Unix()-c.second > historyLen {
		c.perSecond, c.second = []float64{0}, now.Unix()
	}
	for ; c.second < now.Unix(); c.second++ {
		c.perSecond = append(c.perSecond, 0)
	}
	c.perSecond = c.perSecond[max(len(c.perSecond)-historyLen, 0):]
	c.perSecond[len(c.perSecond)-1] += float64(len(names))
}

// activityLines is the activity page: the sample, if there is one, and what
// changes.
func (m *model) activityLines(w int) []string {
	p := &m.pages
	if m.lay.Wide {
		left := &sheet{th: m.th, w: w * 2 / 5}
		right := &sheet{th: m.th, w: w - w*2/5}
		m.changeRows(left)
		m.sampleRows(right)
		return beside(left, right)
	}
	s := &sheet{th: m.th, w: w}
	if p.result != nil || p.sample.on {
		m.sampleRows(s)
		m.changeRows(s)
	} else {
		m.changeRows(s)
		m.sampleRows(s)
	}
	return s.lines
}

// changeRows are the keys that changed, newest first.
func (m *model) changeRows(s *sheet) {
	c := &m.pages.changes
	s.head("Changes")
	switch {
	case m.live == liveTracked && len(c.last) == 0:
		s.words(m.th.Dim.Plain, 1, "nothing has changed yet: what is written, deleted or expires shows up here")
		return
	case m.live == liveUnknown:
		s.words(m.th.Dim.Plain, 1, "asking…")
		return
	case m.live != liveTracked:
		s.words(m.th.Dim.Plain, 1, "this server does not tell what changes (CLIENT TRACKING, Redis 6)")
		return
	}
	s.row(" " + m.th.Good.Plain.Paint(spark(c.perSecond, min(s.w-14, 60), highest(c.perSecond), m.opt.ASCII)) + m.th.Dim.Plain.Paint(" a second"))
	for _, ch := range c.last {
		s.row(" " + m.th.Dim.Plain.Paint(ch.at.Format(time.TimeOnly)) + "  " + clip(decode.Printable(ch.name), s.w-12))
	}
}

// sampleRows are what a sample of all commands says of hits and misses.
func (m *model) sampleRows(s *sheet) {
	p := &m.pages
	s.head("Hits and misses")
	a := p.result
	switch {
	case p.sample.on:
		left := max(p.until.Sub(m.now()), 0)
		s.words(m.th.Warn.Plain, 1, fmt.Sprintf("watching all commands, %d s left; esc stops", int(left.Seconds()+0.99)))
		return
	case p.failure != nil:
		s.words(m.th.Warn.Plain, 1, decode.Printable(p.failure.Error()))
		return
	case a == nil:
		s.words(m.th.Dim.Plain, 1, "s watches the commands of all clients for 10 s, to estimate hits and misses by prefix and function. That slows the server down meanwhile, so it asks first.")
		return
	}
	s.fact("commands", fmt.Sprintf("%s in %s, %.0f a second", human.Count(a.Commands), a.Over.Round(time.Second/10), float64(a.Commands)/max(a.Over.Seconds(), 0.001)))
	if ratio, ok := a.All.HitRatio(); ok {
		s.fact("hits", fmt.Sprintf("%.1f %% of %s, estimated", 100*ratio, human.Plural(a.All.Reads, "read")))
	}
	if ratio, ok := a.Counted.HitRatio(); ok {
		s.fact("", fmt.Sprintf("%.1f %% by the server's own count, all databases", 100*ratio))
	}
	if a.All.Unsure > 0 {
		s.fact("not sure", human.Plural(a.All.Unsure, "hit")+", too late in the sample")
	}
	m.trafficRows(s, "By prefix", a.Prefixes)
	m.trafficRows(s, "By function", a.Functions)
	m.trafficRows(s, "Top keys", a.Keys)
	counts := func(title string, list []insight.Count) {
		s.head(title)
		for _, c := range list[:min(len(list), groupsShown)] {
			s.row(" " + rightText(human.Count(c.Times), 8) + "  " + decode.Printable(c.Name))
		}
	}
	counts("Commands", a.Kinds)
	counts("Clients", a.Clients)
	s.row("")
	s.words(m.th.Dim.Plain, 1, insight.HowEstimated)
}

func (m *model) trafficRows(s *sheet, title string, list []insight.Traffic) {
	if len(list) == 0 {
		return
	}
	s.head(title)
	s.row(m.th.Dim.Plain.Paint(" " + rightText("hits", 7) + rightText("misses", 8) + rightText("ratio", 7) + rightText("writes", 8)))
	for _, t := range list[:min(len(list), groupsShown)] {
		ratio, ink := "-", m.th.Text.Plain
		if r, ok := t.HitRatio(); ok {
			ratio = fmt.Sprintf("%.0f %%", 100*r)
			if r < 0.5 {
				ink = m.th.Warn.Plain
			}
		}
		name := decode.Printable(t.Name)
		if name == "" {
			name = "(no prefix)"
		}
		s.row(" " + rightText(human.Count(t.Hits), 7) + rightText(human.Count(t.Misses), 8) + ink.Paint(rightText(ratio, 7)) + rightText(human.Count(t.Writes), 8) + "  " + clip(name, max(s.w-34, 6)))
	}
}

// sampleFor is how long a sample watches.
const sampleFor = 10 * time.Second

// askSample says what a sample costs before it is taken.
func (m *model) askSample() tea.Cmd {
	switch {
	case m.be == nil || m.link.lost():
		m.status.say("there is no connection")
	case m.pages.sample.on:
		m.status.say("a sample is under way; esc stops it")
	default:
		m.dialog = &sampleDialog{opened: m.now()}
	}
	return nil
}

// sampleDialog asks before all commands are watched.
type sampleDialog struct{ opened time.Time }

func (d *sampleDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case m.now().Sub(d.opened) < grace:
	case hits(msg, m.keys.Yes):
		m.dialog = nil
		return m.takeSample()
	case hits(msg, m.keys.No):
		m.dialog = nil
	}
	return nil
}

func (d *sampleDialog) box(m *model, w, _ int) (string, []string, bool) {
	var lines []string
	if m.lay.H > 12 {
		for _, line := range wrapWords("MONITOR makes the server send every command of every client here, too. A busy server answers noticeably fewer meanwhile, less than half at worst; a quiet one does not notice.", w) {
			lines = append(lines, m.th.Text.Plain.Paint(line))
		}
	} else {
		lines = append(lines, "A busy server may halve its speed.")
	}
	return "Watch all commands for 10 s?", append(lines, "", m.th.HintKey.Paint("y")+" watch   "+m.th.HintKey.Paint("n")+" leave it"), false
}

// takeSample watches the commands of all clients.
func (m *model) takeSample() tea.Cmd {
	p := &m.pages
	ctx, id := p.sample.begin(m.root)
	p.until, p.failure, p.top = m.now().Add(sampleFor), nil, 0
	be, f, now := m.be, m.flask.known, m.now
	s := insight.NewSample(m.server.DB, f, insight.Options{})
	return tea.Batch(sampleTick(id), func() tea.Msg {
		before, err := be.Info(ctx)
		if err != nil {
			return sampledMsg{id: id, err: err}
		}
		begun := now()
		if err := be.Monitor(ctx, sampleFor, func(c inspect.Command) { s.Add(c) }); err != nil {
			return sampledMsg{id: id, err: err}
		}
		over := now().Sub(begun)
		after, err := be.Info(ctx)
		if err != nil {
			return sampledMsg{id: id, err: err}
		}
		counted, _ := insight.Between(before, after)
		return sampledMsg{id: id, result: s.Report(over, counted)}
	})
}

func sampleTick(id int) tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return sampleTickMsg{id} })
}
