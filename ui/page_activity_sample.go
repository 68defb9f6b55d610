package ui

import (
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/insight"
)

// sampling is a look at the commands of all clients: asked for, under way, or
// done.
type sampling struct {
	job     job
	until   time.Time     // when it ends; zero while the keys are looked at first
	seen    *atomic.Int64 // commands so far
	result  *insight.Activity
	costs   *insight.Report // what the keys cost when it began; nil when not known
	failure error           // why there is no result
}

// Messages of a sample.
type (
	// sampleReadyMsg says that the keys were looked at.
	sampleReadyMsg struct {
		id     int
		sample *insight.Sample
		costs  *insight.Report
	}
	// sampledMsg is what the commands of all clients say.
	sampledMsg struct {
		id     int
		result *insight.Activity
		err    error
	}
	// sampleTickMsg redraws what is left of a sample.
	sampleTickMsg struct{ id int }
)

// sampleFor is how long a sample watches.
const sampleFor = 10 * time.Second

// sampleReply hands an answer to the sample that asked.
func (m *model) sampleReply(msg tea.Msg) tea.Cmd {
	s := &m.pages.sample
	switch msg := msg.(type) {
	case sampleReadyMsg:
		if s.job.mine(msg.id) {
			s.costs = msg.costs
			return m.watchCommands(msg.sample)
		}
	case sampledMsg:
		if s.job.mine(msg.id) {
			s.job.stop()
			s.result, s.failure = msg.result, msg.err
			if msg.err != nil && inspect.IsDisconnected(msg.err) {
				return m.failed(msg.err)
			}
		}
	case sampleTickMsg:
		if s.job.mine(msg.id) {
			return sampleTick(msg.id)
		}
	}
	return nil
}

// askSample says what a sample costs before it is taken.
func (m *model) askSample() tea.Cmd {
	switch {
	case m.be == nil || m.link.lost():
		m.status.say("there is no connection")
	case m.pages.sample.job.on:
		m.status.say("a sample is running; esc stops it")
	default:
		m.dialog = &sampleDialog{}
	}
	return nil
}

// sampleDialog asks before all commands are watched.
type sampleDialog struct{}

func (d *sampleDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch {
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
		for _, line := range wrapWords("MONITOR sends every command of every client to cacheview. It can more than halve the throughput of a busy server.", w) {
			lines = append(lines, m.th.Text.Plain.Paint(line))
		}
	} else {
		lines = append(lines, "It can halve a busy server.")
	}
	return "Run MONITOR for 10 s?", append(lines, "", m.th.HintKey.Paint("y")+" run   "+m.th.HintKey.Paint("n")+" cancel"), false
}

func (d *sampleDialog) ways(m *model) []action {
	return []action{way(m.keys.Yes.name(), "run"), way(m.keys.No.name(), "cancel")}
}

// takeSample looks at the keys first: reads of a key that is known to be there
// are certain.
func (m *model) takeSample() tea.Cmd {
	p := &m.pages
	ctx, id := p.sample.job.begin(m.root)
	p.sample.until, p.sample.failure, p.top = time.Time{}, nil, 0
	be, f := m.be, m.flask.known
	s := insight.NewSample(m.server.DB, f, insight.Options{})
	if !m.progress.Done {
		return func() tea.Msg { return sampleReadyMsg{id: id, sample: s} }
	}
	snap, seed := m.idx.Snapshot(), uint64(m.now().UnixNano())
	return func() tea.Msg {
		costs, err := insight.Survey(ctx, be, snap, f, insight.Options{Seed: seed, Seen: s.Knows})
		if err != nil {
			return sampledMsg{id: id, err: err}
		}
		return sampleReadyMsg{id, s, costs}
	}
}

// watchCommands watches the commands of all clients.
func (m *model) watchCommands(s *insight.Sample) tea.Cmd {
	p := &m.pages.sample
	p.until, p.seen = m.now().Add(sampleFor), new(atomic.Int64)
	ctx, id, be, now, seen := p.job.ctx, p.job.id, m.be, m.now, p.seen
	return tea.Batch(sampleTick(id), func() tea.Msg {
		before, err := be.Info(ctx)
		if err != nil {
			return sampledMsg{id: id, err: err}
		}
		begun := now()
		if err := be.Monitor(ctx, sampleFor, func(c inspect.Command) {
			s.Add(c)
			seen.Add(1)
		}); err != nil {
			return sampledMsg{id: id, err: err}
		}
		over := now().Sub(begun)
		after, err := be.Info(ctx)
		if err != nil {
			return sampledMsg{id: id, err: err}
		}
		counted, _ := insight.RatesBetween(before, after)
		return sampledMsg{id: id, result: s.Report(over, counted)}
	})
}

func sampleTick(id int) tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return sampleTickMsg{id} })
}
