package pickle

import "cacheview/decode/value"

// This file has the opcodes that make Python call something. Nothing is
// called: the node says what would be.

// reduce takes a callable and its arguments.
func (m *machine) reduce() bool {
	if !m.need(2) {
		return false
	}
	args, fn := m.pop(), m.pop()
	if !m.maybeTuple(args) {
		return m.fail(value.Corrupt, "the arguments of a call are not a tuple")
	}
	if fn != m.unfolded && m.table.kind(args) == kTuple && m.table.kind(fn) == kGlobal {
		if done, ok := m.fold(fn, m.seq(args)); done {
			return ok
		}
	}
	return m.pushNode(node{kind: kCall, a: fn, b: args, height: 1 + max(m.place(fn), m.place(args))})
}

// maybeTuple says whether r is a tuple or the result of something that only
// running the pickle would tell.
func (m *machine) maybeTuple(r ref) bool {
	switch m.table.kind(r) {
	case kTuple, kGlobal, kExt, kBuffer, kPersID, kComputed, kCall, kObject, kBuild:
		return true
	}
	return false
}

// fold recognises the few calls that every pickle writer uses for plain data.
// done says that it was one.
func (m *machine) fold(fn ref, args []ref) (done, ok bool) {
	if fn == m.encoder && m.isLatin1(args) {
		return true, m.pushNode(node{kind: kBytes, flags: flagLatin1, a: args[0], height: 1})
	}
	mod, name := m.shortName(fn)
	switch string(mod) {
	default:
		m.unfolded = fn
	case "builtins", "__builtin__":
		return m.foldBuiltin(string(name), args)
	case "_codecs":
		if string(name) == "encode" && m.isLatin1(args) {
			m.encoder = fn
			return true, m.pushNode(node{kind: kBytes, flags: flagLatin1, a: args[0], height: 1})
		}
	case "copyreg", "copy_reg":
		switch string(name) {
		case "_reconstructor":
			if len(args) == 3 && m.isGlobal(args[1], "object") && m.table.kind(args[2]) == kNone {
				return true, m.object(args[0], none, none)
			}
		case "__newobj__":
			if len(args) > 0 {
				return true, m.newObjCall(args)
			}
		}
	}
	return false, true
}

func (m *machine) foldBuiltin(name string, args []ref) (done, ok bool) {
	switch {
	case name == "set" || name == "frozenset":
		k := kSet
		if name == "frozenset" {
			k = kFrozenSet
		}
		if len(args) == 0 {
			return true, m.pushNode(node{kind: k, height: 1})
		}
		if src := m.table.kind(args[0]); len(args) == 1 && (src == kList || src == kTuple) {
			return true, m.copyOf(k, args[0])
		}
	case name == "bytes" && len(args) == 0:
		return true, m.pushNode(node{kind: kBytes, a: none, height: 1})
	case name == "bytearray" && len(args) == 0:
		return true, m.pushNode(node{kind: kByteArray, a: none, height: 1})
	case name == "bytearray" && len(args) == 1 && m.table.kind(args[0]) == kBytes:
		n := node{kind: kByteArray, a: args[0], height: 1}
		if isNode(args[0]) { // made from text itself
			src := m.node(args[0])
			n.a, n.flags = src.a, src.flags&flagLatin1
		}
		return true, m.pushNode(n)
	case name == "bytearray" && m.isLatin1(args):
		return true, m.pushNode(node{kind: kByteArray, flags: flagLatin1, a: args[0], height: 1})
	case name == "complex" && len(args) == 2 && m.table.kind(args[0]) == kFloat && m.table.kind(args[1]) == kFloat:
		return true, m.pushNode(node{kind: kComplex, a: args[0], b: args[1], height: 1})
	}
	return false, true
}

// copyOf pushes a container with the items that src has now. The items are
// not copied: extend never changes what is already in the table.
func (m *machine) copyOf(k kind, src ref) bool {
	n := node{kind: k, height: 1}
	if isNode(src) {
		s := m.node(src)
		n.a, n.b, n.c, n.height = s.a, s.b, s.b, s.height
	}
	return m.pushNode(n)
}

// newObjCall is copyreg.__newobj__(cls, *args) written as a call.
func (m *machine) newObjCall(args []ref) bool {
	rest := none
	if len(args) > 1 {
		start, ok := m.store(args[1:])
		if !ok {
			return false
		}
		n := uint32(len(args) - 1)
		if rest, ok = m.newNode(node{kind: kTuple, height: 1 + m.placeAll(args[1:]), a: start, b: n, c: n}); !ok {
			return false
		}
	}
	return m.object(args[0], rest, none)
}

