package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// View draws the program. It changes nothing and asks nobody.
func (m *model) View() tea.View {
	v := tea.NewView("")
	v.AltScreen = true
	v.WindowTitle = "cacheview"
	if m.server.Addr != "" {
		v.WindowTitle += " " + decode.Printable(m.server.Addr)
	}
	if !m.noMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	l := m.lay
	if l.W <= 0 || l.H <= 0 {
		return v
	}
	if l.Tiny {
		v.SetContent(tooSmall(l.W, l.H))
		return v
	}
	now := m.now()
	lines := make([]string, 0, l.H)
	lines = append(lines, settle(m.cells, m.bar(l.Bar.W), l.W))
	lines = append(lines, m.body(now)...)
	foot, cursor := m.foot(l.Foot)
	if why := m.refusal(l.W); why != "" {
		lines[len(lines)-1] = settle(m.cells, m.th.Bad.Plain.Paint(fit(" "+why, l.W)), l.W)
	}
	lines = append(lines, settle(m.cells, foot, l.W))
	if m.dialog != nil {
		cursor = m.overDialog(lines)
	}
	content := strings.Join(lines, "\n")
	if m.opt.ASCII {
		content = inASCII(m.cells, content)
	}
	v.SetContent(content)
	v.Cursor = cursor
	return v
}

// tooSmall says so on as many lines as there are.
func tooSmall(w, h int) string {
	lines := wrapWords(fmt.Sprintf("%d by %d is too small: cacheview needs %d by %d", w, h, minWidth, minHeight), w)
	for i, line := range lines {
		lines[i] = fit(line, w)
	}
	return strings.Join(lines[:min(len(lines), h)], "\n")
}

// body draws the panes side by side, or the one in front.
func (m *model) body(now time.Time) []string {
	if m.pages.at != keysPage {
		return m.pageFrame()
	}
	l := m.lay
	var keys, value []string
	if l.Keys.W > 0 {
		keys = m.keysFrame(now)
	}
	if l.Value.W > 0 {
		value = m.valueFrame(now)
	}
	switch {
	case keys == nil:
		return value
	case value == nil:
		return keys
	}
	for i := range keys {
		keys[i] += value[i]
	}
	return keys
}

func (m *model) keysFrame(now time.Time) []string {
	w, h := m.lay.Keys.inner()
	lines := m.list.View(now)
	if m.list.len() == 0 {
		lines = m.emptyKeys(w, h)
	}
	edge, head := m.th.Border, m.th.BarDim
	if m.focus == onKeys {
		edge, head = m.th.Focus, m.th.Title
	}
	box := frame(m.lay.Keys, m.border(), edge, head, m.keysTitle(), m.keysNote(w-minTitle), lines)
	if aside := m.keysAside(); aside != "" && len(box) > 0 {
		box[len(box)-1] = bottomEdge(w, m.border(), edge, head, aside)
	}
	return box
}

// keysAside is what the lower edge of the list says of a filter that finds
// other keys than its text alone would tell.
func (m *model) keysAside() string {
	f := &m.filter
	switch {
	case f.widened() && m.list.len() > 0 && m.lay.Keys.W < 50:
		return "none starts with it"
	case f.widened() && m.list.len() > 0:
		return "no key starts with it: these contain it"
	case f.active() && !f.chosen && f.modeNow() == keyspace.Prefix && f.more > 0 && m.list.len() > 0:
		return human.Count(f.more) + " more contain it: " + m.keys.FilterMode.name()
	}
	return ""
}

// keysTitle says what the list is restricted to and how it is sorted.
func (m *model) keysTitle() string {
	s := "Keys"
	q := m.spec.Query
	if m.filter.active() {
		s += " · " + modeName(m.filter.modeNow()) + " " + decode.Printable(m.filter.input.Value())
	}
	if q.Type != keyspace.UnknownType {
		s += " · " + shortType(q.Type) + " only"
	}
	if q.NoTTL {
		s += " · never expire"
	}
	if m.order != keyspace.ByName || m.spec.Reverse {
		s += " · by " + map[keyspace.SortOrder]string{keyspace.ByName: "name", keyspace.ByTTL: "TTL", keyspace.BySize: "size"}[m.order]
		if m.spec.Reverse {
			s += ", reversed"
		}
	}
	if n := len(m.list.marks); n > 0 {
		s += " · " + human.Count(n) + " marked"
	}
	return s
}

