package ui

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/config"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// confirmDialog shows what a plan would change and asks. Enter alone does
// nothing. A paste is never a key press: the terminal marks it (see pastedText).
type confirmDialog struct {
	plan   *inspect.Plan
	asks   asking
	opened time.Time
	typed  string
	// careful has the count typed however small it is.
	careful bool
	// whole says that the plan is every key of the database, whatever way led
	// there: its name is typed.
	whole bool
	wrong bool
	// scroll is how many lines of the names are above what is shown.
	scroll, hidden int
}

// typeFrom is the number of keys from which their count must be typed.
const typeFrom = 1000

// asking is what a confirmDialog says, and what yes does.
type asking struct {
	title, yes string
	everyKey   string // the title for every key of the database, whose name is then typed; empty if that is not asked
	note       string // what else must be known, may be empty
	left       string // what stays behind of no use, may be empty
	kept       string // said when nothing is done
	run        func(m *model, typed string) tea.Cmd
}

func newConfirm(p *inspect.Plan, now time.Time, asks asking) *confirmDialog {
	// As they are listed; the plan's own order is that of what it saw.
	p.Sample = slices.SortedFunc(slices.Values(p.Sample), bytes.Compare)
	return &confirmDialog{plan: p, opened: now, asks: asks}
}

// confirm opens the dialog; in production nothing is done by one key.
func (m *model) confirm(d *confirmDialog) {
	d.careful = m.opt.Place.Environment == config.Production
	if d.asks.everyKey != "" && d.plan.WantsName() {
		d.whole, d.asks.title = true, d.asks.everyKey
	}
	m.dialog = d
}

// newDeleteConfirm asks before the keys of a plan are deleted, of which a journal
// of so many bytes can bring back.
func newDeleteConfirm(p *inspect.Plan, undo int64, now time.Time) *confirmDialog {
	title := "Delete " + human.Plural(len(p.Keys), "key") + "?"
	return newConfirm(p, now, asking{
		title: title, everyKey: "Empty the whole database?", yes: "delete", kept: "nothing was deleted", note: human.UndoCoverage(p, undo), left: human.StaleAfter(p),
		run: func(m *model, typed string) tea.Cmd { return m.deleteNow(p, now, typed) },
	})
}

// word is what must be typed: the name of a whole database, the count of a
// large delete, nothing else.
func (d *confirmDialog) word() string {
	switch {
	case d.whole || d.plan.WholeDB:
		return d.plan.Server.Name()
	case len(d.plan.Keys) >= typeFrom, d.careful:
		return strconv.Itoa(len(d.plan.Keys))
	}
	return ""
}

func (d *confirmDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "down", "pgdown":
		d.scroll = min(d.scroll+1, d.scroll+d.hidden)
		return nil
	case "up", "pgup":
		d.scroll = max(d.scroll-1, 0)
		return nil
	}
	word := d.word()
	if word == "" {
		switch {
		case hits(msg, m.keys.Yes):
			return d.asks.run(m, "")
		case hits(msg, m.keys.No):
			d.leave(m)
		}
		return nil
	}
	switch s := msg.String(); {
	case s == "esc":
		d.leave(m)
	case s == "enter" && d.typed == word:
		return d.asks.run(m, d.typed)
	case s == "enter":
		d.wrong = d.typed != ""
	case s == "backspace" && d.typed != "":
		d.typed = d.typed[:len(d.typed)-1]
	case len(msg.Text) == 1 && len(d.typed) < 40:
		d.typed += msg.Text
	}
	return nil
}

func (d *confirmDialog) leave(m *model) {
	m.dialog = nil
	m.status.say(d.asks.kept)
}

