package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// promptLine asks for a line of text at the foot of the screen.
type promptLine struct {
	on    bool
	label string
	input textinput.Model
	done  func(text string) tea.Cmd
}

// begin asks; done gets the answer when Enter is pressed, and Esc leaves
// everything as it is.
func (p *promptLine) begin(label, text string, done func(string) tea.Cmd) tea.Cmd {
	p.on, p.label, p.done = true, label, done
	p.input = textinput.New()
	p.input.Prompt = ""
	p.input.SetVirtualCursor(false)
	p.input.SetValue(text)
	p.input.CursorEnd()
	return p.input.Focus()
}

func (m *model) promptKey(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc":
		m.prompt.on = false
		return nil
	case "enter":
		m.prompt.on = false
		return m.prompt.done(m.prompt.input.Value())
	}
	var cmd tea.Cmd
	m.prompt.input, cmd = m.prompt.input.Update(msg)
	return cmd
}

// searchValue looks for text in the value that is shown.
func (m *model) searchValue(text string) tea.Cmd {
	m.value.search = searchState{}
	if text == "" || m.value.body == nil {
		return nil
	}
	_, id := m.seek.begin(m.root)
	look := m.value.searcher(text)
	return func() tea.Msg { return foundMsg{id, look()} }
}
