package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// undo restores what a journal keeps; "" is that of the last delete here. What
// exists again is left alone, but for the keys of over.
func (m *model) undo(journal string, over [][]byte) tea.Cmd {
	if !m.mayChange() {
		return nil
	}
	ctx, id := m.plan.begin(m.root)
	be, d := m.be, m.busyWith(id, "Restoring", true)
	return tea.Batch(d.tick(), m.change(func() tea.Msg {
		report, err := be.Undo(ctx, journal, inspect.UndoOptions{Progress: d.step, Replace: len(over) > 0, Only: over})
		return undoneMsg{id, report, err}
	}))
}

// askOver asks whether the keys that exist again, and that an undo has left
// alone for that, are to be written over with what was deleted.
func (m *model) askOver(r inspect.UndoReport) tea.Cmd {
	be := m.be
	return m.planThen(func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error) {
		return be.Plan(ctx, inspect.Selection{Keys: r.There}, progress)
	}, func(p *inspect.Plan) tea.Cmd {
		p.What = undoText(r)
		m.confirm(newConfirm(p, m.now(), asking{
			title: "Write over " + human.Plural(len(p.Keys), "key") + "?",
			yes:   "write over",
			kept:  undoText(r),
			note:  human.Undoable(p, be.UndoLimit()),
			run:   func(m *model, _ string) tea.Cmd { return m.undo(r.ID, p.Keys) },
		}))
		return nil
	})
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
	if r.Overwritten != "" {
		m.offerUndo("that", time.Time{})
	}
	m.status.bad = r.Failed > 0
	if msg.err != nil {
		m.status.fail(fmt.Errorf("%s; %w", undoText(r), msg.err))
		if inspect.Lost(msg.err) {
			return m.lose(msg.err)
		}
	}
	if len(r.There) > 0 && msg.err == nil && !r.Stopped {
		return tea.Batch(m.startScan(), m.askFigures(), m.askOver(r))
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
		s += ", " + human.Count(r.Exists) + " left alone: there again"
	}
	if r.Failed > 0 {
		s += ", " + human.Count(r.Failed) + " failed"
		if len(r.Errors) > 0 {
			s += ": " + r.Errors[0].Error()
		}
	}
	if r.NotUndoable > 0 {
		s += "; what was there under " + human.Plural(r.NotUndoable, "key") + " cannot be brought back"
	}
	if r.Stopped {
		s += "; stopped, another undo restores the rest"
	}
	return s
}
