package ui

import (
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// advice is what stands where there is nothing to show: why, and what to do
// next.
type advice struct {
	th    *theme.Theme
	w     int
	lines []string
}

func (a *advice) say(ink theme.RowStyle, text string) {
	a.lines = append(a.lines, paragraph(ink.Plain, text, a.w)...)
}

func (a *advice) gap() { a.lines = append(a.lines, strings.Repeat(" ", a.w)) }

// step is a command or a key, and what comes of it.
type step struct{ do, what string }

// steps are written in two columns, or below each other where there is no room.
func (a *advice) steps(list ...step) {
	wide, most := 0, 0
	for _, s := range list {
		wide, most = max(wide, ansi.StringWidth(s.do)), max(most, ansi.StringWidth(s.what))
	}
	for _, s := range list {
		if wide+most+6 > a.w {
			a.say(a.th.Accent, s.do)
			a.say(a.th.Dim, "  "+s.what)
			continue
		}
		a.lines = append(a.lines, "  "+a.th.Accent.Plain.Paint(fit(s.do, wide))+"  "+a.th.Dim.Plain.Paint(fit(s.what, a.w-wide-4)))
	}
}

// emptyKeys is what the list says when it has nothing to show.
func (m *model) emptyKeys(w, h int) []string {
	a := &advice{th: m.th, w: w}
	a.gap()
	switch {
	case m.be == nil && m.link.err != nil:
		m.noConnection(a)
	case m.be == nil:
		a.say(m.th.Dim, "connecting…")
	case m.filter.active() || m.spec.Query.Type != keyspace.UnknownType || m.spec.Query.NoTTL:
		m.noMatch(a)
	case !m.progress.Done:
		a.say(m.th.Dim, "reading the keys…")
	default:
		m.noKeys(a)
	}
	if len(a.lines) > h { // a small screen needs its lines for words
		a.lines = slices.DeleteFunc(a.lines, func(line string) bool { return strings.TrimSpace(line) == "" })
	}
	return a.lines[:min(len(a.lines), h)]
}

// whyNot is what keeps a connection from being made, in a few words.
var whyNot = map[inspect.ConnKind]string{
	inspect.ConnRefused: "connection refused", inspect.ConnNoHost: "no such host", inspect.ConnNoRoute: "network unreachable",
	inspect.ConnNoSocket: "no such socket", inspect.ConnTimeout: "no answer", inspect.ConnLost: "connection closed",
	inspect.ConnTLS: "TLS mismatch", inspect.ConnNotRedis: "not a Redis server", inspect.ConnNoAuth: "password required",
	inspect.ConnWrongAuth: "wrong user or password", inspect.ConnNoDB: "no such database", inspect.ConnProtected: "protected mode",
	inspect.ConnLoading: "server is loading its data", inspect.ConnFull: "too many clients", inspect.ConnSentinel: "this is a sentinel",
	inspect.ConnNotAllowed: "no permission", inspect.ConnNoMaster: "no such master", inspect.ConnCluster: "cluster is down",
	inspect.ConnSSH: "SSH tunnel failed",
}

// noConnection says what was tried, what came of it, and how to get on.
func (m *model) noConnection(a *advice) {
	th := m.th
	var why *inspect.ConnError
	if !errors.As(m.link.err, &why) {
		why = &inspect.ConnError{Kind: inspect.ConnOther, Err: m.link.err}
	}
	title := "No connection"
	if s := whyNot[why.Kind]; s != "" {
		title += ": " + s
	}
	a.say(th.Bad, title)
	a.gap()
	said := why.Err.Error()
	a.say(th.Text, decode.Printable(strings.TrimPrefix(why.Addr+": "+said, ": ")))
	if why.Hint != "" {
		a.say(th.Text, sentence(decode.Printable(why.Hint)))
	}
	if m.opt.Place.Source != "" {
		a.say(th.Text, "The server setting comes from "+decode.Printable(m.opt.Place.Source)+".")
	}
	a.gap()
	a.steps(m.waysOn(why)...)
	a.gap()
	a.say(th.Dim, "Retrying automatically. "+m.keys.Quit.name()+" quits.")
}

// sentence gives a hint a capital and an end.
func sentence(s string) string {
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// waysOn are what can be done about a connection that is not made.
func (m *model) waysOn(why *inspect.ConnError) []step {
	var list []step
	switch why.Kind {
	case inspect.ConnNoAuth, inspect.ConnWrongAuth:
		list = append(list, step{"cacheview --askpass", "asks for it"}, step{"CACHEVIEW_PASSWORD=… cacheview", "from a variable"})
	}
	if len(m.opt.Sites) > 1 {
		list = append(list, step{m.keys.Switch.Help().Key, "switches to a saved connection"})
	} else {
		list = append(list, step{"cacheview redis://host:6379/0", "another server"})
	}
	return append(list, step{"cacheview demo", "needs no server"})
}

// noKeys teaches how keys come into an empty database.
func (m *model) noKeys(a *advice) {
	th := m.th
	a.say(th.Strong, "This database is empty")
	a.gap()
	a.say(th.Text, "Open a page of your app that is cached, or store something by hand:")
	a.gap()
	a.steps(step{"redis-cli " + m.cliFlags() + "SET hello world EX 60", "it appears here automatically"})
	a.gap()
	a.say(th.Dim, "Is it the right database? Flask-Caching uses db 0 unless CACHE_REDIS_DB or the URL says otherwise. "+m.keys.Switch.Help().Key+" switches to another.")
}

// cliFlags lead redis-cli to the database that is shown.
func (m *model) cliFlags() string {
	flags := ""
	addr := decode.Printable(m.server.Addr)
	switch host, port, err := net.SplitHostPort(addr); {
	case err != nil && strings.Contains(addr, "/"):
		flags = "-s " + addr + " "
	case err == nil:
		if host != "localhost" && host != "127.0.0.1" {
			flags = "-h " + host + " "
		}
		if port != "6379" {
			flags += "-p " + port + " "
		}
	}
	return flags + "-n " + strconv.Itoa(m.server.DB) + " "
}

// noMatch says what was looked for.
func (m *model) noMatch(a *advice) {
	th, q := m.th, m.spec.Query
	if m.searching() {
		a.say(th.Dim, "searching…")
		return
	}
	soFar := ""
	if m.unsure() {
		soFar = " so far"
	}
	a.say(th.Strong, "No key matches"+soFar)
	a.gap()
	if q.Text != "" {
		does, _ := matchWords(q.Mode)
		if m.filter.follows() {
			does += " or contains"
		}
		a.say(th.Text, "None of "+human.Plural(m.idx.Len(), "key")+" "+does+" "+quote([]byte(q.Text))+".")
	}
	if q.Type != keyspace.UnknownType {
		a.say(th.Text, "Only keys of type "+q.Type.String()+" are shown.")
	}
	if q.NoTTL {
		a.say(th.Text, "Only keys that never expire are shown.")
	}
	if m.filter.err != nil {
		a.say(th.Bad, decode.Printable(m.filter.err.Error()))
	}
	if !m.progress.Done {
		a.say(th.Dim, "The listing is not complete yet.")
	} else if m.unsure() {
		a.say(th.Dim, "Not every key has been read yet.")
	}
	a.gap()
	ways := []step{{m.keys.Back.Help().Key, "clears the filter"}}
	if q.Text != "" {
		ways = append([]step{{m.keys.FilterMode.Help().Key, "changes the search mode"}}, ways...)
	}
	a.steps(ways...)
}

// onNode tells whether the cursor is on a prefix of the tree.
func (m *model) onNode() bool {
	r, ok := m.list.current()
	return ok && !r.Leaf
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
	case r.Group && string(r.Prefix) == inspect.StaleGroup:
		facts = human.Plural(r.Count, "result") + " that no call can reach: the function has a new version since, and they only take room until they expire"
	case r.Group:
		facts = human.Plural(r.Count, "key") + " of a memoized function: its results, and its version"
	case r.Count == 1:
		facts = "1 key starts with this"
	}
	if m.searching() || m.unsure() || !m.progress.Done {
		facts = "at least " + facts
	}
	if r.BytesKnown {
		facts += " · " + human.Size(r.Bytes)
	}
	if r.ExpiriesKnown && r.MinExpiry > m.now().UnixMilli() {
		facts += " · the first expires " + human.ExpiresIn(keyspace.TTLAt(r.MinExpiry, m.now()), m.now())
	}
	out := []string{th.Node.Plain.Paint(fit(" "+decode.PrintableName(r.Prefix), w))}
	out = append(out, paragraph(th.Text.Plain, facts, w)...)
	out = append(out, strings.Repeat(" ", w))
	return append(out, paragraph(th.Dim.Plain, m.keys.Open.name()+" expands and collapses · "+m.keys.Delete.name()+" deletes them all (asks first)", w)...)
}

// paragraph breaks text into lines of exactly w cells, with a cell of margin.
func paragraph(ink theme.Style, text string, w int) []string {
	var out []string
	for _, line := range wrapWords(text, max(w-2, 1)) {
		out = append(out, ink.Paint(fit(" "+line, w)))
	}
	return out
}
