package ui

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// columns are the widths of a key row's parts for one width of the pane; a zero
// column is not shown.
type columns struct{ name, kind, size, ttl int }

// dateWidth is the width of the date that a TTL of more than a year is.
const dateWidth = len("2099-12-31")

// columnsFor returns the columns of a pane of w cells; dates makes room for
// them.
func columnsFor(w int, dates bool) columns {
	c := columns{ttl: 7}
	if dates {
		c.ttl = dateWidth + 1
	}
	if w >= 38 {
		c.kind = 7
	}
	if w >= 50 {
		c.size = 9
	}
	c.name = max(w-2-c.kind-c.size-c.ttl-1, 1)
	return c
}

// View draws the rows of the window, each exactly as wide as the pane.
func (p *keyPane) View(now time.Time) []string {
	c := columnsFor(p.w, p.dated(now))
	lines := make([]string, 0, p.h)
	for i := p.top; i < min(p.top+p.h, p.len()); i++ {
		lines = append(lines, p.row(p.rows.At(i), i == p.cursor, c, now))
	}
	return lines
}

// dated reports whether a TTL in the window is a date.
func (p *keyPane) dated(now time.Time) bool {
	for i := p.top; i < min(p.top+p.h, p.len()); i++ {
		if keyspace.TTLAt(p.rows.At(i).MinExpiry, now) > keyspace.Year {
			return true
		}
	}
	return false
}

func (p *keyPane) row(r keyspace.Row, here bool, c columns, now time.Time) string {
	th := p.th
	lit := here && p.focused
	var b strings.Builder
	b.Grow(256)
	bar := "  "
	switch {
	case here:
		bar = p.sign("▌", ">") + " "
	}
	marked := false
	if r.Leaf {
		_, marked = p.marks[string(p.snap.Name(r.ID))]
	}
	if marked {
		b.WriteString(th.Accent.For(lit).Paint(bar[:len(bar)-1]))
		b.WriteString(th.Mark.For(lit).Paint(p.sign("●", "*")))
	} else {
		b.WriteString(th.Accent.For(lit).Paint(bar))
	}
	if r.Leaf {
		p.leaf(&b, r, lit, c, now)
	} else {
		p.node(&b, r, lit, c, now)
	}
	return b.String()
}

// leaf draws a key: name, type, size, TTL.
func (p *keyPane) leaf(b *strings.Builder, r keyspace.Row, lit bool, c columns, now time.Time) {
	th := p.th
	name := p.snap.Name(r.ID)
	indent := min(2*r.Depth, c.name/2)
	blank(b, th, lit, indent)
	room, ink := c.name-indent, th.Key
	if n := p.call(b, name, lit, room); n > 0 {
		room, ink = room-n, th.Dim // the call says it all
	}
	if room > 0 {
		p.label(b, name, len(name)-len(r.Label), lit, room, ink)
	}
	m := p.snap.Meta(r.ID)
	if c.kind > 0 {
		short := shortType(m.Type)
		b.WriteString(th.Type(m.Type.String()).For(lit).Paint(" " + fit(short, c.kind-1)))
	}
	if c.size > 0 {
		text := ""
		if m.Type != keyspace.UnknownType && m.Size >= 0 {
			text = human.Size(m.Size)
		}
		b.WriteString(th.Dim.For(lit).Paint(rightAlign(text, c.size)))
	}
	text, ink := p.ttl(effective(p.calls, name, m.Expiry), now)
	b.WriteString(ink.For(lit).Paint(rightAlign(text, c.ttl) + " "))
}

// call draws the call that made an entry of Flask-Caching, before its key, and
// returns the cells it took. An entry that no call can reach is called stale.
func (p *keyPane) call(b *strings.Builder, name []byte, lit bool, room int) int {
	if p.flask == nil {
		return 0
	}
	text := decode.Printable(p.flask.Display(name))
	if text == "" {
		return 0
	}
	th, left := p.th, room
	put := func(s string, ink theme.RowStyle) {
		s = p.cells.Truncate(s, max(left, 0), "…")
		left -= p.cells.StringWidth(s)
		b.WriteString(ink.For(lit).Paint(s))
	}
	if p.flask.Orphan(name) {
		put("stale ", th.Bad)
	}
	put(text, th.Name)
	// The raw keys begin below each other, mostly, or are left out where little
	// of them could be seen.
	gap := callStop - (room-left)%callStop
	if gap < 2 {
		gap += callStop
	}
	if left-gap < leastRaw {
		gap = left
	}
	blank(b, th, lit, gap)
	return room - left + gap
}

const (
	callStop = 8  // the cells of a call, and the gap after it, are a multiple
	leastRaw = 14 // cells of a raw key that say anything
)

