package ui

import (
	"fmt"

	"github.com/charmbracelet/x/ansi"

	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// growing is by how many cells a note about masters may get longer while they are
// listed: one that fits at first must not go away then.
const growing = 10

// minTitle is the room beside a note in the edge of the list.
const minTitle = 10

// searching tells whether the rows are not, or not all, of what the filter and
// the order ask for now.
func (m *model) searching() bool {
	r := m.list.rows
	return r != nil && (!r.Complete() || r.Spec().Query != m.spec.Query || m.partial())
}

// unsure tells whether keys may match of which it is not known yet.
func (m *model) unsure() bool {
	q := m.spec.Query
	return (q.Type != keyspace.UnknownType || q.NoTTL) && m.readingAllMeta()
}

// partial tells whether the rows are of a part of a listing that has ended since.
func (m *model) partial() bool { return m.progress.Done && !m.list.whole }

// keysNote says in at most room cells how many keys are shown of how many, and
// what of that is not known yet. Part of a listing is never shown as if it were
// the whole: where there is no room for figures, it still says so.
func (m *model) keysNote(room int) string {
	if m.be == nil && m.idx.Len() == 0 {
		return "" // nothing was counted yet
	}
	note, short := m.covered()
	if masters := human.ScanProgress(m.progress.Nodes); masters != "" && !m.progress.Done {
		if long := note + " · " + masters; ansi.StringWidth(long)+growing <= room {
			return long
		}
	}
	if ansi.StringWidth(note) > room {
		return short
	}
	return note
}

// covered is what keysNote says, and the shortest way to say it.
func (m *model) covered() (note, short string) {
	r, total := m.list.rows, m.idx.Len()
	if r == nil {
		return m.walked(human.Count(total), total)
	}
	if m.progress.Done && m.list.whole {
		total = r.Snapshot().KeyCount() // the note and the rows are of the same keys
	}
	matches := human.Count(r.MatchCount())
	switch {
	case m.filter.err != nil:
		return "the filter is not understood", "not understood"
	case r.Spec().Query != m.spec.Query:
		return "searching…", "searching…"
	case !r.Complete() || m.partial() && m.filter.active():
		return matches + " so far · searching…", "searching…"
	case m.partial():
		note = matches + " of " + human.Count(total) + " shown"
		return note, matches + " shown"
	case !m.filter.active() && (!m.needsAllMeta() || r.MatchCount() == total):
		return m.walked(human.Count(total), total)
	case !m.progress.Done:
		return m.walked(matches+" match", total)
	}
	return m.walked(matches+" of "+human.Count(total), total)
}

// walked adds to a note how far the listing is, and the reading of what SCAN
// does not tell where the list depends on it.
func (m *model) walked(note string, total int) (long, short string) {
	long, short = note, human.Count(total)
	if m.be != nil && !m.progress.Done {
		if m.progress.Total <= 0 {
			return note + " so far", "so far"
		}
		short = fmt.Sprintf("%d%% scanned", 100*int64(total)/max(m.progress.Total, int64(total), 1))
		if !m.filter.active() && !m.needsAllMeta() {
			return note + " of " + human.Count(m.progress.Total) + " scanned", short
		}
		long = note + " · " + short
	}
	if m.readingAllMeta() {
		short = fmt.Sprintf("%s %d%%", m.unread(), m.metaPercent())
		long += " · " + short
	}
	return long, short
}

// unread is what is being read of every key.
func (m *model) unread() string {
	switch {
	case m.order == keyspace.BySize:
		return "sizes"
	case m.order == keyspace.ByTTL || m.spec.Query.NoTTL:
		return "TTLs"
	}
	return "types"
}
