package ui

import (
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// headHeight is the number of lines of the header, the blank one included.
func (p *valuePane) headHeight() int { return len(p.head()) }

// head is the part of the header that does not change with the clock, a line
// each; the first is filled in by facts.
func (p *valuePane) head() []string {
	c := p.content
	if c == nil {
		return nil
	}
	lines := []string{""}
	arrow := " › "
	if p.ascii {
		arrow = " > "
	}
	layers := c.layers(arrow)
	if c.As != "" {
		layers = strings.TrimPrefix(layers+" · read as "+c.As+", chosen by hand", " · ")
	}
	if p.mode != viewDecoded {
		layers = strings.TrimPrefix(layers+" · shown "+p.modeName(), " · ")
	}
	if layers != "" {
		lines = append(lines, p.th.Dim.Plain.Paint(fit(decode.Printable(layers), p.w)))
	}
	for _, w := range c.warnings() {
		for i, line := range wrapWords(w, max(p.w-4, 1)) {
			badge := "   "
			if i == 0 {
				badge = p.th.Badge.Paint(" ! ")
			}
			lines = append(lines, badge+p.th.Bad.Plain.Paint(fit(" "+line, p.w-3)))
		}
	}
	if n := c.usesNote(p.w); n != "" {
		lines = append(lines, p.th.Dim.Plain.Paint(fit(n, p.w)))
	}
	for _, line := range wrapWords(c.note(), max(p.w, 1)) {
		if line != "" {
			lines = append(lines, p.th.Warn.Plain.Paint(fit(line, p.w)))
		}
	}
	if p.search.text != "" {
		lines = append(lines, p.th.Match.Plain.Paint(fit(p.search.status(), p.w)))
	}
	if t, ok := p.body.(*tableBody); ok {
		return append(lines, " "+t.head(max(p.w-1, 0)))
	}
	return append(lines, strings.Repeat(" ", max(p.w, 0)))
}

// modeName is the mode in a word.
func (p *valuePane) modeName() string {
	if p.mode != viewTurned {
		return viewNames[p.mode]
	}
	if _, ok := p.body.(*tableBody); ok {
		return "as a table"
	}
	return "as a tree"
}

// facts is the first line: type, size, and how long the key has left, as a
// number and, where there is room, as a bar against the longest TTL that was
// seen of this key.
func (p *valuePane) facts(now time.Time, longest time.Duration) string {
	c, th := p.content, p.th
	m := c.Win.Key.Meta
	parts := []string{c.Win.Type.String()}
	switch {
	case c.collection():
		parts = append(parts, human.Plural(c.Win.Total, "member"))
	}
	if m.Size >= 0 {
		parts = append(parts, human.Size(m.Size))
	}
	left := strings.Join(parts, " · ") + " · "
	ttl, ink := "never expires", th.Text
	if m.Expiry != keyspace.NoExpiry {
		d := time.Duration(m.Expiry-now.UnixMilli()) * time.Millisecond
		switch {
		case m.Expiry == keyspace.UnknownExpiry:
			ttl, ink = "TTL unknown", th.Dim
		case d <= 0:
			ttl, ink = "expired: this is what it was", th.Bad
		default:
			ttl = "expires in " + human.Lifetime(d)
			switch {
			case d < 10*time.Second:
				ink = th.Bad
			case d < time.Minute:
				ink = th.Warn
			}
			return p.withBar(left, ttl, ink, d, longest)
		}
	}
	return p.fitted(left, ttl, ink)
}

// fitted is the first line without a bar, exactly as wide as the pane. Where
// there is no room for all of it the TTL goes before the rest.
func (p *valuePane) fitted(left, ttl string, ink theme.Pair) string {
	room := p.w - ansi.StringWidth(ttl)
	if room < ansi.StringWidth(left) {
		left = clip(left, max(room, 0))
	}
	return p.th.Text.Plain.Paint(left) + ink.Plain.Paint(fit(ttl, p.w-ansi.StringWidth(left)))
}

func (p *valuePane) withBar(left, ttl string, ink theme.Pair, d, longest time.Duration) string {
	th := p.th
	used := ansi.StringWidth(left) + ansi.StringWidth(ttl)
	end := human.Lifetime(longest)
	room := min(p.w-used-len(end)-2, 20)
	s := th.Text.Plain.Paint(left) + ink.Plain.Paint(ttl)
	if room < 6 || longest <= 0 {
		return p.fitted(left, ttl, ink)
	}
	full, empty := "━", "─"
	if p.ascii {
		full, empty = "=", "-"
	}
	n := min(max(int(int64(room)*int64(d)/int64(longest)), 0), room)
	s += " " + ink.Plain.Paint(strings.Repeat(full, n)) + th.Dim.Plain.Paint(strings.Repeat(empty, room-n)+" "+end)
	return s + strings.Repeat(" ", max(p.w-used-room-len(end)-2, 0))
}

// View draws the pane, every line exactly as wide as its inside.
func (p *valuePane) View(now time.Time, longest time.Duration) []string {
	if p.content == nil {
		return nil
	}
	lines := p.head()
	lines[0] = p.facts(now, longest)
	room := p.h - len(lines)
	for i := p.top; i < min(p.top+room, p.len()); i++ {
		lit := p.focused && i == p.cursor
		lines = append(lines, " "+p.body.Line(i, p.w-1, lit))
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
	case c.Failed != nil:
		return decode.Printable(c.Failed.Error())
	case c.As != "" && c.Result.Err != nil:
		return "does not fit: " + decode.Printable(c.Result.Err.Error())
	case c.As != "" && c.Wrong != nil:
		return "a member does not fit: " + decode.Printable(c.Wrong.Error())
	case c.Result.Err != nil:
		return "damaged: " + decode.Printable(c.Result.Err.Error())
	case c.Win.Truncated && c.collection():
		return "the first " + human.Count(len(c.Win.Rows)) + " of " + human.Plural(c.Win.Total, "member") + ": going past the end reads more"
	case c.Win.Truncated:
		return "the first " + human.Size(int64(len(c.Win.Raw))) + " of " + human.Size(c.Win.Total)
	case c.Result.Rest > 0:
		return human.Plural(c.Result.Rest, "byte") + " after the end of the value"
	}
	return ""
}

func (c *content) collection() bool {
	switch c.Win.Type {
	case keyspace.Hash, keyspace.List, keyspace.Set, keyspace.ZSet, keyspace.Stream:
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
	return scalarInk(b.th, b.v).On(lit).Paint(fit(decode.Literal(b.v, max(w, 1)), w))
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
