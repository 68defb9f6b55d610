package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// hue is a colour in every form that a terminal may need. Each form can be read
// on the backgrounds that it is for, also after the nearest of 256 colours took
// its place; a test computes the contrast.
type hue struct {
	light, dark string    // on a background of that kind
	pure        [2]string // the same for the theme of high contrast
	basic       [2]basic  // the same of the sixteen colours
}

// basic is one of the sixteen colours of a terminal, or none: its own ink. On
// white there are few that can be read everywhere.
type basic int

const none basic = -1

var (
	grey   = hue{"#626262", "#949494", [2]string{"#303030", "#D0D0D0"}, [2]basic{none, none}}
	ledge  = hue{"#A8A8A8", "#626262", [2]string{"#303030", "#D0D0D0"}, [2]basic{none, none}}
	bright = hue{"#303030", "#DADADA", [2]string{"#000000", "#FFFFFF"}, [2]basic{none, none}}
	blue   = hue{"#0A58C2", "#6CB6FF", [2]string{"#0000AF", "#5FD7FF"}, [2]basic{4, 14}}
	green  = hue{"#166E2E", "#7BD88F", [2]string{"#005F00", "#5FFF5F"}, [2]basic{none, 10}}
	amber  = hue{"#875F00", "#E5C07B", [2]string{"#5F3700", "#FFFF00"}, [2]basic{none, 11}}
	orange = hue{"#9A3412", "#FFA657", [2]string{"#870000", "#FFAF00"}, [2]basic{1, 11}}
	red    = hue{"#B82028", "#FF7B85", [2]string{"#AF0000", "#FF8787"}, [2]basic{1, 9}}
	violet = hue{"#6A2CA8", "#C9A0F5", [2]string{"#5F0087", "#D7AFFF"}, [2]basic{5, 13}}
	cyan   = hue{"#0B6580", "#67D4E8", [2]string{"#005F5F", "#5FFFFF"}, [2]basic{4, 6}}
	pink   = hue{"#A52A74", "#F59AC9", [2]string{"#87005F", "#FFAFFF"}, [2]basic{5, 13}}
	// shade is the background of the row under the cursor, in greys that the
	// 256 colours have, too. Sixteen have none: the row is reversed.
	shade = hue{"#E4E4E4", "#3A3A3A", [2]string{"#D0D0D0", "#4E4E4E"}, [2]basic{none, none}}
	// onBadge is the ink on a badge.
	onBadge = hue{"#FFFFFF", "#1C1C1C", [2]string{"#FFFFFF", "#000000"}, [2]basic{15, 0}}
)

// painter makes inks for one kind of screen.
type painter struct {
	Screen
	strong bool
}

// colour is the form of a hue for the screen, nil for the terminal's own ink.
func (p painter) colour(h hue) color.Color {
	on := 0
	if p.Dark {
		on = 1
	}
	switch {
	case p.Basic && h.basic[on] == none:
		return nil
	case p.Basic:
		return ansi.BasicColor(h.basic[on])
	case p.strong:
		return lipgloss.Color(h.pure[on])
	case p.Dark:
		return lipgloss.Color(h.dark)
	}
	return lipgloss.Color(h.light)
}

func (p painter) style(h hue, attrs ...ansi.Attr) ansi.Style {
	s := ansi.NewStyle(attrs...)
	if c := p.colour(h); c != nil {
		return s.ForegroundColor(c)
	}
	if p.Basic && !p.strong && (h == grey || h == ledge) {
		return append(ansi.NewStyle(ansi.AttrFaint), s...)
	}
	return s
}

func (p painter) ink(h hue, attrs ...ansi.Attr) Style { return Style{styleOf(p.style(h, attrs...))} }

// pair is the ink of a hue, and the same under the cursor.
func (p painter) pair(h hue, attrs ...ansi.Attr) RowStyle {
	return RowStyle{p.ink(h, attrs...), p.lit(p.style(h, attrs...), attrs)}
}

// plain is the terminal's own ink.
func (p painter) plain(attrs ...ansi.Attr) RowStyle {
	s := ansi.NewStyle(attrs...)
	return RowStyle{Style{styleOf(s)}, p.lit(s, attrs)}
}

func (p painter) lit(s ansi.Style, attrs []ansi.Attr) Style {
	if p.Basic {
		return Style{styleOf(append(ansi.NewStyle(attrs...), ansi.NewStyle(ansi.AttrReverse)...))}
	}
	return Style{styleOf(s.BackgroundColor(p.colour(shade)))}
}

// badge is a ground of a hue, or what is left of it in a screen that has none.
func (p painter) badge(h hue) Style {
	ground := p.colour(h)
	if ground == nil {
		return Style{styleOf(ansi.NewStyle(ansi.AttrBold, ansi.AttrReverse))}
	}
	return Style{styleOf(p.style(onBadge, ansi.AttrBold).BackgroundColor(ground))}
}

// styleOf is the escape sequence of a style, empty for the style that changes
// nothing (whose sequence would be a reset).
func styleOf(s ansi.Style) string {
	if len(s) == 0 {
		return ""
	}
	return s.String()
}
