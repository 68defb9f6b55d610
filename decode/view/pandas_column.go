package view

import (
	"strings"

	"cacheview/decode/value"
)

// column is one column of a frame, or one level of an index.
type column struct {
	name string
	n    int
	at   func(i int) value.Value
}

// columnOf reads the values of a column. row is which row of a
// two-dimensional array they are; -1 for what has one dimension.
func columnOf(v value.Value, row int) (column, bool) {
	if v.Tag() == "ndarray" {
		return arrayColumn(v, row)
	}
	o := objectOf(v)
	if !o.module("pandas") {
		return column{}, false
	}
	class := o.name()
	if class == "__pyx_unpickle_NDArrayBacked" {
		class = o.arg(0).Text()
		class = class[strings.LastIndexByte(class, '.')+1:]
		return backed(class, item(o.state, 0), item(o.state, 1), row)
	}
	if data, mask := get(o.state, "_data"), get(o.state, "_mask"); mask.Tag() == "ndarray" && data.Tag() == "ndarray" {
		return masked(data, mask, row)
	}
	if codes := get(o.state, "_codes"); codes.Kind() == value.Seq {
		return backed("Categorical", get(o.state, "_dtype"), codes, row)
	}
	for _, name := range [...]string{"_ndarray", "_data"} {
		if data := get(o.state, name); data.Tag() == "ndarray" {
			return backed(class, get(o.state, "_dtype"), data, row)
		}
	}
	return column{}, false
}

func masked(data, mask value.Value, row int) (column, bool) {
	c, ok := arrayColumn(data, row)
	m, ok2 := arrayColumn(mask, row)
	if !ok || !ok2 || c.n != m.n {
		return column{}, false
	}
	return column{n: c.n, at: func(i int) value.Value {
		if m.at(i).Bool() {
			return value.Nil
		}
		return c.at(i)
	}}, true
}

// backed is a column of an array of pandas over one of numpy.
func backed(class string, dtype, data value.Value, row int) (column, bool) {
	c, ok := arrayColumn(data, row)
	if !ok {
		return column{}, false
	}
	kind := objectOf(dtype)
	switch class {
	case "DatetimeArray":
		if tz := get(kind.state, "tz"); tz.Kind() != value.Null {
			raw, _ := rawColumn(data, row)
			c.at = func(i int) value.Value { return inZone(raw.at(i), tz) }
		}
	case "Categorical":
		categories, ok := index(get(kind.state, "categories"), maxDepth)
		if !ok || len(categories) != 1 {
			return column{}, false
		}
		return coded(categories[0], c), true
	case "PeriodArray":
		freq := get(kind.state, "freq")
		if freq.Kind() == value.Null {
			freq = kind.arg(0)
		}
		at := c.at
		c.at = func(i int) value.Value {
			n, _ := number(at(i))
			if s, ok := periodText(freq, n); ok {
				return value.NewText(s)
			}
			return at(i)
		}
	}
	return c, true
}

// rawColumn is one row of a numpy array, its elements as they are.
func rawColumn(v value.Value, row int) (column, bool) {
	if v.Tag() != "ndarray" || v.Kind() != value.Seq {
		return column{}, false
	}
	shape, _ := v.Attr("shape")
	list := v
	if shape.Len() == 2 {
		list = item(v, max(row, 0))
	} else if shape.Len() != 1 {
		return column{}, false
	}
	if list.Kind() != value.Seq {
		return column{}, false
	}
	return column{n: list.Len(), at: list.Items().At}, true
}

// arrayColumn is rawColumn with moments and durations as texts.
func arrayColumn(v value.Value, row int) (column, bool) {
	c, ok := rawColumn(v, row)
	dtype, _ := v.Attr("dtype")
	at := c.at
	switch d := dtype.Text(); {
	case len(d) > 2 && d[1:3] == "M8":
		c.at = func(i int) value.Value {
			if v := at(i); v.Kind() == value.Text {
				return value.NewText(spaced(v.Text()))
			}
			return value.Nil
		}
	case len(d) > 2 && d[1:3] == "m8":
		unit := strings.Trim(d[3:], "[]")
		c.at = func(i int) value.Value {
			n, ok := number(at(i))
			if s, fits := timedeltaText(n, unit); ok && fits {
				return value.NewText(s)
			}
			return at(i)
		}
	}
	return c, ok
}
