package ui

import (
	"regexp"

	tea "charm.land/bubbletea/v2"
)

// callLike is what a call or a page looks like: square(4), app.square(4,
// unit="cm"), /page?x=1.
var callLike = regexp.MustCompile(`^\s*([\pL_][\pL\pN_.]*\s*\(|/)`)

// newPalette is everything that can be done, to be searched by name, by
// sentence or by key. The actions of the pane in focus come first. A call that
// is typed instead is looked for in the cache.
func newPalette(m *model) *picker {
	var first, rest []pick
	here := inKeys
	if m.focus == onValue {
		here = inValue
	}
	for _, g := range m.keys.groups() {
		for _, a := range g.Actions {
			if a.ID == m.keys.Palette.ID {
				continue
			}
			row := pick{
				Label: a.Help().Desc, Note: a.Long, Right: a.Help().Key, Also: a.ID,
				Run: func(m *model) tea.Cmd { return m.do(a, g.On) },
			}
			if g.On == here {
				first = append(first, row)
			} else {
				rest = append(rest, row)
			}
		}
	}
	p := newPicker("Actions", append(first, rest...))
	p.empty = "no action is called that; a call such as square(4) is looked for in the cache"
	p.offer = func(m *model, typed string) []pick {
		if !callLike.MatchString(typed) {
			return nil
		}
		return []pick{{
			Label: "find call", Note: typed, Right: "enter",
			Run: func(m *model) tea.Cmd { return m.findCall(typed) },
		}}
	}
	return p
}
