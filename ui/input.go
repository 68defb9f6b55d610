package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
)

// key gives a key to whoever has it: the way out first, then a dialog, a line
// that is being typed, the pane in focus, and the actions of the whole program.
func (m *model) key(msg tea.KeyPressMsg) tea.Cmd {
	if hits(msg, m.keys.Interrupt) {
		return tea.Quit
	}
	if !m.typing() {
		m.status.pressed(msg.String() == "esc", m.now())
	}
	switch {
	case m.lay.Tiny:
		if hits(msg, m.keys.Quit) {
			return tea.Quit
		}
		return nil
	case m.dialog != nil:
		return m.dialog.key(m, msg)
	case m.prompt.on:
		return m.promptKey(msg)
	case m.filter.editing:
		return m.filterKey(msg)
	}
	return m.act(order{KeyPressMsg: msg})
}

// typing tells whether a line is being typed where messages stand.
func (m *model) typing() bool { return m.dialog == nil && (m.prompt.on || m.filter.editing) }

// act does what a key, or a line of the palette, asks for in the pane in focus.
func (m *model) act(msg order) tea.Cmd {
	turned, ok := m.pageKey(msg)
	if ok {
		return turned
	}
	return tea.Batch(turned, m.actOnKeys(msg))
}

// actOnKeys is act for the keys and their values.
func (m *model) actOnKeys(msg order) tea.Cmd {
	if cmd, ok := m.program(msg); ok {
		return cmd
	}
	if m.focus == onValue {
		return m.valueKey(msg)
	}
	return m.listKey(msg)
}

// program is what a key does in every pane.
func (m *model) program(msg order) (tea.Cmd, bool) {
	if why := m.idleInProgram(msg); why != "" {
		m.status.say(why)
		return nil, true
	}
	k := m.keys
	switch {
	case hits(msg, k.Quit):
		return tea.Quit, true
	case hits(msg, k.Help):
		m.dialog = newWhichKey(m)
	case hits(msg, k.Pane):
		m.otherPane()
	case hits(msg, k.Delete):
		return m.planDelete(), true
	case hits(msg, k.DeleteAll):
		return m.planMatches(), true
	case hits(msg, k.Clear):
		m.askClear()
	case hits(msg, k.Undo):
		return m.undoLast(), true
	case hits(msg, k.Journals):
		return m.listJournals(), true
	case hits(msg, k.Rescan):
		m.status.say("reading the keys again")
		return tea.Batch(m.startScan(), m.again()), true
	case hits(msg, k.Explain):
		return m.explain(), true
	case hits(msg, k.Invalidate):
		m.askInvalidate()
	case hits(msg, k.Palette):
		m.dialog = newPalette(m)
	case hits(msg, k.Switch):
		return m.askSite(), true
	case hits(msg, k.FindCall):
		return m.prompt.begin("find call", "", m.findCall), true
	case hits(msg, k.Calls):
		return m.toggleCalls(), true
	case hits(msg, k.TTL):
		return m.askTTL(), true
	case hits(msg, k.Rename):
		return m.askRename(), true
	case hits(msg, k.Export):
		return m.askExport(), true
	case hits(msg, k.Pager):
		return m.inPager(), true
	case hits(msg, k.Edit):
		return m.edit(), true
	case hits(msg, k.GoTo):
		return m.askKey(), true
	case hits(msg, k.Previous):
		return m.travel(-1), true
	case hits(msg, k.Following):
		return m.travel(+1), true
	case hits(msg, k.CopyKey):
		return m.copyKey(), true
	case hits(msg, k.Narrow):
		m.resplit(-4)
	case hits(msg, k.Widen):
		m.resplit(+4)
	case hits(msg, k.Zoom):
		m.zoomPane()
	case hits(msg, k.TTLMatches):
		return m.askTTLOfMatches(), true
	case hits(msg, k.Redraw):
		return tea.ClearScreen, true
	case hits(msg, k.Suspend):
		return tea.Suspend, true
	case hits(msg, k.Mouse):
		m.noMouse = !m.noMouse
		m.status.say("the mouse is the " + map[bool]string{true: "terminal's: select text with it", false: "program's again"}[m.noMouse])
	default:
		return nil, false
	}
	return nil, true
}

func (m *model) otherPane() {
	if m.focus == onKeys && m.value.key != nil {
		m.show(onValue)
		return
	}
	m.show(onKeys)
}

// zoomPane gives the whole screen to the pane in focus, or shows both again.
func (m *model) zoomPane() {
	if m.lay.W < wideFrom {
		m.status.say("there is one pane at a time on a narrow screen: enter opens, esc goes back")
		return
	}
	m.zoom = !m.zoom
	m.front = m.focus == onValue
	m.resize(m.lay.W, m.lay.H)
}

func (m *model) resplit(by int) {
	m.split = min(max(m.split+by, minSplit), maxSplit)
	m.resize(m.lay.W, m.lay.H)
}

