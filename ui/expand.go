package ui

import tea "charm.land/bubbletea/v2"

// stepIn unfolds the prefix under the cursor, goes into one that is unfolded,
// and opens a key, as the right arrow does in every tree.
func (m *model) stepIn() tea.Cmd {
	if r, ok := m.list.current(); ok && !r.Leaf && r.Open {
		m.list.moveTo(m.list.cursor + 1)
		return m.look()
	}
	return m.openRow()
}

// stepOut folds the prefix under the cursor, or goes to the one that holds what
// is under it.
func (m *model) stepOut() tea.Cmd {
	if r, ok := m.list.current(); ok && !r.Leaf && r.Open {
		m.folder()
	} else {
		m.list.toParent()
	}
	return m.look()
}

// stepIn is that of the list, inside a value.
func (p *valuePane) stepIn() {
	o, ok := p.body.(*outlineBody)
	if !ok || p.cursor >= o.Len() {
		return
	}
	switch r := o.at(p.cursor); {
	case r.Foldable && !r.Open:
		p.fold()
	case r.Foldable:
		p.moveTo(p.cursor + 1)
	}
}

// stepOut is that of the list, inside a value; false when there is nothing to
// fold or to go to.
func (p *valuePane) stepOut() bool {
	o, ok := p.body.(*outlineBody)
	if !ok || p.cursor >= o.Len() {
		return false
	}
	switch r := o.at(p.cursor); {
	case r.Foldable && r.Open:
		return p.fold()
	case len(r.path) > 1:
		p.moveTo(p.cursor - r.path[len(r.path)-1] - o.rowsBefore(r.path) - 1)
		return true
	}
	return false
}
