package decode

import (
	"strconv"

	"cacheview/decode/value"
)

// shape is how a container is written for people: what stands around its
// children, and the groups they come from. Nothing of the container is looked
// at before child asks for it.
type shape struct {
	notation    value.Notation // of the container, for the children
	open, close string
	groups      []group
	// inner is written after the first main children, which have a bracket
	// of their own: deque([1, 2], maxlen=3).
	inner string
	main  int
}

// group is a run of children of one sort.
type group struct {
	items value.Items // positional children
	pairs value.Pairs // children with a key
	named bool        // keys are names: key=value, not key: value
	attr  *value.Attr // or one named part
}

func (g group) len() int {
	switch {
	case g.items != nil:
		return g.items.Len()
	case g.pairs != nil:
		return g.pairs.Len()
	}
	return 1
}

func (s shape) len() int {
	n := 0
	for _, g := range s.groups {
		n += g.len()
	}
	return n
}

// labelled is a child with what is written before it.
type labelled struct {
	name  string      // of name=value, made printable; empty without
	key   value.Value // of key: value
	keyed bool
	value value.Value
}

// child is child i in the notation that it has inside the container.
func (s shape) child(i int) labelled {
	c := s.childAt(i)
	c.key, c.value = c.key.InheritNotation(s.notation), c.value.InheritNotation(s.notation)
	return c
}

func (s shape) childAt(i int) labelled {
	for _, g := range s.groups {
		n := g.len()
		if i >= n {
			i -= n
			continue
		}
		switch {
		case g.items != nil:
			return labelled{value: g.items.At(i)}
		case g.attr != nil:
			return labelled{name: Printable(g.attr.Name), value: g.attr.Value}
		}
		k, v := g.pairs.At(i)
		if g.named && k.Kind() == value.Text && k.Tag() == "" {
			return labelled{name: Printable(k.Text()), value: v}
		}
		return labelled{key: k, keyed: true, value: v}
	}
	return labelled{}
}

// shapeOf returns the shape of a container; ok is false for a scalar.
func shapeOf(v value.Value) (s shape, ok bool) {
	switch v.Kind() {
	case value.Seq:
		s = seqShape(v)
	case value.Map:
		s = mapShape(v)
	case value.Object:
		s = objectShape(v)
	default:
		return shape{}, false
	}
	s.notation = v.Notation()
	return s, true
}

func seqShape(v value.Value) shape {
	s := shape{open: "[", close: "]"}
	if v.Items() != nil {
		s.groups = append(s.groups, group{items: v.Items()})
	}
	switch tag := v.Tag(); tag {
	case "":
	case "tuple":
		s.open, s.close = "(", ")"
		if v.Len() == 1 {
			s.close = ",)"
		}
	case "set":
		s.open, s.close = "{", "}"
		if v.Len() == 0 {
			s.open, s.close = "set(", ")"
		}
	case "frozenset":
		s.open, s.close = "frozenset({", "})"
	case "complex", "range", "slice":
		s.open, s.close = tag+"(", ")"
	default:
		s.open, s.inner, s.close, s.main = constructor(tag)+"([", "]", ")", v.Len()
	}
	return withAttrs(s, v)
}

func mapShape(v value.Value) shape {
	s := shape{open: "{", close: "}"}
	named := v.Tag() == "timedelta"
	if v.Pairs() != nil {
		s.groups = append(s.groups, group{pairs: v.Pairs(), named: named})
	}
	switch {
	case named:
		s.open, s.close = v.Tag()+"(", ")"
	case v.Tag() != "":
		s.open, s.inner, s.close, s.main = constructor(v.Tag())+"({", "}", ")", v.Len()
	}
	return withAttrs(s, v)
}

// constructor is what Python calls the class of a tag.
func constructor(tag string) string {
	switch tag {
	case "decimal":
		return "Decimal"
	case "fraction":
		return "Fraction"
	case "uuid":
		return "UUID"
	case "ordereddict":
		return "OrderedDict"
	case "counter":
		return "Counter"
	}
	return tag
}

// withAttrs appends the named parts of v; they come inside the last bracket.
func withAttrs(s shape, v value.Value) shape {
	for _, a := range v.Attrs() {
		s.groups = append(s.groups, group{attr: &a})
	}
	return s
}

