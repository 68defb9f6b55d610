package ui

import (
	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// noticesDialog names the undo journals that were evicted, and those that one of
// the next operations evicts.
type noticesDialog struct {
	notices []inspect.JournalNotice
	top     int
}

// showNotices opens the dialog if an operation evicted journals or announced that.
// While another dialog is open they wait for the next answer.
func (m *model) showNotices() {
	if m.be == nil {
		return
	}
	m.notices = append(m.notices, m.be.JournalNotices()...)
	if len(m.notices) == 0 || m.dialog != nil {
		return
	}
	m.dialog, m.notices = &noticesDialog{notices: m.notices}, nil
}

func (d *noticesDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case hits(msg, m.keys.Down):
		d.top++
	case hits(msg, m.keys.Up):
		d.top = max(d.top-1, 0)
	case msg.String() == "esc", msg.String() == "enter", hits(msg, m.keys.No):
		m.dialog = nil
	case hits(msg, m.keys.Journals):
		m.dialog = nil
		return m.listJournals()
	}
	return nil
}

func (d *noticesDialog) box(m *model, w, h int) (string, []string, bool) {
	const mostLines = 4 // of a notice
	var lines []string
	for i := range d.notices {
		ink := m.th.Warn.Plain
		if d.notices[i].Evicted {
			ink = m.th.Dim.Plain
		}
		lines = append(lines, folded(ink, human.EvictionNotice(&d.notices[i], m.now()), w, mostLines)...)
	}
	room := max(h-2, 1)
	d.top = max(min(d.top, len(lines)-room), 0)
	lines = lines[d.top:min(d.top+room, len(lines))]
	return "Undo journals", append(lines, "", m.th.HintKey.Paint("esc")+" close   "+m.th.HintKey.Paint(m.keys.Journals.name())+" list them"), false
}

func (d *noticesDialog) ways(m *model) []action {
	return []action{way("esc", "close"), way(m.keys.Journals.name(), "list them"), way(m.arrows(), "scroll")}
}
