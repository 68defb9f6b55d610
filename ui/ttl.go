package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/config"
	"cacheview/ui/human"
)

// ttlHelp stands beside the line that a time to live is typed into.
const ttlHelp = "30s 5m 2h 1d · +10m -10m · never"

// askTTL asks for the time to live of the marked keys, or of the key or the
// prefix under the cursor.
func (m *model) askTTL() tea.Cmd {
	sel, err := m.selection()
	switch {
	case err != nil:
		m.status.say(err.Error())
		return nil
	case !m.mayChange():
		return nil
	}
	be := m.be
	sure := len(sel.Keys) == 1 && m.opt.Place.Environment != config.Production // its name was on screen, the time is typed
	return m.typeTTL(ttlHelp, sure, func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error) {
		return be.Plan(ctx, sel, progress)
	})
}

// askTTLOfMatches asks for the time to live of all keys that are listed.
func (m *model) askTTLOfMatches() tea.Cmd {
	sel, err := m.matching()
	if err != nil {
		m.status.say(err.Error())
		return nil
	}
	if !m.mayChange() {
		return nil
	}
	be := m.be
	help := "of " + human.Plural(sel.rows.MatchCount(), "key") + ": " + ttlHelp
	return m.typeTTL(help, false, func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error) {
		return sel.plan(ctx, be, progress)
	})
}

// typeTTL asks for a time to live, plans, and asks again unless the user is
// sure to know which keys it is about.
func (m *model) typeTTL(help string, sure bool, plan planner) tea.Cmd {
	return m.prompt.beginWith("time to live", help, "", func(text string) tea.Cmd {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		change, err := parseTTL(text)
		if err != nil {
			return m.prompt.again(text, err)
		}
		return m.planThen(plan, func(p *inspect.Plan) tea.Cmd {
			if sure {
				return m.retimeNow(p, change)
			}
			m.confirm(newRetimeConfirm(m.keys, p, change, m.now()))
			return nil
		})
	})
}

// parseTTL reads a time to live as it is typed: a time, more or less of what is
// left with a sign, or never.
func parseTTL(text string) (inspect.TTLChange, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "never", "none", "-1":
		return inspect.TTLChange{Persist: true}, nil
	}
	sign := text[0]
	d, err := human.ParseTTL(strings.TrimLeft(text, "+-"))
	switch {
	case err != nil:
		return inspect.TTLChange{}, err
	case d == 0:
		return inspect.TTLChange{}, errors.New("nothing would be left of it")
	case sign == '+':
		return inspect.TTLChange{Add: d}, nil
	case sign == '-':
		return inspect.TTLChange{Add: -d}, nil
	}
	return inspect.TTLChange{To: d}, nil
}

// ttlText is a change in words.
func ttlText(c inspect.TTLChange) string {
	switch {
	case c.Persist:
		return "never expire"
	case c.To > 0:
		return "expire in " + human.TTLText(c.To)
	case c.Add > 0:
		return "expire " + human.TTLText(c.Add) + " later"
	}
	return "expire " + human.TTLText(-c.Add) + " sooner"
}

func newRetimeConfirm(k keyMap, p *inspect.Plan, change inspect.TTLChange, now time.Time) *confirmDialog {
	return newConfirm(p, now, asking{
		title:    "Let " + human.Plural(len(p.Keys), "key") + " " + ttlText(change) + "?",
		everyKey: "Let the whole database " + ttlText(change) + "?",
		yes:      "change them",
		note:     "can be undone",
		kept:     "no time to live was changed",
		run:      func(m *model, _ string) tea.Cmd { return m.retimeNow(p, change) },
	})
}

// retimeNow carries out a change of times to live.
func (m *model) retimeNow(p *inspect.Plan, change inspect.TTLChange) tea.Cmd {
	ctx, id := m.plan.begin(m.root)
	be, d := m.be, m.busyWith(id, "Changing times to live", true)
	d.step(0, len(p.Keys))
	return tea.Batch(d.tick(), m.change(func() tea.Msg {
		r, err := be.ChangeTTL(ctx, p, change, d.step)
		return retimedMsg{id, p, change, r, err}
	}))
}

func (m *model) retimed(msg retimedMsg) tea.Cmd {
	if msg.id != m.plan.id {
		return nil
	}
	m.plan.stop()
	m.dialog = nil
	m.toast = toast{} // u would take back something else
	r := msg.report
	if r.Undo != "" {
		m.offerUndo("the change", time.Time{})
	}
	m.status.say(retimeText(r, msg.change))
	m.status.bad = r.Failed > 0
	if msg.err != nil {
		m.status.fail(fmt.Errorf("%s; %w", m.status.text, msg.err))
		if inspect.IsDisconnected(msg.err) {
			return m.lose(msg.err)
		}
	}
	if len(msg.plan.Keys) > smallKeyspace {
		return tea.Batch(m.startScan(), m.wantValue(true))
	}
	return tea.Batch(m.reread(msg.plan.Keys), m.wantValue(true))
}

// reread asks for the metadata of keys that were changed.
func (m *model) reread(keys [][]byte) tea.Cmd {
	m.meta.stop()
	_, id := m.meta.begin(m.root)
	be, idx, root := m.be, m.idx, m.root
	return func() tea.Msg {
		found, err := be.Meta(root, keys, false)
		return metaMsg{id: id, removed: note(idx, found), err: err}
	}
}

// retimeText is a report in one line.
func retimeText(r inspect.TTLReport, change inspect.TTLChange) string {
	s := human.Plural(r.Changed, "key") + " will " + ttlText(change)
	if r.Changed == 1 {
		s = "the key will " + ttlText(change)
	}
	if r.Changed == 0 {
		s = "no time to live was changed"
	}
	if r.Unchanged > 0 {
		s += ", " + human.Count(r.Unchanged) + " never expired anyway"
	}
	if r.Expired > 0 {
		s += ", " + human.Count(r.Expired) + " expired before"
	}
	if r.Gone > 0 {
		s += ", " + human.Count(r.Gone) + " already gone"
	}
	if r.NotCopied > 0 {
		s += ", " + human.Count(r.NotCopied) + " skipped: no copy could be made"
	}
	if r.Failed > 0 {
		s += ", " + human.Count(r.Failed) + " failed"
		if len(r.Errors) > 0 {
			s += ": " + decode.Printable(r.Errors[0].Error())
		}
	}
	if r.Stopped {
		s += "; stopped, the rest is unchanged"
	}
	return s
}
