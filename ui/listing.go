package ui

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// startScan lists the keys from the beginning. The first time rows show as they
// come; later the list that is on screen stays until the new one is whole.
func (m *model) startScan() tea.Cmd {
	if m.be == nil {
		return nil
	}
	m.rescan = m.progress.Done
	if m.behind == behind {
		m.behind = catching
	}
	ctx, id := m.scan.begin(m.root)
	be := m.be
	return func() tea.Msg {
		n, err := be.Size(ctx)
		if err != nil && inspect.IsDisconnected(err) {
			return scanOpenedMsg{id: id, err: err}
		}
		idx := keyspace.New(int(max(n, 0)))
		return scanOpenedMsg{id: id, idx: idx, src: be.Scan(idx, inspect.ScanOptions{})}
	}
}

func (m *model) scanOpened(msg scanOpenedMsg) tea.Cmd {
	if !m.scan.mine(msg.id) {
		return nil
	}
	if msg.err != nil {
		return m.failed(msg.err)
	}
	m.scanning, m.fresh = msg.src, msg.idx
	if !m.rescan {
		m.adopt()
	}
	return m.nextPage()
}

// adopt shows the index that the scan fills.
func (m *model) adopt() {
	m.idx, m.fresh = m.fresh, nil
	m.tried = map[uint32]struct{}{}
	m.metaNext = 0
	m.metaAll.stop()
}

func (m *model) nextPage() tea.Cmd {
	ctx, src, id := m.scan.ctx, m.scanning, m.scan.id
	return func() tea.Msg {
		page, err := src.Next(ctx)
		return pageMsg{id, page, err}
	}
}

func (m *model) page(msg pageMsg) tea.Cmd {
	if !m.scan.mine(msg.id) {
		return nil
	}
	if msg.err != nil && !errors.Is(msg.err, io.EOF) {
		m.scan.stop()
		return m.failed(msg.err)
	}
	if msg.err == nil {
		if !m.rescan {
			m.progress = msg.page.Progress
		}
		if !msg.page.Progress.Done {
			return tea.Batch(m.refresh(), m.nextPage())
		}
	}
	m.scan.stop()
	if m.rescan {
		m.keepMeta()
		m.adopt()
	}
	m.progress.Done = true
	m.rescan = false
	if m.behind == catching {
		m.behind = upToDate
	}
	// Rows of part of the keys are not waited for, nor is the time between two
	// builds: nothing has to be listed any more.
	m.spec = m.wantedSpec()
	return tea.Batch(m.startBuild(), m.look())
}

// keepMetaLimit is the largest list whose metadata is carried into the next
// one; a larger list reads what is on screen again instead.
const keepMetaLimit = 20_000

// keepMeta carries what is known of the keys into the list that replaces this
// one, so that nothing on screen flickers.
func (m *model) keepMeta() {
	old, fresh := m.idx.Snapshot(), m.fresh.Snapshot()
	if fresh.IDCount() > keepMetaLimit {
		return
	}
	for id := range uint32(fresh.IDCount()) {
		if was, ok := m.idx.Lookup(fresh.Name(id)); ok {
			m.fresh.SetMeta(id, old.Meta(was))
		}
	}
}

// wantedSpec is what the list should show now.
func (m *model) wantedSpec() keyspace.RowSpec {
	s := m.spec
	if !m.folded {
		m.folds = keyspace.OpenSet{}
		if m.idx.Len() < openAllBelow {
			m.folds = keyspace.AllOpen()
		}
	}
	s.Query, s.Order, s.Open = m.filter.query(m.spec.Query), m.order, m.folds
	s.Groups, s.Names, s.Prefixes = m.flask.shownGroups(), m.flask.shownNames(), m.flask.prefixes
	return s
}

// openAllBelow is how many keys a tree may have, or a filter let through, to be
// shown unfolded until the user folds something.
const openAllBelow = 300

// refresh brings the rows up to date with the index and the filter. One build
// runs at a time; a build for another filter stops the one under way.
func (m *model) refresh() tea.Cmd {
	want := m.wantedSpec()
	if m.build.on && sameSpec(want, m.spec) {
		m.dirty = true
		return nil
	}
	m.spec = want
	return m.startBuild()
}

func sameSpec(a, b keyspace.RowSpec) bool {
	return sameSearch(a, b) && a.Groups == b.Groups && a.Names == b.Names && a.Prefixes == b.Prefixes
}

// sameSearch tells whether two differ at most in what keys are called: rows of
// the one may stay on screen until those of the other are whole.
func sameSearch(a, b keyspace.RowSpec) bool {
	return a.Query == b.Query && a.Order == b.Order && a.Reverse == b.Reverse && a.Tree == b.Tree && a.Delims == b.Delims
}

// A list of more than firstFrom keys shows what was found within firstTime
// before all of it has been looked at, and says that it goes on searching.
const (
	firstFrom = 50_000
	firstTime = 6 * time.Millisecond
)

func (m *model) startBuild() tea.Cmd {
	m.dirty = false
	ctx, id := m.build.begin(m.root)
	idx, prev, now, whole := m.idx, m.list.rows, m.now, m.progress.Done
	b := build{spec: m.spec, follow: m.filter.follows(), unfold: !m.folded, listed: whole}
	rest := func() tea.Msg {
		start := now()
		rows, err := b.rows(ctx, idx.Snapshot(), prev)
		return rowsMsg{id: id, rows: rows, whole: whole, took: now().Sub(start), err: err}
	}
	if prev == nil || sameSearch(prev.Spec(), b.spec) || idx.Len() < firstFrom {
		return rest
	}
	n := max(m.list.h, 1)
	return func() tea.Msg {
		start := now()
		rows, all, err := b.first(ctx, idx.Snapshot(), prev, n)
		msg := rowsMsg{id: id, rows: rows, whole: whole, took: now().Sub(start), err: err}
		if !all && err == nil {
			msg.rest = rest
		}
		return msg
	}
}

func (m *model) rows(msg rowsMsg) tea.Cmd {
	if !m.build.mine(msg.id) {
		return nil
	}
	if msg.rest != nil {
		m.foundFirst(msg.rows)
		return tea.Batch(msg.rest, m.wantMeta())
	}
	m.build.stop()
	if msg.err != nil {
		if !errors.Is(msg.err, context.Canceled) {
			m.filter.err = msg.err
		}
		return nil
	}
	m.filter.err = nil
	m.built = msg.took
	m.list.whole = msg.whole
	m.listed(msg.rows)
	m.landed()
	cmds := []tea.Cmd{m.look(), m.wantFlask(), m.countMore()}
	if m.dirty {
		// A large list is built again only after four times the time that it
		// took: listing is not to be slowed down by showing the list, nor a
		// server on this machine by a build that takes its core.
		m.build.on = true
		id := m.build.id
		cmds = append(cmds, tea.Tick(min(4*m.built, 5*time.Second), func(time.Time) tea.Msg { return buildAgainMsg{id} }))
	}
	return tea.Batch(cmds...)
}

func (m *model) buildAgain(msg buildAgainMsg) tea.Cmd {
	if !m.build.mine(msg.id) {
		return nil
	}
	m.spec = m.wantedSpec()
	return m.startBuild()
}

// look asks for whatever the screen lacks: metadata of the rows on it, the
// value under the cursor, the clock.
func (m *model) look() tea.Cmd {
	return tea.Batch(m.wantMeta(), m.wantAllMeta(), m.wantValue(false), m.wantClock())
}
