package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/ui/theme"
)

// border is the set of signs a frame is drawn with.
type border struct{ tl, tr, bl, br, h, v string }

var (
	roundBorder = border{"╭", "╮", "╰", "╯", "─", "│"}
	asciiBorder = border{"+", "+", "+", "+", "-", "|"}
)

// fit cuts or pads s to exactly w cells.
func fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	n := ansi.StringWidth(s)
	if n > w {
		s = ansi.Truncate(s, w, "…")
		n = ansi.StringWidth(s)
	}
	if n < w {
		s += strings.Repeat(" ", w-n)
	}
	return s
}

// clip cuts s to at most w cells.
func clip(s string, w int) string { return ansi.Truncate(s, max(w, 0), "…") }

// rightAlign pads s on the left to w cells.
func rightAlign(s string, w int) string {
	if n := ansi.StringWidth(s); n < w {
		return strings.Repeat(" ", w-n) + s
	}
	return fit(s, w)
}

// frame draws a box of r's size with lines inside. title stands in the top
// border on the left and note on the right; both are plain and printable. Lines
// must already be exactly as wide as the inside; missing ones are blank.
func frame(r rect, b border, edge, head theme.Ink, title, note string, lines []string) []string {
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
			line = lines[i]
		}
		out = append(out, side+line+side)
	}
	return append(out, edge.Paint(b.bl+strings.Repeat(b.h, w)+b.br))
}

// bottomEdge is the lower edge of a frame with a note in it, of which the end
// counts most.
func bottomEdge(w int, b border, edge, head theme.Ink, note string) string {
	if over := ansi.StringWidth(note) - (w - 4); over > 0 {
		note = ansi.TruncateLeft(note, over+1, "…")
	}
	note = " " + note + " "
	fill := w - 1 - ansi.StringWidth(note)
	if fill < 0 {
		return edge.Paint(b.bl + strings.Repeat(b.h, w) + b.br)
	}
	return edge.Paint(b.bl+b.h) + head.Paint(note) + edge.Paint(strings.Repeat(b.h, fill)+b.br)
}

func topEdge(w int, b border, edge, head theme.Ink, title, note string) string {
	room := w - 2
	if note != "" {
		if n := ansi.StringWidth(note); n+8 > room {
			note = ""
		} else {
			note = " " + note + " "
			room -= ansi.StringWidth(note)
		}
	}
	if title != "" {
		title = " " + ansi.Truncate(title, max(room-2, 1), "…") + " "
	}
	fill := w - 1 - ansi.StringWidth(title) - ansi.StringWidth(note)
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
func overlay(base, box []string, x, y int) {
	for i, line := range box {
		if y+i < 0 || y+i >= len(base) {
			continue
		}
		w := ansi.StringWidth(line)
		under := base[y+i]
		total := ansi.StringWidth(under)
		// A wide character that the box covers half of leaves a blank.
		left := ansi.Truncate(under, x, "")
		right := ansi.TruncateLeft(under, min(x+w, total), "")
		base[y+i] = left + ansi.ResetStyle + strings.Repeat(" ", max(x-ansi.StringWidth(left), 0)) + line +
			strings.Repeat(" ", max(total-x-w-ansi.StringWidth(right), 0)) + right
	}
}
