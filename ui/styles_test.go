package ui

import (
	"fmt"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// letters name the styles of a screen, in the order in which they are met; a
// blank is a cell without any.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// drawn is the screen cell by cell.
func (p *player) drawn() uv.ScreenBuffer {
	screen := uv.NewScreenBuffer(p.w, p.h)
	screen.Method = p.m.cells
	uv.NewStyledString(p.m.View().Content).Draw(screen, screen.Bounds())
	return screen
}

// each calls yield with every cell that is not the second half of another.
func (p *player) each(yield func(y int, c *uv.Cell, style string)) {
	screen := p.drawn()
	for y := range p.h {
		for x := range p.w {
			if c := screen.CellAt(x, y); c != nil && c.Width > 0 {
				yield(y, c, describe(c.Style))
			}
		}
	}
}

// named gives each style of the screen its letter.
func (p *player) named() (names map[string]byte, order []string) {
	names = map[string]byte{"": ' '}
	p.each(func(_ int, _ *uv.Cell, style string) {
		if _, ok := names[style]; !ok {
			names[style] = letters[len(order)%len(letters)]
			order = append(order, style)
		}
	})
	return names, order
}

// styles is every line with the letters of its cells below it. A line without
// any style, and the letters of blanks at the end, are left out.
func (p *player) styles() string {
	names, _ := p.named()
	text, marks := make([]strings.Builder, p.h), make([]strings.Builder, p.h)
	p.each(func(y int, c *uv.Cell, style string) {
		text[y].WriteString(c.Content)
		marks[y].WriteString(strings.Repeat(string(names[style]), c.Width))
	})
	var out strings.Builder
	for y := range p.h {
		out.WriteString("| " + strings.TrimRight(text[y].String(), " ") + "\n")
		if m := strings.TrimRight(marks[y].String(), " "); m != "" {
			out.WriteString("  " + m + "\n")
		}
	}
	return out.String()
}

// legend is what the letters stand for.
func (p *player) legend() string {
	_, order := p.named()
	var out strings.Builder
	for i, style := range order {
		fmt.Fprintf(&out, "%c %s\n", letters[i%len(letters)], style)
	}
	return out.String()
}

// describe is a style in words.
func describe(s uv.Style) string {
	var words []string
	for _, a := range []struct {
		bit  uint8
		name string
	}{{uv.AttrBold, "bold"}, {uv.AttrFaint, "faint"}, {uv.AttrReverse, "reverse"}, {uv.AttrItalic, "italic"}} {
		if s.Attrs&a.bit != 0 {
			words = append(words, a.name)
		}
	}
	if s.Underline != 0 {
		words = append(words, "underline")
	}
	if s.Fg != nil {
		words = append(words, hex(s.Fg))
	}
	if s.Bg != nil {
		words = append(words, "on "+hex(s.Bg))
	}
	return strings.Join(words, " ")
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
