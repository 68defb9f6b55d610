package ui

import (
	"cacheview/decode/value"
	"cacheview/ui/theme"
)

// draft is all that the body of a value depends on, copied, so that a large one
// can be made in a command.
type draft struct {
	content *content
	mode    viewMode
	width   int
	nowrap  bool
	th      *theme.Theme
	ascii   bool
}

// slowFrom is how many bytes are too many to be broken into lines, or read as
// opcodes, between two key presses.
const slowFrom = 64 << 10

func (d draft) slow() bool {
	c := d.content
	switch d.mode {
	case viewRaw, viewOps:
		return len(c.raw()) > slowFrom || len(c.Result.Inner) > slowFrom
	case viewDecoded:
		return c.Root.Kind() == value.Text && c.Root.Len() > slowFrom
	}
	return false
}

// body makes the body of the mode. A mode that the value does not have is its
// decoded form.
func (d draft) body() body {
	c := d.content
	switch d.mode {
	case viewRaw:
		return newTextBody(d.th, string(c.raw()), d.textWidth())
	case viewHex:
		return &hexBody{d.th, c.raw()}
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
	case v.Kind() == value.Text && v.Tag() == "":
		return newTextBody(d.th, v.Text(), d.textWidth())
	case v.Kind() == value.Bytes && v.Tag() == "" && v.Len() > 0:
		return &hexBody{d.th, []byte(v.Text())}
	case value.ChildLen(v) > 0:
		return &outlineBody{d.th, d.ascii, newOutline(v)}
	}
	return &scalarBody{d.th, v}
}

// textWidth is where text is broken: at the pane's width, or never.
func (d draft) textWidth() int {
	if d.nowrap {
		return 1 << 20
	}
	return max(d.width-1, 1)
}