// objectShape writes an object as its constructor would be called:
// module.Class(args, name=value of the state, part=...).
func objectShape(v value.Value) shape {
	s := shape{open: Printable(v.Text()) + "(", close: ")"}
	if head, ok := v.Head(); ok {
		s.open = headText(head) + "("
	}
	if v.Tag() == "enum" && len(v.Attrs()) == 0 {
		return shape{open: Printable(v.Text())}
	}
	for _, a := range v.Attrs() {
		switch {
		case a.Name == "args" && a.Value.Items() != nil:
			s.groups = append(s.groups, group{items: a.Value.Items()})
		case (a.Name == "kwargs" || a.Name == "state") && a.Value.Tag() == "" && a.Value.Pairs() != nil:
			s.groups = append(s.groups, group{pairs: a.Value.Pairs(), named: true})
		default:
			s.groups = append(s.groups, group{attr: &a})
		}
	}
	return s
}

// maxHead cuts a class that is itself a value.
const maxHead = 200

// headText is a class that is itself a value, without what it is made of: that
// may hold the object again, as its own class or anywhere below.
func headText(head value.Value) string {
	switch {
	case head.Kind() == value.Object && value.ChildLen(head) == 0:
		return Printable(head.Text()) + "()"
	case head.Kind() == value.Object && head.Text() != "":
		return Printable(head.Text()) + "(…)"
	case head.Tag() == "complex" && head.ID() == 0:
		return Literal(head, maxHead) // two numbers, which hold nothing else
	case value.ChildLen(head) > 0:
		return "<" + head.Kind().String() + ">"
	}
	return Literal(head, maxHead)
}

// appendScalar appends a scalar in the words of its notation, looking at no more
// than room bytes of its text.
func appendScalar(dst []byte, v value.Value, room int) []byte {
	tag := v.Tag()
	switch {
	case tag == "global":
		dst = append(dst, '<')
		dst = AppendPrintable(dst, clip(v.Text(), room))
		return append(dst, '>')
	case isMoment(tag):
		dst = append(append(dst, tag...), ' ')
		dst = appendMoment(dst, clip(v.Text(), room))
		return appendParts(dst, v, room, ", ", "")
	case tag == "oid":
		return AppendPrintable(append(dst, "oid "...), clip(v.Text(), room))
	case tag == "symbol":
		return AppendPrintable(append(dst, ':'), clip(v.Text(), room))
	case tag == "undefined":
		return append(dst, tag...)
	case tag == "wtf8":
		return appendSurrogates(dst, clip(v.Text(), room), v.Notation())
	case tag != "" && tag != "bytes":
		dst = append(append(dst, constructor(tag)...), '(')
		dst = appendPlainScalar(dst, v, room)
		return appendParts(dst, v, room, ", ", ")")
	}
	dst = appendPlainScalar(dst, v, room)
	if len(v.Attrs()) > 0 {
		return appendParts(append(dst, " ("...), v, room, "", ")")
	}
	return dst
}

// appendParts appends the named parts of a scalar: name=value.
func appendParts(dst []byte, v value.Value, room int, before, after string) []byte {
	for i, a := range v.Attrs() {
		if i > 0 {
			before = ", "
		}
		dst = append(append(dst, before...), Printable(a.Name)...)
		dst = append(dst, '=')
		dst = append(dst, Literal(a.Value.InheritNotation(v.Notation()), room)...)
	}
	return append(dst, after...)
}

func appendPlainScalar(dst []byte, v value.Value, room int) []byte {
	if dst, ok := appendWord(dst, v); ok {
		return dst
	}
	switch v.Kind() {
	case value.Int:
		if n, ok := v.Int(); ok {
			return strconv.AppendInt(dst, n, 10)
		}
		return append(dst, clip(v.Text(), room)...)
	case value.Float:
		if v.Text() != "" {
			return append(dst, clip(v.Text(), room)...)
		}
		return appendFloat(dst, v.Float())
	case value.Bytes:
		return appendBytes(dst, clip(v.Text(), room), v.Notation())
	}
	return appendQuoted(dst, clip(v.Text(), room), v.Notation())
}

// clip cuts s to n bytes at most.
func clip(s string, n int) string { return s[:min(len(s), max(n, 0))] }