// box leaves out what it can do without where there is little room, and shows as
// many of the keys as fit, each with its whole name: never what is asked, and of
// what. Names that do not fit are scrolled to.
func (d *confirmDialog) box(m *model, w, h int) (string, []string, bool) {
	p, th := d.plan, m.th
	head := []string{th.Strong.Plain.Paint(clip(decode.Printable(p.Server.Addr)+" · db "+strconv.Itoa(p.Server.DB), w))}
	head = append(head, clip(d.what(w), w))
	ask := d.question(m, w)
	names := d.names(m, w)
	room := h - len(head) - len(ask)
	kept := 0 // lines for names, before all that can be left out
	if len(p.Keys) == len(p.Sample) && !d.whole {
		kept = min(len(names), leastNames, max(room-1, 1))
	}
	spare := func(lines ...string) []string {
		if room-kept < len(lines) {
			return nil
		}
		room -= len(lines)
		return lines
	}
	var note []string
	if d.asks.note != "" {
		note = spare(th.Dim.Plain.Paint(clip(d.asks.note, w)))
	}
	beside := spare(d.beside(m, w, min(max(room-kept, 1), mostBeside))...)
	left := spare(folded(m.th.Warn.Plain, d.asks.left, w, min(max(room-kept, 1), mostBeside))...)
	head = append(head, spare(th.Dim.Plain.Paint(clip(d.facts(), w)))...)
	head = append(append(head, beside...), left...)
	gap := spare("")
	below, above := spare(""), spare("")
	if lines := d.window(m, names, room, w); len(lines) > 0 {
		head = append(append(head, below...), lines...)
	}
	if len(note) > 0 {
		head = append(append(head, above...), note...)
	}
	return d.asks.title, slices.Concat(head, gap, ask), true
}

// leastNames is how many lines of names come before what can be left out.
const leastNames = 3

// window is the part of the names that is scrolled to, in so many lines.
func (d *confirmDialog) window(m *model, names []string, room, w int) []string {
	room = max(room, 0)
	if len(names) <= room {
		d.scroll, d.hidden = 0, 0
		return names
	}
	if room == 0 {
		d.hidden = len(names)
		return nil
	}
	d.scroll = min(d.scroll, len(names)-room+1)
	end := min(d.scroll+room-1, len(names))
	d.hidden = len(names) - end
	says := "  end of the names, ↑ goes back"
	if d.hidden > 0 {
		says = "  ↓ shows " + human.Plural(d.hidden, "more line")
	}
	return append(slices.Clone(names[d.scroll:end]), m.th.Dim.Plain.Paint(clip(says, w)))
}

func (d *confirmDialog) ways(m *model) []action {
	if d.word() != "" {
		return []action{way("enter", d.asks.yes+" (after you type it)"), way("esc", "cancel")}
	}
	return []action{way(m.keys.Yes.name(), d.asks.yes), way(m.keys.No.name(), "cancel")}
}

// mostBeside is how many lines tell what is no cache entry, and what is left.
const mostBeside = 3

// beside says in the colour of danger, and in so many lines, what is no cache
// entry.
func (d *confirmDialog) beside(m *model, w, most int) []string {
	text := human.NonCache(d.plan)
	if text == "" {
		return nil
	}
	return folded(m.th.Bad.Plain, "Not cache: "+text, w, most)
}

// folded is a text in at most so many lines, the last of them cut.
func folded(ink theme.Style, text string, w, most int) []string {
	if text == "" {
		return nil
	}
	rows := breakText(ansi.GraphemeWidth, text, w)
	if len(rows) > most {
		rows = rows[:most]
		rows[most-1].to = len(text)
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = ink.Paint(clip(r.of(text), w))
	}
	return lines
}

// question are the last lines, with what is typed.
func (d *confirmDialog) question(m *model, w int) []string {
	th := m.th
	word := d.word()
	if word == "" {
		return []string{th.HintKey.Paint("y") + " " + d.asks.yes + "   " + th.HintKey.Paint("n") + " cancel"}
	}
	say := "Type " + th.Strong.Plain.Paint(word)
	if long := " to confirm, esc to cancel"; ansi.StringWidth(say+long) <= w {
		say += long
	} else {
		say += ", then enter"
	}
	if d.wrong {
		say = th.Bad.Plain.Paint(clip("That is not "+word+". Press esc to cancel.", w))
	}
	return []string{say, "› " + decode.Printable(d.typed) + "▏"}
}

