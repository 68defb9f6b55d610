package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// doneMsg is the answer to a question that somebody waits for.
type doneMsg struct {
	id  int
	msg tea.Msg
}

// during asks a question in the background. When the answer takes long enough
// to be waited for, a dialog says what is going on, and Esc gives up; what the
// question writes may then be written or not, which its answer still tells.
func (m *model) during(what string, writes bool, ask func(context.Context) tea.Msg) tea.Cmd {
	ctx, id := m.plan.begin(m.root)
	d := m.busyWith(id, what, writes)
	answer := func() tea.Msg { return ask(ctx) }
	if writes {
		answer = m.change(answer)
	}
	return tea.Batch(d.tick(), func() tea.Msg { return doneMsg{id, answer()} })
}

// answered hands the answer to whom it is for.
func (m *model) answered(msg doneMsg) tea.Cmd {
	if !m.plan.mine(msg.id) {
		return nil
	}
	m.plan.stop()
	m.dialog = nil
	return m.reply(msg.msg)
}
