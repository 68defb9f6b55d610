package ui

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/ui/human"
)

// surveying is what the keys cost, and how far it is worked out.
type surveying struct {
	job         job
	done, total *atomic.Int64
	report      *insight.Report
	at          time.Time // when report came
	trouble     error     // why there is none, or why it is partial
}

// surveyedMsg is what the keys cost.
type surveyedMsg struct {
	id     int
	report *insight.Report
	err    error
}

// surveyKeys computes the figures, once the listing is complete.
func (m *model) surveyKeys() tea.Cmd {
	p := &m.pages.survey
	if p.report != nil || p.trouble != nil || p.job.on || m.be == nil || m.link.lost() || !m.progress.Done {
		return nil
	}
	ctx, id := p.job.begin(m.root)
	be, idx, snap, f := m.be, m.idx, m.idx.Snapshot(), m.flask.known
	done, total := new(atomic.Int64), new(atomic.Int64)
	p.done, p.total = done, total
	opt := insight.Options{
		Seed: uint64(m.now().UnixNano()),
		Seen: func(k inspect.Key) { note(idx, []inspect.Key{k}) },
		Progress: func(looked, of int) {
			done.Store(int64(looked))
			total.Store(int64(of))
		},
	}
	return func() tea.Msg {
		r, err := insight.Survey(ctx, be, snap, f, opt)
		return surveyedMsg{id, r, err}
	}
}

// surveyAgain begins anew.
func (m *model) surveyAgain() tea.Cmd {
	p := &m.pages.survey
	p.job.stop()
	p.report, p.trouble = nil, nil
	return m.surveyKeys()
}

// errNotSurveyed is why a survey that was stopped at once knows nothing.
var errNotSurveyed = errors.New("stopped before any key was read")

// partlySurveyed says of how many keys a survey knows that was stopped.
func partlySurveyed(r *insight.Report) string {
	return "stopped: the figures cover about " + human.Count(r.All.Keys.Value) + " of " + human.Plural(r.Total, "key")
}

func (m *model) surveyed(msg surveyedMsg) {
	if p := &m.pages.survey; p.job.mine(msg.id) {
		p.job.stop()
		p.report, p.trouble, p.at = msg.report, msg.err, m.now()
		switch r := msg.report; {
		case r != nil && r.Partial:
			m.status.say(partlySurveyed(r) + "; " + m.keys.Rescan.name() + " looks again")
		case r == nil && errors.Is(msg.err, context.Canceled):
			p.trouble = errNotSurveyed
			m.status.say(errNotSurveyed.Error())
		}
	}
}
