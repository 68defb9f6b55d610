// Package pickle reads Python pickles, protocols 0 to 5, without Python.
//
// It is a symbolic stack machine: it follows every opcode that CPython knows
// and keeps what they say in a packed tree. It never imports, calls or
// constructs what a pickle names; a REDUCE is a node that says "this would be
// called with these arguments". Text and bytes are views into the input.
//
// A Doc can be looked at in three ways: Value is the reading for people, where
// a datetime is a datetime; AppendStructure writes exactly what the opcodes
// say; Disassemble lists the opcodes themselves, of damaged input too.
package pickle

import (
	"math/bits"
	"strconv"
	"sync"

	"cacheview/decode/value"
)

// Document is one pickle as far as it could be read. It is immutable, and it holds
// on to the data it was made from, which must not change.
type Document struct {
	table
	first    [1][]node // pages of nearly every Doc, without an allocation
	nodes    int
	globals  []ref // every class and function that was named
	root     ref   // none after an error
	layer    uint8
	protocol int16
	consumed int
	depth    int // limits of what is written later
	output   int64
	failure  *failure
}

// failure is where the machine stood when it could not go on.
type failure struct {
	err   value.Error
	stack []ref
	marks []uint32 // positions in stack
}

// What a machine may keep for the next decode, in entries.
const (
	keepStack = 1 << 16
	keepKids  = 1 << 18
)

var machines = sync.Pool{New: func() any { return new(machine) }}

// Decode reads the pickle at the start of data. It never fails: what could not
// be read is told by Err, and everything before it is kept.
func Decode(data []byte, lim value.Limits) *Document { return decodeInner(data, lim, 0) }

// decodeInner reads a pickle that is inside this many others.
func decodeInner(data []byte, lim value.Limits, inner int) *Document {
	lim = lim.OrDefault()
	if len(data) > maxData {
		return &Document{
			root: none, protocol: -1,
			failure: &failure{err: value.Error{Format: "pickle", Kind: value.Limit, Detail: "more than 2 GiB"}},
		}
	}
	m := machines.Get().(*machine)
	m.reset(data, lim)
	m.inner, m.limits = inner, lim
	m.run()
	d := m.doc(lim)
	m.release()
	return d
}

// reset makes the machine ready for another pickle.
func (m *machine) reset(data []byte, lim value.Limits) {
	m.data = data
	m.memo.reset(lim.Memo)
	m.maxDepth, m.maxNodes, m.maxKids, m.maxText = lim.Depth, lim.Nodes, 2*lim.Nodes, lim.Text
	m.stack = m.stack[:0:min(cap(m.stack), lim.Nodes)]
	m.marks, m.kids, m.parts, m.globals = m.marks[:0], m.kids[:0], m.parts[:0], m.globals[:0]
	m.fence, m.nodes, m.pos, m.at, m.proto = 0, 0, 0, 0, -1
	m.seen, m.buffers, m.inexact = 0, 0, false
	m.kind, m.detail = "", ""
	m.unfolded, m.encoder, m.latin1 = none, none, none
}

// doc moves what was made into a Doc. Small tables are copied, so that the
// machine keeps its own for the next time; large ones are handed over.
func (m *machine) doc(lim value.Limits) *Document {
	d := &Document{nodes: m.nodes, root: none, protocol: int16(m.proto), consumed: m.pos, depth: lim.Depth, output: lim.Output}
	lim.Meter.Add(m.nodes)
	d.data = m.data
	d.layer = m.layer()
	if m.nodes > 0 {
		d.first[0] = append([]node(nil), m.pages[0][:min(m.nodes, pageSize)]...)
		d.pages = d.first[:]
		if m.nodes > pageSize {
			d.pages = append([][]node{d.first[0]}, m.pages[1:]...)
		}
		m.pages = m.pages[:1:1]
	}
	if len(m.kids) <= keepKids {
		d.kids = append([]ref(nil), m.kids...)
	} else {
		d.kids, m.kids = m.kids, nil
	}
	d.arrays = m.arrays
	if len(m.globals) > 0 {
		d.globals = append([]ref(nil), m.globals...)
	}
	if len(m.parts) > 0 {
		d.parts = append([]part(nil), m.parts...)
	}
	if m.kind == "" {
		d.root = m.stack[len(m.stack)-1]
		return d
	}
	d.consumed = m.at
	d.failure = &failure{
		err:   value.Error{Format: d.Layer(), Kind: m.kind, Offset: m.at, Detail: m.detail},
		stack: append([]ref(nil), m.stack...),
		marks: append([]uint32(nil), m.marks...),
	}
	return d
}

// release gives the machine back, without the data and without tables that
// are larger than most pickles need.
func (m *machine) release() {
	m.data, m.classes, m.arrays = nil, nil, nil
	m.memo.shrink()
	if cap(m.stack) > keepStack {
		m.stack = nil
	}
	if cap(m.marks) > keepStack {
		m.marks = nil
	}
	if cap(m.kids) > keepKids {
		m.kids = nil
	}
	if cap(m.parts) > keepKids {
		m.parts = nil
	}
	if cap(m.globals) > keepKids {
		m.globals = nil
	}
	machines.Put(m)
}

// layer is the protocol that the pickle says it has; without PROTO the newest
// that an opcode needs.
func (m *machine) layer() uint8 {
	if m.proto >= 0 {
		return uint8(m.proto)
	}
	return uint8(bits.Len8(m.seen|1) - 1)
}

// Protocol returns the argument of the first PROTO opcode, -1 without one.
func (d *Document) Protocol() int { return int(d.protocol) }

// Layer returns the name of the layer, "pickle0" to "pickle5": by the PROTO
// opcode, or without one by the newest opcode that is used.
func (d *Document) Layer() string { return "pickle" + strconv.Itoa(int(d.layer)) }

// Consumed returns the number of bytes up to and with STOP; after an error,
// the offset of the opcode that could not be carried out.
func (d *Document) Consumed() int { return d.consumed }

// Err says why reading stopped before STOP, nil if it did not.
func (d *Document) Err() *value.Error {
	if d.failure == nil {
		return nil
	}
	return &d.failure.err
}
