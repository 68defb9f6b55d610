package ui

import (
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// undo restores what a journal keeps; "" is that of the last delete here.
func (m *model) undo(journal string) tea.Cmd {
	if !m.mayChange() {
		return nil
	}
	ctx, id := m.plan.begin(m.root)
	be, d := m.be, m.busyWith(id, "Restoring", true)
	return tea.Batch(d.tick(), m.change(func() tea.Msg {
		report, err := be.Undo(ctx, journal, inspect.UndoOptions{Progress: d.step})
		return undoneMsg{id, report, err}
	}))
}

func (m *model) undone(msg undoneMsg) tea.Cmd {
	if msg.id != m.plan.id {
		return nil
	}
	m.plan.stop()
	m.dialog = nil
	r := msg.report
	if errors.Is(msg.err, inspect.ErrNoJournal) {
		m.status.say("there is nothing to undo here; " + m.keys.Journals.name() + " has the deletes of all servers")
		return nil
	}
	if msg.err != nil && r.Restored+r.Failed == 0 {
		return m.failed(msg.err)
	}
	m.toast = toast{}
	m.status.say(undoText(r))
	m.status.bad = r.Failed > 0
	if msg.err != nil {
		m.status.fail(fmt.Errorf("%s; %w", undoText(r), msg.err))
		if inspect.Lost(msg.err) {
			return m.lose(msg.err)
		}
	}
	return tea.Batch(m.startScan(), m.askFigures())
}

// undoText is an undo's report in one line.
func undoText(r inspect.UndoReport) string {
	s := "restored " + human.Plural(r.Restored, "key")
	if r.Expired > 0 {
		s += ", " + human.Count(r.Expired) + " would have expired by now"
	}
	if r.Exists > 0 {
		s += ", " + human.Count(r.Exists) + " exist again and were left alone (cacheview undo --replace " + r.ID + ")"
	}
	if r.Failed > 0 {
		s += ", " + human.Count(r.Failed) + " failed"
		if len(r.Errors) > 0 {
			s += ": " + r.Errors[0].Error()
		}
	}
	if r.Stopped {
		s += "; stopped, another undo restores the rest"
	}
	return s
}
