package pickle

import (
	"encoding/binary"

	"cacheview/decode/value"
)

// machine carries out opcodes on refs. It is the part of a decode that is
// thrown away; what it makes is in the tree.
//
// The stack has no entries for marks: marks are the stack lengths at which
// MARK was met, and fence is the last of them. No opcode reaches below it.
type machine struct {
	table
	memo memo

	stack []ref
	marks []uint32
	fence int
	nodes int // nodes made, over all pages

	pos      int // of the next byte to read
	at       int // of the current opcode
	proto    int // -1 until PROTO
	seen     uint8
	buffers  uint32
	globals  []ref             // every class and function that was named
	inexact  bool              // heights are lower bounds only: something grew after it was placed
	unfolded ref               // the last callable that was found not to be one of plain data
	encoder  ref               // the last callable that was found to be _codecs.encode
	latin1   ref               // the last text that was found to be the name of that encoding
	classes  map[ref]textClass // of long texts that were asked for

	maxDepth, maxNodes, maxKids int
	maxText                     int64

	kind   value.ErrorKind // why it stopped, empty at STOP
	detail string
	inner  int          // pickles around this one
	limits value.Limits // for those inside it
}

// since is a bit for the protocol that brought an opcode.
var since = func() (bits [256]uint8) {
	for c, op := range opcodes {
		bits[c] = 1 << op.proto
	}
	return bits
}()

// fixedAtom is the length of the opcodes that are always an atom of one
// length, 0 for the others.
var fixedAtom = [256]uint8{
	opNone: 1, opNewTrue: 1, opNewFalse: 1, opEmptyTuple: 1,
	opBinInt1: 2, opBinInt2: 3, opBinInt: 5, opBinFloat: 9,
}

// run carries out opcodes until STOP or an error. The opcodes that make up
// most of any pickle are here, the others in step.
func (m *machine) run() {
	data, st := m.data, m.stack
	var seen uint8
	pos, at := 0, 0
	for {
		at = pos
		if at >= len(data) {
			m.fail(value.Truncated, "data ends without STOP")
			break
		}
		op := data[at]
		seen |= since[op]
		pos++
		if n := int(fixedAtom[op]); n != 0 {
			pos = at + n
			if pos > len(data) {
				goto truncated
			}
			goto push
		}
		switch op {
		case opShortBinUnicode, opShortBinString, opShortBinBytes:
			if pos >= len(data) {
				goto truncated
			}
			pos += 1 + int(data[pos])
			if pos > len(data) {
				goto truncated
			}
			goto push
		case opBinUnicode, opBinBytes:
			if len(data)-pos < 4 {
				goto truncated
			}
			pos += 4 + int(binary.LittleEndian.Uint32(data[pos:]))
			if pos > len(data) {
				goto truncated
			}
			goto push
		case opMemoize:
			if len(st) == m.fence {
				goto underflow
			}
			if t := &m.memo; t.count < t.room { // as add, without the call
				t.dense = t.dense[:t.count+1]
				t.dense[t.count] = st[len(st)-1]
				t.count++
			} else if !t.putSlow(uint64(t.count), st[len(st)-1]) {
				goto memoFull
			}
			continue
		case opBinPut:
			if pos >= len(data) {
				goto truncated
			}
			pos++
			if len(st) == m.fence {
				goto underflow
			}
			if !m.memo.put(uint64(data[pos-1]), st[len(st)-1]) {
				goto memoFull
			}
			continue
		case opLongBinPut:
			if len(data)-pos < 4 {
				goto truncated
			}
			pos += 4
			if len(st) == m.fence {
				goto underflow
			}
			if !m.memo.put(uint64(binary.LittleEndian.Uint32(data[pos-4:])), st[len(st)-1]) {
				goto memoFull
			}
			continue
		case opBinGet, opLongBinGet:
			width := 1
			if op == opLongBinGet {
				width = 4
			}
			if len(data)-pos < width {
				goto truncated
			}
			n := uint64(data[pos])
			if width == 4 {
				n = uint64(binary.LittleEndian.Uint32(data[pos:]))
			}
			pos += width
			r, ok := m.memo.get(n)
			if !ok {
				goto noMemo
			}
			if len(st) == cap(st) {
				if st = m.growStack(st); len(st) == cap(st) {
					goto full
				}
			}
			st = append(st, r)
			continue
		case opMark:
			if len(m.marks) >= m.maxNodes {
				goto full
			}
			m.marks = append(m.marks, uint32(len(st)))
			m.fence = len(st)
			continue
		case opFrame: // advice on how much to read at once
			if len(data)-pos < 8 {
				goto truncated
			}
			pos += 8
			continue
		case opStop:
			m.stack = m.stack[:len(st)]
			m.pos, m.at, m.seen = pos, at, seen
			if len(st) == m.fence {
				m.fail(value.Corrupt, "stack underflow")
			}
			return
		default:
			// m.stack is st but for its length: to store only that costs no
			// write barrier.
			m.stack = m.stack[:len(st)]
			m.pos, m.at = pos, at
			atom, ok := m.step(op)
			st, pos = m.stack, m.pos
			if !ok {
				m.seen = seen
				return
			}
			if !atom {
				continue
			}
		}
	push:
		if len(st) == cap(st) {
			if st = m.growStack(st); len(st) == cap(st) {
				goto full
			}
		}
		st = append(st, ref(at))
	}
	m.stack = m.stack[:len(st)]
	m.at, m.seen = at, seen
	return

truncated:
	m.stack = m.stack[:len(st)]
	m.at, m.seen = at, seen
	m.fail(value.Truncated, "data ends inside an opcode")
	return
underflow:
	m.stack = m.stack[:len(st)]
	m.at, m.seen = at, seen
	m.fail(value.Corrupt, "stack underflow")
	return
noMemo:
	m.stack = m.stack[:len(st)]
	m.at, m.seen = at, seen
	m.fail(value.Corrupt, "the memo has no such entry")
	return
memoFull:
	m.stack = m.stack[:len(st)]
	m.at, m.seen = at, seen
	m.fail(value.Limit, "too many memo entries")
	return
full:
	m.stack = m.stack[:len(st)]
	m.at, m.seen = at, seen
	m.fail(value.Limit, "too many values")
}

