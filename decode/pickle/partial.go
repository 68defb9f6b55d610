package pickle

import "cacheview/decode/value"

// partial is the reading of a stack that never became one value. Every open
// container gets what was waiting to go into it; what waits for an opcode that
// never came is a sequence with the tag "partial".
func (d *Document) partial() value.Value {
	f := d.failure
	if len(f.marks) > d.depth || len(f.stack) > maxPending {
		return value.NewSeq(d.items(f.stack)).WithTag("partial")
	}
	stack := make([]pending, 0, len(f.stack))
	for _, r := range f.stack {
		stack = append(stack, pending{ref: r})
	}
	for i := len(f.marks) - 1; i >= 0; i-- {
		at := int(f.marks[i])
		floor := 0
		if i > 0 {
			floor = int(f.marks[i-1])
		}
		waiting := append([]pending(nil), stack[at:]...)
		stack = stack[:at]
		if at > floor && stack[at-1].items == nil && d.isOpen(stack[at-1].ref) {
			stack[at-1].items = waiting
			continue
		}
		stack = append(stack, pending{ref: none, items: waiting})
	}
	switch len(stack) {
	case 0:
		return value.Nil
	case 1:
		return d.pendingValue(stack[0])
	}
	return value.NewSeq(pendingItems{d, nil, stack}).WithTag("partial")
}

// maxPending is the number of values up to which they are put together.
const maxPending = 1 << 20

// pending is a value of the stack with what waits to be added to it; ref is
// none for a mark with nothing below it to add to.
type pending struct {
	ref   ref
	items []pending
}

// isOpen says whether values above a mark are there to be added to r.
func (d *Document) isOpen(r ref) bool {
	switch d.kind(r) {
	case kList, kSet, kDict:
		return isNode(r)
	}
	return false
}

func (d *Document) pendingValue(p pending) value.Value {
	if p.ref == none {
		return value.NewSeq(pendingItems{d, nil, p.items}).WithTag("partial")
	}
	if len(p.items) == 0 {
		return d.value(p.ref)
	}
	switch d.kind(p.ref) {
	case kDict:
		return value.NewMap(pendingPairs{d, d.seq(p.ref), p.items}).WithID(id(p.ref))
	case kSet:
		return value.NewSeq(pendingItems{d, d.seq(p.ref), p.items}).WithTag("set").WithID(id(p.ref))
	}
	return value.NewSeq(pendingItems{d, d.seq(p.ref), p.items}).WithID(id(p.ref))
}

// pendingItems are the items that a sequence has and those that wait.
type pendingItems struct {
	doc  *Document
	have []ref
	more []pending
}

func (s pendingItems) Len() int { return len(s.have) + len(s.more) }
func (s pendingItems) At(i int) value.Value {
	if i < len(s.have) {
		return s.doc.value(s.have[i])
	}
	return s.doc.pendingValue(s.more[i-len(s.have)])
}

// pendingPairs are the entries that a dict has and those that wait. A last key
// without a value gets null with the tag "missing".
type pendingPairs struct {
	doc  *Document
	have []ref
	more []pending
}

func (p pendingPairs) Len() int { return len(p.have)/2 + (len(p.more)+1)/2 }
func (p pendingPairs) At(i int) (key, val value.Value) {
	if n := len(p.have) / 2; i >= n {
		i = 2 * (i - n)
		val = value.Nil.WithTag("missing")
		if i+1 < len(p.more) {
			val = p.doc.pendingValue(p.more[i+1])
		}
		return p.doc.pendingValue(p.more[i]), val
	}
	return p.doc.value(p.have[2*i]), p.doc.value(p.have[2*i+1])
}
