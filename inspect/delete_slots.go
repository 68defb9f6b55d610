package inspect

import (
	"cmp"
	"math/bits"
	"slices"
)

// bySlot is the plan with the keys of each slot together, so that a batch is of
// few slots however many keys there are. Neighbouring slots belong to one node:
// with the bits of their numbers reversed, a batch is of all nodes.
func (p *Plan) bySlot() *Plan {
	type place struct {
		slot uint16
		key  int
	}
	places := make([]place, len(p.Keys))
	for i, k := range p.Keys {
		places[i] = place{bits.Reverse16(uint16(Slot(k))), i}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.slot, b.slot) })
	sorted := *p
	sorted.Keys, sorted.seen = make([][]byte, len(places)), make([]fingerprint, len(places))
	for i, at := range places {
		sorted.Keys[i], sorted.seen[i] = p.Keys[at.key], p.seen[at.key]
	}
	return &sorted
}
