package view

import (
	"strings"

	"cacheview/decode/value"
)

// ofPandas is the view of a frame, a series or an index.
func ofPandas(o object) (View, bool) {
	if !o.module("pandas") {
		return View{}, false
	}
	switch o.name() {
	case "DataFrame":
		return frame(get(o.state, "_mgr"), get(o.state, "_data"))
	case "Series":
		return series(o)
	}
	if levels, ok := index(o.Value, maxDepth); ok {
		return table(levels)
	}
	if c, ok := columnOf(o.Value, -1); ok {
		return table([]column{c})
	}
	return View{}, false
}

// table is columns of the same length as a view.
func table(columns []column) (View, bool) {
	names := make([]string, len(columns))
	for i, c := range columns {
		if c.n != columns[0].n {
			return View{}, false
		}
		names[i] = c.name
	}
	if len(columns) == 0 {
		return View{}, false
	}
	return OfTable(names, rowsOf{columns[0].n, func(i int) []value.Value {
		row := make([]value.Value, len(columns))
		for j, c := range columns {
			row[j] = Cell(c.at(i))
		}
		return row
	}}), true
}

// block is a part of a frame: the columns that have one type.
type block struct{ values, places value.Value }

// manager reads what a frame or series is made of, in the forms of pandas 0.14
// to 2: its axes and blocks.
func manager(mgr value.Value) (axes []value.Value, blocks []block, ok bool) {
	o := objectOf(mgr)
	list := item(value.NewSeq(value.List(o.args)), 0)
	axis := o.arg(1)
	if o.state.Kind() == value.Seq { // (axes, values, items, {"0.14.1": ...})
		last := get(item(o.state, 3), "0.14.1")
		list, axis = get(last, "blocks"), get(last, "axes")
	}
	for i := range min(list.Len(), 10_000) {
		b := item(list, i)
		if b.Kind() == value.Map {
			blocks = append(blocks, block{get(b, "values"), get(b, "mgr_locs")})
			continue
		}
		call := objectOf(b)
		if len(call.args) < 2 {
			return nil, nil, false
		}
		blocks = append(blocks, block{call.arg(0), call.arg(1)})
	}
	for i := range min(axis.Len(), 2) {
		axes = append(axes, item(axis, i))
	}
	return axes, blocks, len(axes) > 0
}

func frame(mgr, old value.Value) (View, bool) {
	if mgr.Kind() == value.Null {
		mgr = old
	}
	axes, blocks, ok := manager(mgr)
	if !ok || len(axes) != 2 {
		return View{}, false
	}
	names, ok := index(axes[0], maxDepth)
	rows, ok2 := index(axes[1], maxDepth)
	if !ok || !ok2 || len(names) == 0 || names[0].n > maxColumns {
		return View{}, false
	}
	columns := make([]column, names[0].n)
	for _, b := range blocks {
		for r, place := range places(b.places, len(columns)) {
			c, ok := columnOf(b.values, r)
			if !ok || place < 0 || place >= len(columns) {
				return View{}, false
			}
			columns[place] = c
		}
	}
	for i := range columns {
		if columns[i].at == nil {
			return View{}, false
		}
		parts := make([]string, len(names))
		for j, level := range names {
			parts[j] = label(level.at(i))
		}
		columns[i].name = strings.Join(parts, " ")
	}
	return table(append(rows, columns...))
}

// maxColumns bounds the columns of a frame that is shown as a table.
const maxColumns = 10_000

// places are the columns that a block has: a slice, or a list of numbers.
func places(v value.Value, limit int) []int {
	var all []int
	if v.Tag() == "slice" {
		start, ok := item(v, 0).Int()
		stop, ok2 := item(v, 1).Int()
		step, ok3 := item(v, 2).Int()
		if !ok || !ok2 || !ok3 || step == 0 {
			return nil
		}
		for i := start; (step > 0 && i < stop || step < 0 && i > stop) && len(all) < limit; i += step {
			all = append(all, int(i))
		}
		return all
	}
	for i := range min(v.Len(), limit) {
		n, ok := number(item(v, i))
		if !ok {
			return nil
		}
		all = append(all, int(n))
	}
	return all
}

func series(o object) (View, bool) {
	mgr := get(o.state, "_mgr")
	if mgr.Kind() == value.Null {
		mgr = get(o.state, "_data")
	}
	axes, blocks, ok := manager(mgr)
	if !ok || len(blocks) != 1 {
		return View{}, false
	}
	levels, ok := index(axes[0], maxDepth)
	c, ok2 := columnOf(blocks[0].values, -1)
	if !ok || !ok2 {
		return View{}, false
	}
	c.name = label(get(o.state, "name"))
	return table(append(levels, c))
}

// index reads an index as its levels.
func index(v value.Value, depth int) ([]column, bool) {
	o := objectOf(v)
	what := o.arg(1)
	if depth == 0 || !o.module("pandas") || !strings.HasPrefix(o.name(), "_new_") || what.Kind() != value.Map {
		return nil, false
	}
	class := o.arg(0).Text()
	class = class[strings.LastIndexByte(class, '.')+1:]
	name := label(get(what, "name"))
	switch class {
	case "RangeIndex":
		start, ok := get(what, "start").Int()
		stop, ok2 := get(what, "stop").Int()
		step, ok3 := get(what, "step").Int()
		if !ok || !ok2 || !ok3 || step == 0 {
			return nil, false
		}
		n := (stop - start + step - sign(step)) / step
		return []column{{name, int(max(n, 0)), func(i int) value.Value { return value.NewInt(start + int64(i)*step) }}}, true
	case "MultiIndex":
		return multiIndex(what, depth)
	}
	data := get(what, "data")
	c, ok := columnOf(data, -1)
	if !ok {
		inner, isIndex := index(data, depth-1)
		if !isIndex || len(inner) != 1 {
			return nil, false
		}
		c = inner[0]
	}
	if tz := get(what, "tz"); tz.Kind() != value.Null {
		at := c.at
		c.at = func(i int) value.Value { return inZone(at(i), tz) }
	}
	c.name = name
	return []column{c}, true
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}

func multiIndex(what value.Value, depth int) ([]column, bool) {
	levels, names := get(what, "levels"), get(what, "names")
	codes := get(what, "codes")
	if codes.Kind() == value.Null {
		codes = get(what, "labels")
	}
	if levels.Len() == 0 || levels.Len() > maxArgs || codes.Len() != levels.Len() {
		return nil, false
	}
	var all []column
	for i := range levels.Len() {
		level, ok := index(item(levels, i), depth-1)
		code, ok2 := columnOf(item(codes, i), -1)
		if !ok || !ok2 || len(level) != 1 {
			return nil, false
		}
		c := coded(level[0], code)
		c.name = label(item(names, i))
		all = append(all, c)
	}
	return all, true
}

// coded is a column of numbers of categories; -1 is a missing one.
func coded(categories, codes column) column {
	return column{n: codes.n, at: func(i int) value.Value {
		n, ok := number(codes.at(i))
		if !ok || n < 0 || int(n) >= categories.n {
			return value.Nil
		}
		return categories.at(int(n))
	}}
}

// last is the last argument of an offset: the month or day that it ends with.
func last(o object) value.Value {
	if len(o.args) == 0 {
		return value.Nil
	}
	return o.args[len(o.args)-1]
}
