// Command picture turns a captured terminal screen (tmux capture-pane -e) on
// standard input into an SVG on standard output. It draws what the terminal
// would show, cell by cell, and nothing that is not in the capture.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"html"
	"image/color"
	"io"
	"log"
	"os"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// Size of a cell in pixels, and the room around the screen.
const (
	cellW, cellH = 8.4, 18.0
	margin       = 14.0
	paper, ink   = "#161a22", "#d5dbe6"
)

func main() {
	w := flag.Int("w", 120, "columns of the capture")
	h := flag.Int("h", 40, "lines of the capture")
	title := flag.String("title", "cacheview", "what a screen reader says")
	flag.Parse()
	raw, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	em := vt.NewEmulator(*w, *h)
	text := strings.ReplaceAll(strings.TrimRight(string(raw), "\n"), "\n", "\r\n")
	if _, err := em.WriteString(text); err != nil {
		log.Fatal(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	pw, ph := float64(*w)*cellW+2*margin, float64(*h)*cellH+2*margin
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label=%q>`+"\n", pw, ph, pw, ph, html.EscapeString(*title))
	fmt.Fprintf(out, `<rect width="100%%" height="100%%" rx="10" fill="%s"/>`+"\n", paper)
	fmt.Fprintf(out, `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="%s" xml:space="preserve">`+"\n", ink)
	for y := range *h {
		drawLine(out, em, *w, y)
	}
	fmt.Fprintln(out, "</g>\n</svg>")
}

// drawLine draws a line as runs of cells of one style.
func drawLine(out io.Writer, em *vt.Emulator, w, y int) {
	for x := 0; x < w; {
		from, style := x, styleAt(em, x, y)
		var text strings.Builder
		for x < w && sameStyle(styleAt(em, x, y), style) {
			c := em.CellAt(x, y)
			if c == nil || c.Content == "" {
				text.WriteByte(' ')
				x++
				continue
			}
			text.WriteString(c.Content)
			x += max(c.Width, 1)
		}
		drawRun(out, text.String(), style, from, x-from, y)
	}
}

func styleAt(em *vt.Emulator, x, y int) uv.Style {
	if c := em.CellAt(x, y); c != nil {
		return c.Style
	}
	return uv.Style{}
}

func sameStyle(a, b uv.Style) bool { return a.Equal(&b) }

func drawRun(out io.Writer, text string, s uv.Style, x, n, y int) {
	left, top := margin+float64(x)*cellW, margin+float64(y)*cellH
	fg, bg := hex(s.Fg, ink), hex(s.Bg, "")
	if s.Attrs&uv.AttrReverse != 0 {
		fg, bg = hex(s.Bg, paper), hex(s.Fg, ink)
	}
	if bg != "" {
		fmt.Fprintf(out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", left, top, float64(n)*cellW, cellH, bg)
	}
	if strings.TrimSpace(text) == "" {
		return
	}
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
	if fg != ink {
		look += ` fill="` + fg + `"`
	}
	fmt.Fprintf(out, `<text x="%.1f" y="%.1f" textLength="%.1f"%s>%s</text>`+"\n", left, top+13.5, float64(n)*cellW, look, html.EscapeString(text))
}

func hex(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
