package ui

import (
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/syntax"
	"cacheview/ui/theme"
)

// headHeight is the number of lines of the header, the blank one included.
func (p *valuePane) headHeight() int { return len(p.head()) }

// head is the part of the header that does not change with the clock, a line
// each with a cell of margin; the first is filled in by facts.
func (p *valuePane) head() []string {
	c, th := p.content, p.th
	if c == nil {
		return nil
	}
	lines, w := []string{""}, max(p.w-1, 0)
	add := func(ink theme.Style, text string) { lines = append(lines, " "+ink.Paint(fit(text, w))) }
	if s := p.layers(); s != "" {
		add(th.Dim.Plain, s)
	}
	for _, warning := range c.warnings() {
		badge := th.Badge.Paint(" ! ")
		for _, line := range wrapWords(warning, max(w-4, 1)) {
			lines = append(lines, " "+badge+th.Bad.Plain.Paint(fit(" "+line, w-3)))
			badge = "   "
		}
	}
	if n := c.usesNote(w); n != "" {
		add(th.Dim.Plain, n)
	}
	for _, line := range c.factLines(w) {
		add(th.Dim.Plain, line)
	}
	for _, line := range wrapWords(c.note(), max(w, 1)) {
		if line != "" {
			add(th.Warn.Plain, line)
		}
	}
	if p.search.text != "" {
		add(th.Match.Plain, p.search.status())
	}
	if t, ok := p.body.(*tableBody); ok {
		return append(lines, " "+t.head(w))
	}
	return append(lines, strings.Repeat(" ", max(p.w, 0)))
}

// layers is the way from the bytes to what is shown, and how it is shown when
// that is not the usual way.
func (p *valuePane) layers() string {
	arrow := " › "
	if p.ascii {
		arrow = " > "
	}
	c := p.content
	s := c.layers(arrow)
	if b, ok := p.body.(*textBody); ok && p.mode == viewDecoded && b.lang != syntax.None {
		s = strings.TrimPrefix(s+arrow+b.lang.String(), arrow)
	}
	if c.holds() && p.mode == viewDecoded {
		s = strings.TrimPrefix(s+arrow+layerName("json"), arrow)
	}
	if note := c.alsoNote(arrow, p.keys.DecodeAs.name()); note != "" && p.mode == viewDecoded {
		s = strings.TrimPrefix(s+" · "+note, " · ")
	}
	if c.Shown != nil && p.mode == viewDecoded {
		s = strings.TrimPrefix(s+" · "+c.shownNote()+"structure ("+p.keys.ViewAs.name()+")", " · ")
	}
	if c.As != "" {
		s = strings.TrimPrefix(s+" · read as "+c.As+", chosen by hand", " · ")
	}
	if p.mode != viewDecoded {
		s = strings.TrimPrefix(s+" · shown "+p.modeName(), " · ")
	}
	return decode.Printable(s)
}

// modeName is the mode in a word.
func (p *valuePane) modeName() string {
	if p.mode != viewTurned {
		return viewNames[p.mode]
	}
	switch p.body.(type) {
	case *tableBody:
		return "as a table"
	case *textBody:
		return "as text"
	}
	return "as a tree"
}

// facts is the first line: type, encoding, size, and how long the key has left,
// as a number and, where there is room, as a bar against the longest TTL that
// was seen of this key. A narrow pane does without the bar, then the encoding.
func (p *valuePane) facts(now time.Time, longest time.Duration, reached int64) string {
	c, th := p.content, p.th
	kind := c.Win.Type.String()
	if c.Win.Module != "" {
		kind = decode.Printable(c.Win.Module)
	}
	var rest []string
	if c.collection() {
		rest = append(rest, c.size())
	}
	if size := c.Win.Key.Meta.Size; size >= 0 {
		rest = append(rest, human.Size(size))
	}
	ttl, ink, left := p.lifetime(now, reached)
	w := max(p.w-1, 0)
	tail := " · " + strings.Join(append(rest, ""), " · ")
	if e := c.Win.Encoding; e != "" && e != kind {
		if full := " · " + decode.Printable(e) + tail; ansi.StringWidth(kind+full+ttl) <= w {
			tail = full
		}
	}
	kind = clip(kind, w)
	tail = clip(tail, w-ansi.StringWidth(kind+ttl)) // the TTL goes before the rest
	ttl = clip(ttl, w-ansi.StringWidth(kind+tail))
	room := w - ansi.StringWidth(kind+tail+ttl)
	bar, n := p.lifeBar(left, longest, room)
	return " " + th.Type(c.Win.Type.String()).Plain.Paint(kind) + th.Dim.Plain.Paint(tail) +
		ink.Plain.Paint(ttl) + bar + strings.Repeat(" ", max(room-n, 0))
}

