package ui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// listedKeys are all keys that the filter lets through, as they are listed, and
// what they have in common in the words of the list's title. They stay the same
// whatever becomes of the list.
type listedKeys struct{ rows *keyspace.Rows }

// They say why there are no listedKeys to act on.
var (
	errNoMatch   = errors.New("no key matches")
	errSearching = errors.New("still looking for what matches: press it again in a moment")
)

// listedKeys returns what an action on all matches is about; false when there
// is nothing, or when the list is not yet what its title says.
func (m *model) listedKeys() (listedKeys, bool) {
	sel, err := m.matching()
	return sel, err == nil
}

func (m *model) matching() (listedKeys, error) {
	r := m.list.rows
	switch {
	case !m.filter.active() && !m.needsAllMeta():
		k := m.keys
		return listedKeys{}, fmt.Errorf("nothing is filtered: %s filters, %s clears a prefix or the database", k.Filter.name(), k.Clear.name())
	case !m.whole() || m.unsure():
		return listedKeys{}, errSearching
	case r.MatchCount() == 0:
		return listedKeys{}, errNoMatch
	}
	return listedKeys{r}, nil
}

// text says what n of the keys are.
func (l listedKeys) text(n int) string {
	spec := l.rows.Spec()
	q := spec.Query
	s := human.Plural(n, "key")
	if q.Type != keyspace.UnknownType {
		s = human.Plural(n, q.Type.String()+" key")
	}
	that := " that "
	if q.Text != "" {
		does, do := matchWords(q.Mode)
		switch {
		case q.Mode == keyspace.Substring && spec.Names != nil && l.byCall():
			s += " whose name or call contains "
		case n == 1:
			s += that + does + " "
		default:
			s += that + do + " "
		}
		s += quote([]byte(q.Text))
		that = " and "
	}
	if q.NoTTL {
		s += that + map[bool]string{true: "never expires", false: "never expire"}[n == 1]
	}
	return s
}

// byCall tells whether some of the keys are among them for their calls alone.
func (l listedKeys) byCall() bool {
	for id := range l.rows.Keys() {
		if !l.rows.Matcher().Match(l.rows.Snapshot().Name(id)) {
			return true
		}
	}
	return false
}

// names are the names of the keys, which must not be changed.
func (l listedKeys) names() [][]byte {
	snap := l.rows.Snapshot()
	names := make([][]byte, 0, l.rows.MatchCount())
	for id := range l.rows.Keys() {
		names = append(names, snap.Name(id))
	}
	return names
}

// plan counts the keys that are still there and names them as the list does.
func (l listedKeys) plan(ctx context.Context, be Backend, progress func(inspect.Progress)) (*inspect.Plan, error) {
	p, err := be.Plan(ctx, inspect.Selection{Keys: l.names()}, progress)
	if err == nil {
		p.Description = l.text(len(p.Keys))
	}
	return p, err
}

// planMatches counts what D deletes: the keys that the filter lets through, as
// they are listed now.
func (m *model) planMatches() tea.Cmd {
	sel, err := m.matching()
	if err != nil {
		m.status.say(err.Error())
		return nil
	}
	be := m.be
	return m.planBy(func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error) {
		return sel.plan(ctx, be, progress)
	})
}