// fail records why the opcode at m.at cannot be carried out. It returns false
// so that an opcode can end with it.
func (m *machine) fail(k value.ErrorKind, detail string) bool {
	m.kind, m.detail = k, detail
	return false
}

// growStack makes m.stack st with more room, or with no room left at the
// limit, and returns it.
func (m *machine) growStack(st []ref) []ref {
	n := min(max(2*cap(st), 256), m.maxNodes)
	if n > len(st) {
		m.stack = make([]ref, len(st), n)
		copy(m.stack, st)
		return m.stack
	}
	m.stack = st
	return st
}

// push puts a value on the stack.
func (m *machine) push(r ref) bool {
	if len(m.stack) == cap(m.stack) {
		if m.growStack(m.stack); len(m.stack) == cap(m.stack) {
			return m.fail(value.Limit, "too many values")
		}
	}
	m.stack = append(m.stack, r)
	return true
}

// need says whether the stack has n values above the fence.
func (m *machine) need(n int) bool {
	if len(m.stack)-m.fence < n {
		return m.fail(value.Corrupt, "stack underflow")
	}
	return true
}

// pop takes the top of a stack that was found to have one.
func (m *machine) pop() ref {
	r := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return r
}

// popMark takes everything down to the last mark, and the mark. The result is
// good until the next push.
func (m *machine) popMark() ([]ref, bool) {
	if len(m.marks) == 0 {
		return nil, m.fail(value.Corrupt, "no MARK")
	}
	items := m.stack[m.fence:]
	m.stack = m.stack[:m.fence]
	m.marks = m.marks[:len(m.marks)-1]
	m.fence = 0
	if n := len(m.marks); n > 0 {
		m.fence = int(m.marks[n-1])
	}
	return items, true
}

// underMark returns the stack position below the last mark.
func (m *machine) underMark() (int, bool) {
	n := len(m.marks)
	if n == 0 {
		return 0, m.fail(value.Corrupt, "no MARK")
	}
	below := 0
	if n > 1 {
		below = int(m.marks[n-2])
	}
	if m.fence-below < 1 {
		return 0, m.fail(value.Corrupt, "stack underflow")
	}
	return m.fence - 1, true
}

// take moves over the next n bytes.
func (m *machine) take(n int) bool {
	if n > len(m.data)-m.pos {
		return m.fail(value.Truncated, "data ends inside an opcode")
	}
	m.pos += n
	return true
}

// takeSized moves over a length of width bytes and that many bytes after it.
func (m *machine) takeSized(width int, signed bool) bool {
	head := m.pos
	if !m.take(width) {
		return false
	}
	var n uint64
	for i := width - 1; i >= 0; i-- {
		n = n<<8 | uint64(m.data[head+i])
	}
	if signed && n>>31 != 0 {
		return m.fail(value.Corrupt, "negative length")
	}
	if n > uint64(len(m.data)-m.pos) {
		return m.fail(value.Truncated, "data ends inside an opcode")
	}
	m.pos += int(n)
	return true
}

// takeLine moves over the next line and returns it without its newline.
func (m *machine) takeLine() ([]byte, bool) {
	l, ok := cutLine(m.data[m.pos:])
	if !ok {
		return nil, m.fail(value.Truncated, "data ends inside a line")
	}
	m.pos += len(l) + 1
	return l, true
}
