package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// wheelStep is how many rows a notch of the wheel moves.
const wheelStep = 3

// mouse moves and opens as a click or the wheel would anywhere else. A dialog
// that destroys takes no clicks: it is answered by a key.
func (m *model) mouse(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	switch {
	case m.lay.Tiny:
		return nil
	case m.dialog != nil:
		return m.mouseInDialog(msg)
	case m.pages.at != keysPage:
		m.mouseOnPage(msg)
		return nil
	}
	switch msg.(type) {
	case tea.MouseMotionMsg:
		if m.pointer.dragging && at.Button == tea.MouseLeft {
			m.split = min(max(100*(at.X+1)/max(m.lay.W, 1), minSplit), maxSplit)
			m.resize(m.lay.W, m.lay.H)
		}
		return nil
	case tea.MouseReleaseMsg:
		m.pointer.dragging = false
		return m.look()
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
			return m.wantMore()
		}
		m.list.moveTo(m.list.cursor + by)
		return m.look()
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft {
			m.status.pressed(false, m.now())
			return m.click(at.X, at.Y)
		}
	}
	return nil
}

// mouseInDialog gives the wheel and a click inside the frame to the dialog, if
// it wants them.
func (m *model) mouseInDialog(msg tea.MouseMsg) tea.Cmd {
	d, ok := m.dialog.(mouseDialog)
	if !ok {
		return nil
	}
	switch msg.(type) {
	case tea.MouseWheelMsg, tea.MouseClickMsg:
	default:
		return nil
	}
	at := msg.Mouse()
	if r, _, _, _ := m.dialogBox(); r.holds(at.X, at.Y) {
		return d.mouse(m, msg, at.X-r.X-2, at.Y-r.Y-1)
	}
	return nil
}

// pointer is what the mouse did last.
type pointer struct {
	dragging bool // the edge between the panes
	row      int  // of the list that was clicked
	at       time.Time
}

// doubleClick is the longest time between its two clicks.
const doubleClick = 400 * time.Millisecond

func (m *model) click(x, y int) tea.Cmd {
	if m.lay.Wide && (x == m.lay.Value.X || x == m.lay.Value.X-1) && m.lay.Value.holds(m.lay.Value.X, y) {
		m.pointer.dragging = true
		return nil
	}
	switch {
	case m.lay.Keys.holds(x, y):
		m.show(onKeys)
		row := m.list.top + y - m.lay.Keys.Y - 1
		if row < m.list.top || row >= m.list.len() {
			return nil
		}
		again := row == m.list.cursor && m.list.moved
		double := row == m.pointer.row && m.now().Sub(m.pointer.at) < doubleClick
		m.pointer.row, m.pointer.at = row, m.now()
		m.list.moveTo(row)
		if r, ok := m.list.current(); double && ok && r.Leaf {
			m.show(onValue)
			return m.look()
		}
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
