package pickle

import "cacheview/decode/value"

// object is a call or an instance, taken apart for the known classes.
type object struct {
	*Document
	ref  ref
	node *node
	name string // of the class or function, empty when it is not a name
	args []ref
	// inMoment says that the object is the zone of a datetime, and has the
	// offset of that moment.
	inMoment bool
}

// objectValue is the reading of a call, an instance, or of what was done to
// something only Python would know.
func (d *Document) objectValue(r ref) value.Value { return d.objectIn(r, false) }

// objectIn is objectValue for what is, or is not, the zone of a moment.
func (d *Document) objectIn(r ref, moment bool) value.Value {
	if v, ok := d.joblibArray(r); ok {
		return v
	}
	o := object{Document: d, ref: r, node: d.node(r), inMoment: moment}
	plainArgs := o.node.b == none || d.kind(o.node.b) == kTuple
	if o.node.b != none && plainArgs {
		o.args = d.seq(o.node.b)
	}
	o.name = d.calleeName(o.node.a)
	if read := readerOf(o.name); read != nil && plainArgs && o.node.kind != kBuild {
		if v, ok := read(o); ok {
			return v.WithID(id(r))
		}
	}
	return o.generic().WithID(id(r))
}

// generic shows an object by its class and the parts it was made from.
func (o object) generic() value.Value {
	tag, parts := "object", objectParts{object: o, head: o.node.a, base: none}
	switch o.node.kind {
	case kCall:
		tag = "call"
		parts.emptyArgs = true
		if o.name == "copyreg._reconstructor" && len(o.args) == 3 { // cls, base, what base is made from
			parts = objectParts{object: o, head: o.args[0], base: o.args[2]}
			parts.args = nil
			tag, parts.name = "object", o.calleeName(o.args[0])
		}
	case kBuild:
		tag = "build"
	}
	if parts.name != "" {
		return value.NewLazyObject(tag, parts.name, nil, parts)
	}
	return value.NewLazyObject(tag, "", o.items([]ref{parts.head}), parts)
}

// objectParts are the named parts of an object.
type objectParts struct {
	object
	head      ref
	base      ref  // what protocol 0 and 1 make an instance of a built-in type from, or none
	emptyArgs bool // "args" is there even when it is empty
}

// Attrs makes the parts.
func (p objectParts) Attrs() []value.Attr {
	attrs := make([]value.Attr, 0, 4)
	add := func(name string, v value.Value) { attrs = append(attrs, value.Attr{Name: name, Value: v}) }
	switch {
	case p.base != none:
		p.addBase(add)
	case p.node.b != none && p.kind(p.node.b) != kTuple:
		add("args", p.value(p.node.b))
	case len(p.args) > 0 || p.emptyArgs:
		add("args", value.NewSeq(p.items(p.args)))
	}
	if kw := p.part(p.node, partKwargs); len(kw) > 0 && !(p.kind(kw[0]) == kDict && len(p.seq(kw[0])) == 0) {
		add("kwargs", p.value(kw[0]))
	}
	switch states := p.part(p.node, partStates); len(states) {
	case 0:
	case 1:
		add("state", p.value(states[0]))
	default:
		add("states", value.NewSeq(p.items(states)))
	}
	if items := p.part(p.node, partItems); len(items) > 0 {
		add("items", value.NewSeq(p.items(items)))
	}
	if added := p.part(p.node, partAdded); len(added) > 0 {
		add("added", value.NewSeq(p.items(added)))
	}
	if entries := p.part(p.node, partEntries); len(entries) > 0 {
		add("pairs", value.NewMap(p.entries(entries)))
	}
	return attrs
}

// addBase adds what the built-in part of an instance is made from, under the
// word that newer protocols have for it.
func (p objectParts) addBase(add func(string, value.Value)) {
	switch p.kind(p.base) {
	case kList:
		add("items", value.NewSeq(p.items(p.seq(p.base))))
	case kDict:
		add("pairs", value.NewMap(p.entries(p.seq(p.base))))
	default:
		add("args", value.NewSeq(p.items([]ref{p.base})))
	}
}

// calleeName is the full name of what would be called, empty when only
// running the pickle would tell. getattr(global, "x") reads global.x.
func (d *Document) calleeName(r ref) string {
	switch d.kind(r) {
	case kGlobal:
		return d.fullName(r)
	case kCall:
		n := d.node(r)
		if n.b == none || n.c != 0 || d.kind(n.a) != kGlobal || d.kind(n.b) != kTuple {
			return ""
		}
		args := d.seq(n.b)
		if len(args) != 2 || d.fullName(n.a) != "builtins.getattr" || !d.isText(args[1]) {
			return ""
		}
		if of := d.kind(args[0]); of != kGlobal {
			return ""
		}
		return d.fullName(args[0]) + "." + string(d.text(args[1]))
	}
	return ""
}

// extra says whether anything was done to the object after it was made.
func (o object) extra() bool { return o.node.c != 0 }

// only says whether nothing but this was done to the object.
func (o object) only(what partKind) bool {
	for i := o.node.c; i != 0; i = o.parts[i-1].nextPart {
		if o.parts[i-1].what != what {
			return false
		}
	}
	return true
}

// int returns argument i when it is an int.
func (o object) int(i int) (int64, bool) {
	if i >= len(o.args) || o.kind(o.args[i]) != kInt {
		return 0, false
	}
	return o.int64(o.args[i])
}

// payload returns argument i when it is bytes, or a text as protocols before
// bytes wrote them.
func (o object) payload(i int) ([]byte, bool) {
	if i >= len(o.args) {
		return nil, false
	}
	return o.payloadOf(o.args[i])
}

func (d *Document) payloadOf(r ref) ([]byte, bool) {
	switch d.kind(r) {
	case kBytes, kStr8, kByteArray:
		return d.text(r), true
	case kStr:
		if s := d.text(r); d.isText(r) && isNarrow(s) {
			return toLatin1(s), true
		}
	}
	return nil, false
}

// str returns argument i when it is a text.
func (o object) str(i int) (string, bool) {
	if i >= len(o.args) {
		return "", false
	}
	return o.strOf(o.args[i])
}

func (d *Document) strOf(r ref) (string, bool) {
	if !d.isText(r) {
		return "", false
	}
	v := textValue(d.text(r))
	return v.Text(), v.Tag() == ""
}