func (m *model) valueFrame(now time.Time) []string {
	p := m.value
	w, h := m.lay.Value.inner()
	title, lines := "Value", []string(nil)
	switch {
	case p.content != nil:
		key := p.content.Win.Key
		lines = p.View(now, m.longest[string(key.Name)], effective(m.flask.calls, key.Name, key.Meta.Expiry))
	case p.key == nil:
		lines = m.aboutNode(w)
	case p.err != nil:
		lines = paragraph(m.th.Warn.Plain, decode.Printable(p.err.Error()), w)
	default:
		lines = paragraph(m.th.Dim.Plain, "reading…", w)
	}
	switch {
	case p.content != nil:
		title = m.titleOf(p.content.Win.Key.Name)
	case p.key != nil:
		title = m.titleOf(p.key)
	case m.onNode():
		title = "Prefix"
	}
	if key := p.key; key != nil && m.zoom && ansi.StringWidth(title) > w-titleEdges {
		// The title has room for a part of the name: here is all of it.
		whole := wrapName(m.titleOf(key), max(w-2, 1))
		for i, line := range whole {
			whole[i] = m.th.Strong.Plain.Paint(fit(" "+line, w))
		}
		lines = append(whole[:min(len(whole), h/2)], lines...)
	}
	if len(lines) > h {
		lines = lines[:h]
	}
	edge, head := m.th.Border, m.th.BarDim
	if m.focus == onValue {
		edge, head = m.th.Focus, m.th.Title
	}
	box := frame(m.lay.Value, m.border(), edge, head, title, p.place(), lines)
	if crumb := p.crumb(m.list.sign(" › ", " > ")); crumb != "" && len(box) > 0 {
		box[len(box)-1] = bottomEdge(w, m.border(), edge, head, crumb)
	}
	return box
}

// titleEdges are the cells of a frame that its title cannot have.
const titleEdges = 6

// titleOf is a key under the call that the list shows beside it.
func (m *model) titleOf(key []byte) string {
	title := decode.PrintableName(key)
	if f := m.list.flask; f != nil {
		if call := f.Display(key); call != "" {
			title = decode.Printable(call) + " · " + title
		}
	}
	return title
}

func (m *model) border() border {
	b := roundBorder
	if m.opt.ASCII {
		b = asciiBorder
	}
	b.cells = m.cells
	return b
}

// minDialog is the least width of the inside of a dialog that there is room for.
const minDialog = 34

// dialogBox lays out the open dialog: where its frame stands, its title, and
// the lines of its inside. No line is nothing to show yet.
func (m *model) dialogBox() (r rect, title string, inside []string, danger bool) {
	w := m.lay.Dialog - 4
	title, inside, danger = m.dialog.box(m, w, m.lay.H-4)
	most := ansi.StringWidth(title)
	for i, line := range inside {
		inside[i] = clip(strings.TrimRight(line, " "), w)
		most = max(most, ansi.StringWidth(inside[i]))
	}
	w = min(max(most, minDialog), w)
	r = rect{W: w + 4, H: len(inside) + 2}
	// The top line stays in sight: it says where we are.
	spare := max(m.lay.H-r.H, 0)
	r.X, r.Y = (m.lay.W-r.W)/2, max(spare/2, min(spare, 1))
	return r, title, inside, danger
}

// overDialog lays the open dialog over the screen, and returns where its text
// cursor is. What is below takes no keys meanwhile: it steps back, and the last
// line has the keys of the dialog, unless it tells of a failure.
func (m *model) overDialog(lines []string) *tea.Cursor {
	r, title, inside, danger := m.dialogBox()
	if inside == nil {
		return nil
	}
	last := len(lines) - 1
	for i := 1; i < last; i++ {
		lines[i] = m.th.Dim.Plain.Paint(ansi.Strip(lines[i]))
	}
	if !m.status.bad {
		lines[last] = hints(m.th, m.dialog.ways(m), m.lay.W)
	}
	edge := m.th.Focus
	if danger {
		edge = m.th.Danger
	}
	for i, line := range inside {
		inside[i] = " " + line + strings.Repeat(" ", max(r.W-4-ansi.StringWidth(line), 0)) + " "
	}
	overlay(m.cells, lines, frame(rect{W: r.W, H: r.H}, m.border(), edge, edge, title, "", inside), r.X, r.Y)
	if d, ok := m.dialog.(typingDialog); ok {
		x, y := d.caret()
		return tea.NewCursor(r.X+2+x, r.Y+1+y)
	}
	return nil
}

