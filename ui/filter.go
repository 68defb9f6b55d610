package ui

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"cacheview/inspect/keyspace"
)

// filterLine is the filter of the key list and the line it is typed into.
type filterLine struct {
	input   textinput.Model
	editing bool
	before  keyspace.Query // what Esc goes back to
	mode    keyspace.Mode
	chosen  bool // the user chose the mode, so a * no longer means a glob
	err     error
	past    recall
}

func newFilterLine(prefix string) filterLine {
	in := textinput.New()
	in.Prompt = ""
	in.SetVirtualCursor(false)
	in.SetValue(prefix)
	return filterLine{input: in}
}

// query is what the line says now, on top of q's type and expiry.
func (f *filterLine) query(q keyspace.Query) keyspace.Query {
	q.Text, q.Mode = f.input.Value(), f.modeNow()
	return q
}

// modeNow is the mode in force. The first * typed into a literal prefix asks
// for a glob, as it does everywhere else in Redis; the line says so, and ctrl+g
// takes it back.
func (f *filterLine) modeNow() keyspace.Mode {
	if !f.chosen && f.mode == keyspace.Prefix && strings.Contains(f.input.Value(), "*") {
		return keyspace.Glob
	}
	return f.mode
}

func (f *filterLine) nextMode() {
	f.mode = (f.modeNow() + 1) % (keyspace.Regexp + 1)
	f.chosen = true
}

// active tells whether anything is filtered by name.
func (f *filterLine) active() bool { return f.input.Value() != "" }

// begin opens the line for typing.
func (f *filterLine) begin() tea.Cmd {
	f.before = f.query(keyspace.Query{})
	f.editing, f.past = true, recall{}
	f.input.CursorEnd()
	return f.input.Focus()
}

// end closes the line; without keep what stood in it before comes back.
func (f *filterLine) end(keep bool) {
	f.editing = false
	f.input.Blur()
	if !keep {
		f.input.SetValue(f.before.Text)
		f.mode = f.before.Mode
	}
}

// drop empties the filter.
func (f *filterLine) drop() {
	f.input.SetValue("")
	f.chosen, f.mode, f.err = false, keyspace.Prefix, nil
}

// modeName is a mode in the words of the screen.
func modeName(mode keyspace.Mode) string {
	if mode == keyspace.Substring {
		return "text"
	}
	return mode.String()
}
