package decode

import (
	"time"

	"cacheview/decode/value"
)

// Budget limits what one answer may make of the bytes it starts from: all
// layers of a value together, and all members of a collection. A few hundred
// bytes can stand for gigabytes, so a limit for each step is not enough. Every
// byte that the server stored adds to it, up to the limits of the options: a
// large value may take longer than a small one. The zero value is not ready to
// use; see NewBudget. It is not safe for concurrent use.
type Budget struct {
	bytes int64 // bytes that layers may still make
	nodes int   // values that readings may still make
	text  int64 // bytes of converted text that they may still make
	meter value.Meter
}

const (
	// minMade and maxMade limit the bytes that the layers of one answer make,
	// for a small value and for any.
	minMade = 16 << 20
	maxMade = 64 << 20
	// madePerByte is what each stored byte adds. Rows of JSON compress to a
	// hundredth at best.
	madePerByte = 64
	// minNodes limits the values of a small answer; each stored byte adds
	// nodesPerByte.
	minNodes     = 1 << 20
	nodesPerByte = 8
	// minTime ends decompression of a small answer, and each stored megabyte
	// adds timePerMB. The other limits end it sooner on an idle machine.
	minTime   = 2 * time.Second
	timePerMB = time.Second
)

// NewBudget returns a budget for one answer.
func NewBudget() *Budget {
	b := newBudget()
	return &b
}

func newBudget() Budget {
	return Budget{bytes: minMade, nodes: minNodes, text: minMade, meter: value.Meter{Time: minTime}}
}

// add adds what size stored bytes are worth.
func (b *Budget) add(size int, lim value.Limits) {
	b.bytes = min(b.bytes+int64(size)*madePerByte, maxMade)
	b.text = min(b.text+int64(size)*nodesPerByte, lim.Text)
	b.nodes = min(b.nodes+size*nodesPerByte, lim.Nodes)
	b.meter.Time += time.Duration(size) * timePerMB >> 20
}

// reading returns the limits of the next reading, with a meter of its own.
func (b *Budget) reading(lim value.Limits) value.Limits {
	lim.Nodes = max(min(lim.Nodes, b.nodes), 1)
	lim.Text = max(min(lim.Text, b.text), 1)
	b.meter.Nodes, b.meter.Text = 0, 0
	lim.Meter = &b.meter
	return lim
}

// spend takes off what the last reading made.
func (b *Budget) spend() {
	b.nodes -= b.meter.Nodes
	b.text -= b.meter.Text
}

// keptOfCut is how much is kept of an output that was too large: enough to see
// what it is. The rest has cost its time, and would cost memory in every
// rendering after it.
const keptOfCut = 1 << 20

// takeOff takes a layer off within the budget.
func (d *decoder) takeOff(r *row, raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	lim.Output = max(min(lim.Output, d.budget.bytes), 1)
	lim.Meter = &d.budget.meter
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
