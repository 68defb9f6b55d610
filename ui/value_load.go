package ui

import (
	"bytes"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// wantValue reads the value under the cursor unless it is shown already. One
// read is under way at a time: while the cursor runs, the keys it passes are
// not read at all. again reads even what is shown.
func (m *model) wantValue(again bool) tea.Cmd {
	key := m.list.currentKey()
	if key == nil {
		left := m.idx.Hold(nil)
		m.read.stop()
		m.value.Clear()
		if left {
			return m.refresh()
		}
		return nil
	}
	if m.idx.Hold(key) { // the row of a key that is gone was left
		return tea.Batch(m.refresh(), m.readValue(key, again))
	}
	return m.readValue(key, again)
}

func (m *model) readValue(key []byte, again bool) tea.Cmd {
	if m.be == nil || m.link.lost() || m.read.on {
		return nil
	}
	if !again && bytes.Equal(key, m.value.key) {
		return nil
	}
	key = bytes.Clone(key)
	rows := rowLimit
	if c := m.value.content; c != nil && bytes.Equal(key, c.Win.Key.Name) {
		rows = max(rows, len(c.Win.Rows))
	}
	m.value.Expect(key)
	ctx, id := m.read.begin(m.root)
	be, as, decoders, highest := m.be, m.value.as, m.opt.Decoders, m.value.highest
	return func() tea.Msg {
		c, err := readContent(ctx, be, key, as, decoders, inspect.ReadOptions{Limit: readLimit, Rows: rows, Descending: highest})
		return valueMsg{id, key, c, err}
	}
}

func (m *model) valueArrived(msg valueMsg) tea.Cmd {
	if !m.read.mine(msg.id) {
		return nil
	}
	m.read.stop()
	if bytes.Equal(msg.key, m.value.key) {
		if cmd := m.showValue(msg); cmd != nil {
			return cmd
		}
	}
	// The cursor may have gone on meanwhile.
	return tea.Batch(m.wantValue(false), m.wantClock())
}

// showValue puts what was read, or why it was not, into the pane.
func (m *model) showValue(msg valueMsg) tea.Cmd {
	switch {
	case msg.err == nil:
		m.value.SetContent(msg.content)
		m.remember(msg.content.Win.Key)
	case inspect.IsDisconnected(msg.err):
		return m.failed(msg.err)
	default:
		if !errors.Is(msg.err, inspect.ErrNoKey) || !m.value.setGone(msg.key, errors.Is(msg.err, inspect.ErrDeleted)) {
			m.value.Fail(msg.err)
		}
		id, ok := m.idx.Lookup(msg.key)
		if errors.Is(msg.err, inspect.ErrNoKey) && ok {
			// What the server tells of it later is nothing new any more.
			gone := changesOf(m.idx, []inspect.Key{{Name: msg.key}}, m.now())
			m.pages.changes.add(gone, m.now())
			m.idx.Remove(id)
			return m.refresh()
		}
	}
	return nil
}

// wantMore reads the next window of a large collection once the cursor has come
// to the end of the last one.
func (m *model) wantMore() tea.Cmd {
	c := m.value.content
	if c == nil || !c.collection() || !c.Win.More || m.read.on || m.value.cursor < m.value.len()-1 {
		return nil
	}
	ctx, id := m.read.begin(m.root)
	be, key := m.be, m.value.key
	return func() tea.Msg {
		more, err := readMore(ctx, be, c)
		return valueMsg{id, key, more, err}
	}
}

// rememberLimit bounds how many keys' longest TTL is kept.
const rememberLimit = 4096

// remember keeps the longest TTL that was seen of a key: what the bar in the
// header is drawn against.
func (m *model) remember(k inspect.Key) {
	if _, ok := m.idx.Lookup(k.Name); ok {
		m.idx.Upsert(k.Name, k.Meta) // whose size the server may not tell
	}
	if k.Meta.Expiry <= 0 {
		return
	}
	left := keyspace.TTLAt(k.Meta.Expiry, m.now()).Duration()
	if len(m.longest) >= rememberLimit {
		clear(m.longest)
	}
	if left > m.longest[string(k.Name)] {
		m.longest[string(k.Name)] = left.Round(time.Second)
	}
}

// wantClock runs the clock while anything on screen counts down.
func (m *model) wantClock() tea.Cmd {
	if m.ticks.on || m.list.snap == nil {
		return nil
	}
	now := m.now()
	shown := m.value.content != nil && m.value.content.Win.Key.Meta.Expiry > now.UnixMilli()
	if !shown && !m.list.ticking(now) && !now.Before(m.toast.until) {
		return nil
	}
	_, id := m.ticks.begin(m.root)
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return secondMsg{id} })
}

func (m *model) second(msg secondMsg) tea.Cmd {
	if !m.ticks.mine(msg.id) {
		return nil
	}
	m.ticks.stop()
	return tea.Batch(m.wantMeta(), m.wantClock())
}

// folder opens or closes the prefix under the cursor and remembers it for the
// next build.
func (m *model) folder() {
	r, ok := m.list.current()
	if !ok || r.Leaf {
		return
	}
	m.folds, m.folded = m.folds.With(r.Prefix, !r.Open), true
	m.list.toggle()
}

// cycleOrder goes to the next order of the list.
func (m *model) cycleOrder() tea.Cmd {
	switch m.order {
	case keyspace.ByName:
		m.order = keyspace.ByTTL
	case keyspace.ByTTL:
		m.order = keyspace.BySize
	default:
		m.order = keyspace.ByName
	}
	m.spec.Reverse = false
	return m.refilter()
}
