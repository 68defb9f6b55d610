package view

import (
	"slices"
	"strings"

	"cacheview/decode/value"
)

const (
	maxFields  = 1000      // of a record that is shown as a row
	maxUniform = 1_000_000 // rows that are compared to find that a list is a table
)

// record is an object or mapping with named fields as one row of a table: rows
// of a query, instances with __slots__, of pydantic, mapped instances. The
// machinery of an ORM is left out.
func record(o object, depth int) (columns []string, cells []value.Value, ok bool) {
	if o.Kind() == value.Map {
		return mapRecord(o.Value, depth, false)
	}
	if parent, data := get(o.row(), "_parent"), get(o.row(), "_data"); data.Kind() == value.Seq {
		return queryRow(parent, data, depth)
	}
	for _, a := range o.Attrs() {
		switch a.Name {
		case "args":
			if o.class != "django.db.models.base.model_unpickle" && a.Value.Len() > 0 {
				return nil, nil, false
			}
		case "state":
		default:
			return nil, nil, false // a list, dict or bytes as well
		}
	}
	state := o.state
	if inner := get(state, "__dict__"); inner.Kind() == value.Map { // pydantic
		state = inner
		columns, cells, ok = mapRecord(state, depth, true)
		if extra := get(o.state, "__pydantic_extra__"); ok && extra.Len() > 0 {
			more, values, fits := mapRecord(extra, depth, true)
			return append(columns, more...), append(cells, values...), fits
		}
		return columns, cells, ok
	}
	if attributes := get(state, "#attributes"); attributes.Kind() == value.Map { // Eloquent
		return mapRecord(attributes, depth, true)
	}
	if state.Kind() == value.Seq && state.Len() == 2 { // (__dict__ or None, slots)
		for i := range 2 {
			part := item(state, i)
			if part.Kind() == value.Null {
				continue
			}
			names, values, fits := mapRecord(part, depth, true)
			if !fits {
				return nil, nil, false
			}
			columns, cells = append(columns, names...), append(cells, values...)
		}
		return columns, cells, len(columns) > 0
	}
	return mapRecord(state, depth, true)
}

// row is what a row of SQLAlchemy was made of.
func (o object) row() value.Value {
	if len(o.args) == 2 && o.args[1].Kind() == value.Map {
		return o.args[1]
	}
	return o.state
}

func queryRow(parent, data value.Value, depth int) (columns []string, cells []value.Value, ok bool) {
	keys := get(objectOf(parent).state, "_keys")
	if keys.Len() != data.Len() || keys.Len() == 0 || keys.Len() > maxFields {
		return nil, nil, false
	}
	for i := range keys.Len() {
		columns = append(columns, label(item(keys, i)))
		cells = append(cells, cell(item(data, i), depth))
	}
	return columns, cells, true
}

// mapRecord is a mapping from names as a row. machinery says that names of an
// ORM's own are left out, and marks of visibility taken off.
func mapRecord(m value.Value, depth int, machinery bool) (columns []string, cells []value.Value, ok bool) {
	if m.Kind() != value.Map || m.Tag() != "" && m.Tag() != "ordereddict" || m.Len() == 0 || m.Len() > maxFields {
		return nil, nil, false
	}
	for i := range m.Len() {
		k, v := m.Pairs().At(i)
		if k.Kind() != value.Text || k.Tag() != "" && k.Tag() != "symbol" {
			return nil, nil, false
		}
		name := k.Text()
		if machinery {
			if isMachinery(name) {
				continue
			}
			name = strings.TrimLeft(name, "#-@")
		}
		if slices.Contains(columns, name) {
			return nil, nil, false
		}
		columns = append(columns, name)
		cells = append(cells, cell(v, depth))
	}
	return columns, cells, len(columns) > 0
}

// isMachinery reports whether an ORM keeps a field for itself.
func isMachinery(name string) bool {
	return strings.HasPrefix(name, "_sa_") || name == "_state" || name == "_django_version" ||
		strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__")
}