// foot is the last line: what is being typed, a message, or the keys.
func (m *model) foot(r rect) (string, *tea.Cursor) {
	switch {
	case m.prompt.on:
		return m.typed(r, m.prompt.label, m.prompt.input)
	case m.filter.editing:
		f := &m.filter
		return m.typed(r, modeName(f.modeNow()), f.input)
	}
	// A failure is worth all the room that there is.
	if m.status.bad {
		return m.th.Bad.Plain.Paint(fit(" "+m.status.text, r.W)), nil
	}
	toast := m.toastText(r.W)
	return m.said(r.W-ansi.StringWidth(toast)) + m.th.Accent.Plain.Paint(toast), nil
}

// said is the message in w cells of the last line, or the keys.
func (m *model) said(w int) string {
	switch {
	case m.status.text != "":
		return m.th.Accent.Plain.Paint(fit(" "+m.status.text, w))
	case m.pages.at != keysPage:
		return hints(m.th, m.pageHints(), w)
	case m.be == nil:
		return hints(m.th, []action{m.keys.Help, m.keys.Switch, m.keys.Palette, m.keys.Quit}, w)
	case m.focus == onValue:
		return hints(m.th, m.offered(m.keys.valueHints()), w)
	}
	return hints(m.th, m.offered(m.keys.keysHints()), w)
}

// offered are the hints of a pane without those that do nothing as things are,
// and with the way back from a pane that has the whole screen.
func (m *model) offered(list []action) []action {
	k := m.keys
	list = slices.DeleteFunc(list, func(a action) bool {
		switch a.ID {
		case k.Delete.ID, k.Clear.ID, k.Undo.ID, k.TTL.ID, k.DeleteAll.ID:
			return m.be.ReadOnly()
		case k.Fold.ID, k.FoldAll.ID:
			_, folds := m.value.body.(*outlineBody)
			return m.focus == onValue && !folds
		case k.Wrap.ID:
			_, text := m.value.body.(*textBody)
			return !text
		}
		return false
	})
	if !m.zoom || m.lay.W < wideFrom {
		return list
	}
	return slices.Insert(list, 1, k.Zoom)
}

// wideTyping is the room from which a filter line has all of its hints.
const wideTyping = 90

// typingHead is what stands before a text that is being typed.
func (m *model) typingHead(label string) string {
	if m.opt.ASCII {
		return " " + label + " > "
	}
	return " " + label + " › "
}

// helpFits tells whether a word of help leaves enough of room for the text.
func helpFits(help string, room int) bool { return room >= 24+ansi.StringWidth(help) }

// refusal is why what was typed is asked for again, where the line that it is
// typed in has no room to say so.
func (m *model) refusal(w int) string {
	p := &m.prompt
	if !p.on || !p.wrong || helpFits(p.help+" ", w-ansi.StringWidth(m.typingHead(p.label))) {
		return ""
	}
	return p.help
}

// typed draws a line that is being typed, with its label in front and what can
// be done at the end.
func (m *model) typed(r rect, label string, in textinput.Model) (string, *tea.Cursor) {
	head := m.typingHead(label)
	help, ink := "", m.th.Dim
	switch {
	case m.prompt.on && m.prompt.live != nil && m.prompt.help == "":
		help = m.prompt.live(m.prompt.input.Value()) + " "
	case m.prompt.on && m.prompt.help != "":
		help = m.prompt.help + " "
		if m.prompt.wrong {
			ink = m.th.Bad
		}
	case m.filter.editing:
		mode := m.keys.FilterMode.name() + " mode "
		switch room := r.W - ansi.StringWidth(head); {
		case room >= wideTyping:
			help = "enter keep · esc undo · ctrl+r earlier · " + mode
		case room >= wideTyping/2:
			help = "enter keep · esc undo · " + mode
		default:
			help = "enter keep · esc undo "
		}
		if m.filter.err != nil {
			help = decode.Printable(m.filter.err.Error()) + " "
		}
	}
	room := r.W - ansi.StringWidth(head)
	if !helpFits(help, room) {
		help = ""
	}
	text, cursor := echo(in, room-ansi.StringWidth(help))
	text = fit(text, room-ansi.StringWidth(help))
	if m.filter.editing && m.filter.replaces {
		was := strings.TrimRight(text, " ")
		text = m.th.Match.For(true).Paint(was) + text[len(was):]
	}
	line := m.th.Accent.Plain.Paint(head) + text + ink.Plain.Paint(help)
	if cursor != nil {
		cursor.X += ansi.StringWidth(head)
		cursor.Y = r.Y
	}
	return line, cursor
}
