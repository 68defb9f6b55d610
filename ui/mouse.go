package ui

import (
	tea "charm.land/bubbletea/v2"
)

// wheelStep is how many rows a notch of the wheel moves.
const wheelStep = 3

// mouse moves and opens as a click or the wheel would anywhere else. A dialog
// takes no clicks: what destroys is answered by a key.
func (m *model) mouse(msg tea.MouseMsg) tea.Cmd {
	if m.dialog != nil || m.lay.Tiny {
		return nil
	}
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		by := wheelStep
		switch at.Button {
		case tea.MouseWheelUp:
			by = -wheelStep
		case tea.MouseWheelDown:
		default:
			return nil
		}
		if m.lay.Value.holds(at.X, at.Y) {
			m.value.moveTo(m.value.cursor + by)
			return nil
		}
		m.list.moveTo(m.list.cursor + by)
		return m.look()
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft {
			return m.click(at.X, at.Y)
		}
	}
	return nil
}

func (m *model) click(x, y int) tea.Cmd {
	switch {
	case m.lay.Keys.holds(x, y):
		m.show(onKeys)
		row := m.list.top + y - m.lay.Keys.Y - 1
		if row < m.list.top || row >= m.list.len() {
			return nil
		}
		again := row == m.list.cursor && m.list.moved
		m.list.moveTo(row)
		if r, ok := m.list.current(); again && ok && !r.Leaf {
			m.folder()
		}
		return m.look()
	case m.lay.Value.holds(x, y) && m.value.key != nil:
		m.show(onValue)
		row := m.value.top + y - m.lay.Value.Y - 1 - m.value.headHeight()
		if row >= m.value.top && row < m.value.len() {
			again := row == m.value.cursor
			m.value.moveTo(row)
			if again {
				m.value.fold()
			}
		}
	}
	return nil
}
