// Package theme holds the colours of the terminal program as tokens: what a
// thing is, not what colour it has. A theme is built once for a background and
// handed down; nothing else in the program names a colour.
//
// No token carries meaning by colour alone: each is used beside a word, a sign
// or a position that says the same, so that the mono theme loses nothing.
package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Ink paints text. It is a finished escape sequence, so that painting a cell
// costs one concatenation.
type Ink struct{ on string }

// Paint returns s in this ink.
func (k Ink) Paint(s string) string {
	if k.on == "" || s == "" {
		return s
	}
	return k.on + s + ansi.ResetStyle
}

// Pair is an ink for a plain row and one for the row under the cursor.
type Pair struct{ Plain, Cursor Ink }

// On picks one of the two.
func (p Pair) On(cursor bool) Ink {
	if cursor {
		return p.Cursor
	}
	return p.Plain
}

// Theme is every token of the program.
type Theme struct {
	Text, Dim, Strong, Accent Pair // body text, what can be overlooked, what must not, what acts
	Key, Node, Match, Mark    Pair // key names, prefixes of the tree, search hits, marked rows
	Good, Warn, Bad           Pair // fine, soon, now: used for TTLs, badges and errors
	Number, String, Name      Pair // scalars of a decoded value
	Types                     map[string]Pair
	Border, Focus             Ink // frames of the panes
	Title                     Ink // title of the focused pane
	Bar                       Ink // top line
	BarDim                    Ink
	Hint, HintKey             Ink  // footer
	Danger                    Ink  // frame of a dialog that destroys
	Badge                     Ink  // a warning on its own background
	BadgeWarn, BadgeCalm      Ink  // the same, less and least loud
	Plain                     bool // there are no colours, so a text has none of its language
}

// Names of the themes a user may ask for.
const (
	Auto  = "auto"
	Dark  = "dark"
	Light = "light"
	Mono  = "mono"
	// Contrast is for screens in the sun and eyes that are tired: nothing is
	// dimmed, colours are the purest that the background allows.
	Contrast = "contrast"
)

// New builds the theme called name; Auto is Dark or Light as the terminal's
// background says.
func New(name string, dark bool) *Theme {
	switch name {
	case Mono:
		return mono()
	case Dark:
		dark = true
	case Light:
		dark = false
	}
	return colourful(dark, name == Contrast)
}

func colourful(dark, strong bool) *Theme {
	pick := func(light, d string) color.Color {
		if pure, ok := pureColours[d]; strong && ok {
			light, d = pure[0], pure[1]
		}
		if dark {
			return lipgloss.Color(d)
		}
		return lipgloss.Color(light)
	}
	cursor := pick("#E4E4E4", "#3A3A3A") // greys that the 256 colours have, too
	pair := func(fg color.Color, attrs ...ansi.Attr) Pair {
		plain := ansi.NewStyle(attrs...)
		if fg != nil {
			plain = plain.ForegroundColor(fg)
		}
		return Pair{Ink{styleOf(plain)}, Ink{styleOf(plain.BackgroundColor(cursor))}}
	}
	text := pair(nil)
	dim := pair(pick("#6B7280", "#7C8699"))
	accent := pick("#0B62D6", "#6CB6FF")
	green := pick("#1A7F37", "#7BD88F")
	amber := pick("#9A6700", "#E5C07B")
	red := pick("#C4262E", "#FF7B85")
	violet := pick("#7A3EB1", "#C9A0F5")
	cyan := pick("#0E7490", "#67D4E8")
	pink := pick("#B0317F", "#F59AC9")

	t := &Theme{
		Text: text, Dim: dim,
		Strong: pair(nil, ansi.AttrBold), Accent: pair(accent, ansi.AttrBold),
		Key: text, Node: pair(accent), Match: pair(amber, ansi.AttrBold, ansi.AttrUnderline), Mark: pair(pink, ansi.AttrBold),
		Good: pair(green), Warn: pair(amber), Bad: pair(red, ansi.AttrBold),
		Number: pair(violet), String: pair(green), Name: pair(cyan),
		Types: map[string]Pair{
			"string": pair(green), "hash": pair(violet), "list": pair(cyan),
			"set": pair(amber), "zset": pair(pink), "stream": pair(accent),
		},
		Border: ink(pick("#C3CAD6", "#444D5F")), Focus: ink(accent),
		Title: ink(accent, ansi.AttrBold),
		Hint:  ink(pick("#6B7280", "#7C8699")), HintKey: ink(pick("#1F2937", "#D5DBE6"), ansi.AttrBold),
		Danger: ink(red, ansi.AttrBold),
	}
	t.Bar = Ink{styleOf(ansi.NewStyle(ansi.AttrBold).ForegroundColor(accent))}
	t.BarDim = dim.Plain
	badge := func(ground color.Color) Ink {
		return Ink{styleOf(ansi.NewStyle(ansi.AttrBold).ForegroundColor(pick("#FFFFFF", "#1B1F27")).BackgroundColor(ground))}
	}
	t.Badge, t.BadgeWarn, t.BadgeCalm = badge(red), badge(amber), badge(green)
	return t
}

