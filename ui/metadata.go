package ui

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sync/errgroup"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// wantMeta asks for the metadata of the keys on screen that are unknown or that
// should be gone by now.
func (m *model) wantMeta() tea.Cmd {
	if m.meta.on || m.be == nil || m.link.lost() || m.list.snap == nil {
		return nil
	}
	var ids []uint32
	var names [][]byte
	nowMS := m.now().UnixMilli()
	snap := m.list.snap
	m.list.visible(func(id uint32) {
		meta := snap.Meta(id)
		_, tried := m.tried[id]
		due := meta.Expiry > 0 && meta.Expiry < nowMS
		unknown := meta.Expiry == keyspace.UnknownExpiry || meta.Size < 0
		if unknown && !tried || due {
			ids, names = append(ids, id), append(names, snap.Name(id))
		}
	})
	if len(ids) == 0 {
		return nil
	}
	ctx, id := m.meta.begin(m.root)
	be, idx := m.be, m.idx
	return func() tea.Msg {
		keys, err := be.Meta(ctx, names, true)
		return metaMsg{id: id, tried: ids, removed: note(idx, keys), err: err}
	}
}

// note writes what the server said of keys into the index and returns how many
// of them are gone.
func note(idx *keyspace.Index, keys []inspect.Key) (gone int) {
	for _, k := range keys {
		if k.Exists {
			idx.Upsert(k.Name, k.Meta)
		} else if id, ok := idx.Lookup(k.Name); ok {
			idx.Remove(id)
			gone++
		}
	}
	return gone
}

func (m *model) metaArrived(msg metaMsg) tea.Cmd {
	if !m.meta.mine(msg.id) {
		return nil
	}
	m.meta.stop()
	if msg.err != nil {
		return m.failed(msg.err)
	}
	for _, id := range msg.tried {
		m.tried[id] = struct{}{}
	}
	if msg.removed > 0 {
		return m.refresh()
	}
	if m.spec.Tree && len(msg.tried) > 0 && m.idx.Len() <= smallKeyspace {
		return tea.Batch(m.refresh(), m.look()) // the sums of the prefixes
	}
	return m.look()
}

// metaStep is how many keys' metadata is asked for at a time in the background,
// some 15 ms of work.
const metaStep = 6000

// needsAllMeta tells whether the order or the filter needs what SCAN does not
// tell.
func (m *model) needsAllMeta() bool {
	q := m.spec.Query
	return m.spec.Order == keyspace.ByTTL || m.spec.Order == keyspace.BySize ||
		q.Type != keyspace.UnknownType || q.NoTTL
}

// sumsAll tells whether the tree is so small that the sums of its prefixes are
// worth the metadata of every key.
func (m *model) sumsAll() bool {
	return m.spec.Tree && m.progress.Done && m.idx.Len() <= smallKeyspace
}

// readingAllMeta tells whether that is still going on.
func (m *model) readingAllMeta() bool {
	return m.needsAllMeta() && int(m.metaNext) < m.idx.Snapshot().IDCount()
}

// metaPercent is how far it has come.
func (m *model) metaPercent() int {
	return 100 * int(m.metaNext) / max(m.idx.Snapshot().IDCount(), 1)
}

// refilter builds the rows anew after the filter or the order has changed, and
// with it what is to be known of every key.
func (m *model) refilter() tea.Cmd {
	m.metaAll.stop()
	m.metaNext = 0
	return m.rebuild()
}

// wantAllMeta reads the metadata of every key, a step at a time, when the order,
// the filter or the sums of a small tree need it. Keys that the filter leaves out
// by what is known of their type are not asked about.
func (m *model) wantAllMeta() tea.Cmd {
	if !m.needsAllMeta() && !m.sumsAll() || m.metaAll.on || m.be == nil || m.link.lost() {
		return nil
	}
	from := m.metaNext
	idx := m.idx
	switch n := uint32(idx.Snapshot().IDCount()); {
	case from > n: // the index has been compacted
		from = 0
	case from == n:
		return nil
	}
	ctx, id := m.metaAll.begin(m.root)
	be, withSize := m.be, m.order == keyspace.BySize || m.sumsAll()
	of := m.spec.Query.Type
	return func() tea.Msg {
		snap := idx.Snapshot()
		var names [][]byte
		next := from
		for ; int(next) < snap.IDCount() && len(names) < metaStep; next++ {
			meta := snap.Meta(next)
			known := meta.Expiry != keyspace.UnknownExpiry && (!withSize || meta.Size >= 0)
			other := of != keyspace.UnknownType && meta.Type != of && meta.Type != keyspace.UnknownType
			if snap.IsAlive(next) && !known && !other {
				names = append(names, snap.Name(next))
			}
		}
		gone, err := readMeta(ctx, be, idx, names, withSize)
		return metaAllMsg{id: id, next: next, gone: gone, err: err}
	}
}

// readMeta reads the metadata of many keys into the index and returns how many
// of them are gone. Three batches are under way, so that the server works on one
// while the answers of others are noted; a fourth connection is left for what
// the user asks for.
func readMeta(ctx context.Context, be Backend, idx *keyspace.Index, names [][]byte, withSize bool) (gone int, err error) {
	var sum atomic.Int64
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(3)
	for batch := range slices.Chunk(names, inspect.MetaBatchSize) {
		if asking.Err() != nil {
			break
		}
		group.Go(func() error {
			keys, err := be.Meta(asking, batch, withSize)
			sum.Add(int64(note(idx, keys)))
			return err
		})
	}
	err = group.Wait()
	return int(sum.Load()), cmp.Or(err, ctx.Err())
}

func (m *model) metaAllArrived(msg metaAllMsg) tea.Cmd {
	if !m.metaAll.mine(msg.id) {
		return nil
	}
	m.metaAll.stop()
	if msg.err != nil {
		return m.failed(msg.err)
	}
	m.metaNext = msg.next
	return tea.Batch(m.refresh(), m.wantAllMeta())
}
