package ui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/human"
)

// listJournals asks what can be undone.
func (m *model) listJournals() tea.Cmd {
	if m.be == nil {
		m.status.say("there is no connection")
		return nil
	}
	ctx, id := m.seek.begin(m.root)
	be := m.be
	return func() tea.Msg {
		list, err := be.Journals(ctx)
		return journalsMsg{id, list, err}
	}
}

// journals offers the operations that can be undone, the latest first. Those of
// other servers are listed, too, and say why they are not restored here.
func (m *model) journals(msg journalsMsg) tea.Cmd {
	if !m.seek.mine(msg.id) {
		return nil
	}
	m.seek.stop()
	switch {
	case msg.err != nil:
		return m.failed(msg.err)
	case len(msg.list) == 0:
		m.status.say("nothing was changed that could be undone")
		return nil
	}
	now := m.now()
	rows := make([]pick, len(msg.list))
	for i, j := range msg.list {
		rows[i] = journalRow(j, now)
	}
	m.dialog = newPicker("Undo what?", rows)
	return nil
}

func journalRow(j inspect.Journal, now time.Time) pick {
	place := j.Addr + " · db " + strconv.Itoa(j.DB)
	row := pick{
		Label: j.When.Local().Format(time.DateTime) + "  " + human.Plural(j.Keys, "key"),
		Right: human.Size(j.Bytes),
		Also:  place,
		Note:  human.WhatText(&j) + " · " + place + " · " + human.Ago(j.When, now),
		Run:   func(m *model) tea.Cmd { return m.undoJournal(j, true) },
	}
	switch {
	case j.Err != nil && j.When.IsZero():
		row.Label = j.ID + "  cannot be read"
		row.Note = decode.Printable(j.Err.Error())
	case j.NotHere != nil:
		row.Note += " · not here: " + decode.Printable(j.NotHere.Error())
	case j.Undone:
		row.Label += "  (undone)"
	case j.CutShort:
		row.Label += "  (interrupted)"
	}
	return row
}
