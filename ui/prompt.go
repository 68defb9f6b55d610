package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
)

// promptLine asks for a line of text at the foot of the screen.
type promptLine struct {
	on    bool
	label string
	help  string // what can be typed, or what was wrong with it
	wrong bool
	input textinput.Model
	done  func(text string) tea.Cmd
	past  recall
	// live says something about what is typed so far; nil says nothing.
	live func(text string) string
}

// begin asks; done gets the answer when Enter is pressed, and Esc leaves
// everything as it is.
func (p *promptLine) begin(label, text string, done func(string) tea.Cmd) tea.Cmd {
	return p.beginWith(label, "", text, done)
}

// beginWith is begin with a word on what can be typed.
func (p *promptLine) beginWith(label, help, text string, done func(string) tea.Cmd) tea.Cmd {
	p.on, p.label, p.help, p.wrong, p.done = true, label, help, false, done
	p.past, p.live = recall{}, nil
	p.input = textinput.New()
	p.input.Prompt = ""
	p.input.SetVirtualCursor(false)
	p.input.SetValue(text)
	p.input.CursorEnd()
	return p.input.Focus()
}

// again asks the same once more, because what was typed is wrong.
func (p *promptLine) again(text string, err error) tea.Cmd {
	cmd := p.beginWith(p.label, decode.Printable(err.Error()), text, p.done)
	p.wrong = true
	return cmd
}

func (m *model) promptKey(msg tea.KeyPressMsg) tea.Cmd {
	p := &m.prompt
	switch msg.String() {
	case "esc":
		p.on = false
		return nil
	case "enter":
		p.on = false
		m.past.add(p.label, p.input.Value())
		return p.done(p.input.Value())
	case "up", "ctrl+p":
		p.past.step(&p.input, m.past[p.label], +1)
		return nil
	case "down", "ctrl+n":
		p.past.step(&p.input, m.past[p.label], -1)
		return nil
	}
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
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
