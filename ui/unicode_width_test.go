package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// wideTexts are as wide as their letters are not, and some of them wider in one
// terminal than in another.
var wideTexts = []string{
	"plain", "日本語キー", "한글", "ｗｉｄｅ", "caf\u00e9", "cafe\u0301", "a\u0300\u0301\u0302", "กำลัง", "นमस्ते", "1\ufe0f\u20e3", "❤\ufe0f", "☎",
	"👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "🧑🏿\u200d🚀", "ﷺ", "אבג", "①②", "각", "\u200b", "\u202eevil", "\x1b[31m", "\xff",
}

func wideKeys() *fake {
	f := newFake()
	var text strings.Builder
	for i, s := range wideTexts {
		f.put(fmt.Sprintf("w:%02d:%s", i, s), inspect.ValueWindow{Type: keyspace.Hash, Total: 2, Rows: []inspect.Member{
			{Field: []byte(s + " field"), Value: []byte(s + " value " + s)}, {Field: []byte("x"), Value: []byte("y")},
		}}, time.Hour)
		text.WriteString(strings.Repeat(s+" ", 12) + "\n")
	}
	return f.str("w:text", text.String(), time.Hour)
}

// TestWideTextLinesUp draws keys and values of every kind of text in a terminal
// that counts cells by characters and in one that counts them by runes. Frames
// and columns stand where they stand beside plain text.
func TestWideTextLinesUp(t *testing.T) {
	for name, method := range map[string]ansi.Method{"characters": ansi.GraphemeWidth, "runes": ansi.WcWidth} {
		for _, s := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, s[0], s[1]), func(t *testing.T) {
				playing(t, func(t *testing.T) {
					p := play(t, wideKeys(), s[0], s[1], Options{})
					p.m.count(method)
					for range wideTexts {
						p.linesUp(method)
						p.press("j")
						if !p.m.lay.Wide {
							p.press("enter").linesUp(method).press("esc")
						}
					}
					p.press("G", "enter").linesUp(method)
					p.press("w", "L").linesUp(method)
					p.press("esc", "esc", "g").linesUp(method)
					p.press("d").shows("Empty the whole database?").linesUp(method)
					p.wait(time.Second).press("esc", "G", "k", "x").linesUp(method)
				})
			})
		}
	}
}

// linesUp lays the screen out as the terminal would.
func (p *player) linesUp(method ansi.Method) *player {
	p.t.Helper()
	screen := uv.NewScreenBuffer(p.w, p.h)
	screen.Method = method
	uv.NewStyledString(p.m.View().Content).Draw(screen, screen.Bounds())
	l := p.m.lay
	at := func(x, y int) string {
		if c := screen.CellAt(x, y); c != nil {
			return c.Content
		}
		return ""
	}
	frames := []rect{l.Keys, l.Value}
	if p.m.dialog != nil {
		r, _, _, _ := p.m.dialogBox()
		frames = []rect{r}
	}
	for _, r := range frames {
		for y := r.Y + 1; y < min(r.Y+r.H-1, p.h); y++ {
			if left, right := at(r.X, y), at(r.X+r.W-1, y); left != "│" || right != "│" {
				p.t.Fatalf("line %d of the frame is %q and %q:\n%s", y, left, right, screen.Render())
			}
		}
	}
	if r := l.Keys; p.m.dialog == nil && r.W > 60 {
		c := columnsFor(r.W-2, false)
		for i := p.m.list.top; i < min(p.m.list.top+p.m.list.h, p.m.list.len()); i++ {
			x, y := r.X+1+2+c.name, r.Y+1+i-p.m.list.top
			if row := p.m.list.rows.At(i); row.Leaf && (at(x, y) != " " || at(x+1, y) != "h" && at(x+1, y) != "s") {
				p.t.Fatalf("the type of row %d is not in its column:\n%s", i, screen.Render())
			}
		}
	}
	return p
}

// TestTerminalTellsHowItCounts follows the answer of a terminal.
func TestTerminalTellsHowItCounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value ansi.ModeSetting
		want  ansi.Method
	}{
		{ansi.ModeNotRecognized, ansi.WcWidth},
		{ansi.ModePermanentlyReset, ansi.WcWidth},
		{ansi.ModeReset, ansi.GraphemeWidth},
		{ansi.ModeSet, ansi.GraphemeWidth},
		{ansi.ModePermanentlySet, ansi.GraphemeWidth},
	} {
		m := newModel(t.Context(), Options{})
		m.Update(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: tt.value})
		if m.cells != tt.want || m.list.cells != tt.want || m.value.cells != tt.want {
			t.Errorf("%v: %v", tt.value, m.cells)
		}
	}
}
