package view

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// ofArray is an array of a class derived from numpy's: masked, record, matrix
// and character arrays, and a shape of shapely.
func ofArray(o object) (View, bool) {
	if o.module("shapely") {
		return ofShape(o)
	}
	if !o.module("numpy") {
		return View{}, false
	}
	switch o.name() {
	case "_mareconstruct":
		return maskedArray(o.state)
	case "_reconstruct":
		state := o.state
		if state.Len() == 5 {
			state = value.NewSeq(tail{state.Items()})
		}
		a, ok := arrayOf(item(state, 0), item(state, 1), item(state, 2), item(state, 3))
		if !ok {
			return View{}, false
		}
		return arrayTable(a, nil)
	case "dtype":
		if d, ok := dtypeOf(o.Value, maxDepth); ok {
			return OfText(d.Name()), true
		}
	}
	return View{}, false
}

// tail is a sequence without its first item.
type tail struct{ value.Items }

func (t tail) Len() int             { return t.Items.Len() - 1 }
func (t tail) At(i int) value.Value { return t.Items.At(i + 1) }

// maskedArray reads (version, shape, dtype, Fortran order, data, mask, fill).
func maskedArray(state value.Value) (View, bool) {
	a, ok := arrayOf(item(state, 1), item(state, 2), item(state, 3), item(state, 4))
	if !ok {
		return View{}, false
	}
	mask := item(state, 5)
	if mask.Kind() != value.Bytes {
		return View{}, false
	}
	flags, ok := pickle.ParseDtype("|b1")
	if !ok {
		return View{}, false
	}
	m, ok := pickle.Array(flags, shapeOf(item(state, 1)), mask.Text(), item(state, 3).Bool())
	if !ok {
		return View{}, false
	}
	return arrayTable(a, &m)
}

func shapeOf(v value.Value) []int {
	var shape []int
	for i := range min(v.Len(), 64) {
		n, _ := item(v, i).Int()
		shape = append(shape, int(n))
	}
	return shape
}

func arrayOf(shape, dtype, fortran, data value.Value) (value.Value, bool) {
	t, ok := dtypeOf(dtype, maxDepth)
	if !ok || data.Kind() != value.Bytes {
		return value.Nil, false
	}
	return pickle.Array(t, shapeOf(shape), data.Text(), fortran.Bool())
}

// arrayTable is an array as a table: the fields of a record are columns; of
// other arrays a row is a row, and one of one dimension has one cell a row.
func arrayTable(a value.Value, mask *value.Value) (View, bool) {
	shape, _ := a.Attr("shape")
	dtype, _ := a.Attr("dtype")
	if a.Kind() != value.Seq || shape.Len() == 0 || shape.Len() > 2 {
		return View{}, false
	}
	hidden := func(i, j int) bool { return false }
	if mask != nil {
		hidden = func(i, j int) bool {
			m := item(*mask, i)
			if j >= 0 {
				m = item(m, j)
			}
			return m.Bool()
		}
	}
	if names := fieldNames(dtype); len(names) > 0 && shape.Len() == 1 {
		return OfTable(names, rowsOf{a.Len(), func(i int) []value.Value {
			row := make([]value.Value, len(names))
			for j := range row {
				row[j] = Cell(item(a.Items().At(i), j))
			}
			return row
		}}), true
	}
	if shape.Len() == 1 {
		c, ok := arrayColumn(a, -1)
		return OfTable([]string{""}, rowsOf{a.Len(), func(i int) []value.Value {
			if hidden(i, -1) {
				return []value.Value{value.Nil}
			}
			return []value.Value{Cell(c.at(i))}
		}}), ok
	}
	width, _ := item(shape, 1).Int()
	if width > maxColumns {
		return View{}, false
	}
	columns := make([]string, width)
	for i := range columns {
		columns[i] = strconv.Itoa(i)
	}
	return OfTable(columns, rowsOf{a.Len(), func(i int) []value.Value {
		row := make([]value.Value, width)
		for j := range row {
			if !hidden(i, j) {
				row[j] = Cell(item(a.Items().At(i), j))
			}
		}
		return row
	}}), true
}

// fieldNames are the names in a description [["id", "<i8"], ...].
func fieldNames(dtype value.Value) []string {
	var names []string
	for i := range min(dtype.Len(), maxColumns) {
		if dtype.Kind() != value.Seq {
			return nil
		}
		names = append(names, item(item(dtype, i), 0).Text())
	}
	return names
}

