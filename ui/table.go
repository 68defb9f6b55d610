package ui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/ui/theme"
)

// tableBody is rows of the same fields in columns: members of a sorted set,
// entries of a stream, a list of dicts. Cells are made when they are drawn.
type tableBody struct {
	th    *theme.Theme
	cells ansi.Method // how the terminal counts cells
	v     value.Value
	cols  []column
	shift int // cells scrolled to the right
	aside func(i int) string
}

// addAside adds a column after the first.
func (t *tableBody) addAside(name string, of func(i int) string) {
	t.aside = of
	t.cols = slices.Insert(t.cols, 1, column{name: name, part: asidePart})
	t.measure(1, min(t.Len(), tableSample))
}

// fitRows makes the columns as wide as rows from to to need, and at least as wide
// as the first rows do.
func (t *tableBody) fitRows(from, to int) {
	for c := range t.cols {
		col := &t.cols[c]
		if col.least == 0 {
			col.least = col.width
		}
		col.width = col.least
		for i := max(from, 0); i < min(to, t.Len()); i++ {
			text, _ := t.cell(i, c)
			col.width = min(max(col.width, t.cells.StringWidth(text)), t.limit(c))
		}
		if col.part == numberPart {
			label, _ := value.Child(t.v, t.Len()-1)
			col.width = max(col.width, len(labelText(label)))
		}
	}
}

// column is one field of every row; width is in cells.
type column struct {
	name  string // printable
	part  tablePart
	field string // of a fieldPart, as it is
	index int    // of a cellPart
	width int
	least int  // the width that the first rows need
	right bool // numbers stand under each other by their last digit
}

// tablePart says what of a row stands in a column.
type tablePart int

const (
	numberPart tablePart = iota // its place in the list
	keyPart                     // the key that it stands under
	valuePart                   // the value that stands under the key
	fieldPart                   // a field of the value
	asidePart                   // what tableBody.aside knows of the row
	cellPart                    // a cell of a row of a view
)

// What is looked at to find the columns and their widths, and what a table may
// have.
const (
	tableSample  = 100
	tableColumns = 16
	tableCell    = 48
	tableLast    = 240 // a cell of the last column, which nothing stands behind
)

// newTable is v in columns, if its rows have the same fields. best tells
// whether a table is the better way to look at it: a cell shows all that there
// is of its value, and there is something to compare.
func newTable(th *theme.Theme, cells ansi.Method, v value.Value) (t *tableBody, best, ok bool) {
	n := value.ChildLen(v)
	if n == 0 {
		return nil, false, false
	}
	t = &tableBody{th: th, cells: cells, v: v}
	switch {
	case v.Kind() == value.Map && v.Tag() == "hash":
		t.cols, best = []column{{name: "field", part: keyPart}, {name: "value", part: valuePart}}, true
	case v.Kind() == value.Map && v.Tag() == "zset":
		t.cols, best = []column{{name: "score", part: valuePart, right: true}, {name: "member", part: keyPart}}, true
	case v.Kind() == value.Map && v.Tag() == "stream":
		t.cols = []column{{name: "ID", part: keyPart}}
	case v.Kind() == value.Seq && n > 1:
		t.cols = []column{{name: "#", part: numberPart, right: true}}
	default:
		return nil, false, false
	}
	if len(t.cols) == 1 {
		if !t.addFields(min(n, tableSample)) {
			return nil, false, false
		}
		best = true
	}
	for c := range t.cols {
		scalars, cut := t.measure(c, min(n, tableSample))
		// The value of a field may be a page: a tree unfolds it.
		best = best && scalars && !(cut && v.Tag() == "hash")
	}
	return t, best, true
}

// measure finds the width of a column from its first n rows, and whether it is
// one of numbers. It reports whether there are only scalars in it, and whether
// any of them is cut.
func (t *tableBody) measure(c, n int) (scalars, cut bool) {
	col, numbers := &t.cols[c], 0
	limit := t.limit(c)
	scalars = true
	for i := range n {
		text, v := t.cell(i, c)
		w := t.cells.StringWidth(text)
		col.width = min(max(col.width, w), limit)
		scalars = scalars && value.ChildLen(v) == 0
		cut = cut || w > limit
		if k := v.Kind(); k == value.Int || k == value.Float {
			numbers++
		}
	}
	col.right = col.right || numbers == n
	col.width = max(col.width, min(t.cells.StringWidth(col.name), limit))
	return scalars, cut
}

// limit is the widest that a column may be.
func (t *tableBody) limit(c int) int {
	if c == len(t.cols)-1 {
		return tableLast
	}
	return tableCell
}

