package ui

import (
	"cmp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// dialog is a box over the panes that takes every key while it is open.
type dialog interface {
	key(m *model, msg tea.KeyPressMsg) tea.Cmd
	// box is the title, the lines of the inside at most w wide and h high, and
	// whether what it asks destroys something.
	box(m *model, w, h int) (title string, lines []string, danger bool)
	// ways is what can be done in it, for the last line of the screen.
	ways(m *model) []action
}

// way is a key of a dialog and what it does, in the words of the last line.
func way(key, does string) action { return bind("", key, does, "") }

// arrows are the keys that move, as the screen can write them.
func (m *model) arrows() string { return m.list.sign("↑↓", "up, down") }

// typingDialog is a dialog with a line that is typed into.
type typingDialog interface {
	dialog
	// caret is the cell of the inside that the text cursor is in.
	caret() (x, y int)
	// edit gives a key or pasted text to the line.
	edit(m *model, msg tea.Msg) tea.Cmd
}

// mouseDialog is a dialog that answers the mouse; x and y are cells of its
// inside. What destroys is answered by a key alone.
type mouseDialog interface {
	dialog
	mouse(m *model, msg tea.MouseMsg, x, y int) tea.Cmd
}

// quote shows bytes in quotes, printable.
func quote(b []byte) string { return "‘" + decode.PrintableName(b) + "’" }

// busyDialog shows the progress of something long. It opens at once, and is
// drawn only when the work takes long enough to be noticed.
type busyDialog struct {
	id     int
	what   string
	since  time.Time
	job    *job
	finish bool // Esc stops between batches and the report still comes
	shown  bool // it can be seen

	done, total atomic.Int64 // total is 0 when it is not known
	one         string       // what is counted, "key" when empty
	stopped     string       // what is said when it was stopped, where that is not about a change
}

// busyWith opens the dialog of a job that was begun.
func (m *model) busyWith(id int, what string, finish bool) *busyDialog {
	d := &busyDialog{id: id, what: what, since: m.now(), job: &m.plan, finish: finish}
	m.dialog = d
	return d
}

// step is told by the work how far it is.
func (d *busyDialog) step(done, total int) {
	d.done.Store(int64(done))
	d.total.Store(int64(total))
}

// shownAfter is how long work may take unseen.
const shownAfter = 200 * time.Millisecond

func (d *busyDialog) tick() tea.Cmd {
	id := d.id
	return tea.Tick(busyEvery, func(time.Time) tea.Msg { return busyMsg{id} })
}

func (d *busyDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	if !hits(msg, m.keys.No) {
		return nil
	}
	if d.finish {
		d.job.cancel()
		return nil
	}
	d.job.stop()
	m.dialog = nil
	m.status.say(cmp.Or(d.stopped, "stopped; nothing was changed"))
	return nil
}

func (d *busyDialog) box(m *model, w, _ int) (string, []string, bool) {
	if !d.shown {
		return "", nil, false
	}
	line := "waiting for " + decode.Printable(m.server.Addr)
	switch n, total := d.done.Load(), d.total.Load(); {
	case total > 0:
		line = human.Count(n) + " of " + human.Plural(total, "key")
	case n > 0:
		line = human.Plural(n, cmp.Or(d.one, "key"))
	}
	return d.what, []string{line, "", m.th.Dim.Plain.Paint("esc stops")}, d.finish
}

func (d *busyDialog) ways(*model) []action { return []action{way("esc", "stop")} }

// menuItem is one choice of a menuDialog.
type menuItem struct {
	label, note string
	run         func(m *model) tea.Cmd
}

// menuDialog lets the user choose one thing to do.
type menuDialog struct {
	title string
	items []menuItem
	said  string // below the choices
	at    int
}

func (d *menuDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case hits(msg, m.keys.Up):
		d.at = max(d.at-1, 0)
	case hits(msg, m.keys.Down):
		d.at = min(d.at+1, len(d.items)-1)
	case msg.String() == "enter":
		return d.choose(m, d.at)
	case hits(msg, m.keys.No):
		m.dialog = nil
	default:
		if n, err := strconv.Atoi(msg.String()); err == nil && n >= 1 && n <= len(d.items) {
			return d.choose(m, n-1)
		}
	}
	return nil
}

func (d *menuDialog) choose(m *model, i int) tea.Cmd {
	m.dialog = nil
	return d.items[i].run(m)
}

// box has a note below each choice, or where there is little room only below the
// one that is chosen, or none; what is chosen is always among what is shown.
func (d *menuDialog) box(m *model, w, h int) (string, []string, bool) {
	th, n := m.th, len(d.items)
	label := func(i int) string {
		bar, ink := "  ", th.Text.Plain
		if i == d.at {
			bar, ink = m.list.sign("▌ ", "> "), th.Strong.Plain
		}
		return th.Accent.Plain.Paint(bar) + ink.Paint(clip(strconv.Itoa(i+1)+"  "+d.items[i].label, w-2))
	}
	said := wrapWords(d.said, w)
	from, to := 0, n
	if n > h {
		from = min(max(d.at-h/2, 0), n-h)
		to = from + h
	}
	var lines []string
	for i := from; i < to; i++ {
		lines = append(lines, label(i))
		if 2*n <= h || i == d.at && n < h {
			lines = append(lines, th.Dim.Plain.Paint(clip("     "+d.items[i].note, w)))
		}
	}
	if len(lines)+1+len(said) <= h {
		lines = append(lines, "")
		for _, line := range said {
			lines = append(lines, th.Dim.Plain.Paint(line))
		}
	}
	return d.title, lines, false
}

func (d *menuDialog) ways(m *model) []action {
	return []action{way(m.arrows(), "choose"), way("enter", "select"), way("esc", "cancel"), way("1-"+strconv.Itoa(min(len(d.items), 9)), "at once")}
}

// newHelp is every key on one page.
func newHelp(k keyMap) *pageDialog {
	groups := k.groups()
	return &pageDialog{title: "Help", lines: func(th *theme.Theme, w int) []string { return helpLines(th, groups, w) }}
}

// helpLines are the groups one below the other, or in two columns where there
// is room.
func helpLines(th *theme.Theme, groups []group, w int) []string {
	if w < twoColumns {
		return helpColumn(th, groups, w)
	}
	half := (w - 2) / 2
	left, right := helpColumn(th, groups, half), []string(nil)
	for i := range groups { // the cut that makes the columns as equal as can be
		l, r := helpColumn(th, groups[:i], half), helpColumn(th, groups[i:], half)
		if max(len(l), len(r)) < max(len(left), len(right)) {
			left, right = l, r
		}
	}
	for len(left) < len(right) {
		left = append(left, "")
	}
	for i, line := range left {
		if i < len(right) {
			left[i] = fit(line, half) + "  " + right[i]
		}
	}
	return left
}

// twoColumns is the width from which the help page has two columns.
const twoColumns = 110

func helpColumn(th *theme.Theme, groups []group, w int) []string {
	var lines []string
	for i, g := range groups {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, th.Accent.Plain.Paint(g.Title))
		for _, a := range g.Actions {
			key := fit(a.Help().Key, 8)
			lines = append(lines, "  "+th.Strong.Plain.Paint(key)+th.Text.Plain.Paint(" "+clip(a.Long, max(w-11, 1))))
		}
	}
	return lines
}

// wrapWords breaks a sentence into lines of at most w cells.
func wrapWords(s string, w int) []string {
	var lines []string
	for _, r := range breakText(ansi.GraphemeWidth, s, w) {
		lines = append(lines, strings.TrimRight(r.of(s), " "))
	}
	return lines
}
