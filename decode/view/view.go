// Package view finds the view of a value: what its users know it as. A
// DataFrame is a table, an enum member is its name, a stored web response is
// its body. A view is made from the tree that a decoder returned; nothing in it
// is imported, called or executed, and the tree stays as it is.
//
// A table makes its rows when they are asked for, so that a view of a million
// rows costs what is shown of it.
package view

import "cacheview/decode/value"

// Kind is what a view is, in the words of the JSON contract.
type Kind string

// The kinds of view.
const (
	TableKind Kind = "table"
	TextKind  Kind = "text"
)

// View is a value as its users know it: a table or one text.
type View struct {
	Kind    Kind
	Text    string   // of a text; not made safe for a terminal
	Columns []string // of a table
	Rows    Rows     // of a table; nil has no rows
}

// Rows are the rows of a table. A row has one cell for each column.
type Rows interface {
	Len() int
	At(i int) []value.Value
}

// List is Rows held in a slice.
type List [][]value.Value

// Len returns the number of rows.
func (l List) Len() int { return len(l) }

// At returns row i.
func (l List) At(i int) []value.Value { return l[i] }

// OfText is a view of one text.
func OfText(s string) View { return View{Kind: TextKind, Text: s} }

// OfTable is a view of rows.
func OfTable(columns []string, rows Rows) View {
	return View{Kind: TableKind, Columns: columns, Rows: rows}
}

// Len returns the number of rows of a table.
func (v View) Len() int {
	if v.Rows == nil {
		return 0
	}
	return v.Rows.Len()
}

// rowsOf makes each row by a function.
type rowsOf struct {
	n  int
	at func(i int) []value.Value
}

func (r rowsOf) Len() int               { return r.n }
func (r rowsOf) At(i int) []value.Value { return r.at(i) }

// maxDepth bounds views inside views: the cell of a table of a table.
const maxDepth = 8

// Of finds the view of a value. It returns false for a value whose structure
// is how its users know it: plain numbers, texts, lists and maps.
func Of(v value.Value) (View, bool) { return of(v, maxDepth) }

func of(v value.Value, depth int) (View, bool) {
	if depth == 0 {
		return View{}, false
	}
	switch v.Kind() {
	case value.Object:
		return ofObject(v, depth)
	case value.Seq:
		return ofSeq(v, depth)
	case value.Map:
		return ofMap(v)
	case value.Text, value.Bytes:
		return ofScalar(v)
	}
	return View{}, false
}

// ofObject asks what knows the class, then what knows a shape of objects.
func ofObject(v value.Value, depth int) (View, bool) {
	if v.Tag() == "npscalar" || v.Tag() == "ndarray" {
		return View{}, false
	}
	o := objectOf(v)
	if read := readerOf(o.class); read != nil {
		if w, ok := read(o); ok {
			return w, true
		}
	}
	for _, read := range [...]func(object) (View, bool){ofResponse, ofPandas, ofArray, ofEnum, ofPHP} {
		if w, ok := read(o); ok {
			return w, true
		}
	}
	if columns, cells, ok := record(o, depth); ok {
		return OfTable(columns, List{cells}), true
	}
	return View{}, false
}

// Cell is a value as a cell of a table: a missing one is null, what has a text
// of its own is that text, and all else is as it is.
func Cell(v value.Value) value.Value { return cell(v, maxDepth) }

func cell(v value.Value, depth int) value.Value {
	if isMissing(v) {
		return value.Nil
	}
	if v.Kind() == value.Object && v.Tag() == "npscalar" || v.Tag() == "npscalar" {
		if head, ok := v.Head(); ok {
			return head
		}
		return cell(v.WithTag(""), depth)
	}
	if v.Kind() == value.Map || v.Kind() == value.Seq {
		return v
	}
	if w, ok := of(v, depth-1); ok && w.Kind == TextKind {
		return value.NewText(w.Text)
	}
	return v
}
