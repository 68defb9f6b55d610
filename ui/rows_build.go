package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect/keyspace"
)

// build is what a command makes the rows of the list from.
type build struct {
	spec   keyspace.RowSpec
	follow bool // what starts with the text, or else what contains it
	unfold bool // few keys are shown unfolded
	listed bool // the listing is complete
}

// rows builds the rows. Their spec says which of the two they were found by,
// and what is unfolded.
func (b build) rows(ctx context.Context, snap *keyspace.Snapshot, prev *keyspace.Rows) (*keyspace.Rows, error) {
	spec := b.spec
	if b.follow {
		spec.Query.Mode = keyspace.Prefix
	}
	rows, err := keyspace.Build(ctx, snap, spec, prev)
	if b.follow && err == nil && rows.MatchCount() == 0 {
		spec.Query.Mode = keyspace.Substring
		rows, err = keyspace.Build(ctx, snap, spec, prev)
		if err == nil && rows.MatchCount() == 0 {
			spec.Query.Mode = keyspace.Prefix // no key there is to show otherwise
			rows, err = keyspace.Build(ctx, snap, spec, rows)
		}
	}
	if err != nil {
		return nil, err
	}
	return b.unfolded(ctx, rows)
}

// unfolded unfolds rows that are few because of the filter, and a node that is
// all there is to see: whoever filters wants to see what is found.
func (b build) unfolded(ctx context.Context, rows *keyspace.Rows) (*keyspace.Rows, error) {
	spec, snap := rows.Spec(), rows.Snapshot()
	switch {
	case !b.unfold || !spec.Tree:
		return rows, nil
	case spec.Query.Text != "" && rows.MatchCount() < min(openAllBelow, snap.KeyCount()):
		spec.Open = keyspace.AllOpen()
		return keyspace.Build(ctx, snap, spec, rows)
	case spec.Query.Text == "" && !b.listed:
		return rows, nil // more may come beside it
	}
	for n := 1; n <= deepest && rows.Len() == n && !rows.At(n-1).Leaf && !rows.At(n-1).Open; n++ {
		rows = rows.Fold(rows.At(n-1).Prefix, true)
	}
	return rows, nil
}

// deepest is how many nodes that stand alone in each other are unfolded.
const deepest = 8

// first is rows for as much as is found within firstTime; whole says that they
// are what rows would return. No rows at all are nothing to show, yet.
func (b build) first(ctx context.Context, snap *keyspace.Snapshot, prev *keyspace.Rows, n int) (rows *keyspace.Rows, whole bool, err error) {
	short, cancel := context.WithTimeout(ctx, firstTime)
	defer cancel()
	spec := b.spec
	if b.follow {
		spec.Query.Mode = keyspace.Prefix
	}
	rows, err = keyspace.BuildFirst(short, snap, spec, prev, n)
	if b.follow && err == nil && rows.Complete() && rows.MatchCount() == 0 {
		spec.Query.Mode = keyspace.Substring
		rows, err = keyspace.BuildFirst(short, snap, spec, prev, n)
	}
	if err != nil || !rows.Complete() || b.follow && rows.MatchCount() == 0 {
		return rows, false, err
	}
	rows, err = b.unfolded(ctx, rows)
	return rows, true, err
}

// foundFirst shows what was found of a search that goes on.
func (m *model) foundFirst(rows *keyspace.Rows) {
	if rows.Complete() {
		return // nothing is, by the text as it is taken now
	}
	if rows.MatchCount() > 0 {
		m.filter.listed(rows.Spec().Query)
		m.spec.Query.Mode = m.filter.modeNow()
	}
	m.list.SetRows(rows)
}

// listed shows rows, and what of the filter and the folds they settle.
func (m *model) listed(rows *keyspace.Rows) {
	spec := rows.Spec()
	m.filter.listed(spec.Query)
	m.spec.Query.Mode = m.filter.modeNow()
	if !m.folded {
		m.folds, m.spec.Open = spec.Open, spec.Open
	}
	m.list.SetRows(rows)
	if !m.filter.editing || m.list.moved {
		m.settleFilter()
	}
}

// settleFilter leaves it at what is listed by: the keys that start with the
// text, or those that contain it. It does so only when what is listed is what
// was asked for, and is something.
func (m *model) settleFilter() {
	if r := m.list.rows; r != nil && r.MatchCount() > 0 && m.whole() {
		m.filter.settled = true
	}
}

// whole tells whether the list has all rows of what the title says. While it is
// being searched for anew it has others.
func (m *model) whole() bool {
	r := m.list.rows
	return r != nil && r.Complete() && sameSpec(r.Spec(), m.wantedSpec())
}

// countMore counts the keys that contain the text beside those that start with
// it, once for each text and once more when the listing is complete: a key that
// somebody looks for may be among them.
func (m *model) countMore() tea.Cmd {
	f, r := &m.filter, m.list.rows
	if !f.active() || f.chosen || f.modeNow() != keyspace.Prefix || m.dirty || !m.whole() {
		m.more.stop()
		return nil
	}
	count := countedFor{f.input.Value(), m.progress.Done}
	if f.moreFor == count {
		return nil
	}
	if f.moreFor.text != count.text {
		f.more = 0
	}
	f.moreFor = count
	ctx, id := m.more.begin(m.root)
	snap, spec, found := r.Snapshot(), r.Spec(), r.MatchCount()
	spec.Query.Mode = keyspace.Substring
	return func() tea.Msg {
		n, err := keyspace.Count(ctx, snap, spec)
		if err != nil {
			return nil
		}
		return moreMsg{id, n - found}
	}
}

func (m *model) moreCounted(msg moreMsg) tea.Cmd {
	if m.more.mine(msg.id) {
		m.more.stop()
		m.filter.more = msg.n
	}
	return nil
}
