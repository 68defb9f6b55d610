package ui

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
)

// filterLine is the filter of the key list and the line it is typed into.
//
// A text is a literal prefix. When no key starts with it, the keys that contain
// it are listed instead, and the title says so: what people remember of a key
// is seldom its beginning. Which of the two it is follows what is typed and
// what the listing brings, and is settled as soon as the line is closed or the
// cursor moved with something listed: a list that somebody works on does not
// turn into another. ctrl+g chooses a mode for good.
type filterLine struct {
	filterState
	input    textinput.Model
	editing  bool
	replaces bool        // the next character replaces the whole text
	before   filterState // what Esc goes back to
	err      error
	past     recall
	// more is how many keys contain the text but do not start with it, for
	// the text and the listing that moreFor names.
	more    int
	moreFor countedFor
}

// countedFor is what a count holds for.
type countedFor struct {
	text string
	done bool // the listing was complete
}

// filterState is what a filter is apart from the line.
type filterState struct {
	text    string // of before; that of the line is in its input
	mode    keyspace.MatchMode
	chosen  bool // the user chose the mode
	wide    bool // nothing starts with the text: the keys that contain it are listed
	settled bool // wide stays as it is
}

func newFilterLine(prefix string) filterLine {
	in := textinput.New()
	in.Prompt = ""
	in.SetVirtualCursor(false)
	in.SetValue(prefix)
	// A prefix from the command line is a prefix.
	return filterLine{input: in, filterState: filterState{settled: prefix != ""}}
}

// query is what the line says now, on top of q's type and expiry.
func (f *filterLine) query(q keyspace.Query) keyspace.Query {
	q.Mode = f.modeNow()
	q.Text = filterText(f.input.Value(), q.Mode)
	return q
}

// filterText is the text that keys are compared with. Prefixes and parts of names
// are typed in the printed form of names; while an escape is not complete, it is
// what it looks like.
func filterText(typed string, mode keyspace.MatchMode) string {
	if mode != keyspace.Prefix && mode != keyspace.Substring {
		return typed
	}
	name, err := decode.ParseName(typed)
	if err != nil {
		return typed
	}
	return string(name)
}

// modeNow is the mode in force. The first * typed into a literal prefix asks
// for a glob, as it does everywhere else in Redis; the line says so, and ctrl+g
// takes it back.
func (f *filterLine) modeNow() keyspace.MatchMode {
	switch {
	case f.chosen || f.mode != keyspace.Prefix || !f.active():
		return f.mode
	case strings.Contains(f.input.Value(), "*"):
		return keyspace.Glob
	case f.wide:
		return keyspace.Substring
	}
	return keyspace.Prefix
}

// follows tells whether it is open if the text is a prefix or a part of the
// keys that are wanted.
func (f *filterLine) follows() bool {
	return !f.settled && !f.chosen && f.mode == keyspace.Prefix && f.active() && !strings.Contains(f.input.Value(), "*")
}

// widened tells whether keys are listed that contain the text because none
// starts with it.
func (f *filterLine) widened() bool {
	return f.wide && !f.chosen && f.modeNow() == keyspace.Substring
}

func (f *filterLine) nextMode() {
	f.mode = (f.modeNow() + 1) % (keyspace.Regexp + 1)
	f.chosen = true
}

// active tells whether anything is filtered by name.
func (f *filterLine) active() bool { return f.input.Value() != "" }

// begin opens the line for typing. What stands in it is replaced by what is
// typed, unless a key that moves the cursor comes first.
func (f *filterLine) begin() tea.Cmd {
	f.before = f.filterState
	f.before.text = f.input.Value()
	f.editing, f.past, f.replaces = true, recall{}, f.active()
	f.input.CursorEnd()
	return f.input.Focus()
}

// edit gives a key or pasted text to the line and reports whether the text is
// another one now.
func (f *filterLine) edit(msg tea.Msg) (tea.Cmd, bool) {
	before := f.input.Value()
	if f.replaces {
		switch msg := msg.(type) {
		case tea.KeyPressMsg:
			if msg.Text != "" || msg.String() == "backspace" || msg.String() == "delete" {
				f.input.SetValue("")
			}
		case tea.PasteMsg:
			f.input.SetValue("")
		}
		f.replaces = false
	}
	f.past = recall{}
	var cmd tea.Cmd
	f.input, cmd = f.input.Update(msg)
	return cmd, f.turn(before)
}

// untouched tells whether nothing was typed yet, but for a walk through what
// was typed before.
func (f *filterLine) untouched() bool {
	return f.past.at > 0 || f.replaces || !f.active()
}

// turn notes that another text stands in the line.
func (f *filterLine) turn(before string) bool {
	if f.input.Value() == before {
		return false
	}
	f.settled = false
	return true
}

// end closes the line; without keep what stood in it before comes back.
func (f *filterLine) end(keep bool) {
	f.editing, f.replaces = false, false
	f.input.Blur()
	if !keep {
		f.input.SetValue(f.before.text)
		f.filterState = f.before
	}
}

// drop empties the filter.
func (f *filterLine) drop() {
	f.input.SetValue("")
	f.filterState, f.err = filterState{}, nil
}

// listed notes what a build found the keys by.
func (f *filterLine) listed(q keyspace.Query) {
	if f.follows() && q.Text == filterText(f.input.Value(), keyspace.Prefix) {
		f.wide = q.Mode == keyspace.Substring
	}
}

// modeName is a mode in the words of the screen.
func modeName(mode keyspace.MatchMode) string {
	if mode == keyspace.Substring {
		return "contains"
	}
	return mode.String()
}

// matchWords says what a key that matches does, for one key and for several.
func matchWords(mode keyspace.MatchMode) (one, several string) {
	switch mode {
	case keyspace.Prefix:
		return "starts with", "start with"
	case keyspace.Substring:
		return "contains", "contain"
	case keyspace.Glob:
		return "matches the glob", "match the glob"
	case keyspace.Fuzzy:
		return "matches fuzzily", "match fuzzily"
	}
	return "matches the regular expression", "match the regular expression"
}
