package ui

import (
	"fmt"
	"strconv"
	"strings"

	"cacheview/ui/theme"
)

// hexBody is a dump of bytes: sixteen to a row or, where there is no room for
// as many, eight.
type hexBody struct {
	th     *theme.Theme
	raw    []byte
	per    int
	digits int // of an offset
}

// newHexBody writes offsets in eight digits, or in as few as the last one needs
// where that makes room for sixteen bytes.
func newHexBody(th *theme.Theme, raw []byte, w int) *hexBody {
	b := &hexBody{th, raw, 16, offsetDigits}
	if w < b.width() {
		b.digits = min(max(len(strconv.FormatInt(int64(len(raw)), 16)), 4), offsetDigits)
	}
	if w < b.width() {
		b.per, b.digits = 8, offsetDigits
	}
	return b
}

// offsetDigits are those of an offset as everybody writes them.
const offsetDigits = 8

// width is the cells of a full row: offset and a blank, bytes with a gap after
// each eighth, and their characters between bars.
func (b *hexBody) width() int { return b.digits + 1 + 3*b.per + b.per/8 - 1 + 4 + b.per }

// Len returns the number of rows.
func (b *hexBody) Len() int { return (len(b.raw) + b.per - 1) / b.per }

// cell is one byte: in hex with a blank before it, and as a character.
type cell struct{ hex, char string }

// row is the offset of row i and its bytes, and blanks where they end before
// the row does.
func (b *hexBody) row(i int) (offset string, cells []cell) {
	cells = make([]cell, b.per)
	for j := range cells {
		c := cell{"   ", ""}
		if at := i*b.per + j; at < len(b.raw) {
			c = cell{fmt.Sprintf(" %02x", b.raw[at]), "."}
			if isASCII(b.raw[at]) {
				c.char = string(rune(b.raw[at]))
			}
		}
		if j > 0 && j%8 == 0 {
			c.hex = " " + c.hex
		}
		cells[j] = c
	}
	return fmt.Sprintf("%0*x ", b.digits, i*b.per), cells
}

func isASCII(c byte) bool { return c >= ' ' && c < 0x7f }

// Line draws a row: zeros step back, and what is no character stands out.
func (b *hexBody) Line(i, w int, lit bool) string {
	if w < b.width() {
		return b.th.Text.For(lit).Paint(fit(b.text(i), w))
	}
	offset, cells := b.row(i)
	var hex, chars strings.Builder
	used := 0
	for j, c := range cells {
		ink := b.th.Text
		if c.char != "" {
			ink = b.ink(b.raw[i*b.per+j])
		}
		hex.WriteString(ink.For(lit).Paint(c.hex))
		chars.WriteString(ink.For(lit).Paint(c.char))
		used += len(c.char)
	}
	bar := b.th.Guide.For(lit)
	line := b.th.Dim.For(lit).Paint(offset) + hex.String() + bar.Paint("  |") + chars.String() + bar.Paint("|")
	return line + b.th.Text.For(lit).Paint(strings.Repeat(" ", w-b.width()+b.per-used))
}

func (b *hexBody) ink(c byte) theme.RowStyle {
	switch {
	case c == 0:
		return b.th.Dim
	case isASCII(c):
		return b.th.Text
	}
	return b.th.Number
}

// text is a row without colours.
func (b *hexBody) text(i int) string {
	offset, cells := b.row(i)
	var hex, chars strings.Builder
	for _, c := range cells {
		hex.WriteString(c.hex)
		chars.WriteString(c.char)
	}
	return offset + hex.String() + "  |" + chars.String() + "|"
}
