package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/human"
)

// recently is the age up to which an operation is undone without a question.
const recently = time.Minute

// undoLast undoes the last operation on this server. It asks first, unless that is
// of the last minute.
func (m *model) undoLast() tea.Cmd {
	if !m.mayChange() {
		return nil
	}
	ctx, id := m.seek.begin(m.root)
	be := m.be
	return func() tea.Msg {
		j, err := be.FindUndo(ctx, "")
		return undoFoundMsg{id, j, err}
	}
}

func (m *model) undoFound(msg undoFoundMsg) tea.Cmd {
	if !m.seek.mine(msg.id) {
		return nil
	}
	m.seek.stop()
	if errors.Is(msg.err, inspect.ErrNoJournal) {
		m.nothingToUndo()
		return nil
	}
	if msg.err != nil {
		return m.failed(msg.err)
	}
	return m.undoJournal(msg.journal, false)
}

func (m *model) nothingToUndo() {
	m.status.say("nothing to undo here; " + m.keys.Journals.name() + " lists the operations on all servers")
}

// undoJournal undoes one operation. It asks if that is not of the last minute, if
// the user asked for it by name and it was undone before, or if it is not proven
// to be of this server.
func (m *model) undoJournal(j inspect.Journal, chosen bool) tea.Cmd {
	if !m.mayChange() {
		return nil
	}
	_, unproven := errors.AsType[*inspect.ServerError](j.NotHere)
	if j.NotHere != nil && !unproven {
		m.status.say("cannot undo it here: " + decode.Printable(j.NotHere.Error()))
		return nil
	}
	age := m.now().Sub(j.When)
	if !unproven && !j.Undone && (chosen || age <= recently && age >= -recently) {
		return m.undo(j.ID, nil)
	}
	m.dialog = &undoDialog{journal: j}
	return nil
}

// undoDialog asks before an operation is undone.
type undoDialog struct{ journal inspect.Journal }

func (d *undoDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case hits(msg, m.keys.Yes):
		m.dialog = nil
		return m.requestUndo(d.journal.ID, inspect.UndoOptions{Anyway: d.journal.NotHere != nil})
	case hits(msg, m.keys.No):
		m.dialog = nil
		m.status.say("nothing was restored")
	}
	return nil
}

func (d *undoDialog) box(m *model, w, h int) (string, []string, bool) {
	j, th := &d.journal, m.th
	lines := []string{th.Strong.Plain.Paint(clip(decode.Printable(j.Addr)+" · db "+strconv.Itoa(j.DB), w))}
	lines = append(lines, folded(th.Name.Plain, human.WhatText(j), w, 3)...)
	facts := human.Plural(j.Keys, "key") + " · " + human.Ago(j.When, m.now())
	if j.Undone {
		facts += " · undone before"
	}
	lines = append(lines, th.Dim.Plain.Paint(clip(facts, w)))
	if j.NotHere != nil {
		lines = append(lines, folded(th.Bad.Plain, decode.Printable(j.NotHere.Error()), w, 4)...)
	}
	lines = append(lines, "", th.HintKey.Paint(m.keys.Yes.name())+" undo   "+th.HintKey.Paint(m.keys.No.name())+" cancel")
	return "Undo this?", lines[max(0, len(lines)-h):], j.NotHere != nil
}

func (d *undoDialog) ways(m *model) []action {
	return []action{way(m.keys.Yes.name(), "undo"), way(m.keys.No.name(), "cancel")}
}

// undo restores what a journal keeps. What exists again is skipped, except for the
// keys of over.
func (m *model) undo(journal string, over [][]byte) tea.Cmd {
	return m.requestUndo(journal, inspect.UndoOptions{Replace: len(over) > 0, Only: over})
}

func (m *model) requestUndo(journal string, opt inspect.UndoOptions) tea.Cmd {
	if !m.mayChange() {
		return nil
	}
	ctx, id := m.plan.begin(m.root)
	be, d := m.be, m.busyWith(id, "Restoring", true)
	opt.Progress = d.step
	return tea.Batch(d.tick(), m.change(func() tea.Msg {
		report, err := be.Undo(ctx, journal, opt)
		return undoneMsg{id, report, err}
	}))
}

// askOver asks whether the keys that an undo has skipped, because they exist again
// or have changed, are to be overwritten with what was deleted.
func (m *model) askOver(r inspect.UndoReport) tea.Cmd {
	be := m.be
	return m.planThen(func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error) {
		return be.Plan(ctx, inspect.Selection{Keys: r.Existing}, progress)
	}, func(p *inspect.Plan) tea.Cmd {
		p.Description = human.Undone(&r)
		m.confirm(newConfirm(p, m.now(), asking{
			title: "Overwrite " + human.Plural(len(p.Keys), "key") + "?",
			yes:   "overwrite",
			kept:  human.Undone(&r),
			note:  human.UndoCoverage(p, be.UndoLimit()),
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
		m.nothingToUndo()
		return nil
	}
	if msg.err != nil && r.Restored+r.Failed == 0 {
		return m.failed(msg.err)
	}
	m.toast = toast{}
	said := human.Undone(&r) + markNote(&r)
	m.status.say(said)
	if r.Overwritten != "" {
		m.offerUndo("that", time.Time{})
	}
	m.status.bad = r.Failed+r.Damaged > 0
	if r.Failed > 0 && len(r.Errors) > 0 {
		m.status.say(said + ": " + r.Errors[0].Error())
		m.status.bad = true
	}
	if msg.err != nil {
		m.status.fail(fmt.Errorf("%s; %w", said, msg.err))
		if inspect.IsDisconnected(msg.err) {
			return m.lose(msg.err)
		}
	}
	if r.Exists > 0 && msg.err == nil && !r.Stopped && r.Exists == len(r.Existing) {
		return tea.Batch(m.startScan(), m.askFigures(), m.askOver(r))
	}
	return tea.Batch(m.startScan(), m.askFigures())
}

// markNote says that a journal could not be marked as undone.
func markNote(r *inspect.UndoReport) string {
	if r.MarkErr == nil {
		return ""
	}
	return "; the journal could not be marked as undone: " + r.MarkErr.Error()
}
