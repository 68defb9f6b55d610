package journal

import (
	"slices"
)

// spans are ranges of frame numbers, sorted.
type spans []span

type span struct{ from, to uint64 } // to is not part of it

func (s spans) add(from, to uint64) spans {
	if from == to {
		return s
	}
	return append(s, span{from, to})
}

func (s spans) remove(n uint64) (spans, bool) {
	for i, r := range s {
		if n < r.from || n >= r.to {
			continue
		}
		var left spans
		left = left.add(r.from, n).add(n+1, r.to)
		return slices.Replace(s, i, i+1, left...), true
	}
	return s, false
}

func (s spans) len() (n uint64) {
	for _, r := range s {
		n += r.to - r.from
	}
	return n
}