// pureColours are what the contrast theme has instead, by the colour of the
// dark theme: one for a light background and one for a dark one.
var pureColours = map[string][2]string{
	"#7C8699": {"#303030", "#D0D0D0"}, "#444D5F": {"#303030", "#D0D0D0"}, "#D5DBE6": {"#000000", "#FFFFFF"},
	"#6CB6FF": {"#0000AF", "#5FD7FF"}, "#7BD88F": {"#005F00", "#5FFF5F"}, "#E5C07B": {"#5F3700", "#FFFF00"},
	"#FF7B85": {"#AF0000", "#FF8787"}, "#C9A0F5": {"#5F0087", "#D7AFFF"}, "#67D4E8": {"#005F5F", "#5FFFFF"},
	"#F59AC9": {"#87005F", "#FFAFFF"}, "#3A3A3A": {"#D0D0D0", "#4E4E4E"},
}

func mono() *Theme {
	pair := func(attrs ...ansi.Attr) Pair {
		return Pair{Ink{styleOf(ansi.NewStyle(attrs...))}, Ink{styleOf(ansi.NewStyle(append(attrs, ansi.AttrReverse)...))}}
	}
	plain, bold, faint := pair(), pair(ansi.AttrBold), pair(ansi.AttrFaint)
	t := &Theme{
		Text: plain, Dim: faint, Strong: bold, Accent: bold,
		Key: plain, Node: bold, Match: pair(ansi.AttrBold, ansi.AttrUnderline), Mark: bold,
		Good: plain, Warn: plain, Bad: bold, Number: plain, String: plain, Name: plain,
		Types: map[string]Pair{}, Border: ink(nil, ansi.AttrFaint), Focus: ink(nil, ansi.AttrBold),
		Title: ink(nil, ansi.AttrBold), Bar: ink(nil, ansi.AttrBold), BarDim: faint.Plain,
		Hint: faint.Plain, HintKey: bold.Plain, Danger: ink(nil, ansi.AttrBold), Badge: ink(nil, ansi.AttrBold, ansi.AttrReverse),
		BadgeWarn: ink(nil, ansi.AttrBold, ansi.AttrReverse), BadgeCalm: ink(nil, ansi.AttrReverse),
		Plain: true,
	}
	return t
}

// Type returns the ink of a key type; a type without its own is plain text.
func (t *Theme) Type(name string) Pair {
	if p, ok := t.Types[name]; ok {
		return p
	}
	return t.Text
}

func ink(fg color.Color, attrs ...ansi.Attr) Ink {
	s := ansi.NewStyle(attrs...)
	if fg != nil {
		s = s.ForegroundColor(fg)
	}
	return Ink{styleOf(s)}
}

// styleOf is the escape sequence of a style, empty for the style that changes
// nothing (whose sequence would be a reset).
func styleOf(s ansi.Style) string {
	if len(s) == 0 {
		return ""
	}
	return s.String()
}