// names are the keys of the plan that are shown, each name whole and wrapped, and
// how many more there are.
func (d *confirmDialog) names(m *model, w int) []string {
	n := len(d.plan.Keys)
	if n == 1 && len(d.plan.Sample) == 1 && !m.called(d.plan.Sample[0]) && strings.Contains(d.what(w), decode.PrintableName(d.plan.Sample[0])) {
		return nil // it is named already
	}
	var lines []string
	for _, k := range d.plan.Sample {
		lines = append(lines, m.wrappedName(k, w)...)
	}
	if more := n - len(d.plan.Sample); more > 0 {
		lines = append(lines, m.th.Dim.Plain.Paint("  … and "+human.Count(more)+" more"))
	}
	return lines
}

// wrappedName is a key under the call that made it, in lines of at most w cells.
func (m *model) wrappedName(key []byte, w int) []string {
	text := decode.PrintableName(key)
	if m.called(key) {
		call := decode.Printable(m.list.flask.Display(key))
		if ansi.StringWidth(call)+ansi.StringWidth(text)+4 <= w {
			return []string{"  " + m.th.Name.Plain.Paint(call) + "  " + m.th.Dim.Plain.Paint(text)}
		}
		var lines []string
		for _, line := range wrapName(call, max(w-2, 1)) {
			lines = append(lines, "  "+m.th.Name.Plain.Paint(line))
		}
		for _, line := range wrapName(text, max(w-4, 1)) {
			lines = append(lines, "    "+m.th.Dim.Plain.Paint(line))
		}
		return lines
	}
	var lines []string
	for i, line := range wrapName(text, max(w-4, 1)) {
		indent := "  "
		if i > 0 {
			indent = "    " // so that it is not taken for another name
		}
		lines = append(lines, indent+line)
	}
	return lines
}

// wrapName breaks a printed name into lines of at most w cells. Nothing of it is
// left out.
func wrapName(text string, w int) []string {
	return strings.Split(ansi.Hardwrap(text, max(w, 1), true), "\n")
}

// called tells whether the call that made a key is known.
func (m *model) called(key []byte) bool {
	return m.list.flask != nil && m.list.flask.Display(key) != ""
}

// what says what is deleted, in w cells. A name that does not fit is among the
// names below instead.
func (d *confirmDialog) what(w int) string {
	if d.whole || d.plan.WholeDB {
		return "all " + human.Plural(len(d.plan.Keys), "key") + " of " + d.plan.Server.Name() + ", of every application"
	}
	what := decode.Printable(d.plan.Description)
	if ansi.StringWidth(what) > w && len(d.plan.Keys) == 1 {
		return "1 key"
	}
	return what
}

// facts is size, types and TTLs in one line.
func (d *confirmDialog) facts() string {
	p := d.plan
	var parts []string
	if p.Bytes > 0 {
		parts = append(parts, human.Size(p.Bytes))
	}
	var types []string
	for _, t := range slices.Sorted(maps.Keys(p.Types)) {
		if t != keyspace.UnknownType {
			types = append(types, human.Plural(p.Types[t], decode.Printable(t.String())+" key"))
		}
	}
	if len(types) > 0 {
		parts = append(parts, strings.Join(types, ", "))
	}
	switch {
	case p.MaxTTL > 0 && human.TTL(p.MinTTL, d.opened) == human.TTL(p.MaxTTL, d.opened):
		parts = append(parts, "expires "+human.ExpiresIn(p.MaxTTL, d.opened))
	case p.MaxTTL > 0:
		parts = append(parts, "expire "+human.ExpiresBetween(p.MinTTL, p.MaxTTL, d.opened))
	}
	switch {
	case p.NoTTL == 1 && len(p.Keys) == 1:
		parts = append(parts, "never expires")
	case p.NoTTL > 0:
		parts = append(parts, human.Count(p.NoTTL)+" never expire")
	}
	return strings.Join(parts, " · ")
}
