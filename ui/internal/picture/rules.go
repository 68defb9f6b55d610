package main

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// blocks are signs that fill a part of their cell: left, top, width and height
// in parts of a cell. Fonts leave gaps between them, and between the lines of a
// frame, so that both are drawn.
var blocks = map[string][4]float64{
	"▌": {0, 0, 0.5, 1}, "█": {0, 0, 1, 1}, "■": {0.05, 0.28, 0.9, 0.5},
	"▁": {0, 0.875, 1, 0.125}, "▂": {0, 0.75, 1, 0.25}, "▃": {0, 0.625, 1, 0.375}, "▄": {0, 0.5, 1, 0.5},
	"▅": {0, 0.375, 1, 0.625}, "▆": {0, 0.25, 1, 0.75}, "▇": {0, 0.125, 1, 0.875},
}

// rules draws the signs of a text that are lines or blocks, in one ink, and
// returns the text with blanks in their place.
func (d *drawing) rules(text, ink string, faint bool, left, top float64) string {
	look := ""
	if faint {
		look = ` opacity="0.6"`
	}
	var rest, thin, thick strings.Builder
	for at := 0; text != ""; {
		sign, n := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
		count := 1
		if sign == "─" || sign == "━" {
			count = (len(text) - len(strings.TrimLeft(text, sign))) / len(sign)
		}
		x, cells := left+float64(at)*cellW, n*count
		b, block := blocks[sign]
		path := stroke(sign, x, top, float64(cells)*cellW)
		switch {
		case block:
			d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"%s/>`+"\n", x+b[0]*cellW, top+b[1]*cellH, b[2]*cellW, b[3]*cellH, ink, look)
		case sign == "━":
			thick.WriteString(path)
		default:
			thin.WriteString(path)
		}
		if block || path != "" {
			rest.WriteString(strings.Repeat(" ", cells))
		} else {
			rest.WriteString(sign)
		}
		text, at = text[len(sign)*count:], at+cells
	}
	if thin.Len() > 0 {
		d.put(`<path fill="none" stroke="%s"%s d="%s"/>`+"\n", ink, look, thin.String())
	}
	if thick.Len() > 0 {
		d.put(`<path fill="none" stroke="%s" stroke-width="3"%s d="%s"/>`+"\n", ink, look, thick.String())
	}
	return rest.String()
}

// stroke is a sign of a frame as a path in the cell whose corner is at x and y,
// w wide; empty for any other sign.
func stroke(sign string, x, y, w float64) string {
	cx, cy, right, below := x+cellW/2, y+cellH/2, x+w, y+cellH
	switch sign {
	case "─", "━":
		return fmt.Sprintf("M%.1f %.1fH%.1f", x, cy, right)
	case "│":
		return fmt.Sprintf("M%.1f %.1fV%.1f", cx, y, below)
	case "╭":
		return fmt.Sprintf("M%.1f %.1fQ%.1f %.1f %.1f %.1f", cx, below, cx, cy, right, cy)
	case "╮":
		return fmt.Sprintf("M%.1f %.1fQ%.1f %.1f %.1f %.1f", x, cy, cx, cy, cx, below)
	case "╰":
		return fmt.Sprintf("M%.1f %.1fQ%.1f %.1f %.1f %.1f", cx, y, cx, cy, right, cy)
	case "╯":
		return fmt.Sprintf("M%.1f %.1fQ%.1f %.1f %.1f %.1f", x, cy, cx, cy, cx, y)
	}
	return ""
}
