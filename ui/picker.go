package ui

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
)

// pick is one row of a picker. Its texts may be anything: they are made
// printable when they are drawn.
type pick struct {
	Label   string // what the row is, and what is searched first
	Note    string // a sentence about it; searched, too, but word by word
	Right   string // the column at the right, as a key or a count
	Also    string // searched like the note and never shown
	Preview string // what stands below the list while the row is chosen; "" is Note
	Run     func(m *model) tea.Cmd
}

// picker is a list to choose from by typing a part of what is meant: the rows
// that match best come first. Enter or a click takes the row, esc leaves.
//
// To use it: m.dialog = newPicker("Connections", rows). Rows that depend on
// what is typed come from offer and stand before all others.
type picker struct {
	title string
	rows  []pick
	offer func(m *model, typed string) []pick
	empty string // what is said when nothing matches

	input textinput.Model
	shown []picked
	at    int
	top   int
	h     int // rows that were drawn last
	x     int // cell of the text cursor in what was drawn last
}

// picked is a row that matches, and what of its label does.
type picked struct {
	pick
	hits [][2]int
}

func newPicker(title string, rows []pick) *picker {
	p := &picker{title: title, rows: rows, empty: "nothing matches", input: textinput.New()}
	p.input.Prompt = ""
	p.input.SetVirtualCursor(false)
	p.input.Focus()
	p.match(nil)
	return p
}

// match finds the rows for what is typed.
func (p *picker) match(m *model) {
	typed := strings.TrimSpace(p.input.Value())
	p.shown, p.at, p.top = p.shown[:0], 0, 0
	if p.offer != nil && typed != "" {
		for _, r := range p.offer(m, typed) {
			p.shown = append(p.shown, picked{pick: r})
		}
	}
	matcher, err := keyspace.Query{Text: typed, Mode: keyspace.Fuzzy}.Compile()
	if err != nil {
		return
	}
	scores := map[int]int{} // by place in rows
	var best []int
	for i, r := range p.rows {
		if n, ok := r.score(matcher, typed); ok {
			scores[i] = n
			best = append(best, i)
		}
	}
	slices.SortStableFunc(best, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for _, i := range best {
		r := p.rows[i]
		p.shown = append(p.shown, picked{r, matcher.Ranges([]byte(r.Label))})
	}
}

// score rates a row: by its label, or, below every label, by the words of its
// note. A key alone finds the action that it belongs to.
func (r pick) score(m *keyspace.Matcher, typed string) (int, bool) {
	const exact, byLabel = 1 << 20, 1 << 16
	if typed == "" {
		return 0, true
	}
	if slices.Contains(strings.Fields(r.Right), typed) {
		return exact, true
	}
	if n, ok := m.Score([]byte(r.Label)); ok {
		return byLabel + n - len(r.Label), true
	}
	text := strings.ToLower(r.Label + " " + r.Note + " " + r.Also)
	for _, word := range strings.Fields(strings.ToLower(typed)) {
		if !strings.Contains(text, word) {
			return 0, false
		}
	}
	return 0, true
}

func (p *picker) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc":
		m.dialog = nil
	case "enter":
		return p.choose(m, p.at)
	case "up", "ctrl+p", "ctrl+k":
		p.move(-1)
	case "down", "ctrl+n", "ctrl+j", "tab":
		p.move(+1)
	case "pgup":
		p.move(-max(p.h-1, 1))
	case "pgdown":
		p.move(+max(p.h-1, 1))
	default:
		return p.edit(m, msg)
	}
	return nil
}

// edit gives a key or pasted text to the input.
func (p *picker) edit(m *model, msg tea.Msg) tea.Cmd {
	before := p.input.Value()
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	if p.input.Value() != before {
		p.match(m)
	}
	return cmd
}

func (p *picker) move(by int) { p.at = max(min(p.at+by, len(p.shown)-1), 0) }

func (p *picker) choose(m *model, i int) tea.Cmd {
	if i < 0 || i >= len(p.shown) {
		return nil
	}
	m.dialog = nil
	return p.shown[i].Run(m)
}

// Rows of the inside above the list, and below it.
const (
	pickerHead = 2 // what is typed, and a rule
	pickerFoot = 2 // a blank row, and the preview
)

