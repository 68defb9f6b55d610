package ui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/decode/value"
	views "cacheview/decode/view"
	"cacheview/ui/syntax"
	"cacheview/ui/theme"
)

// draft is all that the body of a value depends on, copied, so that a large one
// can be made in a command.
type draft struct {
	content *content
	mode    viewMode
	width   int
	nowrap  bool
	bare    bool
	th      *theme.Theme
	ascii   bool
	cells   ansi.Method
}

// slowFrom is how many bytes are too many to be broken into lines, or read as
// opcodes, between two key presses.
const slowFrom = 64 << 10

func (d draft) slow() bool {
	c := d.content
	switch d.mode {
	case viewRaw, viewOps:
		return len(c.raw()) > slowFrom || len(c.Result.Inner) > slowFrom
	case viewDecoded, viewTurned:
		return c.Root.Kind() == value.Text && c.Root.Len() > slowFrom || c.Shown != nil && len(c.Shown.Text) > slowFrom
	}
	return false
}

// body makes the body of the mode. A mode that the value does not have is its
// decoded form.
func (d draft) body() body {
	c := d.content
	switch d.mode {
	case viewRaw:
		return d.text(string(c.raw()))
	case viewHex:
		return newHexBody(d.th, c.raw(), d.width-1)
	case viewOps:
		if ops, ok := c.ops(); ok {
			return &opsBody{d.th, ops}
		}
	}
	return d.decoded()
}

// decoded picks the body that suits the value: a text as text, bytes as a
// dump, the rest as an outline.
func (d draft) decoded() body {
	v := d.content.Root
	switch {
	case d.content.Win.Module != "":
		return &moduleBody{d.th, d.content.Win.Facts}
	case (v.Kind() == value.Text || v.Kind() == value.Bytes) && v.Tag() == "" && v.Len() == 0:
		return &emptyBody{d.th}
	case d.content.Shown != nil && d.mode == viewDecoded && d.content.Shown.Kind == views.TableKind:
		return newViewTable(d.th, d.cells, *d.content.Shown)
	case d.content.Shown != nil && d.mode == viewDecoded:
		return d.text(d.content.Shown.Text)
	case d.content.holds() && d.mode != viewTurned:
		return d.parts(d.content.Inside, false)
	case v.Kind() == value.Text && v.Tag() == "":
		return d.text(v.Text())
	case v.Kind() == value.Bytes && v.Tag() == "" && v.Len() > 0:
		return newHexBody(d.th, []byte(v.Text()), d.width-1)
	case value.ChildLen(v) > 0:
		return d.parts(v, d.mode == viewTurned && d.content.Shown == nil)
	}
	return &scalarBody{d.th, v}
}

// parts is a value in a table where that is the better way to look at it, else
// as a tree; turned is the other way round.
func (d draft) parts(v value.Value, turned bool) body {
	if t, best, ok := newTable(d.th, d.cells, v); ok && best != turned {
		if name, of := d.content.aside(); of != nil {
			t.addAside(name, of)
		}
		return t
	}
	o := newOutline(v)
	o.cells = d.cells
	return &outlineBody{d.th, d.ascii, o}
}

// has tells whether the value can be looked at in a mode.
func (d draft) has(mode viewMode) bool {
	c := d.content
	switch mode {
	case viewDecoded:
		return true
	case viewTurned:
		if c.holds() || c.Shown != nil {
			return true
		}
		_, _, ok := newTable(d.th, d.cells, c.Root)
		return ok
	case viewOps:
		return c.Result.Pickle != nil
	}
	return !c.collection() && c.Win.Module == ""
}

// text is a text in lines, with their numbers where there are several.
func (d draft) text(text string) body {
	b := &textBody{th: d.th, cells: d.cells, text: text, lang: syntax.LanguageOf(text), wrapped: !d.nowrap}
	if n := strings.Count(text, "\n"); n > 0 && !d.bare && d.width >= 30 {
		b.gutter = len(strconv.Itoa(n+1)) + 1
	}
	b.rows = breakText(d.cells, text, max(d.textWidth()-b.gutter, 1))
	if d.nowrap {
		for _, r := range b.rows[:min(len(b.rows), widthSample)] {
			b.width = max(b.width, d.cells.StringWidth(decode.Printable(r.of(text))))
		}
	}
	return b
}

// widthSample is how many lines are measured to know how far to scroll.
const widthSample = 2000

// textWidth is where text is broken: at the pane's width, or never.
func (d draft) textWidth() int {
	if d.nowrap {
		return 1 << 20
	}
	return max(d.width-1, 1)
}
