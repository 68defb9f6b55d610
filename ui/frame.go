package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/ui/theme"
)

// border is the set of signs a frame is drawn with, and how the terminal counts
// the cells of what is in it.
type border struct {
	tl, tr, bl, br, h, v string
	cells                ansi.Method
}

var (
	roundBorder = border{"╭", "╮", "╰", "╯", "─", "│", ansi.GraphemeWidth}
	asciiBorder = border{"+", "+", "+", "+", "-", "|", ansi.GraphemeWidth}
)

// fit cuts or pads s to exactly w cells.
func fit(s string, w int) string { return fitIn(ansi.GraphemeWidth, s, w) }

// fitIn is fit as a terminal counts cells.
func fitIn(cells ansi.Method, s string, w int) string {
	if w <= 0 {
		return ""
	}
	n := cells.StringWidth(s)
	if n > w {
		s = cells.Truncate(s, w, "…")
		n = cells.StringWidth(s)
	}
	if n < w {
		s += strings.Repeat(" ", w-n)
	}
	return s
}

// settle makes a line that is w cells wide by its characters as wide in a
// terminal that counts them rune by rune: the two disagree about emoji with a
// colour of skin, about vowels of Thai and of Indian scripts, and others. What
// most lines are made of needs no second look.
func settle(cells ansi.Method, line string, w int) string {
	if cells == ansi.GraphemeWidth || !disputed(line) {
		return line
	}
	over := cells.StringWidth(line) - w
	if over > 0 {
		if cut := strings.TrimRight(line, " "); len(line)-len(cut) >= over {
			return line[:len(line)-over]
		}
	}
	return fitIn(cells, line, w)
}

// disputed tells whether a line may have a width that terminals disagree about.
func disputed(line string) bool {
	for _, r := range line {
		switch {
		case r < 0x80, r >= 0x2010 && r <= 0x2027, r >= 0x203a && r <= 0x203b, r >= 0x2500 && r <= 0x25ff:
		case simpleCells(r) == 0:
			return true
		}
	}
	return false
}

// clip cuts s to at most w cells.
func clip(s string, w int) string { return ansi.Truncate(s, max(w, 0), "…") }

// minMiddle is the least that is left of a text cut in its middle.
const minMiddle = 5

// middle cuts s to at most w cells in its middle, so that both ends stay; of
// less than minMiddle nothing is left.
func middle(s string, w int) string {
	n := ansi.StringWidth(s)
	switch {
	case n <= w:
		return s
	case w < minMiddle:
		return ""
	}
	left := w / 2
	return ansi.Truncate(s, left, "") + "…" + ansi.TruncateLeft(s, n-(w-1-left), "")
}

// rightAlign pads s on the left to w cells.
func rightAlign(s string, w int) string { return rightAlignIn(ansi.GraphemeWidth, s, w) }

// rightAlignIn is rightAlign as a terminal counts cells.
func rightAlignIn(cells ansi.Method, s string, w int) string {
	if n := cells.StringWidth(s); n < w {
		return strings.Repeat(" ", w-n) + s
	}
	return fitIn(cells, s, w)
}

// frame draws a box of r's size with lines inside. title stands in the top
// border on the left and note on the right; both are plain and printable. Lines
// must already be exactly as wide as the inside; missing ones are blank.
func frame(r rect, b border, edge, head theme.Style, title, note string, lines []string) []string {
	w, h := r.inner()
	if r.W < 2 || r.H < 2 {
		return nil
	}
	out := make([]string, 0, r.H)
	out = append(out, topEdge(w, b, edge, head, title, note))
	side := edge.Paint(b.v)
	blank := strings.Repeat(" ", w)
	for i := range h {
		line := blank
		if i < len(lines) {
			line = settle(b.cells, lines[i], w)
		}
		out = append(out, side+line+side)
	}
	return append(out, edge.Paint(b.bl+strings.Repeat(b.h, w)+b.br))
}

// bottomEdge is the lower edge of a frame with a note in it, of which the end
// counts most.
func bottomEdge(w int, b border, edge, head theme.Style, note string) string {
	if over := b.cells.StringWidth(note) - (w - 4); over > 0 {
		note = b.cells.TruncateLeft(note, over+1, "…")
	}
	note = " " + note + " "
	fill := w - 1 - b.cells.StringWidth(note)
	if fill < 0 {
		return edge.Paint(b.bl + strings.Repeat(b.h, w) + b.br)
	}
	return edge.Paint(b.bl+b.h) + head.Paint(note) + edge.Paint(strings.Repeat(b.h, fill)+b.br)
}

func topEdge(w int, b border, edge, head theme.Style, title, note string) string {
	room := w - 2
	if note != "" {
		if n := b.cells.StringWidth(note); n+8 > room {
			note = ""
		} else {
			note = " " + note + " "
			room -= b.cells.StringWidth(note)
		}
	}
	if title != "" {
		title = " " + b.cells.Truncate(title, max(room-2, 1), "…") + " "
	}
	fill := w - 1 - b.cells.StringWidth(title) - b.cells.StringWidth(note)
	if note != "" {
		fill--
	}
	if fill < 0 {
		return edge.Paint(b.tl + strings.Repeat(b.h, w) + b.tr)
	}
	s := edge.Paint(b.tl+b.h) + head.Paint(title) + edge.Paint(strings.Repeat(b.h, fill))
	if note != "" {
		s += head.Paint(note) + edge.Paint(b.h)
	}
	return s + edge.Paint(b.tr)
}

// overlay lays box over base with its top left cell at x, y.
func overlay(cells ansi.Method, base, box []string, x, y int) {
	for i, line := range box {
		if y+i < 0 || y+i >= len(base) {
			continue
		}
		w := cells.StringWidth(line)
		under := base[y+i]
		total := cells.StringWidth(under)
		// A wide character that the box covers half of leaves a blank: cutting
		// on the left keeps such a one whole.
		left := cells.Truncate(under, x, "")
		right := cells.TruncateLeft(under, min(x+w, total), "")
		if cells.StringWidth(right) > total-x-w {
			right = cells.TruncateLeft(under, min(x+w+1, total), "")
		}
		base[y+i] = left + ansi.ResetStyle + strings.Repeat(" ", max(x-cells.StringWidth(left), 0)) + line +
			strings.Repeat(" ", max(total-x-w-cells.StringWidth(right), 0)) + right
	}
}
