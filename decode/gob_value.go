package decode

import (
	"cacheview/decode/value"
)

// value reads a value of type id. It returns false when an error left nothing
// worth showing.
func (g *gob) value(id int64) (value.Value, bool) {
	at := g.pos
	if !g.node() || !g.enter() {
		return value.Nil, false
	}
	defer g.leave()
	if id > 0 && id < gobFirstUser {
		return g.basic(id, at)
	}
	t := g.types[id]
	if t == nil {
		g.corrupt(at, "type %d is not defined", id)
		return value.Nil, false
	}
	switch t.kind {
	case gobStruct:
		return g.structure(t, at)
	case gobMap:
		return g.mapping(t, at)
	case gobOpaque:
		raw := g.take(g.uint(at), at, "a value's own data")
		v := value.NewObject("object", t.title(), value.Attr{Name: "raw", Value: value.NewBytes(raw)})
		return v, g.err == nil
	}
	n := g.uint(at)
	if g.err == nil && t.kind == gobArray && n != uint64(t.length) {
		g.corrupt(at, "an array of %d where its type has %d", n, t.length)
	}
	return g.sequence(t.elem, n)
}

// title is the name of a type; one without a name is called by its kind.
func (t *gobType) title() string {
	switch {
	case t.name != "":
		return t.name
	case t.kind == gobOpaque:
		return "GobEncoder"
	}
	return "struct"
}

func (g *gob) basic(id int64, at int) (value.Value, bool) {
	var v value.Value
	switch id {
	case gobBool:
		n := g.uint(at)
		if n > 1 {
			g.corrupt(at, "%d is no boolean", n)
		}
		v = value.NewBool(n == 1)
	case gobInt:
		v = value.NewInt(g.int(at))
	case gobUint:
		v = value.NewUint(g.uint(at))
	case gobFloat:
		v = value.NewFloat(g.float(at))
	case gobBytes:
		v = value.NewBytes(g.take(g.uint(at), at, "bytes"))
	case gobString:
		v = textOrBytes(g.take(g.uint(at), at, "a string"))
	case gobComplex:
		re, im := g.float(at), g.float(at)
		v = value.NewSeq(value.List{value.NewFloat(re), value.NewFloat(im)}).WithTag("complex")
	case gobInterface:
		return g.dynamic(at)
	default:
		g.corrupt(at, "type %d is not defined", id)
	}
	return v, g.err == nil
}

// dynamic reads an interface: the name of the type, its definition if that is
// new, its number, a length, the value. A definition splits the message that
// it is in, and the length of the second part follows it.
func (g *gob) dynamic(at int) (value.Value, bool) {
	n := g.uint(at)
	if n == 0 {
		return value.Nil, g.err == nil
	}
	g.take(n, at, "the name of a type")
	id := g.int(at)
	for id < 0 && g.err == nil {
		g.split = true
		g.define(-id, at)
		g.uint(at)
		id = g.int(at)
	}
	if n := g.uint(at); g.err == nil && n > uint64(g.left()) {
		defer g.short(at, "a value")
	}
	if g.err != nil {
		return value.Nil, false
	}
	return g.top(id, at)
}

// structure reads the fields that are not zero, each after its distance from
// the one before.
func (g *gob) structure(t *gobType, at int) (value.Value, bool) {
	state := g.dict()
	field := -1
	for g.err == nil {
		delta := g.uint(at)
		if delta == 0 || g.err != nil {
			break
		}
		if delta > uint64(len(t.fields)-1-field) {
			g.corrupt(at, "a field that %s does not have", t.title())
			break
		}
		field += int(delta)
		f := t.fields[field]
		v, ok := g.value(f.id)
		if ok {
			state.add(value.NewText(f.name), v)
		}
		g.underPart("state." + f.name)
	}
	return value.NewObject("object", t.title(), value.Attr{Name: "state", Value: value.NewMap(state)}), true
}

func (g *gob) sequence(elem int64, n uint64) (value.Value, bool) {
	items := g.list()
	if g.err != nil {
		return value.Nil, false
	}
	for i := 0; uint64(i) < n && g.err == nil; i++ {
		item, ok := g.value(elem)
		if ok {
			items.add(item)
		}
		g.underIndex(i)
	}
	return value.NewSeq(items), true
}

func (g *gob) mapping(t *gobType, at int) (value.Value, bool) {
	n := g.uint(at)
	if g.err != nil {
		return value.Nil, false
	}
	pairs := g.dict()
	for i := uint64(0); i < n && g.err == nil; i++ {
		key, _ := g.value(t.key)
		if g.err != nil {
			break
		}
		v, ok := g.value(t.elem)
		if ok {
			pairs.add(key, v)
		}
		g.underKey(key)
	}
	return value.NewMap(pairs), true
}