// node draws a prefix of the tree: how many keys, how many bytes, what dies
// first.
func (p *keyPane) node(b *strings.Builder, r keyspace.Row, lit bool, c columns, now time.Time) {
	th := p.th
	sign := p.sign("▸ ", "+ ")
	if r.Open {
		sign = p.sign("▾ ", "- ")
	}
	indent := min(2*r.Depth, c.name/2)
	blank(b, th, lit, indent)
	b.WriteString(th.Node.For(lit).Paint(sign))
	keys := human.Plural(r.Count, "key")
	room := c.name + c.kind - indent - 2
	nameRoom := max(room-len(keys)-1, 1)
	text := decode.PrintableNamePart(r.Label, false)
	b.WriteString(th.Node.For(lit).Paint(fitIn(p.cells, text, nameRoom)))
	b.WriteString(th.Dim.For(lit).Paint(" " + fit(keys, room-nameRoom-1)))
	if c.size > 0 {
		text := ""
		if r.BytesKnown {
			text = human.Size(r.Bytes)
		}
		b.WriteString(th.Dim.For(lit).Paint(rightAlign(text, c.size)))
	}
	soonest := ""
	if r.ExpiriesKnown && r.MinExpiry > now.UnixMilli() {
		soonest, _ = p.ttl(r.MinExpiry, now)
	}
	b.WriteString(th.Dim.For(lit).Paint(rightAlign(soonest, c.ttl) + " "))
}

// label draws a key's name from byte from on, with what the filter matched
// picked out, in w cells. A name that does not fit loses its middle: names mostly
// differ at their ends.
func (p *keyPane) label(b *strings.Builder, name []byte, from int, lit bool, w int, plain theme.RowStyle) {
	th := p.th
	room := w
	write := func(part []byte, ink theme.Style, last bool) {
		if room <= 0 || len(part) == 0 {
			return
		}
		text := decode.PrintableNamePart(part, last)
		n := p.cells.StringWidth(text)
		if n > room {
			text = p.cells.Truncate(text, room, "…")
			n = p.cells.StringWidth(text)
		}
		room -= n
		b.WriteString(ink.Paint(text))
	}
	// Highlights of a part of the name.
	part := func(lo, hi int) {
		at := lo
		for _, hit := range p.rows.Matcher().Ranges(name) {
			from, to := max(hit[0], at), min(hit[1], hi)
			if to <= from || p.rows.Spec().Query.Mode == keyspace.Prefix {
				continue
			}
			write(name[at:from], plain.For(lit), false)
			write(name[from:to], th.Match.For(lit), to == len(name))
			at = to
		}
		write(name[at:hi], plain.For(lit), hi == len(name))
	}
	if head, tail, cut := p.cutMiddle(name[from:], w); cut {
		part(from, from+head)
		write([]byte("…"), plain.For(lit), false)
		part(len(name)-tail, len(name))
	} else {
		part(from, len(name))
	}
	if len(name) == from {
		write([]byte("(empty name)"), th.Dim.For(lit), false)
	}
	blank(b, th, lit, room)
}

// cutMiddle returns how many bytes at the beginning and at the end of a name stay
// so that its printed form fits in w cells with an ellipsis between them.
func (p *keyPane) cutMiddle(name []byte, w int) (head, tail int, cut bool) {
	// No row shows so many bytes, whatever they are: the rest is not looked at.
	const mostBytes = 32
	if w < minMiddle || len(name) <= mostBytes*w && p.cells.StringWidth(decode.PrintableNamePart(name, true)) <= w {
		return 0, 0, false
	}
	left := w / 2
	for at := 0; at < len(name); {
		_, n := utf8.DecodeRune(name[at:])
		cells := p.cells.StringWidth(decode.PrintableNamePart(name[:at+n], false))
		if cells > left {
			break
		}
		at += n
		head = at
	}
	left = w - 1 - p.cells.StringWidth(decode.PrintableNamePart(name[:head], false))
	for at := len(name); at > head; {
		_, n := utf8.DecodeLastRune(name[:at])
		if p.cells.StringWidth(decode.PrintableNamePart(name[at-n:], true)) > left {
			break
		}
		at -= n
		tail = len(name) - at
	}
	return head, tail, true
}

// ttl is what stands in the last column: how long a key has left. The ink grows
// warmer as the end comes near; the number says the same, and at last a sign.
func (p *keyPane) ttl(expiry int64, now time.Time) (string, theme.RowStyle) {
	switch expiry {
	case keyspace.UnknownExpiry:
		return p.sign("·", "."), p.th.Dim
	case keyspace.NoExpiry:
		return "never", p.th.Dim
	case keyspace.FieldsExpire:
		return "fields", p.th.Text
	}
	ttl := keyspace.TTLAt(expiry, now)
	left, text := ttl.Duration(), human.TTL(ttl, now)
	switch {
	case ttl <= 0:
		return "expired", p.th.Dim
	case left < theme.ExpiringSoon:
		text = "!" + text
	case len(text) > dateWidth:
		text = ">9999"
	}
	return text, p.th.TTLStyle(left)
}

func (p *keyPane) sign(s, plain string) string {
	if p.ascii {
		return plain
	}
	return s
}

func blank(b *strings.Builder, th *theme.Theme, lit bool, n int) {
	if n > 0 {
		b.WriteString(th.Text.For(lit).Paint(strings.Repeat(" ", n)))
	}
}

// shortType is a type in at most six cells.
func shortType(t keyspace.Type) string {
	switch t {
	case keyspace.String:
		return "str"
	case keyspace.JSON:
		return "json"
	}
	return t.String()
}

func sortedNames(set map[string]struct{}) [][]byte {
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	out := make([][]byte, len(names))
	for i, n := range names {
		out[i] = []byte(n)
	}
	return out
}
