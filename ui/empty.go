package ui

import (
	"strings"
	"time"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// emptyKeys is what the list says when it has nothing to show: why, and what to
// do next.
func (m *model) emptyKeys(w, h int) []string {
	th := m.th
	var out []string
	say := func(ink theme.Ink, text string) { out = append(out, paragraph(ink, text, w)...) }
	gap := func() { out = append(out, strings.Repeat(" ", w)) }
	gap()
	switch {
	case m.be == nil && m.link.err != nil:
		say(th.Bad.Plain, "No connection")
		gap()
		say(th.Text.Plain, decode.Printable(m.link.err.Error()))
		if m.opt.Place.Source != "" {
			say(th.Text.Plain, "The server is the one of "+decode.Printable(m.opt.Place.Source)+".")
		}
		gap()
		say(th.Dim.Plain, "Is it running? Try: redis-cli ping")
		if len(m.opt.Sites) > 1 {
			say(th.Dim.Plain, m.keys.Switch.Help().Key+" switches to a saved connection.")
		} else {
			say(th.Dim.Plain, "Another server: cacheview redis://host:6379/0")
		}
		say(th.Dim.Plain, "Nothing at hand: cacheview demo")
		gap()
		say(th.Dim.Plain, "Trying again by itself. q quits.")
	case m.be == nil:
		say(th.Dim.Plain, "connecting…")
	case m.filter.active() || m.spec.Query.Type != keyspace.UnknownType || m.spec.Query.NoTTL:
		m.noMatch(say, gap)
	case !m.progress.Done:
		say(th.Dim.Plain, "reading the keys…")
	default:
		say(th.Strong.Plain, "This database is empty")
		gap()
		say(th.Text.Plain, "Open a page of your app that is cached, or store something by hand:")
		say(th.Accent.Plain, "redis-cli -n "+human.Count(m.server.DB)+" SET hello world EX 60")
		gap()
		say(th.Dim.Plain, "It appears here by itself. Is it the right database? Flask-Caching uses db 0 unless CACHE_REDIS_DB or the URL says otherwise.")
	}
	return out[:min(len(out), h)]
}

func (m *model) noMatch(say func(theme.Ink, string), gap func()) {
	th, q := m.th, m.spec.Query
	say(th.Strong.Plain, "No key matches")
	gap()
	if q.Text != "" {
		does, _ := matchWords(q.Mode)
		if m.filter.follows() {
			does += " or contains"
		}
		say(th.Text.Plain, "None of "+human.Plural(m.idx.Len(), "key")+" "+does+" "+quote([]byte(q.Text))+".")
	}
	if q.Type != keyspace.UnknownType {
		say(th.Text.Plain, "Only keys of type "+q.Type.String()+" are shown.")
	}
	if q.NoTTL {
		say(th.Text.Plain, "Only keys that never expire are shown.")
	}
	if m.filter.err != nil {
		say(th.Bad.Plain, decode.Printable(m.filter.err.Error()))
	}
	if !m.progress.Done {
		say(th.Dim.Plain, "The listing is not complete yet.")
	}
	gap()
	say(th.Dim.Plain, "ctrl+g searches in another way, esc drops the filter.")
}

// aboutNode is what the value pane shows while the cursor is on a prefix.
func (m *model) aboutNode(w int) []string {
	r, ok := m.list.current()
	if !ok || r.Leaf {
		return nil
	}
	th := m.th
	facts := human.Plural(r.Count, "key") + " start with this"
	switch {
	case r.Group:
		facts = human.Plural(r.Count, "key") + " of Flask-Caching"
	case r.Count == 1:
		facts = "1 key starts with this"
	}
	if r.BytesKnown {
		facts += " · " + human.Size(r.Bytes)
	}
	if r.Soonest > m.now().UnixMilli() {
		left := time.Duration(r.Soonest-m.now().UnixMilli()) * time.Millisecond
		facts += " · the first expires in " + human.Lifetime(left)
	}
	out := []string{th.Node.Plain.Paint(fit(" "+decode.PrintableBytes(r.Prefix), w))}
	out = append(out, paragraph(th.Text.Plain, facts, w)...)
	out = append(out, strings.Repeat(" ", w))
	return append(out, paragraph(th.Dim.Plain, "enter folds and unfolds · d deletes them all, after a count", w)...)
}

// paragraph breaks text into lines of exactly w cells, with a cell of margin.
func paragraph(ink theme.Ink, text string, w int) []string {
	var out []string
	for _, line := range wrapWords(text, max(w-2, 1)) {
		out = append(out, ink.Paint(fit(" "+line, w)))
	}
	return out
}
