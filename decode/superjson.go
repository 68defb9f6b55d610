package decode

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"cacheview/decode/value"
)

// superjsonRows is superjson (github.com/flightcontrolhq/superjson): JSON, and
// beside it which of its parts stand for values that JSON does not have.
var superjsonRows = []row{
	{name: "superjson", trust: sound, sniff: sniffSuperjson, read: readSuperjson},
}

// sniffSuperjson leaves JSON without annotations alone: it reads the same.
func sniffSuperjson(in *input) (string, bool) {
	raw := bytes.TrimSpace(in.raw)
	return `"json" and "meta" with the types of its values, as superjson writes them`,
		bytes.HasPrefix(raw, []byte(`{"json":`)) && raw[len(raw)-1] == '}' && bytes.Contains(raw, []byte(`"meta":{`))
}

func readSuperjson(in *input) reading {
	v, n, err := parseJSON(in.raw, in.lim)
	rd := reading{value: v, n: n, err: err, refused: err != nil}
	if err != nil || v.Kind() != value.Map || v.Len() != 2 {
		rd.refused = true
		return rd
	}
	data, ok := entry(v, "json")
	meta, ok2 := entry(v, "meta")
	values, ok3 := entry(meta, "values")
	if !ok || !ok2 || !ok3 || meta.Kind() != value.Map {
		rd.refused = true
		return rd
	}
	s := superjson{lim: in.lim.OrDefault()}
	rd.value = s.restore(data, values, 0)
	rd.refused = s.bad
	return rd
}

// maxRestored limits the annotations of one value.
const maxRestored = 100_000

// superjson puts annotated values in their places.
type superjson struct {
	lim  value.Limits
	done int
	bad  bool // an annotation that superjson does not write
}

// restore applies annotations to a value: a type, a type with annotations of
// what is inside, or annotations by path.
func (s *superjson) restore(v, note value.Value, depth int) value.Value {
	if s.done++; s.done > maxRestored || depth > 64 {
		s.bad = true
	}
	if s.bad {
		return v
	}
	switch note.Kind() {
	case value.Map: // annotations of what is inside, by path
		for i := range note.Len() {
			path, inner := note.Pairs().At(i)
			v = s.at(v, splitPath(path.Text()), inner, depth+1)
		}
		return v
	case value.Seq: // [type] or [type, annotations inside]
		if note.Len() == 0 || note.Len() > 2 {
			s.bad = true
			return v
		}
		if note.Len() == 2 {
			v = s.restore(v, note.Items().At(1), depth+1)
		}
		return s.typed(v, note.Items().At(0))
	}
	s.bad = true
	return v
}

// at applies annotations at a path.
func (s *superjson) at(v value.Value, path []string, note value.Value, depth int) value.Value {
	if s.done++; len(path) == 0 || s.bad || s.done > maxRestored || depth > 256 {
		if len(path) == 0 {
			return s.restore(v, note, depth)
		}
		s.bad = true
		return v
	}
	switch v.Kind() {
	case value.Seq:
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= v.Len() {
			break
		}
		list, ok := v.Items().(value.List)
		if !ok {
			list = make(value.List, v.Len())
			for j := range list {
				list[j] = v.Items().At(j)
			}
		}
		s.done += len(list) / 64
		list[i] = s.at(list[i], path[1:], note, depth+1)
		return value.NewSeq(list).WithTag(v.Tag(), v.Attrs()...)
	case value.Map:
		dict, ok := v.Pairs().(value.Dict)
		if !ok {
			dict = make(value.Dict, v.Len())
			for j := range dict {
				dict[j].Key, dict[j].Value = v.Pairs().At(j)
			}
		}
		s.done += len(dict) / 64
		for j := range dict {
			if dict[j].Key.Text() == path[0] {
				dict[j].Value = s.at(dict[j].Value, path[1:], note, depth+1)
				return value.NewMap(dict).WithTag(v.Tag(), v.Attrs()...)
			}
		}
	}
	s.bad = true
	return v
}

// splitPath parts a path at its dots; a dot or backslash of a name has a
// backslash before it.
func splitPath(path string) []string {
	var parts []string
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '\\' && i+1 < len(path):
			i++
			b.WriteByte(path[i])
		case c == '.':
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(parts, b.String())
}

// typed is a value of the type that an annotation names.
func (s *superjson) typed(v, kind value.Value) value.Value {
	name, arg := kind.Text(), ""
	if kind.Kind() == value.Seq && kind.Len() == 2 {
		name, arg = kind.Items().At(0).Text(), kind.Items().At(1).Text()
	}
	switch {
	case name == "undefined" && v.Kind() == value.Null:
		return undefined
	case name == "set" && v.Kind() == value.Seq:
		return v.WithTag("set")
	case name == "typed-array" && v.Kind() == value.Seq && arg != "":
		return value.NewText(arg).WithTag("array", value.Attr{Name: "items", Value: v})
	case name == "map" && v.Kind() == value.Seq:
		if m, ok := mapOfPairs(v); ok {
			return m
		}
	case name == "Error" && v.Kind() == value.Map:
		if class, ok := entry(v, "name"); ok && class.Kind() == value.Text {
			return rubyObject(class.Text(), v)
		}
	case (name == "class" || name == "custom") && arg != "":
		return value.NewObject("object", arg, value.Attr{Name: "state", Value: v})
	case v.Kind() == value.Text:
		if w, ok := jsText(name, v.Text()); ok {
			return w
		}
	}
	s.bad = true
	return v
}

// mapOfPairs makes a Map of [[key, value], ...].
func mapOfPairs(v value.Value) (value.Value, bool) {
	dict := make(value.Dict, v.Len())
	for i := range dict {
		pair := v.Items().At(i)
		if pair.Kind() != value.Seq || pair.Len() != 2 {
			return v, false
		}
		dict[i] = value.Pair{Key: pair.Items().At(0), Value: pair.Items().At(1)}
	}
	return value.NewMap(dict).WithTag("map"), true
}

// jsText is a value of JavaScript that is written as a text.
func jsText(name, s string) (value.Value, bool) {
	switch name {
	case "Date":
		_, err := time.Parse(time.RFC3339Nano, s)
		return value.NewText(s).WithTag("datetime"), err == nil
	case "bigint", "BigInt":
		return ofDigits(s), isDecimal([]byte(s))
	case "regexp":
		end := strings.LastIndexByte(s, '/')
		if end <= 0 || s[0] != '/' {
			return value.Nil, false
		}
		return ofRegExp(s[1:end], s[end+1:]), true
	case "number":
		switch s {
		case "NaN", "Infinity", "-Infinity", "-0":
			f, err := strconv.ParseFloat(strings.Replace(s, "Infinity", "Inf", 1), 64)
			return value.NewFloat(f), err == nil
		}
	case "URL", "symbol":
		return jsObject(strings.ToUpper(name[:1])+name[1:], value.NewText(s)), true
	}
	return value.Nil, false
}

func ofRegExp(source, flags string) value.Value {
	return value.NewText(source).WithTag("regexp", value.Attr{Name: "flags", Value: value.NewText(flags)})
}