// sameMoment is by how many milliseconds two keys that one call has written with
// the same timeout may differ.
const sameMoment = 1000

// lifetime says how long the key has left; left is zero when that is not known,
// over or for ever. reached is when a result stops being reached, at its own expiry
// or with its version.
func (p *valuePane) lifetime(now time.Time, reached int64) (text string, ink theme.RowStyle, left time.Duration) {
	expiry := p.content.Win.Key.Meta.Expiry
	if reached > 0 && p.content.gone == "" && (expiry == keyspace.NoExpiry || reached < expiry-sameMoment) {
		until := keyspace.TTLAt(reached, now)
		own := "never expires"
		if expiry > 0 {
			own = "expires " + human.ExpiresIn(keyspace.TTLAt(expiry, now), now)
		}
		if until <= 0 {
			return "its version expired; it " + own, p.th.Bad, 0
		}
		return "effective " + human.TTL(until, now) + " (its version), " + own, p.th.TTLStyle(until.Duration()), until.Duration()
	}
	ttl := keyspace.TTLAt(expiry, now)
	left = ttl.Duration()
	switch {
	case p.content.gone != "":
		return p.content.gone + ": this was its value", p.th.Bad, 0
	case expiry == keyspace.NoExpiry:
		return "never expires", p.th.Dim, 0
	case expiry == keyspace.FieldsExpire:
		return "its fields expire", p.th.Text, 0
	case expiry == keyspace.UnknownExpiry:
		return "TTL unknown", p.th.Dim, 0
	case ttl <= 0:
		return "expired: this was its value", p.th.Bad, 0
	}
	return "expires " + human.ExpiresIn(ttl, now), p.th.TTLStyle(left), left
}

// lifeBar is what is left of the longest TTL that was seen, in at most room
// cells, and how many it takes.
func (p *valuePane) lifeBar(left, longest time.Duration, room int) (bar string, cells int) {
	longest = max(longest, left) // it may have been lengthened since it was read
	end := " " + human.TTLText(longest)
	n := min(room-1-len(end), 20)
	if n < 6 || longest <= 0 || left <= 0 || longest > keyspace.Year.Duration() {
		return "", 0
	}
	full, empty := "━", "─"
	if p.ascii {
		full, empty = "=", "-"
	}
	on := min(max(int(float64(n)*float64(left)/float64(longest)), 0), n)
	return " " + p.th.TTLStyle(left).Plain.Paint(strings.Repeat(full, on)) + p.th.Dim.Plain.Paint(strings.Repeat(empty, n-on)+end), 1 + n + len(end)
}

// View draws the pane, every line exactly as wide as its inside.
func (p *valuePane) View(now time.Time, longest time.Duration, reached int64) []string {
	if p.content == nil {
		return nil
	}
	if t, ok := p.body.(*tableBody); ok {
		t.fitRows(p.top, p.top+p.h)
	}
	lines := p.head()
	lines[0] = p.facts(now, longest, reached)
	room := p.h - len(lines)
	for i := p.top; i < min(p.top+room, p.len()); i++ {
		lit := p.focused && i == p.cursor
		line := p.body.Line(i, p.w-1, lit)
		if p.search.text != "" {
			line = showHits(p.cells, line, p.search.text, p.th.Match.For(lit))
		}
		lines = append(lines, " "+line)
	}
	return lines[:min(len(lines), max(p.h, 0))]
}