// listKey is a key in the list of keys.
func (m *model) listKey(msg order) tea.Cmd {
	if why := m.idleInList(msg); why != "" {
		m.status.say(why)
		return nil
	}
	k := m.keys
	switch {
	case hits(msg, k.Filter):
		return m.filter.begin()
	case hits(msg, k.FilterMode):
		m.filter.nextMode()
		m.status.say("filter: " + modeName(m.filter.mode))
		return m.refresh()
	case hits(msg, k.Open):
		return m.openRow()
	case hits(msg, k.In):
		return m.stepIn()
	case hits(msg, k.Out):
		return m.stepOut()
	case hits(msg, k.Back):
		return m.back()
	case hits(msg, k.Tree):
		m.spec.Tree = !m.spec.Tree
		m.status.say(map[bool]string{true: "Tree by prefix", false: "Flat list"}[m.spec.Tree])
		return m.rebuild()
	case hits(msg, k.Sort):
		return m.cycleOrder()
	case hits(msg, k.Reverse):
		m.spec.Reverse = !m.spec.Reverse
		return m.rebuild()
	case hits(msg, k.Type):
		m.spec.Query.Type = nextType(m.spec.Query.Type)
		return m.refilter()
	case hits(msg, k.NoTTL):
		m.spec.Query.NoTTL = !m.spec.Query.NoTTL
		return m.refilter()
	case hits(msg, k.Fold):
		m.folder()
		return m.look()
	}
	if m.list.HandleKey(msg) {
		return m.look()
	}
	return m.unknown(msg)
}

// rebuild builds the rows anew after the spec was changed in place.
func (m *model) rebuild() tea.Cmd {
	m.build.stop()
	return tea.Batch(m.refresh(), m.wantAllMeta())
}

// nextType is the next type that a list can be restricted to; after the last
// come all.
func nextType(t keyspace.Type) keyspace.Type {
	if t >= keyspace.Stream {
		return keyspace.UnknownType
	}
	return t + 1
}

// openRow opens what is under the cursor: a prefix unfolds, a key's value gets
// the focus.
func (m *model) openRow() tea.Cmd {
	r, ok := m.list.current()
	switch {
	case !ok:
		return nil
	case r.Leaf:
		m.visits.add(m.list.snap.Name(r.ID))
		m.show(onValue)
	default:
		m.folder()
	}
	return m.look()
}

// back goes one step back: out of the marks, out of an order that is still
// being read for, out of the filter.
func (m *model) back() tea.Cmd {
	switch {
	case len(m.list.marks) > 0:
		clear(m.list.marks)
	case m.readingAllMeta() && m.order != keyspace.ByName:
		m.order = keyspace.ByName
		m.metaAll.stop()
		m.status.say("stopped reading; sorted by name")
		return m.rebuild()
	case m.filter.active() || m.spec.Query.Type != keyspace.UnknownType || m.spec.Query.NoTTL:
		m.filter.drop()
		m.spec.Query.Type, m.spec.Query.NoTTL = keyspace.UnknownType, false
		return m.refilter()
	default:
		m.status.say("Nothing to go back to. Press " + m.keys.Quit.name() + " to quit.")
	}
	return nil
}

// valueKey is a key in the value.
func (m *model) valueKey(msg order) tea.Cmd {
	if why := m.value.idle(msg); why != "" && !oneOf(msg, m.keys.Out, m.keys.Back) {
		m.status.say(why)
		return nil
	}
	k := m.keys
	switch {
	case hits(msg, k.Search):
		return m.prompt.begin("search", m.value.search.text, m.searchValue)
	case hits(msg, k.Open):
		m.value.openRow()
		return nil
	case hits(msg, k.In):
		m.value.stepIn()
		return nil
	case hits(msg, k.Out):
		if m.value.stepOut() {
			return nil
		}
		m.show(onKeys)
		return m.look()
	case hits(msg, k.Back):
		if m.value.search.text != "" {
			m.value.search = searchState{}
			return nil
		}
		m.show(onKeys)
		return m.look()
	case hits(msg, k.CopyValue):
		return m.copyValue()
	case hits(msg, k.DecodeAs):
		m.askFormat()
		return nil
	case hits(msg, k.Highest):
		return m.turnScores()
	case hits(msg, k.Similar):
		return m.wantSimilar()
	}
	if m.value.HandleKey(msg) {
		m.sayHow(msg)
		return m.wantMore()
	}
	return m.unknown(msg)
}

// sayHow says how a text is shown from now on, which a short one does not tell.
func (m *model) sayHow(msg order) {
	switch {
	case hits(msg, m.keys.Wrap) && m.value.nowrap:
		m.status.say("long lines are cut: " + m.keys.Left.name() + " and " + m.keys.Right.name() + " scroll")
	case hits(msg, m.keys.Wrap):
		m.status.say("long lines are wrapped")
	}
}

// unknown says that a key does nothing here, so that no press is silent, or
// where it would do something.
func (m *model) unknown(msg order) tea.Cmd {
	for _, g := range m.keys.groups() {
		there := map[scope]string{inKeys: "in the list of keys: " + m.keys.Back.name() + " goes there", inValue: "in the value: " + m.keys.Pane.name() + " goes there"}[g.On]
		for _, a := range g.Actions {
			if there != "" && m.pages.at == keysPage && hits(msg, a) {
				m.status.say(a.name() + " (" + a.Help().Desc + ") works " + there)
				return nil
			}
		}
	}
	m.status.say(decode.Printable(msg.String()) + " does nothing here: " + m.keys.Help.name() + " shows the keys")
	return nil
}

// paste puts pasted text into the line that is being typed.
func (m *model) paste(text string) tea.Cmd {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	msg := tea.PasteMsg{Content: text}
	switch {
	case m.dialog != nil:
		if d, ok := m.dialog.(typingDialog); ok {
			return d.edit(m, msg)
		}
		return nil
	case m.prompt.on:
		var cmd tea.Cmd
		m.prompt.input, cmd = m.prompt.input.Update(msg)
		return cmd
	case !m.filter.editing && m.focus == onKeys:
		return tea.Batch(m.filter.begin(), m.editFilter(msg))
	case m.filter.editing:
		return m.editFilter(msg)
	}
	return nil
}
