package pickle

import (
	"math"

	"cacheview/decode/value"
)

// newNode adds a node to the tree.
func (m *machine) newNode(n node) (ref, bool) {
	if m.nodes >= m.maxNodes {
		return none, m.fail(value.Limit, "too many values")
	}
	if int(n.height) > m.maxDepth && !m.inexact {
		return none, m.fail(value.Limit, "nested too deep")
	}
	page := m.nodes >> pageBits
	if page == len(m.pages) {
		m.pages = append(m.pages, make([]node, pageSize))
	}
	m.pages[page][m.nodes&(pageSize-1)] = n
	m.nodes++
	return nodeBit | ref(m.nodes-1), true
}

func (m *machine) pushNode(n node) bool {
	r, ok := m.newNode(n)
	return ok && m.push(r)
}

// place notes that r is now a child and returns its height, 0 for an atom.
func (m *machine) place(r ref) uint16 {
	if !isNode(r) {
		return 0
	}
	n := m.node(r)
	n.flags |= flagPlaced
	return min(n.height, math.MaxUint16-1)
}

// placeAll is place for many; the height is the largest.
func (m *machine) placeAll(items []ref) uint16 {
	var h uint16
	for _, r := range items {
		if isNode(r) {
			h = max(h, m.place(r))
		}
	}
	return h
}

// raise makes n at least h high. A node that was a child already makes the
// heights above it wrong, which is then no longer worth failing for: the
// writers have a guard of their own.
func (m *machine) raise(n *node, h uint16) bool {
	if h <= n.height {
		return true
	}
	if n.flags&flagPlaced != 0 {
		m.inexact = true
	}
	if int(h) > m.maxDepth && !m.inexact {
		return m.fail(value.Limit, "nested too deep")
	}
	n.height = h
	return true
}

// store adds children at the end of the table and returns where.
func (m *machine) store(items []ref) (start uint32, ok bool) {
	if !m.roomFor(len(items)) {
		return 0, false
	}
	start = uint32(len(m.kids))
	m.kids = append(m.kids, items...)
	return start, true
}

// roomFor makes sure that n more children can be appended.
func (m *machine) roomFor(n int) bool {
	need := len(m.kids) + n
	if need > m.maxKids {
		return m.fail(value.Limit, "too many values")
	}
	if need > cap(m.kids) {
		grown := make([]ref, len(m.kids), max(need, min(2*cap(m.kids), m.maxKids), 64))
		copy(grown, m.kids)
		m.kids = grown
	}
	return true
}

// extend adds children to a run of them. A run that cannot grow where it is
// moves to the end of the table and gets room for as many again, so that
// growing stays linear. What it leaves behind stays as it was: a set made
// from a list keeps the items of that moment.
func (m *machine) extend(start, length, room *uint32, items []ref) bool {
	add := uint32(len(items))
	if *length+add > *room {
		switch {
		case int(*start+*room) == len(m.kids):
			grow := *length + add - *room
			if !m.roomFor(int(grow)) {
				return false
			}
			m.kids = m.kids[:len(m.kids)+int(grow)]
			*room += grow
		default:
			want := *length + add
			if *length > 0 {
				want *= 2
			}
			if !m.roomFor(int(want)) {
				return false
			}
			at := len(m.kids)
			m.kids = m.kids[:at+int(want)]
			copy(m.kids[at:], m.kids[*start:*start+*length])
			*start, *room = uint32(at), want
		}
	}
	copy(m.kids[*start+*length:], items)
	*length += add
	return true
}

// sequence pushes a node whose children are items, which may be a part of
// the stack above its top.
func (m *machine) sequence(k kind, items []ref) bool {
	start, ok := m.store(items)
	if !ok {
		return false
	}
	n := uint32(len(items))
	return m.pushNode(node{kind: k, height: 1 + m.placeAll(items), a: start, b: n, c: n})
}

// tupleOf is TUPLE1, TUPLE2 and TUPLE3.
func (m *machine) tupleOf(n int) bool {
	if !m.need(n) {
		return false
	}
	items := m.stack[len(m.stack)-n:]
	m.stack = m.stack[:len(m.stack)-n]
	return m.sequence(kTuple, items)
}

