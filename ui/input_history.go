package ui

import (
	"slices"

	"charm.land/bubbles/v2/textinput"
)

// past is what was typed into each line, the latest first.
type past map[string][]string

// pastFilters is the kind of the lines that were filtered by.
const pastFilters = "filter"

// pastLimit is how many lines of a kind are remembered.
const pastLimit = 50

// add remembers a line that was entered; one that was entered before moves to
// the front.
func (p past) add(kind, text string) {
	if text == "" {
		return
	}
	lines := slices.DeleteFunc(p[kind], func(s string) bool { return s == text })
	p[kind] = slices.Insert(lines, 0, text)[:min(len(lines)+1, pastLimit)]
}

// recall walks through what was typed before.
type recall struct {
	at    int    // 0 is the line as it is being typed, 1 the latest one before
	typed string // what that was
}

// step puts the line that is so many further back into the input.
func (r *recall) step(in *textinput.Model, lines []string, by int) {
	if r.at == 0 {
		r.typed = in.Value()
	}
	r.at = min(max(r.at+by, 0), len(lines))
	text := r.typed
	if r.at > 0 {
		text = lines[r.at-1]
	}
	in.SetValue(text)
	in.CursorEnd()
}
