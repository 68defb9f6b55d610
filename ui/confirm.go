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
	wrong   bool
}

// typeFrom is the number of keys from which their count must be typed.
const typeFrom = 1000

// asking is what a confirmDialog says, and what yes does.
type asking struct {
	title, yes string
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
	m.dialog = d
}

// newDeleteConfirm asks before the keys of a plan are deleted, of which a journal
// of so many bytes can bring back.
func newDeleteConfirm(p *inspect.Plan, undo int64, now time.Time) *confirmDialog {
	title := "Delete " + human.Plural(len(p.Keys), "key") + "?"
	if p.WholeDB {
		title = "Empty the whole database?"
	}
	return newConfirm(p, now, asking{
		title: title, yes: "delete", kept: "nothing was deleted", note: human.Undoable(p, undo), left: human.Left(p),
		run: func(m *model, typed string) tea.Cmd { return m.deleteNow(p, now, typed) },
	})
}

// word is what must be typed: the name of a whole database, the count of a
// large delete, nothing else.
func (d *confirmDialog) word() string {
	switch {
	case d.plan.WholeDB:
		return d.plan.Server.Name()
	case len(d.plan.Keys) >= typeFrom, d.careful:
		return strconv.Itoa(len(d.plan.Keys))
	}
	return ""
}

func (d *confirmDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
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

// box leaves out what it can do without where there is little room, and shows
// as many of the keys as fit: never what is asked, and of what.
func (d *confirmDialog) box(m *model, w, h int) (string, []string, bool) {
	p, th := d.plan, m.th
	head := []string{
		th.Strong.Plain.Paint(clip(decode.Printable(p.Server.Addr)+" · db "+strconv.Itoa(p.Server.DB), w)),
		clip(d.what(), w),
	}
	ask := d.question(m, w)
	room := h - len(head) - len(ask)
	spare := func(lines ...string) []string {
		if room < len(lines) {
			return nil
		}
		room -= len(lines)
		return lines
	}
	var note []string
	if d.asks.note != "" {
		note = spare(th.Dim.Plain.Paint(clip(d.asks.note, w)))
	}
	beside := spare(d.beside(m, w, min(max(room, 1), mostBeside))...)
	left := spare(folded(m.th.Warn.Plain, d.asks.left, w, min(max(room, 1), mostBeside))...)
	head = append(head, spare(th.Dim.Plain.Paint(clip(d.facts(), w)))...)
	head = append(append(head, beside...), left...)
	gap := spare("")
	below, above := spare(""), spare("")
	if sample := d.sample(m, w, room); len(sample) > 0 {
		head = append(append(head, below...), sample...)
	}
	if len(note) > 0 {
		head = append(append(head, above...), note...)
	}
	return d.asks.title, slices.Concat(head, gap, ask), true
}

func (d *confirmDialog) ways(m *model) []action {
	if d.word() != "" {
		return []action{way("enter", d.asks.yes+", once that is typed"), way("esc", "leave it")}
	}
	return []action{way(m.keys.Yes.name(), d.asks.yes), way(m.keys.No.name(), "leave it")}
}

// mostBeside is how many lines tell what is no cache entry, and what is left.
const mostBeside = 3

// beside says in the colour of danger, and in so many lines, what is no cache
// entry.
func (d *confirmDialog) beside(m *model, w, most int) []string {
	text := human.Beside(d.plan)
	if text == "" {
		return nil
	}
	return folded(m.th.Bad.Plain, "No cache: "+text, w, most)
}

// folded is a text in at most so many lines, the last of them cut.
func folded(ink theme.Ink, text string, w, most int) []string {
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
		return []string{th.HintKey.Paint("y") + " " + d.asks.yes + "   " + th.HintKey.Paint("n") + " leave it"}
	}
	say := "Type " + th.Strong.Plain.Paint(word)
	if long := " and press enter; esc leaves it."; ansi.StringWidth(say+long) <= w {
		say += long
	} else {
		say += ", then enter"
	}
	if d.wrong {
		say = th.Bad.Plain.Paint(clip("That is not "+word+". esc leaves it.", w))
	}
	return []string{say, "› " + decode.Printable(d.typed) + "▏"}
}

// sample are some of the keys, in so many lines, and how many more there are.
func (d *confirmDialog) sample(m *model, w, room int) []string {
	n := len(d.plan.Keys)
	shown := min(len(d.plan.Sample), room)
	if shown < n && shown == room {
		shown--
	}
	if shown < 1 || n == 1 && !m.called(d.plan.Sample[0]) && strings.Contains(d.what(), decode.PrintableBytes(d.plan.Sample[0])) {
		return nil // it is named already
	}
	var lines []string
	for _, k := range d.plan.Sample[:shown] {
		lines = append(lines, "  "+m.named(k, w-2))
	}
	if n > shown {
		lines = append(lines, m.th.Dim.Plain.Paint("  … and "+human.Count(n-shown)+" more"))
	}
	return lines
}

// called tells whether the call that made a key is known.
func (m *model) called(key []byte) bool {
	return m.list.flask != nil && m.list.flask.Display(key) != ""
}

// named is a key in at most w cells, with the call that made it before it.
func (m *model) named(key []byte, w int) string {
	if !m.called(key) {
		return clip(decode.PrintableBytes(key), w)
	}
	call := clip(decode.Printable(m.list.flask.Display(key)), w)
	name := m.th.Name.Plain.Paint(call)
	if room := w - ansi.StringWidth(call) - 2; room >= leastRaw {
		name += "  " + m.th.Dim.Plain.Paint(clip(decode.PrintableBytes(key), room))
	}
	return name
}

func (d *confirmDialog) what() string {
	if d.plan.WholeDB {
		return "all " + human.Plural(len(d.plan.Keys), "key") + " of " + d.plan.Server.Name() + ", whoever they belong to"
	}
	return decode.Printable(d.plan.What)
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
	case p.Latest > 0 && human.TTL(p.Soonest, d.opened) == human.TTL(p.Latest, d.opened):
		parts = append(parts, "expires "+human.ExpiresIn(p.Latest, d.opened))
	case p.Latest > 0:
		parts = append(parts, "expire "+human.ExpiresBetween(p.Soonest, p.Latest, d.opened))
	}
	switch {
	case p.NoTTL == 1 && len(p.Keys) == 1:
		parts = append(parts, "never expires")
	case p.NoTTL > 0:
		parts = append(parts, human.Count(p.NoTTL)+" never expire")
	}
	return strings.Join(parts, " · ")
}