// isGlobal says whether r is the builtin of that name.
func (m *machine) isGlobal(r ref, name string) bool {
	if m.table.kind(r) != kGlobal {
		return false
	}
	mod, n := m.shortName(r)
	return string(n) == name && (string(mod) == "builtins" || string(mod) == "__builtin__")
}

// isLatin1 says whether args are a text below U+0100 and the name of the
// encoding, which is how protocols without bytes write bytes.
func (m *machine) isLatin1(args []ref) bool {
	if len(args) != 2 || m.textClass(args[0]) != narrowText {
		return false
	}
	if args[1] == m.latin1 {
		return true
	}
	if m.textClass(args[1]) != narrowText || len(m.span(args[1])) > maxFoldName {
		return false
	}
	if e := string(m.text(args[1])); e != "latin1" && e != "latin-1" {
		return false
	}
	m.latin1 = args[1]
	return true
}

// textClass says what a value is as a text.
type textClass uint8

const (
	notText    textClass = iota + 1
	narrowText           // every character is below U+0100
	wideText
)

// textClass looks at long texts once only: a pickle may use one many times.
func (m *machine) textClass(r ref) textClass {
	k := m.table.kind(r)
	if k != kStr && k != kStr8 {
		return notText
	}
	s := m.span(r)
	long := len(s) >= 256
	if !long && k == kStr && m.data[r] != opUnicode && isNarrowUTF8(s) {
		return narrowText
	}
	if c := m.classes[r]; long && c != 0 {
		return c
	}
	c := wideText
	if !m.isText(r) {
		c = notText
	} else if isNarrow(m.text(r)) {
		c = narrowText
	}
	if long {
		if m.classes == nil {
			m.classes = make(map[ref]textClass)
		}
		m.classes[r] = c
	}
	return c
}

// object pushes an instance; args and kwargs may be none.
func (m *machine) object(cls, args, kwargs ref) bool {
	n := node{kind: kObject, a: cls, b: args, height: 1 + m.place(cls)}
	if args != none {
		n.height = max(n.height, 1+m.place(args))
	}
	if kwargs != none && !m.addPart(&n, partKwargs, []ref{kwargs}) {
		return false
	}
	return m.pushNode(n)
}

// newObj is NEWOBJ and NEWOBJ_EX.
func (m *machine) newObj(op byte) bool {
	want := 2
	if op == opNewObjEx {
		want = 3
	}
	if !m.need(want) {
		return false
	}
	kwargs := none
	if op == opNewObjEx {
		kwargs = m.pop()
	}
	args, cls := m.pop(), m.pop()
	if !m.maybeTuple(args) {
		return m.fail(value.Corrupt, "the arguments of an object are not a tuple")
	}
	return m.object(cls, args, kwargs)
}

// inst is INST: a class by name, its arguments since the last mark.
func (m *machine) inst() bool {
	if _, ok := m.takeLine(); !ok {
		return false
	}
	if _, ok := m.takeLine(); !ok {
		return false
	}
	items, ok := m.popMark()
	return ok && m.named(ref(m.at)) && m.instance(ref(m.at), items)
}

// obj is OBJ: the class and its arguments since the last mark.
func (m *machine) obj() bool {
	if len(m.marks) == 0 {
		return m.fail(value.Corrupt, "no MARK")
	}
	if !m.need(1) {
		return false
	}
	items, ok := m.popMark()
	return ok && m.instance(items[0], items[1:])
}

// instance pushes an object whose arguments are still items of the stack.
func (m *machine) instance(cls ref, items []ref) bool {
	args := none
	if len(items) > 0 {
		start, ok := m.store(items)
		if !ok {
			return false
		}
		n := uint32(len(items))
		if args, ok = m.newNode(node{kind: kTuple, height: 1 + m.placeAll(items), a: start, b: n, c: n}); !ok {
			return false
		}
	}
	if !m.object(cls, args, none) {
		return false
	}
	if args != none {
		m.node(m.stack[len(m.stack)-1]).flags |= flagCalled
	}
	return true
}

// build is BUILD: a state for what is below it.
func (m *machine) build() bool {
	if !m.need(2) {
		return false
	}
	state := m.pop()
	at := len(m.stack) - 1
	t := m.stack[at]
	if k := m.table.kind(t); k != kCall && k != kObject && k != kBuild {
		var ok bool
		if t, ok = m.wrap(at); !ok {
			return false
		}
	}
	if !m.addPart(m.node(t), partStates, []ref{state}) {
		return false
	}
	return !m.isArrayWrapper(t) || m.takeArray(t, state)
}
