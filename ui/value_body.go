package ui

import (
	"fmt"
	"strings"

	"cacheview/decode"
	"cacheview/decode/pickle"
	"cacheview/decode/value"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// body is what stands under the header of the value pane: lines that are made
// when they are drawn.
type body interface {
	Len() int
	// Line draws line i in exactly w cells; lit is the line of the cursor.
	Line(i, w int, lit bool) string
}

// opsBody is the disassembly of a pickle.
type opsBody struct {
	th  *theme.Theme
	ops []pickle.Op
}

// opsLimit bounds how many opcodes are listed.
const opsLimit = 200_000

// Len returns the number of opcodes.
func (b *opsBody) Len() int { return len(b.ops) }

// Line draws one opcode: offset, depth of the stack, name, argument.
func (b *opsBody) Line(i, w int, lit bool) string {
	op := b.ops[i]
	head := fmt.Sprintf("%8d %3d ", op.Offset, op.Depth)
	name := fmt.Sprintf("%-18s ", op.Name)
	arg, ink := decode.Printable(op.Arg), b.th.String
	if op.Err != "" {
		arg, ink = decode.Printable(op.Err), b.th.Bad
	}
	if w <= len(head)+len(name) {
		return b.th.Text.For(lit).Paint(fit(head+name, w))
	}
	return b.th.Dim.For(lit).Paint(head) + b.th.Name.For(lit).Paint(name) +
		ink.For(lit).Paint(fit(arg, w-len(head)-len(name)))
}

// outlineBody is a value that folds.
type outlineBody struct {
	th    *theme.Theme
	ascii bool
	*outline
}

// Len returns the number of visible rows.
func (b *outlineBody) Len() int { return b.rows() }

// Line draws one row: sign, label, and the value cut to what is left.
func (b *outlineBody) Line(i, w int, lit bool) string {
	b.wrap = w
	r := b.at(i)
	th := b.th
	indent := min(2*r.Depth, w/2)
	var s strings.Builder
	guide := "│ "
	if b.ascii {
		guide = "| "
	}
	s.WriteString(th.Guide.For(lit).Paint(strings.Repeat(guide, indent/2)))
	blank(&s, th, lit, indent%2)
	room := w - indent
	put := func(text string, ink theme.RowStyle) {
		if room <= 0 || text == "" {
			return
		}
		n := b.cells.StringWidth(text)
		if n > room {
			text = b.cells.Truncate(text, room, "…")
			n = b.cells.StringWidth(text)
		}
		room -= n
		s.WriteString(ink.For(lit).Paint(text))
	}
	if !r.Labelled {
		put("  "+decode.Printable(r.Text), th.String)
		blank(&s, th, lit, room)
		return s.String()
	}
	put(b.sign(r), th.Accent)
	label, ink := labelText(r.Label), th.Name
	if r.Label.Kind == value.IndexLabel {
		ink = th.Dim
	}
	put(label+"  ", ink)
	switch {
	case r.Foldable && r.Open:
		put(summary(r.Value), th.Dim)
		if r.Value.HasDoubt() {
			put(decode.DoubtMark, th.Dim)
		}
	default:
		put(decode.Literal(r.Value, room), scalarInk(th, r.Value))
	}
	blank(&s, th, lit, room)
	return s.String()
}

func (b *outlineBody) sign(r outlineRow) string {
	switch {
	case !r.Foldable:
		return "  "
	case b.ascii && r.Open:
		return "- "
	case b.ascii:
		return "+ "
	case r.Open:
		return "▾ "
	}
	return "▸ "
}

// labelText is a label as it stands before its value.
func labelText(l value.Label) string {
	switch l.Kind {
	case value.IndexLabel:
		return fmt.Sprintf("%d", l.Index)
	case value.PartLabel:
		return decode.Printable(l.Part)
	}
	if l.Key.Kind() == value.Text && l.Key.Tag() == "" && l.Key.Len() < 64 {
		return decode.Printable(l.Key.Text())
	}
	return decode.Literal(l.Key, 64)
}

// summary says what a container is without showing it: "list · 3 items".
func summary(v value.Value) string {
	name := decode.Printable(kindName(v))
	switch v.Kind() {
	case value.Seq:
		return name + " · " + human.Plural(v.Len(), "item")
	case value.Map:
		if v.Len() == 1 {
			return name + " · 1 entry"
		}
		return name + " · " + human.Count(v.Len()) + " entries"
	case value.Text, value.Bytes:
		return name + " · " + human.Plural(v.Len(), "byte")
	}
	return name
}

// scalarInk is the ink of a value by its kind.
func scalarInk(th *theme.Theme, v value.Value) theme.RowStyle {
	switch v.Kind() {
	case value.Int, value.Float, value.Bool, value.Null:
		return th.Number
	case value.Text, value.Bytes:
		return th.String
	}
	return th.Text
}
