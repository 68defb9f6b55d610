package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// pageRect is the room of a page: all between the top line and the footer.
func (m *model) pageRect() rect { return rect{0, 1, m.lay.W, max(m.lay.H-2, 0)} }

// pageFrame draws the open page.
func (m *model) pageFrame() []string {
	r := m.pageRect()
	_, h := r.inner()
	lines := m.pageLines()
	top := min(m.pages.top, max(len(lines)-h, 0))
	note := ""
	if len(lines) > h {
		note = fmt.Sprintf("%d–%d of %d", top+1, min(top+h, len(lines)), len(lines))
		if m.opt.ASCII {
			note = strings.ReplaceAll(note, "–", "-")
		}
	}
	title := "Server"
	if m.pages.at == activityPage {
		title = "Activity"
	}
	return frame(r, m.border(), m.th.Focus, m.th.Title, title, note, lines[top:min(top+h, len(lines))])
}

// pageLines are all lines of the open page, each as wide as its inside.
func (m *model) pageLines() []string {
	w, _ := m.pageRect().inner()
	if m.pages.at == activityPage {
		return m.activityLines(w)
	}
	return m.serverLines(w)
}

// sheet is a column of text under way. Text that is added must be printable.
type sheet struct {
	th    *theme.Theme
	w     int
	lines []string
}

// row adds a line that may have colours.
func (s *sheet) row(line string) { s.lines = append(s.lines, fit(line, s.w)) }

// head adds a title with a blank line before it.
func (s *sheet) head(text string) {
	if len(s.lines) > 0 {
		s.row("")
	}
	s.row(" " + s.th.Accent.Plain.Paint(clip(text, s.w-1)))
}

// words adds a sentence, broken into lines.
func (s *sheet) words(ink theme.Style, indent int, text string) {
	for _, line := range wrapWords(text, max(s.w-indent-1, 8)) {
		s.row(strings.Repeat(" ", indent) + ink.Paint(line))
	}
}

// fact adds a figure with its name before it.
func (s *sheet) fact(name, text string) {
	for i, line := range wrapWords(text, max(s.w-factAt-1, 8)) {
		if i > 0 {
			name = ""
		}
		s.row(" " + s.th.Dim.Plain.Paint(fit(name, factAt-1)) + s.th.Text.Plain.Paint(line))
	}
}

// more says how many lines were left out, and which command shows them.
func (s *sheet) more(n int, command string) {
	if n > 0 {
		s.row(s.th.Dim.Plain.Paint(clip("       … and "+human.Count(n)+" more: "+command, s.w-1)))
	}
}

// factAt is where the text of a fact begins.
const factAt = 12

// beside lays two columns next to each other.
func beside(left, right *sheet) []string {
	blank := strings.Repeat(" ", left.w)
	empty := strings.Repeat(" ", right.w)
	n := max(len(left.lines), len(right.lines))
	out := make([]string, n)
	for i := range n {
		a, b := blank, empty
		if i < len(left.lines) {
			a = left.lines[i]
		}
		if i < len(right.lines) {
			b = right.lines[i]
		}
		out[i] = a + b
	}
	return out
}

var (
	blockSteps = []rune("▁▂▃▄▅▆▇█")
	asciiSteps = []rune("_.:-=+*#")
)

// spark draws the newest of the values in at most w cells; top is the value of
// the highest step.
func spark(values []float64, w int, top float64, ascii bool) string {
	steps := blockSteps
	if ascii {
		steps = asciiSteps
	}
	values = values[max(len(values)-max(w, 0), 0):]
	var b strings.Builder
	for _, v := range values {
		at := 0
		if top > 0 {
			at = int(v / top * float64(len(steps)-1))
		}
		b.WriteRune(steps[min(max(at, 0), len(steps)-1)])
	}
	return b.String()
}

// highest is the largest of the values.
func highest(values []float64) float64 {
	top := 0.0
	for _, v := range values {
		top = max(top, v)
	}
	return top
}

// barOf draws a share as a bar of at most w cells.
func (m *model) barOf(part, whole int64, w int) string {
	if whole <= 0 || part <= 0 {
		return ""
	}
	return strings.Repeat(m.list.sign("■", "#"), max(int(part*int64(w)/whole), 1))
}

// rightText puts text on the right of n cells.
func rightText(text string, n int) string {
	return strings.Repeat(" ", max(n-ansi.StringWidth(text), 0)) + clip(text, n)
}
