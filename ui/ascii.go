package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// asciiSigns are the program's own signs in a locale that is not UTF-8, cell by
// cell.
var asciiSigns = map[rune]byte{
	'·': '-', '…': '~', '›': '>', '‘': '\'', '’': '\'', '“': '"', '”': '"', '–': '-', '—': '-', '×': 'x', 'µ': 'u',
	'↑': '^', '↓': 'v', '←': '<', '→': '>', '▸': '>', '▾': 'v', '▌': '>', '▏': '_', '●': '*', '○': 'o', '◐': '!',
	'─': '-', '━': '=', '│': '|', '╭': '+', '╮': '+', '╰': '+', '╯': '+', '■': '#',
}

// inASCII writes a screen for a locale that is not UTF-8: its own signs as their
// kin, and what else there is in a text as question marks, so many that no cell
// moves. Escape sequences are ASCII and stay.
func inASCII(cells ansi.Method, screen string) string {
	var b strings.Builder
	b.Grow(len(screen))
	for i := 0; i < len(screen); {
		if screen[i] < utf8.RuneSelf {
			b.WriteByte(screen[i])
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(screen[i:])
		if sign, ok := asciiSigns[r]; ok {
			b.WriteByte(sign)
			i += n
			continue
		}
		// A character may be of several runes, and two of them in one cell.
		to := i + n
		for to < len(screen) && screen[to] >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(screen[to:])
			if _, ok := asciiSigns[r]; ok {
				break
			}
			to += n
		}
		b.WriteString(strings.Repeat("?", cells.StringWidth(screen[i:to])))
		i = to
	}
	return b.String()
}