// place says where in the body the cursor is, for the frame.
func (p *valuePane) place() string {
	if p.len() <= p.h-p.headHeight() {
		return ""
	}
	return human.Count(p.cursor+1) + " of " + human.Count(p.len())
}

// note says what is not shown, or not right, in one line.
func (c *content) note() string {
	switch {
	case c.Win.Module != "":
		return "cacheview cannot read values of the type " + decode.Printable(c.Win.Module)
	case c.Win.Sampled:
		return human.Count(len(c.Win.Rows)) + " of " + c.size() + ", drawn at random: this server cannot list them"
	case c.Failed != nil:
		return decode.Printable(c.Failed.Error())
	case c.As != "" && c.Result.Err != nil:
		return "does not fit: " + decode.Printable(c.Result.Err.Error())
	case c.As != "" && c.Wrong != nil:
		return "a member does not fit: " + decode.Printable(c.Wrong.Error())
	case c.Result.Err != nil:
		return "damaged: " + decode.Printable(c.Result.Err.Error())
	case c.Win.Truncated && c.collection():
		return "the first " + human.Count(len(c.Win.Rows)) + " of " + c.size() + "; scroll down to load more"
	case c.Win.Truncated:
		return "the first " + human.Size(int64(len(c.Win.Raw))) + " of " + human.Size(c.Win.Total)
	case c.Result.TrailingBytes > 0:
		return human.Plural(c.Result.TrailingBytes, "byte") + " after the end of the value"
	}
	return ""
}

// size is how much there is of a collection, in the word of its type.
func (c *content) size() string {
	switch c.Win.Type {
	case keyspace.Hash:
		return human.Plural(c.Win.Total, "field")
	case keyspace.List:
		return human.Plural(c.Win.Total, "item")
	case keyspace.Vector:
		return human.Plural(c.Win.Total, "element")
	case keyspace.Stream:
		if c.Win.Total == 1 {
			return "1 entry"
		}
		return human.Count(c.Win.Total) + " entries"
	}
	return human.Plural(c.Win.Total, "member")
}

func (c *content) collection() bool {
	switch c.Win.Type {
	case keyspace.Hash, keyspace.List, keyspace.Set, keyspace.ZSet, keyspace.Stream, keyspace.Vector:
		return true
	}
	return false
}

// raw is the bytes of a string as they are on the server.
func (c *content) raw() []byte { return c.Win.Raw }

// sameAs tells whether two readings of a key hold the same bytes.
func (c *content) sameAs(d *content) bool {
	return c.As == d.As && string(c.Win.Key.Name) == string(d.Win.Key.Name) && c.Win.Type == d.Win.Type &&
		c.Win.Total == d.Win.Total && !c.collection() && !d.collection() &&
		string(c.Win.Raw) == string(d.Win.Raw)
}

// scalarBody is a value of one line.
type scalarBody struct {
	th *theme.Theme
	v  value.Value
}

// Len is 1.
func (b *scalarBody) Len() int { return 1 }

// Line draws the value as a literal.
func (b *scalarBody) Line(_, w int, lit bool) string {
	return scalarInk(b.th, b.v).For(lit).Paint(fit(decode.Literal(b.v, max(w, 1)), w))
}

// emptyBody says that there is nothing, which a blank pane would not.
type emptyBody struct{ th *theme.Theme }

// Len is 1.
func (b *emptyBody) Len() int { return 1 }

// Line says so.
func (b *emptyBody) Line(_, w int, lit bool) string {
	return b.th.Dim.For(lit).Paint(fit("(empty)", w))
}

// crumb is the way to the row under the cursor, for a row that is deeper than
// the one below the root.
func (p *valuePane) crumb(arrow string) string {
	o, ok := p.body.(*outlineBody)
	if !ok || !p.focused || p.cursor >= o.Len() {
		return ""
	}
	path := o.at(p.cursor).path
	if len(path) < 2 {
		return ""
	}
	steps := make([]string, 0, len(path))
	v := o.root.val
	for _, i := range path {
		if i >= value.ChildLen(v) {
			break // a row of a broken text
		}
		label, kid := value.Child(v, i)
		steps = append(steps, labelText(label))
		v = kid
	}
	return strings.Join(steps, arrow)
}
