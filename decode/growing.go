package decode

import "cacheview/decode/value"

// chunkLen is how many values a growing list holds in one piece, so that a
// long one never has to be copied to a longer one.
const chunkLen = 1024

// growing is a list that can be added to while handles to it exist: how a
// container can be referred to before it is complete. It is value.Items.
type growing struct {
	first []value.Value   // the first chunkLen
	more  [][]value.Value // the others, chunkLen each
}

// Len returns the number of items.
func (g *growing) Len() int {
	if len(g.more) == 0 {
		return len(g.first)
	}
	return chunkLen*len(g.more) + len(g.more[len(g.more)-1])
}

// At returns item i.
func (g *growing) At(i int) value.Value { return *g.slot(i) }

func (g *growing) slot(i int) *value.Value {
	if i < chunkLen {
		return &g.first[i]
	}
	return &g.more[i/chunkLen-1][i%chunkLen]
}

func (g *growing) add(v value.Value) {
	if len(g.first) < chunkLen {
		g.first = append(g.first, v)
		return
	}
	last := len(g.more) - 1
	if last < 0 || len(g.more[last]) == chunkLen {
		g.more = append(g.more, make([]value.Value, 0, chunkLen))
		last++
	}
	g.more[last] = append(g.more[last], v)
}

// growingMap is a map that can be added to while handles to it exist. It is
// value.Pairs.
type growingMap struct{ keys, vals growing }

// Len returns the number of entries.
func (m *growingMap) Len() int { return m.vals.Len() }

// At returns entry i.
func (m *growingMap) At(i int) (key, val value.Value) { return m.keys.At(i), m.vals.At(i) }

func (m *growingMap) add(key, val value.Value) {
	m.keys.add(key)
	m.vals.add(val)
}

// undefined is what JavaScript and PHP have where a value was never set.
var undefined = value.OfBool(true).Tagged("undefined")
