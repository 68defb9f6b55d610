package ui

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"cacheview/ui/theme"
)

// TestThemeFollowsTheTerminal says what becomes of the colours where there are
// sixteen or none, and on a light background.
func TestThemeFollowsTheTerminal(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, showcase(), 120, 40, Options{})
		is := func(want theme.Screen) {
			t.Helper()
			if got := p.m.th.Dim.Plain; got != theme.New(theme.Auto, want).Dim.Plain {
				t.Errorf("the theme is not that of %+v", want)
			}
		}
		is(theme.Screen{Dark: true})
		p.send(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
		is(theme.Screen{Dark: true, Basic: true})
		if s := p.m.View().Content; strings.Contains(s, "[38;2;") || strings.Contains(s, "[48;") {
			t.Error("a colour that a terminal of sixteen does not have")
		}
		p.send(tea.BackgroundColorMsg{Color: color.White})
		is(theme.Screen{Basic: true})
		p.send(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
		is(theme.Screen{Mono: true})
		p.send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
		is(theme.Screen{})
	})
}

// TestHashIsATable unless a field holds more than a cell shows.
func TestHashIsATable(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, showcase(), 120, 40, Options{})
		p.press("/").typed("c:user").press("enter", "enter").shows("field             value", "favourite colour  mauve")
		p.press("v").shows("shown as a tree", "favourite colour  \"mauve\"")
	})
}

func TestHexFitsAndFindsText(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("bytes", "\x00\x01\xffcacheview\x1b[31m and more bytes", 0)
		p := play(t, f, 200, 50, Options{})
		p.press("enter").shows("00000000  00 01 ff 63 61 63 68 65  76 69 65 77 1b 5b 33 31  |...cacheview.[31|")
		p.size(100, 30).press("v", "v", "v").shows("00000000  00 01 ff 63 61 63 68 65  |...cache|", "00000018  72 65 20 62 79 74 65 73  |re bytes|")
		p.size(60, 20).press("/").typed("view.[").press("enter").shows("match 1 of 1")
	})
}

// TestHitsArePickedOut and change no cell of the line.
func TestHitsArePickedOut(t *testing.T) {
	t.Parallel()
	th := theme.New(theme.Dark, theme.Screen{})
	for _, tt := range []struct {
		line, text string
		hits       int
	}{
		{th.Name.Plain.Paint("name") + "  " + th.String.Plain.Paint("'Ada ada 日本 ada'"), "ada", 3},
		{th.Name.Plain.Paint("name") + "  'Ada ada'", "Ada", 1},
		{th.Name.Plain.Paint("na") + th.Number.Plain.Paint("me"), "name", 1},
		{"aaaa", "aa", 2},
		{"plain", "x", 0},
		{"İ x", "x", 0},
		{"cafe\u0301 日本語", "本", 1},
	} {
		for _, cells := range []ansi.Method{ansi.GraphemeWidth, ansi.WcWidth} {
			got := showHits(cells, tt.line, tt.text, th.Match.Plain)
			if ansi.Strip(got) != ansi.Strip(tt.line) || strings.Count(got, "\x1b[1;4;") != tt.hits {
				t.Errorf("%q in %q: %q", tt.text, tt.line, got)
			}
		}
	}
}
