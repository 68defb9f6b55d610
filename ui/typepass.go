package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// When the keys of one type are looked for with SCAN TYPE, see
// docs/performance.md: a look at every key takes longer, but SCAN has to wait
// for each page before it can ask for the next, and a key that it finds is
// looked at all the same.
const (
	passFrom  = 50_000               // keys of a database
	passNear  = 2 * time.Millisecond // the way to the server and back, at most
	passPings = 3                    // that measure it
	passTrial = 5000                 // keys after which it is seen how many match
	passShare = 4                    // at most one of so many
)

// typePass looks for the keys of one type. What it finds is read like any other
// key before it is believed, so that a key which has another type by then, or is
// gone, is what it is. One command at a time uses it.
type typePass struct {
	of    keyspace.Type
	be    Backend
	idx   *keyspace.Index // the list's
	found *keyspace.Index // its own
	src   Scanner         // nil before the first step
}

// passEnd is how a pass stands.
type passEnd int

const (
	passOn      passEnd = iota
	passWhole           // every key of the type is known
	passUseless         // a look at every key is no later
)

// typesKnown is what passes have told about the keys of the list.
type typesKnown struct {
	pass *typePass // under way
	at   inspect.Progress
	ends map[keyspace.Type]passEnd
}

// passing tells whether a pass is to find, or is finding, the keys of the type
// that is wanted. While the listing goes on a key may be listed that was written
// behind the pass's back: then only a server that tells of it will do.
func (m *model) passing() bool {
	of := m.spec.Query.Type
	return of != keyspace.UnknownType && m.types.ends[of] == passOn && m.server.ScansByType() &&
		(m.progress.Done || m.live == liveTracked) && max(m.progress.Total, int64(m.idx.Len())) >= passFrom
}

// nextTypes goes on with the pass for the type that is wanted.
func (m *model) nextTypes() tea.Cmd {
	if of := m.spec.Query.Type; m.types.pass == nil || m.types.pass.of != of {
		m.types.at = inspect.Progress{}
		m.types.pass = &typePass{of: of, be: m.be, idx: m.idx}
	}
	ctx, id := m.metaAll.begin(m.root)
	pass, withSize := m.types.pass, m.order == keyspace.BySize
	return func() tea.Msg {
		at, end, err := pass.next(ctx, withSize)
		return typesMsg{id: id, pass: pass, at: at, end: end, err: err}
	}
}

func (m *model) typesArrived(msg typesMsg) tea.Cmd {
	if !m.metaAll.mine(msg.id) {
		return nil
	}
	m.metaAll.stop()
	if msg.pass == m.types.pass {
		m.types.at = msg.at
	}
	if msg.err != nil || msg.end != passOn {
		m.types.pass = nil
	}
	if msg.err != nil {
		return m.failed(msg.err)
	}
	if msg.end != passOn {
		if m.types.ends == nil {
			m.types.ends = map[keyspace.Type]passEnd{}
		}
		m.types.ends[msg.pass.of] = msg.end
	}
	return tea.Batch(m.refresh(), m.wantAllMeta())
}

// next brings what some pages of SCAN have of the type into the list's index.
func (p *typePass) next(ctx context.Context, withSize bool) (at inspect.Progress, end passEnd, err error) {
	if p.src == nil {
		if end, err := p.begin(ctx); end != passOn || err != nil {
			return at, end, err
		}
	}
	page, err := p.src.Next(ctx)
	if err != nil {
		if !inspect.Lost(err) && ctx.Err() == nil {
			return page.Progress, passUseless, nil // SCAN has no TYPE there
		}
		return page.Progress, passOn, err
	}
	snap := p.found.Snapshot()
	names := make([][]byte, 0, page.To-page.From)
	for id := page.From; id < page.To; id++ {
		names = append(names, snap.Name(id))
	}
	if _, err := readMeta(ctx, p.be, p.idx, names, withSize); err != nil {
		return page.Progress, passOn, err
	}
	switch at = page.Progress; {
	case at.Done:
		end = passWhole
	case at.Walked >= passTrial && int64(at.Scanned)*passShare > at.Walked:
		end = passUseless
	}
	return at, end, nil
}

// begin finds out whether a pass is worth its while.
func (p *typePass) begin(ctx context.Context) (passEnd, error) {
	near := false
	for range passPings { // a busy machine answers the first late
		away, err := p.be.Ping(ctx)
		if err != nil {
			return passOn, err
		}
		near = near || away <= passNear
	}
	snap, known := p.idx.Snapshot(), 0
	for id := range uint32(snap.Len()) {
		if snap.Live(id) && snap.Meta(id).Type != keyspace.UnknownType {
			known++
		}
	}
	if !near || 2*known > snap.Living() {
		return passUseless, nil
	}
	p.found = keyspace.New(0)
	p.src = p.be.Scan(p.found, inspect.ScanOptions{Type: p.of})
	return passOn, nil
}
