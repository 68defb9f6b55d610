package decode

import (
	"cacheview/decode/value"
)

// Budget is what one answer may make of the bytes it starts from: all layers of
// a value together, and all members of a collection. A few hundred bytes can
// say gigabytes, so that a limit for each step is none. The zero value is not
// ready to use; see NewBudget. It is not safe for concurrent use.
type Budget struct {
	bytes int64 // that layers may still make
}

// maxMade bounds the bytes that the layers of one answer make. One layer makes
// at most Limits.Output of them.
const maxMade = 64 << 20

// NewBudget returns what one answer may spend.
func NewBudget() *Budget { return &Budget{bytes: maxMade} }

// keptOfCut is how much is kept of an output that was too large: enough to see
// what it is. The rest has cost its time, and would cost memory in every
// rendering after it.
const keptOfCut = 1 << 20

// takeOff takes a layer off within the budget.
func (d *decoder) takeOff(r *row, raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	lim.Output = max(min(lim.Output, d.budget.bytes), 1)
	un, err := r.unwrap(raw, lim)
	if err != nil && err.Kind == value.Limit && len(un.inner) > keptOfCut {
		un.inner = append([]byte(nil), un.inner[:keptOfCut]...)
	}
	// What is a part of raw was not made.
	if len(un.inner) > 0 && !within(un.inner, raw) {
		d.budget.bytes -= int64(len(un.inner))
	}
	return un, err
}

// within reports whether part is a view into raw.
func within(part, raw []byte) bool {
	if len(part) > len(raw) || len(raw) == 0 {
		return false
	}
	for at := range min(len(raw)-len(part)+1, 4096) { // envelopes have short heads
		if &raw[at] == &part[0] {
			return true
		}
	}
	return false
}
