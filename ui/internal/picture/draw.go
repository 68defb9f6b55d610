package main

import (
	"fmt"
	"html"
	"image/color"
	"io"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// Size of a cell in pixels, and the room around the screen.
const (
	cellW, cellH = 8.4, 18.0
	margin       = 14.0
)

// palette is the paper, the ink and the sixteen colours that a terminal has of
// its own, as common terminals have them.
type palette struct {
	paper, ink string
	own        [16]string
}

var (
	dark = palette{"#161a22", "#d5dbe6", [16]string{
		"#1d212b", "#e06c75", "#7bd88f", "#e5c07b", "#5b9dea", "#c58af9", "#56c8d8", "#c8ccd4",
		"#6b7280", "#ff7b85", "#98e6a8", "#f5d68f", "#7db7ff", "#d7a8ff", "#7fe0ee", "#ffffff",
	}}
	bright = palette{"#ffffff", "#24292f", [16]string{
		"#24292f", "#c4262e", "#1a7f37", "#8a5a00", "#0b57c4", "#7a3eb1", "#0e7490", "#6b7280",
		"#57606a", "#a40e26", "#116329", "#633c01", "#0a3f91", "#5f2a94", "#0b5566", "#8c959f",
	}}
)

// drawing makes one picture.
type drawing struct {
	palette
	w, h int
	out  io.Writer
}

// draw writes the picture. Lines that are the same in all frames are drawn
// once, and the others once for every run of frames that has them.
func (d *drawing) draw(out io.Writer, title string, frames []frame) {
	d.out = out
	pw, ph := float64(d.w)*cellW+2*margin, float64(d.h)*cellH+2*margin
	d.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s">`+"\n", pw, ph, pw, ph, html.EscapeString(title))
	d.timing(frames)
	d.put(`<rect width="100%%" height="100%%" rx="10" fill="%s"/>`+"\n", d.paper)
	d.put(`<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="%s" stroke-width="1.2" xml:space="preserve">`+"\n", d.ink)
	for y := range d.h {
		d.lines(frames, y)
	}
	d.put("</g>\n</svg>\n")
}

func (d *drawing) put(format string, args ...any) { fmt.Fprintf(d.out, format, args...) }

// timing writes a rule for every run of frames: it is seen for its part of the
// time, over and over.
func (d *drawing) timing(frames []frame) {
	if len(frames) < 2 {
		return
	}
	starts := []float64{0}
	for _, f := range frames {
		starts = append(starts, starts[len(starts)-1]+f.seconds)
	}
	total := starts[len(frames)]
	d.put("<style>\n")
	for _, r := range d.runs(frames) {
		if r == (run{0, len(frames)}) {
			continue
		}
		from, to := 100*starts[r.from]/total, 100*starts[r.to]/total
		d.put("@keyframes %s{", r.name())
		if from > 0 {
			d.put("0%%{visibility:hidden}")
		}
		d.put("%.3f%%{visibility:visible}", from)
		if to < 100 {
			d.put("%.3f%%{visibility:hidden}", to)
		}
		first := "hidden"
		if from == 0 {
			first = "visible" // where nothing moves, the first frame is the picture
		}
		d.put("}.%s{visibility:%s;animation:%s %.1fs step-end infinite}\n", r.name(), first, r.name(), total)
	}
	d.put("</style>\n")
}

// run is a line that frames from to to, the last left out, have in common.
type run struct{ from, to int }

func (r run) name() string { return fmt.Sprintf("f%dt%d", r.from, r.to) }

// runs are the runs of all lines, each once.
func (d *drawing) runs(frames []frame) []run {
	var out []run
	seen := map[run]bool{}
	for y := range d.h {
		for _, r := range d.runsOf(frames, y) {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
	}
	return out
}

func (d *drawing) runsOf(frames []frame, y int) []run {
	var out []run
	for i := range frames {
		if n := len(out); n > 0 && d.sameLine(frames[i-1], frames[i], y) {
			out[n-1].to = i + 1
			continue
		}
		out = append(out, run{i, i + 1})
	}
	return out
}

func (d *drawing) sameLine(a, b frame, y int) bool {
	for x := range d.w {
		p, q := a.screen.CellAt(x, y), b.screen.CellAt(x, y)
		if (p == nil) != (q == nil) || p != nil && !p.Equal(q) {
			return false
		}
	}
	return true
}

// lines draws line y of every run of frames.
func (d *drawing) lines(frames []frame, y int) {
	for _, r := range d.runsOf(frames, y) {
		always := r == run{0, len(frames)}
		if !always {
			d.put(`<g class="%s">`, r.name())
		}
		d.line(frames[r.from], y)
		if !always {
			d.put("</g>\n")
		}
	}
}

// line draws a line as stretches of cells of one style.
func (d *drawing) line(f frame, y int) {
	for x := 0; x < d.w; {
		from, style := x, styleAt(f, x, y)
		var text strings.Builder
		for x < d.w && sameStyle(styleAt(f, x, y), style) {
			c := f.screen.CellAt(x, y)
			if c == nil || c.Content == "" {
				text.WriteByte(' ')
				x++
				continue
			}
			text.WriteString(c.Content)
			x += max(c.Width, 1)
		}
		d.stretch(text.String(), style, from, x-from, y)
	}
}

func styleAt(f frame, x, y int) uv.Style {
	if c := f.screen.CellAt(x, y); c != nil {
		return c.Style
	}
	return uv.Style{}
}

func sameStyle(a, b uv.Style) bool { return a.Equal(&b) }

func (d *drawing) stretch(text string, s uv.Style, x, n, y int) {
	left, top := margin+float64(x)*cellW, margin+float64(y)*cellH
	fg, bg := d.hex(s.Fg, d.ink), d.hex(s.Bg, "")
	if s.Attrs&uv.AttrReverse != 0 {
		fg, bg = d.hex(s.Bg, d.paper), d.hex(s.Fg, d.ink)
	}
	if bg != "" {
		d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", left, top, float64(n)*cellW, cellH, bg)
	}
	text = d.rules(text, fg, s.Attrs&uv.AttrFaint != 0, left, top)
	look := ""
	if s.Attrs&uv.AttrBold != 0 {
		look += ` font-weight="bold"`
	}
	if s.Attrs&uv.AttrFaint != 0 {
		look += ` opacity="0.6"`
	}
	if s.Underline != 0 {
		look += ` text-decoration="underline"`
	}
	if fg != d.ink {
		look += ` fill="` + fg + `"`
	}
	for _, w := range words(text) {
		d.put(`<text x="%.1f" y="%.1f" textLength="%.1f"%s>%s</text>`+"\n",
			left+float64(w.at)*cellW, top+13.5, float64(w.cells)*cellW, look, html.EscapeString(w.text))
	}
}

// word is a piece of a text that is drawn at its own place: what is between two
// blanks or more, and each character of two cells, whose width in a font is not
// that of two.
type word struct {
	text      string
	at, cells int
}

func words(text string) []word {
	var out []word
	var now word
	end := func() {
		if now.text = strings.TrimRight(now.text, " "); now.text != "" {
			now.cells = ansi.StringWidth(now.text)
			out = append(out, now)
		}
		now = word{}
	}
	for at := 0; text != ""; {
		sign, n := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
		switch {
		case n > 1:
			end()
			out = append(out, word{sign, at, n})
		case sign == " " && strings.HasPrefix(text, "  "):
			end()
		case now.text == "" && sign == " ":
		default:
			if now.text == "" {
				now.at = at
			}
			now.text += sign
		}
		text, at = text[len(sign):], at+n
	}
	end()
	return out
}

// hex is a colour, none for that of the terminal.
func (d *drawing) hex(c color.Color, none string) string {
	switch c := c.(type) {
	case nil:
		return none
	case ansi.BasicColor:
		return d.own[c&15]
	case ansi.IndexedColor:
		if c < 16 {
			return d.own[c]
		}
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
