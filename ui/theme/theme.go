// Package theme holds the colours of the terminal program as tokens: what a
// thing is, not what colour it has. A theme is built for a screen and handed
// down; nothing else in the program names a colour.
//
// No token carries meaning by colour alone: each is used beside a word, a sign
// or a position that says the same, so that the mono theme loses nothing.
package theme

import (
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Style paints text. It is a finished escape sequence, so that painting a cell
// costs one concatenation.
type Style struct{ on string }

// Paint returns s in this ink.
func (k Style) Paint(s string) string {
	if k.on == "" || s == "" {
		return s
	}
	return k.on + s + ansi.ResetStyle
}

// RowStyle is an ink for a plain row and one for the row under the cursor.
type RowStyle struct{ Plain, Cursor Style }

// For picks one of the two.
func (p RowStyle) For(cursor bool) Style {
	if cursor {
		return p.Cursor
	}
	return p.Plain
}

// Theme is every token of the program.
type Theme struct {
	Text, Dim, Strong, Accent RowStyle // body text, what can be overlooked, what must not, what acts
	Key, Node, Match, Mark    RowStyle // key names, prefixes of the tree, search hits, marked rows
	Good                      RowStyle // fine
	Warn, Late, Bad           RowStyle // soon, very soon, now: used for TTLs, badges and errors
	Number, String, Name      RowStyle // scalars of a decoded value
	Types                     map[string]RowStyle
	Guide                     RowStyle // lines that lead the eye, such as those of a tree
	Border, Focus             Style    // frames of the panes
	Title                     Style    // title of the focused pane
	Bar                       Style    // top line
	BarDim                    Style
	Hint, HintKey             Style // footer
	Danger                    Style // frame of a dialog that destroys
	Badge                     Style // a warning on its own background
	BadgeWarn, BadgeCalm      Style // the same, less and least loud
	Plain                     bool  // there are no colours, so a text has none of its language
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

// Screen is what a theme has to know of a terminal.
type Screen struct {
	Dark  bool // its background, which Auto and Contrast follow
	Basic bool // it has sixteen colours, which are its own
	Mono  bool // it has none
}

// New builds the theme called name.
func New(name string, on Screen) *Theme {
	switch name {
	case Mono:
		on.Mono = true
	case Dark:
		on.Dark = true
	case Light:
		on.Dark = false
	}
	if on.Mono {
		return mono()
	}
	return colourful(painter{on, name == Contrast})
}

func colourful(p painter) *Theme {
	text, dim := p.plain(), p.pair(grey)
	return &Theme{
		Text: text, Dim: dim, Strong: p.plain(ansi.AttrBold), Accent: p.pair(blue, ansi.AttrBold),
		Key: text, Node: p.pair(blue), Match: p.pair(amber, ansi.AttrBold, ansi.AttrUnderline), Mark: p.pair(pink, ansi.AttrBold),
		Good: p.pair(green), Warn: p.pair(amber), Late: p.pair(orange), Bad: p.pair(red, ansi.AttrBold),
		Number: p.pair(violet), String: p.pair(green), Name: p.pair(cyan),
		Types: map[string]RowStyle{
			"string": p.pair(green), "hash": p.pair(violet), "list": p.pair(cyan),
			"set": p.pair(amber), "zset": p.pair(pink), "stream": p.pair(blue), "json": p.pair(orange),
		},
		Guide:  p.pair(ledge),
		Border: p.ink(ledge), Focus: p.ink(blue), Title: p.ink(blue, ansi.AttrBold),
		Bar: p.ink(blue, ansi.AttrBold), BarDim: dim.Plain,
		Hint: dim.Plain, HintKey: p.ink(bright, ansi.AttrBold),
		Danger: p.ink(red, ansi.AttrBold),
		Badge:  p.badge(red), BadgeWarn: p.badge(amber), BadgeCalm: p.badge(green),
	}
}

func mono() *Theme {
	pair := func(attrs ...ansi.Attr) RowStyle {
		return RowStyle{Style{styleOf(ansi.NewStyle(attrs...))}, Style{styleOf(ansi.NewStyle(append(attrs, ansi.AttrReverse)...))}}
	}
	plain, bold, faint := pair(), pair(ansi.AttrBold), pair(ansi.AttrFaint)
	return &Theme{
		Text: plain, Dim: faint, Strong: bold, Accent: bold,
		Key: plain, Node: bold, Match: pair(ansi.AttrBold, ansi.AttrUnderline), Mark: bold,
		Good: plain, Warn: plain, Late: plain, Bad: bold, Number: plain, String: plain, Name: plain,
		Types: map[string]RowStyle{}, Guide: faint, Border: faint.Plain, Focus: bold.Plain,
		Title: bold.Plain, Bar: bold.Plain, BarDim: faint.Plain,
		Hint: faint.Plain, HintKey: bold.Plain, Danger: bold.Plain, Badge: pair(ansi.AttrBold).Cursor,
		BadgeWarn: pair(ansi.AttrBold).Cursor, BadgeCalm: plain.Cursor,
		Plain: true,
	}
}

// Type returns the ink of a key type; a type without its own is plain text.
func (t *Theme) Type(name string) RowStyle {
	if p, ok := t.Types[name]; ok {
		return p
	}
	return t.Text
}

// ExpiringSoon is how long before its end a key is shown as going: with a sign beside
// the number, because no colour says anything alone.
const ExpiringSoon = 10 * time.Second

// TTLStyle returns the ink of a time to live: warmer as the end comes near.
func (t *Theme) TTLStyle(left time.Duration) RowStyle {
	switch {
	case left < ExpiringSoon:
		return t.Bad
	case left < 30*time.Second:
		return t.Late
	case left < 2*time.Minute:
		return t.Warn
	}
	return t.Text
}