// ofSeq is a set, a row a member, or a list of records that are alike.
func ofSeq(v value.Value, depth int) (View, bool) {
	switch v.Tag() {
	case "set", "frozenset":
		return members(v.Items()), true
	case "", "tuple":
	default:
		return View{}, false
	}
	n := v.Len()
	if n == 0 || n > maxUniform {
		return View{}, false
	}
	columns, ok := recordNames(v.Items().At(0), depth)
	if !ok || len(columns) > maxColumns {
		return View{}, false
	}
	first := v.Items().At(0)
	for i := 1; i < n; i++ {
		if x := v.Items().At(i); x.Kind() != first.Kind() || x.Text() != first.Text() || !hasNames(x, columns, depth) {
			return View{}, false
		}
	}
	return OfTable(columns, rowsOf{n, func(i int) []value.Value {
		names, cells, _ := recordOf(v.Items().At(i), depth)
		if slices.Equal(names, columns) {
			return cells
		}
		row := make([]value.Value, len(columns))
		for j, name := range columns {
			if at := slices.Index(names, name); at >= 0 && at < len(cells) {
				row[j] = cells[at]
			}
		}
		return row
	}}), true
}

func recordOf(v value.Value, depth int) ([]string, []value.Value, bool) {
	if v.Kind() != value.Map && v.Kind() != value.Object {
		return nil, nil, false
	}
	return record(objectOf(v), depth-1)
}

func recordNames(v value.Value, depth int) ([]string, bool) {
	if v.Kind() == value.Object {
		if w, ok := of(v, depth-1); ok && w.Kind == TextKind { // dates, paths: not records
			return nil, false
		}
	}
	names, _, ok := recordOf(v, depth)
	return names, ok
}

// hasNames reports whether a record has these fields and no others. The keys
// of a plain map are compared without making its values.
func hasNames(v value.Value, columns []string, depth int) bool {
	keys, lone := v.Pairs().(interface{ KeyAt(int) value.Value })
	if v.Kind() == value.Map && lone {
		if v.Len() != len(columns) {
			return false
		}
		for i := range columns {
			if k := keys.KeyAt(i); k.Kind() != value.Text || k.Text() != columns[i] && !slices.Contains(columns, k.Text()) {
				return false
			}
		}
		return true
	}
	names, _, ok := recordOf(v, depth)
	if !ok || len(names) != len(columns) {
		return false
	}
	for i, name := range names {
		if name != columns[i] && !slices.Contains(columns, name) {
			return false
		}
	}
	return true
}

// members is a set: a row a member.
func members(items value.Items) View {
	if items == nil {
		return OfTable([]string{""}, nil)
	}
	return OfTable([]string{""}, rowsOf{items.Len(), func(i int) []value.Value {
		return []value.Value{Cell(items.At(i))}
	}})
}

// ofMap is a mapping in which a key occurs twice: rows of key and value.
func ofMap(v value.Value) (View, bool) {
	if v.Tag() != "" || v.Len() < 2 || v.Len() > maxUniform {
		return View{}, false
	}
	seen := make(map[string]bool, min(v.Len(), 64))
	keys, lone := v.Pairs().(interface{ KeyAt(int) value.Value })
	for i := range v.Len() {
		var k value.Value
		if lone {
			k = keys.KeyAt(i)
		} else {
			k, _ = v.Pairs().At(i)
		}
		if k.Kind() != value.Text {
			return View{}, false
		}
		if seen[k.Text()] {
			return pairs(v), true
		}
		seen[k.Text()] = true
	}
	return View{}, false
}

func pairs(v value.Value) View {
	return OfTable([]string{"key", "value"}, rowsOf{v.Len(), func(i int) []value.Value {
		k, x := v.Pairs().At(i)
		return []value.Value{Cell(k), Cell(x)}
	}})
}