// mouse moves with the wheel and takes the row that is clicked. x and y are
// cells of the inside.
func (p *picker) mouse(m *model, msg tea.MouseMsg, _, y int) tea.Cmd {
	switch msg.Mouse().Button {
	case tea.MouseWheelUp:
		p.move(-1)
	case tea.MouseWheelDown:
		p.move(+1)
	case tea.MouseLeft:
		if row := y - pickerHead; row >= 0 && row < p.h {
			return p.choose(m, p.top+row)
		}
	}
	return nil
}

// caret is where the cursor stands in the inside.
func (p *picker) caret() (x, y int) { return p.x, 0 }

// The most rows that a picker shows at once, and its widest.
const (
	pickerRows  = 18
	pickerWidth = 92
)

func (p *picker) box(m *model, w, h int) (string, []string, bool) {
	th := m.th
	w = min(w, pickerWidth)
	p.h = max(min(h-pickerHead-pickerFoot, pickerRows, max(len(p.rows), 1)), 1)
	p.top = max(min(p.top, p.at, len(p.shown)-p.h), p.at-p.h+1, 0)
	p.input.SetWidth(max(w-3, 1))
	typed, cursor := echo(p.input, w-2)
	if p.x = 2; cursor != nil {
		p.x += cursor.X
	}
	lines := []string{
		th.Accent.Plain.Paint(m.list.sign("› ", "> ")) + fit(typed, w-2),
		th.Border.Paint(strings.Repeat(m.border().h, w)),
	}
	label := p.labelWidth(w)
	for i := range p.h {
		if n := p.top + i; n < len(p.shown) {
			lines = append(lines, p.line(m, p.shown[n], n == p.at, label, w))
		} else {
			lines = append(lines, strings.Repeat(" ", w))
		}
	}
	say := p.empty
	if p.at < len(p.shown) {
		if say = p.shown[p.at].Preview; say == "" && ansi.StringWidth(p.shown[p.at].Note) > p.noteRoom(p.shown[p.at], label, w) {
			say = p.shown[p.at].Note // which the row has no room for
		}
	}
	lines = append(lines, strings.Repeat(" ", w), th.Dim.Plain.Paint(fit(decode.Printable(say), w)))
	return p.title, lines, false
}

func (p *picker) ways(m *model) []action {
	return []action{way(m.arrows(), "choose"), way("enter", "select"), way("esc", "cancel")}
}

// labelWidth is the width of the column of labels.
func (p *picker) labelWidth(w int) int {
	n := 0
	for _, r := range p.rows {
		n = max(n, ansi.StringWidth(decode.Printable(r.Label)))
	}
	return min(n, w/2)
}

// noteRoom is how many cells of a row are for its note.
func (p *picker) noteRoom(r picked, label, w int) int {
	room := max(w-2-ansi.StringWidth(clip(decode.Printable(r.Right), w/3))-1, 0)
	if room < label+20 {
		return 0
	}
	return room - label - 2
}

// line draws a row: label, note where there is room, right column.
func (p *picker) line(m *model, r picked, here bool, label, w int) string {
	th := m.th
	bar := "  "
	if here {
		bar = m.list.sign("▌ ", "> ")
	}
	right := clip(decode.Printable(r.Right), w/3)
	room := max(w-2-ansi.StringWidth(right)-1, 0)
	if p.noteRoom(r, label, w) == 0 {
		label = room
	}
	var b strings.Builder
	b.WriteString(th.Accent.For(here).Paint(bar))
	used := 0
	put := func(s string, hit bool) {
		s = clip(decode.Printable(s), label-used)
		used += ansi.StringWidth(s)
		ink := th.Text
		if hit {
			ink = th.Match
		}
		b.WriteString(ink.For(here).Paint(s))
	}
	at := 0
	for _, hit := range r.hits {
		put(r.Label[at:hit[0]], false)
		put(r.Label[hit[0]:hit[1]], true)
		at = hit[1]
	}
	put(r.Label[at:], false)
	blank(&b, th, here, label-used)
	if rest := room - label; rest > 0 {
		b.WriteString(th.Dim.For(here).Paint(fit("  "+decode.Printable(r.Note), rest)))
	}
	b.WriteString(th.Accent.For(here).Paint(" " + right))
	return b.String()
}
