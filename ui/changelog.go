package ui

import (
	"slices"
	"strings"
	"time"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// change is what happened to a key, and when it was noticed.
type change struct {
	name string
	what inspect.EventKind
	at   time.Time
	left keyspace.TTL // until it expires; 0 when it never does or is gone
	// unseen is a key that is gone and was not known. Once all keys are known
	// it is one of another database.
	unseen bool
}

// changesOf compares what the index knows of keys with what the server says of
// them now.
func changesOf(idx *keyspace.Index, keys []inspect.Key, now time.Time) []change {
	snap := idx.Snapshot()
	list := make([]change, 0, len(keys))
	for _, k := range keys {
		id, known := idx.Lookup(k.Name)
		c := change{name: string(k.Name), at: now, what: inspect.Set}
		switch {
		case k.Exists && known:
			c.what = inspect.Changed
		case !k.Exists:
			c.what, c.unseen = inspect.Gone, !known
			if known && int(id) < snap.IDCount() && inspect.HasExpired(snap.Meta(id), now) {
				c.what = inspect.Expired
			}
		}
		if k.Exists && k.Meta.Expiry > 0 {
			c.left = max(keyspace.TTLAt(k.Meta.Expiry, now), 1)
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b change) int { return strings.Compare(a.name, b.name) })
	return list
}

// changeLog is what changed last, and how much in each second.
type changeLog struct {
	last      []change // newest first
	perSecond []float64
	second    int64
}

// changesKept is how many changes the page shows at most.
const changesKept = 200

// add takes note of changes.
func (c *changeLog) add(fresh []change, now time.Time) {
	if len(fresh) == 0 {
		return
	}
	c.last = append(slices.Clone(fresh[:min(len(fresh), changesKept)]), c.last...)
	c.last = c.last[:min(len(c.last), changesKept)]
	c.until(now)
	c.perSecond[len(c.perSecond)-1] += float64(len(fresh))
}

// until moves the sparkline on.
func (c *changeLog) until(now time.Time) {
	if n := len(c.perSecond); n == 0 || now.Unix()-c.second > historyLen {
		c.perSecond, c.second = []float64{0}, now.Unix()
	}
	for ; c.second < now.Unix(); c.second++ {
		c.perSecond = append(c.perSecond, 0)
	}
	c.perSecond = c.perSecond[max(len(c.perSecond)-historyLen, 0):]
}

// changeRows are the keys that changed, newest first.
func (m *model) changeRows(s *sheet) {
	c := &m.pages.changes
	s.head("Changes")
	switch {
	case m.live == liveTracked && len(c.last) == 0:
		s.words(m.th.Dim.Plain, 1, "nothing has changed yet: what is written, deleted or expires shows up here")
		return
	case m.live == liveUnknown:
		s.words(m.th.Dim.Plain, 1, "asking…")
		return
	case m.live != liveTracked:
		s.words(m.th.Dim.Plain, 1, "this server does not report changes (CLIENT TRACKING, Redis 6)")
		return
	}
	s.row(" " + m.th.Good.Plain.Paint(spark(c.perSecond, min(s.w-14, 60), highest(c.perSecond), m.opt.ASCII)) + m.th.Dim.Plain.Paint(" changes/s"))
	for _, ch := range c.last {
		row := " " + m.th.Dim.Plain.Paint(ch.at.Format(time.TimeOnly)) + " " + m.changeInk(ch.what).Paint(fit(string(ch.what), 8))
		used := 18
		if s.w >= 46 {
			left := ""
			if ch.left > 0 {
				left = human.TTL(ch.left, ch.at)
			}
			row += m.th.Dim.Plain.Paint(rightText(left, 6)) + " "
			used += 7
		}
		s.row(row + clip(m.withCall(ch.name), s.w-used-1))
	}
}

func (m *model) changeInk(w inspect.EventKind) theme.Style {
	switch w {
	case inspect.Set:
		return m.th.Good.Plain
	case inspect.Gone:
		return m.th.Warn.Plain
	case inspect.Expired:
		return m.th.Dim.Plain
	}
	return m.th.Text.Plain
}

// withCall is a key with the call whose result it is, if that is known.
func (m *model) withCall(name string) string {
	text := decode.Printable(name)
	if f := m.shownFlask(m.flask.known); f != nil {
		if call := f.Display([]byte(name)); call != "" {
			return decode.Printable(call) + "  " + text
		}
	}
	return text
}
