package pickle

import "cacheview/decode/value"

// step carries out an opcode that run does not. It says whether the opcode
// made an atom, which run then pushes.
func (m *machine) step(op byte) (atom, ok bool) {
	switch op {
	case opProto:
		if !m.take(1) {
			return false, false
		}
		if m.proto < 0 {
			m.proto = int(m.data[m.pos-1])
		}
		return false, true
	case opPop:
		return false, m.opPop()
	case opPopMark:
		_, ok := m.popMark()
		return false, ok
	case opDup:
		return false, m.need(1) && m.push(m.stack[len(m.stack)-1])

	case opInt, opLong, opFloat, opString, opUnicode, opPersID, opGlobal:
		return m.textAtom(op)
	case opLong1:
		return true, m.takeSized(1, false)
	case opLong4:
		return m.long4()
	case opBinString:
		return true, m.takeSized(4, true)
	case opBinUnicode8, opBinBytes8, opByteArray8:
		return true, m.takeSized(8, false)
	case opExt1:
		return true, m.take(1)
	case opExt2:
		return true, m.take(2)
	case opExt4:
		return true, m.take(4)

	case opEmptyList:
		return false, m.pushNode(node{kind: kList, height: 1})
	case opEmptyDict:
		return false, m.pushNode(node{kind: kDict, height: 1})
	case opEmptySet:
		return false, m.pushNode(node{kind: kSet, height: 1})
	case opTuple, opList, opFrozenSet, opDict:
		return m.fromMark(op)
	case opTuple1, opTuple2, opTuple3:
		return false, m.tupleOf(int(op - opTuple1 + 1))
	case opAppend, opAppends, opSetItem, opSetItems, opAddItems:
		return false, m.addTo(op)

	case opGet, opPut:
		return false, m.textMemo(op)
	case opBinPersID:
		return false, m.opBinPersID()
	case opStackGlobal:
		return false, m.stackGlobal()
	case opReduce:
		return false, m.reduce()
	case opBuild:
		return false, m.build()
	case opNewObj, opNewObjEx:
		return false, m.newObj(op)
	case opInst:
		return false, m.inst()
	case opObj:
		return false, m.obj()
	case opNextBuffer:
		m.buffers++
		return false, m.pushNode(node{kind: kBuffer, a: m.buffers - 1})
	case opReadOnlyBuffer:
		return false, m.readOnly()
	}
	return false, m.fail(value.Corrupt, "unknown opcode")
}

// opPop takes the top of the stack or, when that is a mark, the mark.
func (m *machine) opPop() bool {
	if len(m.stack) > m.fence {
		m.pop()
		return true
	}
	if len(m.marks) == 0 {
		return m.fail(value.Corrupt, "stack underflow")
	}
	m.popMark()
	return true
}

func (m *machine) opBinPersID() bool {
	if !m.need(1) {
		return false
	}
	id := m.pop()
	n := node{kind: kPersID, a: id, height: 1}
	n.height += m.place(id)
	return m.pushNode(n)
}

// textMemo is GET and PUT, whose number is a line of digits.
func (m *machine) textMemo(op byte) bool {
	k, negative, ok := m.takeKey()
	if !ok {
		return false
	}
	if op == opGet {
		r, ok := m.memo.getKey(k)
		if !ok || negative {
			return m.fail(value.Corrupt, "the memo has no such entry")
		}
		return m.push(r)
	}
	if negative {
		return m.fail(value.Corrupt, "negative memo number")
	}
	if !m.need(1) {
		return false
	}
	if !m.memo.putKey(k, m.stack[len(m.stack)-1]) {
		return m.fail(value.Limit, "too many memo entries")
	}
	return true
}

// stackGlobal takes a module and a name. Names that are not text may be the
// results of calls, which only running the pickle would tell.
func (m *machine) stackGlobal() bool {
	if !m.need(2) {
		return false
	}
	mod, name := m.stack[len(m.stack)-2], m.stack[len(m.stack)-1]
	plain := true
	for _, r := range [2]ref{mod, name} {
		switch m.table.kind(r) {
		case kStr, kStr8:
			if m.textClass(r) == notText {
				return m.fail(value.Corrupt, "STACK_GLOBAL needs text")
			}
		case kGlobal, kExt, kBuffer, kPersID, kComputed, kCall, kObject, kBuild:
			plain = false
		default:
			return m.fail(value.Corrupt, "STACK_GLOBAL needs text")
		}
	}
	n := node{kind: kGlobal, a: mod, b: name, height: 1}
	if !plain {
		n.kind = kComputed
		n.height += max(m.place(mod), m.place(name))
	}
	m.stack = m.stack[:len(m.stack)-2]
	if !m.pushNode(n) {
		return false
	}
	return !plain || m.named(m.stack[len(m.stack)-1])
}

// named notes a class or function that the pickle names.
func (m *machine) named(r ref) bool {
	if len(m.globals) >= m.maxNodes {
		return m.fail(value.Limit, "too many values")
	}
	m.globals = append(m.globals, r)
	return true
}

// readOnly marks the buffer on top of the stack.
func (m *machine) readOnly() bool {
	if !m.need(1) {
		return false
	}
	top := m.stack[len(m.stack)-1]
	if m.table.kind(top) != kBuffer {
		return true
	}
	n := *m.node(top)
	n.flags |= flagReadOnly
	m.pop()
	return m.pushNode(n)
}