// fromMark is TUPLE, LIST, FROZENSET and DICT. An empty tuple is an atom.
func (m *machine) fromMark(op byte) (atom, ok bool) {
	items, ok := m.popMark()
	if !ok {
		return false, false
	}
	switch {
	case op == opTuple && len(items) == 0:
		return true, true
	case op == opTuple:
		return false, m.sequence(kTuple, items)
	case op == opList:
		return false, m.sequence(kList, items)
	case op == opFrozenSet:
		return false, m.sequence(kFrozenSet, items)
	case len(items)%2 != 0:
		return false, m.fail(value.Corrupt, "odd number of items for a dict")
	}
	return false, m.sequence(kDict, items)
}

// addTo is APPEND, APPENDS, SETITEM, SETITEMS and ADDITEMS.
func (m *machine) addTo(op byte) bool {
	var at int // stack position of what is added to
	var items []ref
	switch op {
	case opAppend:
		if !m.need(2) {
			return false
		}
		items = m.stack[len(m.stack)-1:]
		m.stack = m.stack[:len(m.stack)-1]
		at = len(m.stack) - 1
	case opSetItem:
		if !m.need(3) {
			return false
		}
		items = m.stack[len(m.stack)-2:]
		at = len(m.stack) - 3
	default:
		var ok bool
		if at, ok = m.underMark(); !ok {
			return false
		}
		items = m.stack[m.fence:]
	}
	target, ok := m.target(at)
	if !ok {
		return false
	}
	what, plain := partItems, kList
	switch op {
	case opSetItem, opSetItems:
		what, plain = partEntries, kDict
		if len(items)%2 != 0 {
			return m.fail(value.Corrupt, "odd number of items for a dict")
		}
	case opAddItems:
		what, plain = partAdded, kSet
	}
	if !m.addItems(target, plain, what, items) {
		return false
	}
	switch op {
	case opSetItem:
		m.stack = m.stack[:len(m.stack)-2]
	case opAppends, opSetItems, opAddItems:
		m.popMark()
	}
	return true
}

// addItems adds to a container of kind plain or, as a part, to an object.
func (m *machine) addItems(target ref, plain kind, what partKind, items []ref) bool {
	if !isNode(target) {
		return m.fail(value.Corrupt, "cannot add items to this")
	}
	n := m.node(target)
	switch {
	case n.kind == plain:
		return m.raise(n, 1+m.placeAll(items)) && m.extend(&n.a, &n.b, &n.c, items)
	case n.kind >= kCall:
		return m.addPart(n, what, items)
	}
	return m.fail(value.Corrupt, "cannot add items to this")
}

// addPart adds to what was added to an object under the same word before.
func (m *machine) addPart(n *node, what partKind, items []ref) bool {
	if len(items) == 0 {
		return true
	}
	if !m.raise(n, 1+m.placeAll(items)) {
		return false
	}
	for i := n.c; i != 0; i = m.parts[i-1].nextPart {
		if p := &m.parts[i-1]; p.what == what {
			return m.extend(&p.a, &p.b, &p.c, items)
		}
	}
	start, ok := m.store(items)
	if !ok {
		return false
	}
	size := uint32(len(items))
	m.parts = append(m.parts, part{what: what, a: start, b: size, c: size, nextPart: n.c})
	n.c = uint32(len(m.parts))
	return true
}

// target returns the value at a stack position, ready to be added to. What
// may be anything in Python (a global, a persistent id, an extension, a
// buffer) gets a build node in its place; the memo keeps what it had.
func (m *machine) target(at int) (ref, bool) {
	r := m.stack[at]
	switch m.table.kind(r) {
	case kGlobal, kExt, kBuffer, kPersID, kComputed:
		return m.wrap(at)
	}
	return r, true
}

// wrap puts a build node in the place of the value at a stack position.
func (m *machine) wrap(at int) (ref, bool) {
	r, ok := m.newNode(node{kind: kBuild, a: m.stack[at], b: none, height: 1 + m.place(m.stack[at])})
	if ok {
		m.stack[at] = r
	}
	return r, ok
}
