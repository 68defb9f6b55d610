package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// keysDialog shows what the keys of the pane in focus do, in columns. A key
// that it shows does what it says; ? goes on to the page of all keys.
type keysDialog struct {
	title   string
	actions []action
	top     int
	over    int // rows that there is no room for, as drawn last
}

// keyCell is the width of an entry of a keysDialog: key, two blanks, words.
const (
	keyCell  = 25
	keyWidth = 8
)

// newWhichKey is the keys of the pane in focus, its own first.
func newWhichKey(m *model) *keysDialog {
	if at := m.pages.at; at != keysPage {
		return &keysDialog{title: "Keys of this page", actions: m.keys.pageActions(at)}
	}
	d := &keysDialog{title: "Keys of the list"}
	here := inKeys
	if m.focus == onValue {
		d.title, here = "Keys of the value", inValue
	}
	var rest []action
	for _, g := range m.keys.groups() {
		for _, a := range g.Actions {
			switch {
			case len(a.Keys()) == 0 || g.On != anywhere && g.On != here:
			case g.On == here:
				d.actions = append(d.actions, a)
			default:
				rest = append(rest, a)
			}
		}
	}
	d.actions = append(d.actions, rest...)
	return d
}

func (d *keysDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "q", "enter":
		m.dialog = nil
		return nil
	case "down", "pgdown":
		d.top = min(d.top+1, d.over)
		return nil
	case "up", "pgup":
		d.top = max(d.top-1, 0)
		return nil
	}
	if hits(msg, m.keys.Help) {
		m.dialog = newHelp(m.keys)
		return nil
	}
	m.dialog = nil
	return m.act(order{KeyPressMsg: msg})
}

func (d *keysDialog) box(m *model, w, h int) (string, []string, bool) {
	th := m.th
	columns := max(min(w, 4*keyCell)/keyCell, 1)
	rows := (len(d.actions) + columns - 1) / columns
	cell := w / columns
	if columns > 1 {
		cell = min(cell, keyCell+4)
	}
	var lines []string
	for r := range rows {
		var b strings.Builder
		for c := range columns {
			if i := c*rows + r; i < len(d.actions) {
				a := d.actions[i].Help()
				b.WriteString(th.Strong.Plain.Paint(fit(a.Key, keyWidth)) + th.Text.Plain.Paint(" "+fit(a.Desc, cell-keyWidth-1)))
			}
		}
		lines = append(lines, b.String())
	}
	d.over = max(len(lines)-h, 0)
	d.top = min(d.top, d.over)
	title := d.title
	if d.over > 0 {
		title += fmt.Sprintf(" · %d-%d of %d", d.top+1, d.top+h, len(lines))
	}
	return title, lines[d.top:min(d.top+h, len(lines))], false
}

func (d *keysDialog) ways(m *model) []action {
	list := []action{way(m.keys.Help.name(), "all keys"), way("esc", "close"), way("any key", "does what it says")}
	if d.over > 0 {
		list = append([]action{way(m.arrows(), "scroll")}, list...)
	}
	return list
}
