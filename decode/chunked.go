package decode

import "cacheview/decode/value"

// chunkLen is how many items a chunked list holds in one piece, so that a long
// one never has to be copied to a longer one.
const chunkLen = 1024

// chunked is a list that never moves what it holds.
type chunked[T any] struct {
	first []T   // the first chunkLen
	more  [][]T // the others, chunkLen each
}

// growing is a list that can be added to while handles to it exist: how a
// container can be referred to before it is complete. It is value.Items.
type growing = chunked[value.Value]

// Len returns the number of items.
func (g *chunked[T]) Len() int {
	if len(g.more) == 0 {
		return len(g.first)
	}
	return chunkLen*len(g.more) + len(g.more[len(g.more)-1])
}

// At returns item i.
func (g *chunked[T]) At(i int) T { return *g.slot(i) }

func (g *chunked[T]) slot(i int) *T {
	if i < chunkLen {
		return &g.first[i]
	}
	return &g.more[i/chunkLen-1][i%chunkLen]
}

func (g *chunked[T]) add(v T) {
	if len(g.first) < chunkLen {
		g.first = append(g.first, v)
		return
	}
	last := len(g.more) - 1
	if last < 0 || len(g.more[last]) == chunkLen {
		g.more = append(g.more, make([]T, 0, chunkLen))
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
var undefined = value.NewBool(true).WithTag("undefined")
