package ui

import tea "charm.land/bubbletea/v2"

// filterKey is a key while the filter is typed. The list follows every stroke.
func (m *model) filterKey(msg tea.KeyPressMsg) tea.Cmd {
	if msg.Text == "" && hits(msg, m.keys.FilterMode) {
		m.filter.nextMode()
		return m.refresh()
	}
	switch msg.String() {
	case "enter":
		m.past.add(pastFilters, m.filter.input.Value())
		m.filter.end(true)
		m.settleFilter()
		return nil
	case "ctrl+r":
		return m.recallFilter(+1)
	case "esc":
		m.filter.end(false)
		return m.refresh()
	case "up":
		// As in vim and less, while nothing has been typed yet.
		if m.filter.untouched() {
			return m.recallFilter(+1)
		}
		return m.moveFiltered(-1)
	case "down":
		if m.filter.past.at > 0 {
			return m.recallFilter(-1)
		}
		return m.moveFiltered(+1)
	case "ctrl+p", "ctrl+k":
		return m.moveFiltered(-1)
	case "ctrl+n", "ctrl+j":
		return m.moveFiltered(+1)
	case "pgup":
		return m.moveFiltered(-m.list.h)
	case "pgdown":
		return m.moveFiltered(+m.list.h)
	}
	return m.editFilter(msg)
}

// moveFiltered moves in the list while the filter is typed.
func (m *model) moveFiltered(by int) tea.Cmd {
	m.list.moveTo(m.list.cursor + by)
	m.settleFilter()
	return m.look()
}

// editFilter gives a key or pasted text to the filter.
func (m *model) editFilter(msg tea.Msg) tea.Cmd {
	cmd, other := m.filter.edit(msg)
	if !other {
		return cmd
	}
	m.list.moved = false
	return tea.Batch(cmd, m.refresh())
}

// recallFilter puts an earlier filter, or a later one, into the line.
func (m *model) recallFilter(by int) tea.Cmd {
	f, before := &m.filter, m.filter.input.Value()
	f.past.step(&f.input, m.past[pastFilters], by)
	if f.past.at == 1 && by > 0 && f.input.Value() == before {
		f.past.step(&f.input, m.past[pastFilters], by) // it stood there already
	}
	if f.replaces = false; !f.turn(before) {
		return nil
	}
	m.list.moved = false
	return m.refresh()
}