// dtypeOf reads a call of numpy.dtype with the state that it was given.
func dtypeOf(v value.Value, depth int) (pickle.Dtype, bool) {
	o := objectOf(v)
	if depth == 0 || o.class != "numpy.dtype" {
		return pickle.Dtype{}, false
	}
	order, names := item(o.state, 1).Text(), item(o.state, 3)
	if names.Kind() == value.Seq && names.Len() > 0 {
		fields, size := item(o.state, 4), item(o.state, 5)
		n, _ := size.Int()
		var all []pickle.Field
		for i := range names.Len() {
			f := get(fields, item(names, i).Text())
			t, ok := dtypeOf(item(f, 0), depth-1)
			at, isInt := item(f, 1).Int()
			if !ok || !isInt || len(all) >= maxColumns {
				return pickle.Dtype{}, false
			}
			all = append(all, pickle.Field{Name: item(names, i).Text(), Offset: int(at), Dtype: t})
		}
		return pickle.RecordDtype(all, int(n))
	}
	code := o.arg(0).Text()
	if unit := item(item(o.state, 8), 1); unit.Kind() == value.Seq && unit.Len() >= 2 {
		times, _ := item(unit, 1).Int()
		step := ""
		if times > 1 {
			step = strconv.FormatInt(times, 10)
		}
		code += "[" + step + item(unit, 0).Text() + "]"
	}
	if order != "<" && order != ">" {
		order = "|"
	}
	return pickle.ParseDtype(order + code)
}

// ofShape is a shape as well-known text, from the well-known binary that
// shapely pickles.
func ofShape(o object) (View, bool) {
	raw := o.state
	if raw.Kind() != value.Bytes {
		raw = o.arg(0)
	}
	if raw.Kind() != value.Bytes {
		return View{}, false
	}
	w := wkb{b: []byte(raw.Text())}
	s := w.shape(maxDepth)
	return OfText(s), !w.bad && s != ""
}

// wkb reads well-known binary (OGC 06-103r4, section 8).
type wkb struct {
	b   []byte
	bad bool
}

func (w *wkb) uint32(order binary.ByteOrder) uint32 {
	if len(w.b) < 4 {
		w.bad = true
		return 0
	}
	n := order.Uint32(w.b)
	w.b = w.b[4:]
	return n
}

func (w *wkb) point(order binary.ByteOrder, dims int) string {
	parts := make([]string, dims)
	for i := range parts {
		if len(w.b) < 8 {
			w.bad = true
			return ""
		}
		parts[i] = strconv.FormatFloat(math.Float64frombits(order.Uint64(w.b)), 'f', -1, 64)
		w.b = w.b[8:]
	}
	return strings.Join(parts, " ")
}

func (w *wkb) points(order binary.ByteOrder, dims int) string {
	n := w.uint32(order)
	if int64(n)*int64(8*dims) > int64(len(w.b)) {
		w.bad = true
		return ""
	}
	parts := make([]string, n)
	for i := range parts {
		parts[i] = w.point(order, dims)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// wkbNames are the kinds of shape by number.
var wkbNames = [...]string{1: "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"}

func (w *wkb) shape(depth int) string {
	if len(w.b) < 5 || depth == 0 {
		w.bad = true
		return ""
	}
	var order binary.ByteOrder = binary.BigEndian
	if w.b[0] == 1 {
		order = binary.LittleEndian
	}
	w.b = w.b[1:]
	kind, dims := w.uint32(order), 2
	if kind&0x20000000 != 0 { // a reference system
		w.uint32(order)
	}
	if kind&0x80000000 != 0 || kind&0xffff > 1000 && kind&0xffff < 2000 {
		dims = 3
	}
	if kind = kind & 0xffff % 1000; kind == 0 || int(kind) >= len(wkbNames) {
		w.bad = true
		return ""
	}
	name := wkbNames[kind]
	if dims == 3 {
		name += " Z"
	}
	switch kind {
	case 1:
		return name + " (" + w.point(order, dims) + ")"
	case 2:
		return name + " " + w.points(order, dims)
	}
	n := w.uint32(order)
	if int(n) > len(w.b) {
		w.bad = true
	}
	var parts []string
	for i := uint32(0); i < n && !w.bad; i++ {
		if kind == 3 {
			parts = append(parts, w.points(order, dims))
			continue
		}
		part := w.shape(depth - 1)
		if kind != 7 {
			_, part, _ = strings.Cut(part, "(")
			part = "(" + part
		}
		parts = append(parts, part)
	}
	if n == 0 {
		return name + " EMPTY"
	}
	return fmt.Sprintf("%s (%s)", name, strings.Join(parts, ", "))
}
