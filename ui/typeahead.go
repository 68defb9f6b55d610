package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// Type-ahead: a user who types fast presses keys before the program shows what
// they are for. The y after d comes while the delete is still being planned, the
// d after a filter while the list still shows other keys. Such input is held
// back, in order, and handled as soon as that has arrived. A write that the user
// can see in progress holds nothing back: what is pressed there is not meant for
// whatever comes next.

// maxAhead limits the input that is held back.
const maxAhead = 256

// awaiting reports whether input must wait for a reply.
func (m *model) awaiting() bool {
	if d, ok := m.dialog.(*busyDialog); ok {
		return !d.shown || !d.finish
	}
	return m.dialog == nil && !m.prompt.on && !m.filter.editing && m.pages.at == keysPage && m.listOutdated()
}

// listOutdated reports whether the list shows the matches of another filter
// than the one that was typed, or nothing yet, and what it is to show is on its
// way.
func (m *model) listOutdated() bool {
	r := m.list.rows
	switch {
	case r == nil || r.Snapshot().KeyCount() == 0:
		return m.scan.on || m.build.on || m.dirty // the first keys
	case !m.build.on && !m.dirty:
		return false
	}
	return r.Spec().Query != m.spec.Query || !r.Complete() && r.MatchCount() == 0
}

// hold keeps a key press or a paste for later, and reports whether it did. What
// is held back is handled first, so input stays in order. Esc never waits: it
// drops what is held back.
func (m *model) hold(msg tea.Msg) bool {
	if len(m.ahead) == 0 && !m.awaiting() {
		return false
	}
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case hits(key, m.keys.Interrupt), len(m.ahead) == 0 && m.dialog == nil && m.needsNoRows(key):
			return false
		case key.String() == "esc":
			m.ahead = nil
			return false
		}
	}
	if len(m.ahead) < maxAhead {
		m.ahead = append(m.ahead, msg)
	}
	return true
}

// needsNoRows reports whether a key changes what is listed, or leaves the list. It
// means the same whatever rows there are, and a search that finds nothing for long
// must not stand in its way.
func (m *model) needsNoRows(key tea.KeyPressMsg) bool {
	k := &m.keys
	return slices.ContainsFunc([]action{k.Filter, k.FilterMode, k.Type, k.NoTTL, k.Sort, k.Reverse, k.Help, k.Quit}, func(a action) bool {
		return hits(key, a)
	})
}

// replay handles the input that was held back, as far as nothing is awaited any
// longer. before is the dialog that was open until now. When that was a plan,
// and it failed, the input is dropped: it was meant for a question that was not
// asked.
func (m *model) replay(before dialog) tea.Cmd {
	if d, ok := before.(*busyDialog); ok && m.dialog != before && (m.status.bad || !d.finish && m.dialog == nil) {
		m.ahead = nil
	}
	var cmds []tea.Cmd
	for len(m.ahead) > 0 && !m.awaiting() {
		msg := m.ahead[0]
		m.ahead = m.ahead[1:]
		cmds = append(cmds, m.handleInput(msg))
	}
	return tea.Batch(cmds...)
}

// handleInput handles a key press or a paste.
func (m *model) handleInput(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg.Content)
	}
	return nil
}
