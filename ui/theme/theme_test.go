package theme

import (
	"fmt"
	"image/color"
	"math"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// What can be read, as WCAG computes it: text, what may be overlooked, and what
// is only to be seen.
const (
	readable = 4.5
	dimmed   = 3.0
	seen     = 1.8
)

// backgrounds are those of common terminals, and the shade under the cursor.
var backgrounds = map[bool][]string{
	true:  {"#000000", "#0C0C0C", "#1E1E1E", "#282A36", "#282C34", "#002B36", "#3A3A3A"},
	false: {"#FFFFFF", "#FAFAFA", "#FDF6E3", "#EEEEEE", "#E4E4E4"},
}

// TestContrast computes the contrast of every hue on every background that it
// is for, as it is and as the nearest of 256 colours.
func TestContrast(t *testing.T) {
	t.Parallel()
	hues := map[string]struct {
		hue  hue
		want float64
	}{
		"grey": {grey, dimmed}, "ledge": {ledge, seen}, "bright": {bright, readable}, "blue": {blue, readable}, "green": {green, readable}, "amber": {amber, readable},
		"orange": {orange, readable}, "red": {red, readable}, "violet": {violet, readable}, "cyan": {cyan, readable}, "pink": {pink, readable},
	}
	for name, h := range hues {
		for _, dark := range []bool{true, false} {
			for _, strong := range []bool{true, false} {
				p := painter{Screen{Dark: dark}, strong}
				want := h.want
				if strong {
					want = readable // nothing is dimmed
				}
				for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
					ink := profile.Convert(p.colour(h.hue))
					for _, b := range backgrounds[dark] {
						if got := contrast(ink, lipgloss.Color(b)); got < want {
							t.Errorf("%s on %s, %v, high contrast %v: %.2f to 1, want %.1f", name, b, profile, strong, got, want)
						}
					}
				}
			}
		}
	}
	for _, dark := range []bool{true, false} {
		for _, strong := range []bool{true, false} {
			p := painter{Screen{Dark: dark}, strong}
			for _, ground := range []hue{red, amber, green} {
				if got := contrast(p.colour(onBadge), p.colour(ground)); got < readable {
					t.Errorf("a badge on %v, dark %v, high contrast %v: %.2f to 1", ground, dark, strong, got)
				}
			}
		}
	}
}

// TestSixteenColours does the same with the colours that xterm and the consoles
// of PCs have, on black and on white.
func TestSixteenColours(t *testing.T) {
	t.Parallel()
	palettes := map[string][16]string{
		"xterm": {"#000000", "#CD0000", "#00CD00", "#CDCD00", "#0000EE", "#CD00CD", "#00CDCD", "#E5E5E5", "#7F7F7F", "#FF0000", "#00FF00", "#FFFF00", "#5C5CFF", "#FF00FF", "#00FFFF", "#FFFFFF"},
		"vga":   {"#000000", "#AA0000", "#00AA00", "#AA5500", "#0000AA", "#AA00AA", "#00AAAA", "#AAAAAA", "#555555", "#FF5555", "#55FF55", "#FFFF55", "#5555FF", "#FF55FF", "#55FFFF", "#FFFFFF"},
	}
	for _, h := range []hue{grey, ledge, bright, blue, green, amber, orange, red, violet, cyan, pink} {
		for palette, own := range palettes {
			for at, paper := range []string{"#FFFFFF", "#000000"} {
				if h.basic[at] == none {
					continue
				}
				if got := contrast(lipgloss.Color(own[h.basic[at]]), lipgloss.Color(paper)); got < readable {
					t.Errorf("%s: %d on %s: %.2f to 1", palette, h.basic[at], paper, got)
				}
			}
		}
	}
	for _, dark := range []bool{true, false} {
		th := New(Auto, Screen{Dark: dark, Basic: true})
		for name, ink := range map[string]Style{"dim": th.Dim.Plain, "border": th.Border} {
			if ink != (Style{styleOf(ansi.NewStyle(ansi.AttrFaint))}) {
				t.Errorf("%s is %q, and is to be faint without a colour", name, ink.on)
			}
		}
		if want := (Style{styleOf(ansi.NewStyle(ansi.AttrReverse))}); th.Number.Cursor != want || th.Text.Cursor != want {
			t.Errorf("the row under the cursor is %q and %q", th.Number.Cursor.on, th.Text.Cursor.on)
		}
	}
}

// contrast is the ratio of two colours' luminances, from 1 to 21.
func contrast(a, b color.Color) float64 {
	hi, lo := luminance(a), luminance(b)
	if hi < lo {
		hi, lo = lo, hi
	}
	return (hi + 0.05) / (lo + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func TestLifeGrowsWarmer(t *testing.T) {
	t.Parallel()
	for _, name := range []string{Dark, Light, Contrast} {
		th := New(name, Screen{Dark: true})
		var last RowStyle
		for _, left := range []time.Duration{time.Hour, 90 * time.Second, 20 * time.Second, 5 * time.Second} {
			ink := th.TTLStyle(left)
			if ink == last {
				t.Errorf("%s: %s looks like the time before", name, left)
			}
			last = ink
		}
	}
}

// TestThemesDiffer says that each name and each kind of screen gets a look of
// its own.
func TestThemesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, name := range []string{Dark, Light, Mono, Contrast} {
		for _, basic := range []bool{false, true} {
			if name == Mono && basic {
				continue
			}
			th := New(name, Screen{Dark: true, Basic: basic})
			look := fmt.Sprint(th.Dim, th.Accent, th.Match, th.Bad, th.Border, th.Badge)
			if other, ok := seen[look]; ok {
				t.Errorf("%s (of sixteen colours: %v) looks as %s", name, basic, other)
			}
			seen[look] = fmt.Sprint(name, basic)
		}
	}
	if New(Auto, Screen{Mono: true}).Dim != New(Mono, Screen{}).Dim {
		t.Error("a screen without colours does not get the theme without")
	}
}
