package ui

import (
	"slices"
	"strings"

	"cacheview/decode/value"
	"cacheview/ui/human"
)

// addAlso collects the other readings of the members, each once.
func (c *content) addAlso(also [][]string) {
	for _, names := range also {
		if !slices.ContainsFunc(c.Also, func(a []string) bool { return slices.Equal(a, names) }) {
			c.Also = append(c.Also, names)
		}
	}
}

// otherReadings are the formats that the value fits as well, as the format
// dialog takes them: "cbor", "deflate,json".
func (c *content) otherReadings() []string {
	names := make([]string, len(c.Also))
	for i, also := range c.Also {
		names[i] = strings.Join(also, ",")
	}
	return names
}

// alsoNote names the likeliest other reading and the key that switches to it,
// "or CBOR (V)"; of a collection it counts the members that are marked. Empty
// where nothing is ambiguous.
func (c *content) alsoNote(arrow, key string) string {
	switch {
	case len(c.Also) == 0 || c.As != "":
		return ""
	case c.collection():
		return human.Plural(c.Doubts, "member") + " marked (?): " + shortChain(c.Also[0], arrow) + " fits, too (" + key + ")"
	}
	return "or " + shortChain(c.Also[0], arrow) + " (" + key + ")"
}

// shortChain is a chain of layers for people.
func shortChain(layers []string, arrow string) string {
	steps := make([]string, len(layers))
	for i, l := range layers {
		steps[i] = layerName(l)
	}
	return strings.Join(steps, arrow)
}

// withoutDoubts returns the members of a collection without their marks, for
// what leaves the screen.
func withoutDoubts(v value.Value) value.Value {
	tag, notation := v.Tag(), v.Notation()
	switch v.Kind() {
	case value.Seq:
		list := make(value.List, v.Len())
		for i := range list {
			list[i] = v.Items().At(i).WithDoubt(false)
		}
		v = value.NewSeq(list)
	case value.Map:
		dict := make(value.Dict, v.Len())
		for i := range dict {
			key, val := v.Pairs().At(i)
			if tag == "stream" {
				val = withoutDoubts(val)
			}
			dict[i] = value.Pair{Key: key.WithDoubt(false), Value: val.WithDoubt(false)}
		}
		v = value.NewMap(dict)
	default:
		return v.WithDoubt(false)
	}
	if tag != "" {
		v = v.WithTag(tag)
	}
	return v.WithNotation(notation)
}
