package ui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// listJournals asks what can be undone.
func (m *model) listJournals() tea.Cmd {
	if m.be == nil {
		m.status.say("there is no connection")
		return nil
	}
	_, id := m.seek.begin(m.root)
	be := m.be
	return func() tea.Msg {
		list, err := be.Journals()
		return journalsMsg{id, list, err}
	}
}

// journals offers what was deleted to be restored, the latest first. What was
// deleted elsewhere is listed, too, and says why it stays there.
func (m *model) journals(msg journalsMsg) tea.Cmd {
	if !m.seek.mine(msg.id) {
		return nil
	}
	m.seek.stop()
	switch {
	case msg.err != nil:
		return m.failed(msg.err)
	case len(msg.list) == 0:
		m.status.say("nothing was deleted that could be undone")
		return nil
	}
	here, now := m.be.Server(), m.now()
	rows := make([]pick, len(msg.list))
	for i, j := range msg.list {
		rows[i] = journalRow(j, here, now)
	}
	m.dialog = newPicker("Undo what?", rows)
	return nil
}

func journalRow(j inspect.Journal, here inspect.Server, now time.Time) pick {
	place := j.Addr + " · db " + strconv.Itoa(j.DB)
	row := pick{
		Label: j.When.Local().Format(time.DateTime) + "  " + human.Plural(j.Keys, "key"),
		Right: human.Size(j.Bytes),
		Also:  place,
	}
	what := j.What + " · " + place + " · " + human.Lifetime(max(now.Sub(j.When), 0)) + " ago"
	why := j.Elsewhere(here)
	switch {
	case why != "":
		row.Note = what + " · not here: " + why
		row.Run = func(m *model) tea.Cmd {
			m.status.say("it cannot be restored here: " + why)
			return nil
		}
		return row
	case j.Undone:
		row.Label += "  (undone)"
	}
	row.Note = what
	row.Run = func(m *model) tea.Cmd { return m.undo(j.ID, nil) }
	return row
}
