package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// order is what the user wants done: a key that was pressed, or an action that
// was chosen by its ID. Whatever answers a key answers the palette, too.
type order struct {
	tea.KeyPressMsg
	ID string // "" for a key
}

// String is the key, or the ID of the action.
func (o order) String() string {
	if o.ID != "" {
		return o.ID
	}
	return o.KeyPressMsg.String()
}

// hits tells whether msg asks for a. On a keyboard that is not Latin the key's
// place on a US layout counts too, where the terminal tells it.
func hits[M tea.KeyPressMsg | order](msg M, a action) bool {
	var press tea.KeyPressMsg
	switch msg := any(msg).(type) {
	case order:
		if msg.ID != "" {
			return msg.ID == a.ID
		}
		press = msg.KeyPressMsg
	case tea.KeyPressMsg:
		press = msg
	}
	if key.Matches(press, a.Binding) {
		return true
	}
	if press.BaseCode == 0 || press.BaseCode == press.Code || press.BaseCode > 127 || press.Mod != 0 {
		return false
	}
	base := string(press.BaseCode)
	for _, k := range a.Keys() {
		if k == base {
			return a.Enabled()
		}
	}
	return false
}

// do runs an action in the pane that it belongs to.
func (m *model) do(a action, on scope) tea.Cmd {
	switch {
	case on == inValue && m.value.key == nil:
		m.status.say("there is no value on screen")
		return nil
	case on == inValue:
		m.show(onValue)
	case on == inKeys:
		m.show(onKeys)
	}
	return m.act(order{ID: a.ID})
}
