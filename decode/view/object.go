package view

import (
	"math"
	"strings"

	"cacheview/decode/value"
)

// object is an object or call, taken apart.
type object struct {
	value.Value
	class string // of the class or function; empty when that is itself a value
	args  []value.Value
	state value.Value // Nil without one
}

// maxArgs bounds the arguments that are looked at.
const maxArgs = 16

func objectOf(v value.Value) object {
	o := object{Value: v, class: v.Text()}
	for _, a := range v.Attrs() {
		switch {
		case a.Name == "args" && a.Value.Items() != nil:
			for i := range min(a.Value.Len(), maxArgs) {
				o.args = append(o.args, a.Value.Items().At(i))
			}
		case a.Name == "state":
			o.state = a.Value
		}
	}
	return o
}

// arg returns argument i, Nil without one.
func (o object) arg(i int) value.Value {
	if i < len(o.args) {
		return o.args[i]
	}
	return value.Nil
}

// module reports whether the class is in a module or a part of it.
func (o object) module(prefix string) bool { return strings.HasPrefix(o.class, prefix+".") }

// name is the class without its module.
func (o object) name() string {
	return o.class[strings.LastIndexAny(o.class, ".:\\")+1:]
}

// field finds a key among the first of a map's keys.
func field(m value.Value, name string) (value.Value, bool) {
	p := m.Pairs()
	if p == nil {
		return value.Nil, false
	}
	for i := range min(p.Len(), 256) {
		if k, v := p.At(i); k.Kind() == value.Text && k.Text() == name {
			return v, true
		}
	}
	return value.Nil, false
}

// of returns a field, Nil without one.
func get(m value.Value, name string) value.Value {
	v, _ := field(m, name)
	return v
}

// item returns item i of a sequence, Nil without one.
func item(v value.Value, i int) value.Value {
	if v.Items() == nil || i >= v.Items().Len() {
		return value.Nil
	}
	return v.Items().At(i)
}

func number(v value.Value) (int64, bool) {
	if head, ok := v.Head(); ok {
		v = head
	}
	return v.Int()
}

// isMissing reports whether a cell stands for no value: None, NaN, NaT, NA.
func isMissing(v value.Value) bool {
	switch v.Kind() {
	case value.Null:
		return true
	case value.Float:
		return math.IsNaN(v.Float())
	case value.Text:
		return v.Tag() == "global" && strings.HasSuffix(v.Text(), "missing.NA")
	case value.Object:
		return strings.HasSuffix(v.Text(), "nattype._nat_unpickle") || strings.HasSuffix(v.Text(), "missing.NAType")
	}
	return false
}

// label is a value as the name of a column.
func label(v value.Value) string {
	switch c := Cell(v); c.Kind() {
	case value.Text:
		return c.Text()
	case value.Null:
		return ""
	default:
		return plain(c)
	}
}