// addFields makes a column of every field of the first n rows; false when they
// are not all maps of the same fields.
func (t *tableBody) addFields(n int) bool {
	var names []string
	for i := range n {
		_, row := value.Child(t.v, i)
		if row.Kind() != value.Map || row.Len() == 0 || row.Len() > tableColumns || i > 0 && row.Len() != len(names) {
			return false
		}
		for j := range row.Len() {
			label, _ := value.Child(row, j)
			if label.Key.Kind() != value.Text || label.Key.Tag() != "" {
				return false
			}
			name := label.Key.Text()
			switch {
			case i == 0:
				names = append(names, name)
			case !has(row, names[j]):
				return false
			}
		}
	}
	for _, name := range names {
		t.cols = append(t.cols, column{name: clip(decode.Printable(name), tableCell), part: fieldPart, field: name})
	}
	return true
}

// has tells whether a map has a field.
func has(row value.Value, name string) bool {
	_, ok := field(row, name)
	return ok
}

func field(row value.Value, name string) (value.Value, bool) {
	if row.Kind() != value.Map || row.Len() > tableColumns {
		return value.Nil, false
	}
	for i := range row.Len() {
		if label, v := value.Child(row, i); label.Key.Kind() == value.Text && label.Key.Text() == name {
			return v, true
		}
	}
	return value.Nil, false
}

// cell is the text of a cell, printable, and the value that it is of.
func (t *tableBody) cell(i, c int) (string, value.Value) {
	label, v := value.Child(t.v, i)
	switch t.cols[c].part {
	case numberPart:
		return labelText(label), value.NewInt(int64(i))
	case keyPart:
		return labelText(label), label.Key
	case asidePart:
		text := t.aside(i)
		return text, value.NewText(text)
	case cellPart:
		i := t.cols[c].index
		if i >= v.Len() || v.Items().At(i).Kind() == value.Null {
			return "", value.NewText("")
		}
		v = v.Items().At(i)
	case fieldPart:
		inside, ok := field(v, t.cols[c].field)
		if !ok {
			return "", value.NewText("")
		}
		v = inside
	}
	return cellText(v, t.limit(c)), v
}

// cellText is a text without quotes and anything else as its literal.
func cellText(v value.Value, limit int) string {
	if v.Kind() == value.Text && v.Tag() == "" {
		text := v.Text()
		return decode.Printable(text[:min(len(text), 4*limit)])
	}
	return decode.Literal(v, limit+1)
}

// Len returns the number of rows.
func (t *tableBody) Len() int { return value.ChildLen(t.v) }

// Line draws a row.
func (t *tableBody) Line(i, w int, lit bool) string {
	return t.row(w, lit, func(c int) (string, theme.RowStyle) {
		text, v := t.cell(i, c)
		switch {
		case t.cols[c].part == numberPart || t.cols[c].part == asidePart || value.ChildLen(v) > 0:
			return text, t.th.Dim
		case t.cols[c].part == keyPart:
			return text, t.th.Name
		case v.Kind() == value.Text:
			return text, t.th.Text
		}
		return text, scalarInk(t.th, v)
	})
}

// head draws the names of the columns.
func (t *tableBody) head(w int) string {
	return t.row(w, false, func(c int) (string, theme.RowStyle) { return t.cols[c].name, t.th.Strong })
}

// row draws a line of cells, from the cell on that was scrolled to.
func (t *tableBody) row(w int, lit bool, cell func(c int) (string, theme.RowStyle)) string {
	var b strings.Builder
	width := 0
	for c, col := range t.cols {
		text, ink := cell(c)
		if col.right {
			text = rightAlignIn(t.cells, text, col.width)
		} else {
			text = fitIn(t.cells, text, col.width)
		}
		b.WriteString(ink.For(lit).Paint(text))
		blank(&b, t.th, lit, 2)
		width += col.width + 2
	}
	blank(&b, t.th, lit, t.shift+w-width)
	line := b.String()
	if t.shift > 0 {
		line = t.cells.TruncateLeft(line, t.shift, "")
	}
	if t.cells.StringWidth(line) > w {
		line = t.cells.Truncate(line, w, "…")
	}
	if n := t.cells.StringWidth(line); n < w { // a wide character was cut in two
		line += strings.Repeat(" ", w-n)
	}
	return line
}

// scroll moves by cells to the right, as far as there are any.
func (t *tableBody) scroll(by, w int) {
	t.shift = max(min(t.shift+by, t.allCells()-w), 0)
}

// beyond is how many cells are out of sight on either side.
func (t *tableBody) beyond(w int) (left, right int) {
	return t.shift, max(t.allCells()-w-t.shift, 0)
}

// allCells is the width of all columns.
func (t *tableBody) allCells() int {
	width := 0
	for _, c := range t.cols {
		width += c.width + 2
	}
	return width - 2
}

// text is what a search sees of a row.
func (t *tableBody) text(i int) string {
	var b strings.Builder
	for c := range t.cols {
		s, _ := t.cell(i, c)
		b.WriteString(s + " ")
	}
	return b.String()
}
