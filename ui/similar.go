package ui

import (
	"bytes"
	"context"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/decode/value"
	views "cacheview/decode/view"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// turnScores shows a sorted set from the other end.
func (m *model) turnScores() tea.Cmd {
	switch c := m.value.content; {
	case c == nil || c.Win.Type != keyspace.ZSet:
		m.status.say("only a sorted set has an order of scores")
		return nil
	case m.be == nil || m.link.lost():
		m.status.say("there is no connection")
		return nil
	}
	m.value.highest = !m.value.highest
	m.value.moveTo(0)
	m.status.say(map[bool]string{true: "highest score first", false: "lowest score first"}[m.value.highest])
	m.read.stop()
	return m.wantValue(true)
}

// finder finds elements of a vector set by their similarity.
type finder interface {
	Similar(ctx context.Context, key, element []byte, n int) ([]inspect.Similar, error)
}

// similarLimit limits the elements that are listed by similarity.
const similarLimit = 50

// similarMsg is the answer to wantSimilar.
type similarMsg struct {
	key, element []byte
	list         []inspect.Similar
	err          error
}

// wantSimilar asks for the elements that are most like the one under the
// cursor.
func (m *model) wantSimilar() tea.Cmd {
	c := m.value.content
	if c == nil || c.Win.Type != keyspace.Vector {
		m.status.say("only the elements of a vector set have a similarity")
		return nil
	}
	be, ok := m.be.(finder)
	if !ok || m.link.lost() {
		m.status.say("there is no connection")
		return nil
	}
	element := m.value.element()
	if element == nil {
		m.status.say("there is no element under the cursor")
		return nil
	}
	ctx, key := m.root, bytes.Clone(c.Win.Key.Name)
	return func() tea.Msg {
		list, err := be.Similar(ctx, key, element, similarLimit)
		return similarMsg{key, element, list, err}
	}
}

// element is the name of the element under the cursor, in the list of elements
// or of similar ones.
func (p *valuePane) element() []byte {
	c, i := p.content, p.cursor
	if len(c.similar) > 0 && c.Shown != nil && p.mode == viewDecoded {
		if i < len(c.similar) {
			return c.similar[i].Element
		}
		return nil
	}
	if o, ok := p.body.(*outlineBody); ok && i < o.Len() {
		if path := o.at(i).path; len(path) > 0 {
			i = path[0]
		}
	}
	if i < 0 || i >= len(c.Win.Rows) {
		return nil
	}
	return c.Win.Rows[i].Field
}

// showSimilar puts similar elements in the place of the list of elements.
func (m *model) showSimilar(msg similarMsg) {
	old := m.value.content
	if old == nil || !bytes.Equal(old.Win.Key.Name, msg.key) {
		return
	}
	if msg.err != nil {
		m.status.fail(msg.err)
		return
	}
	rows := make(views.List, len(msg.list))
	for i, s := range msg.list {
		rows[i] = []value.Value{nameValue(s.Element), value.NewFloat(s.Score)}
	}
	c := *old
	v := views.OfTable([]string{"element", "similarity"}, rows)
	c.Shown, c.similar = &v, msg.list
	m.value.content = &c
	m.value.mode, m.value.cursor, m.value.top = viewDecoded, 0, 0
	m.value.rebuild()
	m.status.say(human.Plural(len(rows), "element") + " by similarity to " + decode.Printable(string(msg.element)) + "; " + m.keys.ViewAs.name() + " shows all")
}
