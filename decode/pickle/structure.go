package pickle

import (
	"slices"
	"strconv"

	"cacheview/decode/value"
)

// AppendStructure appends the structure form, one JSON object without a
// newline: what the opcodes say and nothing more. Values that are met more
// than once are written once with a number and referred to afterwards, so
// sharing and cycles stay visible and the size stays bounded.
func (d *Document) AppendStructure(dst []byte) []byte {
	start := len(dst)
	out, ok := d.appendEnvelope(dst)
	if ok {
		return out
	}
	over := &value.Error{Format: d.Layer(), Kind: value.Limit, Offset: d.consumed}
	out = d.appendFailure(out[:start], over)
	return append(out, "[]}"...)
}

// appendEnvelope gives up, with ok false, at the limit of depth or output.
func (d *Document) appendEnvelope(dst []byte) (out []byte, ok bool) {
	roots := d.roots()
	w := newWriter(d, roots)
	lost := d.discarded(roots)
	var w2 *writer
	if len(lost) > 0 {
		w2 = newWriter(d, lost)
		w.size += w2.size
	}
	if d.failure != nil {
		w.size += int64(len(d.failure.marks) * len(`{"$mark":null},`))
	}
	if w.size > d.output || w2 != nil && w2.size > d.output {
		return dst, false
	}
	w.out = slices.Grow(dst, int(w.size)+256)
	if d.failure == nil {
		w.out = append(w.out, `{"ok":true,"protocol":`...)
		w.out = d.appendProtocol(w.out)
		w.out = append(w.out, `,"consumed":`...)
		w.out = strconv.AppendInt(w.out, int64(d.consumed), 10)
		w.out = append(w.out, `,"value":`...)
		w.value(d.root)
	} else {
		w.out = d.appendFailure(w.out, &d.failure.err)
		w.partial(d.failure.stack, d.failure.marks)
	}
	if w2 != nil {
		w2.out = append(w.out, `,"discarded":`...)
		w2.array(lost)
		w.out, w.deep = w2.out, w.deep || w2.deep
	}
	return append(w.out, '}'), !w.deep
}

// appendFailure writes the envelope of an error up to the partial stack.
func (d *Document) appendFailure(dst []byte, e *value.Error) []byte {
	dst = append(dst, `{"ok":false,"protocol":`...)
	dst = d.appendProtocol(dst)
	dst = append(dst, `,"error":{"kind":"`...)
	dst = append(dst, e.Kind...)
	dst = append(dst, `","offset":`...)
	dst = strconv.AppendInt(dst, int64(e.Offset), 10)
	return append(dst, `},"partial":`...)
}

func (d *Document) appendProtocol(dst []byte) []byte {
	if d.protocol < 0 {
		return append(dst, "null"...)
	}
	return strconv.AppendInt(dst, int64(d.protocol), 10)
}

// partial writes a stack with its marks.
func (w *writer) partial(stack []ref, marks []uint32) {
	w.out = append(w.out, '[')
	first := true
	comma := func() {
		if !first {
			w.out = append(w.out, ',')
		}
		first = false
	}
	for i := 0; i <= len(stack); i++ {
		for len(marks) > 0 && int(marks[0]) == i {
			comma()
			w.out = append(w.out, `{"$mark":null}`...)
			marks = marks[1:]
		}
		if i < len(stack) {
			comma()
			w.value(stack[i])
		}
	}
	w.out = append(w.out, ']')
}

// roots are the values that the structure form shows: the result, or what the
// stack was left with.
func (d *Document) roots() []ref {
	if d.failure == nil {
		return []ref{d.root}
	}
	return d.failure.stack
}

// discarded returns the outermost calls and objects that are not reached from
// roots, in the order they were made. Nodes are in that order.
func (d *Document) discarded(roots []ref) []ref {
	w := walker{table: &d.table, seen: make([]bool, d.nodes)}
	for _, r := range roots {
		w.walk(r)
	}
	var lost []ref
	for i := d.nodes - 1; i >= 0; i-- {
		r := nodeBit | ref(i)
		if !w.seen[i] && d.node(r).kind >= kCall {
			lost = append(lost, r)
			w.walk(r)
		}
	}
	slices.Reverse(lost)
	return lost
}

// walker visits nodes, each once.
type walker struct {
	*table
	seen  []bool       // by node
	atoms map[ref]bool // classes and functions that are atoms, when wanted
	stack []ref
}

func (w *walker) walk(r ref) {
	w.stack = append(w.stack[:0], r)
	for len(w.stack) > 0 {
		r := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		if !isNode(r) {
			if w.atoms != nil && w.kind(r) == kGlobal {
				w.atoms[r] = true
			}
			continue
		}
		if w.seen[r&^nodeBit] {
			continue
		}
		w.seen[r&^nodeBit] = true
		w.stack = w.appendChildren(w.stack, w.node(r))
	}
}

// appendChildren appends the children of a node in the order they are
// written.
func (t *table) appendChildren(dst []ref, n *node) []ref {
	switch n.kind {
	case kTuple, kList, kSet, kFrozenSet, kDict:
		return append(dst, t.kids[n.a:n.a+n.b]...)
	case kPersID:
		return append(dst, n.a)
	case kComputed:
		return append(dst, n.a, n.b)
	case kCall, kObject, kBuild:
		dst = append(dst, n.a)
		if n.b != none {
			dst = append(dst, n.b)
		}
		for what := partKwargs; what <= partStates; what++ {
			dst = append(dst, t.part(n, what)...)
		}
	}
	return dst
}
