package ui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/decode/pickle"
)

// maxUses bounds what is kept of what loading a value would do: more than
// anybody reads.
const maxUses = 100

// addUses notes what loading a pickle would do; doc may be nil.
func (c *content) addUses(doc *pickle.Document) {
	if doc == nil {
		return
	}
	for _, u := range doc.Effects() {
		if len(c.Uses) < maxUses && !slices.Contains(c.Uses, u) {
			c.Uses = append(c.Uses, u)
		}
	}
}

// warnings name what loading the value elsewhere would run.
func (c *content) warnings() []string {
	var calls []string
	for _, f := range c.Flags {
		if name, ok := strings.CutPrefix(f, "unsafe-global:"); ok {
			calls = append(calls, decode.Printable(name))
		}
	}
	if len(calls) == 0 {
		return nil
	}
	return []string{"loading this in Python would call " + strings.Join(calls, ", ") + ". Nothing was run here."}
}

// usesNote is one line that says, without alarm, which classes and functions of
// somebody's own loading the value would construct or call: an application's
// own objects are not dangerous, and not known to be harmless either.
func (c *content) usesNote(w int) string {
	verbs := []struct {
		how  pickle.EffectKind
		word string
	}{{pickle.Calls, "call "}, {pickle.Changes, "change "}, {pickle.Constructs, "construct "}}
	var parts []string
	for _, v := range verbs {
		var names []string
		for _, u := range c.Uses {
			name := decode.Printable(u.Name)
			if u.Name == "" {
				name = "what only running it would tell"
			}
			if u.How == v.how && !u.Unsafe && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			parts = append(parts, v.word+strings.Join(names, ", "))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	what := strings.Join(parts, "; ")
	if long := "loading this in Python would " + what; ansi.StringWidth(long) <= w {
		return long
	}
	return "would " + what
}
