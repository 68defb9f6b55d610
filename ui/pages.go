package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect/insight"
)

// page is what fills the screen under the top line.
type page int

const (
	keysPage page = iota
	serverPage
	activityPage
)

// pages is the state of the pages beside the keys. Nothing is asked for them
// while they are closed.
type pages struct {
	at  page
	top int // first line shown

	look    job // INFO, once a second while the server page is open
	vitals  insight.Vitals
	known   bool // vitals were asked for at least once
	history history
	survey  surveying

	changes changeLog
	sample  sampling
}

// history is the last looks at the server, oldest first.
type history struct{ hits, commands, memory []float64 }

// historyLen is how many looks are kept: two minutes.
const historyLen = 120

func (h *history) add(v insight.Vitals) {
	push := func(list []float64, f float64) []float64 {
		list = append(list, f)
		return list[max(len(list)-historyLen, 0):]
	}
	if ratio, ok := v.Rates.HitRatio(); ok {
		h.hits = push(h.hits, ratio)
	}
	if v.Rates.Over > 0 {
		h.commands = push(h.commands, v.Rates.Commands)
	}
	if v.Info.UsedMemory > 0 {
		h.memory = push(h.memory, float64(v.Info.UsedMemory))
	}
}

// Messages of the pages.
type (
	// vitalsMsg is a look at the server's figures.
	vitalsMsg struct {
		id     int
		vitals insight.Vitals
		err    error
	}
	// lookAgainMsg says that it is time for the next look.
	lookAgainMsg struct{ id int }
)

// pageReply hands an answer to the page that asked.
func (m *model) pageReply(msg tea.Msg) tea.Cmd {
	p := &m.pages
	switch msg := msg.(type) {
	case vitalsMsg:
		if p.look.mine(msg.id) {
			return m.looked(msg)
		}
	case lookAgainMsg:
		if p.look.mine(msg.id) {
			return tea.Batch(m.lookAtServer(), m.surveyKeys())
		}
	case surveyedMsg:
		m.surveyed(msg)
	default:
		return m.sampleReply(msg)
	}
	return nil
}

// pageKey is a key, or an action, that is about pages. While one is open it
// takes what would act on keys that are not on screen.
func (m *model) pageKey(msg order) (tea.Cmd, bool) {
	k, p := m.keys, &m.pages
	for to, a := range map[page]action{keysPage: k.KeysPage, serverPage: k.ServerPage, activityPage: k.ActivityPage} {
		if hits(msg, a) {
			if p.at == to {
				m.status.say("this is page " + a.name() + " already: " + a.Long)
			}
			return m.turnTo(to), true
		}
	}
	switch {
	case msg.ID == k.Sample.ID:
		return tea.Batch(m.turnTo(activityPage), m.askSample()), true
	case p.at == keysPage:
		return nil, false
	}
	_, h := m.pageRect().inner()
	switch {
	case hits(msg, k.Quit), hits(msg, k.Help), hits(msg, k.Palette), hits(msg, k.Mouse), hits(msg, k.Switch):
		return nil, false
	case msg.ID != "":
		// Chosen by name, so that it is meant for the keys.
		return m.turnTo(keysPage), false
	case msg.KeyPressMsg.String() == "esc" && p.sample.job.on:
		p.sample.job.stop()
		m.status.say("the sample was stopped; nothing of it is kept")
	case msg.KeyPressMsg.String() == "esc" && p.at == serverPage && p.survey.job.on:
		p.survey.job.cancel() // its reply has what was found by then
		m.status.say("stopping the survey")
	case hits(msg, k.Back):
		return m.turnTo(keysPage), true
	case hits(msg, k.Down):
		p.top++
	case hits(msg, k.Up):
		p.top--
	case hits(msg, k.PageDown), msg.KeyPressMsg.String() == "space":
		p.top += h
	case hits(msg, k.PageUp):
		p.top -= h
	case hits(msg, k.HalfDown):
		p.top += h / 2
	case hits(msg, k.HalfUp):
		p.top -= h / 2
	case hits(msg, k.Top):
		p.top = 0
	case hits(msg, k.Bottom):
		p.top = 1 << 20
	case hits(msg, k.Rescan) && p.at == serverPage:
		return m.surveyAgain(), true
	case hits(msg, k.Sample) && p.at == activityPage:
		return m.askSample(), true
	default:
		return m.unknown(msg), true
	}
	p.top = min(max(p.top, 0), max(len(m.pageLines())-h, 0))
	return nil, true
}

// pageHints is the footer of the page: what esc stops comes first.
func (m *model) pageHints() []action {
	p := &m.pages
	list := m.keys.pageHints(p.at)
	switch {
	case p.at == serverPage && p.survey.job.on:
		return slices.Insert(list, 1, way("esc", "stop the survey"))
	case p.sample.job.on:
		return slices.Insert(list, 1, way("esc", "stop the sample"))
	}
	return list
}

// turnTo shows a page, and stops what only the one before needed.
func (m *model) turnTo(to page) tea.Cmd {
	p := &m.pages
	if p.at == to {
		return nil
	}
	if p.at == serverPage {
		p.look.stop()
		p.survey.job.stop()
	}
	p.at, p.top = to, 0
	switch {
	case to == serverPage:
		return tea.Batch(m.lookAtServer(), m.surveyKeys())
	case to == activityPage && m.idx.Len() <= smallKeyspace:
		return m.surveyKeys() // to know what expires from what is deleted
	}
	return nil
}

// lookAtServer asks for the server's figures.
func (m *model) lookAtServer() tea.Cmd {
	ctx, id := m.pages.look.begin(m.root)
	if m.be == nil || m.link.lost() {
		return lookLater(id)
	}
	be, before := m.be, m.pages.vitals.Info
	return func() tea.Msg {
		v, err := insight.ReadVitals(ctx, be, before)
		return vitalsMsg{id, v, err}
	}
}

// lookEvery is how long a look is after the last.
const lookEvery = time.Second

func lookLater(id int) tea.Cmd {
	return tea.Tick(lookEvery, func(time.Time) tea.Msg { return lookAgainMsg{id} })
}

func (m *model) looked(msg vitalsMsg) tea.Cmd {
	again := lookLater(msg.id)
	if msg.err != nil {
		return tea.Batch(again, m.failed(msg.err))
	}
	p := &m.pages
	p.vitals, p.known = msg.vitals, true
	p.history.add(msg.vitals)
	m.server = m.be.Server()
	return again
}

// mouseOnPage scrolls.
func (m *model) mouseOnPage(msg tea.MouseMsg) {
	if _, ok := msg.(tea.MouseWheelMsg); !ok {
		return
	}
	by := 0
	switch msg.Mouse().Button {
	case tea.MouseWheelUp:
		by = -wheelStep
	case tea.MouseWheelDown:
		by = wheelStep
	}
	_, h := m.pageRect().inner()
	m.pages.top = min(max(m.pages.top+by, 0), max(len(m.pageLines())-h, 0))
}
