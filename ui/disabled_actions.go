package ui

import (
	"slices"

	"cacheview/inspect/keyspace"
)

// oneOf tells whether msg asks for one of some actions.
func oneOf(msg order, actions ...action) bool {
	return slices.ContainsFunc(actions, func(a action) bool { return hits(msg, a) })
}

// idleInProgram is why an action of the whole program can do nothing as things
// are, "" when it can.
func (m *model) idleInProgram(msg order) string {
	k := m.keys
	switch {
	case oneOf(msg, k.Narrow, k.Widen) && m.lay.W < wideFrom:
		return "there is one pane at a time on a narrow screen"
	case oneOf(msg, k.Narrow, k.Widen) && m.zoom:
		return "one pane has the whole screen: " + k.Zoom.name() + " shows both"
	case hits(msg, k.Narrow) && m.split == minSplit, hits(msg, k.Widen) && m.split == maxSplit:
		return "the pane is as " + map[bool]string{true: "narrow", false: "wide"}[m.split == minSplit] + " as it can be"
	case hits(msg, k.Pane) && m.focus == onKeys && m.value.key == nil:
		return "there is no value on screen: the cursor is on no key"
	}
	return ""
}

// idleInList is the same for the list of keys.
func (m *model) idleInList(msg order) string {
	k, p := m.keys, m.list
	if p.len() == 0 {
		if oneOf(msg, k.Open, k.In, k.Out, k.Tree, k.Fold, k.Mark, k.MarkRange, k.MarkAll) {
			return m.whyNoKeys()
		}
	}
	switch {
	case hits(msg, k.Unmark) && len(p.marks) == 0:
		return "no key is marked: " + k.Mark.name() + " marks"
	case hits(msg, k.MarkRange) && !p.anchored && p.currentKey() == nil:
		return "there is no key under the cursor to mark from"
	case hits(msg, k.MarkAll) && !p.showsKeys():
		return "no key is shown: " + k.Open.name() + " expands a prefix, " + k.Mark.name() + " marks all of it"
	case hits(msg, k.Fold) && p.currentKey() != nil:
		return "only a prefix can be collapsed; this is a key"
	case hits(msg, k.Out) && !m.spec.Tree:
		return "a flat list has nothing to collapse: " + k.Tree.name() + " shows a tree"
	case hits(msg, k.Out) && p.outermost():
		return "this row has no parent"
	}
	return ""
}

// whyNoKeys is why no key is listed.
func (m *model) whyNoKeys() string {
	switch {
	case m.be == nil:
		return "there is no connection yet"
	case m.filter.active() && !m.progress.Done:
		return "no key matches so far: the keys are still being listed"
	case m.filter.active() || m.spec.Query.Type != keyspace.UnknownType || m.spec.Query.NoTTL:
		return "no key matches: " + m.keys.Back.name() + " clears the filter"
	case !m.progress.Done:
		return "no key has been read yet"
	}
	return "there is no key in this database"
}

// showsKeys tells whether a row of the list is a key.
func (p *keyPane) showsKeys() bool {
	for i := range p.len() {
		if p.rows.At(i).Leaf {
			return true
		}
	}
	return false
}

// outermost tells whether the row under the cursor is in nothing, and nothing
// that could be folded.
func (p *keyPane) outermost() bool {
	r, ok := p.current()
	return ok && r.Depth == 0 && (r.Leaf || !r.Open)
}

// idle is the same for the value.
func (p *valuePane) idle(msg order) string {
	k := p.keys
	switch {
	case p.content == nil:
		return "there is no value yet"
	case oneOf(msg, k.Fold, k.FoldAll):
		return p.idleFold(hits(msg, k.FoldAll))
	case oneOf(msg, k.Next, k.Prev):
		switch {
		case p.search.text == "":
			return "no search yet: " + k.Search.name() + " searches in the value"
		case p.search.len() == 0:
			return "there is no match to go to"
		case p.search.len() == 1:
			return "this is the only match"
		}
	case hits(msg, k.Wrap):
		if _, ok := p.body.(*textBody); !ok {
			return "only lines of a text are wrapped or cut"
		}
	case hits(msg, k.Numbers):
		if b, ok := p.body.(*textBody); !ok || !b.severalLines() {
			return "only a text of several lines has numbers"
		}
	case oneOf(msg, k.Left, k.Right):
		return p.idleSideways(hits(msg, k.Left))
	}
	return ""
}

func (p *valuePane) idleFold(all bool) string {
	switch o, ok := p.body.(*outlineBody); {
	case !ok && p.draft().has(viewTurned):
		return "a table cannot be collapsed: " + p.keys.ViewAs.name() + " shows the tree"
	case !ok:
		return "this value has nothing to collapse"
	case all && !o.folds():
		return "this value has nothing to collapse"
	case !all && p.cursor < o.Len() && !o.at(p.cursor).Foldable && len(o.at(p.cursor).path) < 2:
		return "this row has nothing to collapse"
	}
	return ""
}

func (p *valuePane) idleSideways(left bool) string {
	b, ok := p.body.(interface{ beyond(w int) (left, right int) })
	if !ok {
		return "this fits the pane: nothing is cut off"
	}
	before, after := b.beyond(max(p.w-1, 1))
	switch t, text := p.body.(*textBody); {
	case before+after == 0 && text && t.wrapped:
		return "long lines are wrapped: " + p.keys.Wrap.name() + " cuts them instead"
	case before+after == 0:
		return "this fits the pane: nothing is cut off"
	case left && before == 0:
		return "this is the left end"
	case !left && after == 0:
		return "this is the right end"
	}
	return ""
}
