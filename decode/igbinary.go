package decode

import (
	"math"

	"cacheview/decode/value"
)

// The type bytes of igbinary, from src/php7/igbinary.h. Where a type comes in
// three sizes, only the smallest is named; the next two are 16 and 32 bits.
const (
	igNull      = 0x00
	igArrayRef  = 0x01 // 01..03
	igFalse     = 0x04
	igTrue      = 0x05
	igLong      = 0x06 // 06..0b, alternating positive and negative
	igDouble    = 0x0c
	igEmpty     = 0x0d
	igStringID  = 0x0e // 0e..10
	igString    = 0x11 // 11..13
	igArray     = 0x14 // 14..16
	igObject    = 0x17 // 17..19
	igObjectID  = 0x1a // 1a..1c
	igCustom    = 0x1d // 1d..1f, only within an object
	igLong64    = 0x20
	igNeg64     = 0x21
	igObjectRef = 0x22 // 22..24
	igRef       = 0x25
	igString64  = 0x26
	igEnum      = 0x27 // only within an object
)

// igbinary is the state of reading one value that PHP's igbinary wrote.
// Strings, class names too, are numbered as they appear, and so are arrays,
// objects and referenced scalars.
type igbinary struct {
	cursor
	strings []string
	places  chunked[phpPlace]
	links   []phpLink
}

// parseIgbinary reads formats 1 and 2 of igbinary_serialize().
func parseIgbinary(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	g := &igbinary{cursor: newCursor("igbinary", raw, lim)}
	if v := g.be32(0, "the header"); g.err == nil && v != 1 && v != 2 {
		g.fail(value.Unsupported, 0, "format %d", v)
	}
	var root phpArray
	if v, ok := g.value(&root); ok {
		root.vals.add(v)
	}
	linkPHP(g.links)
	if root.vals.Len() == 0 {
		return value.Nil, g.pos, g.err
	}
	return root.vals.At(0), g.pos, g.err
}

// sized reads the number that follows a type byte which is size steps above
// the smallest of its kind.
func (g *igbinary) sized(size byte, at int) uint64 {
	switch size {
	case 0:
		return uint64(g.byte(at, "a number"))
	case 1:
		return uint64(g.be16(at, "a number"))
	}
	return uint64(g.be32(at, "a number"))
}

// value reads one value, which becomes the next one of in. It returns false
// when an error left nothing worth showing.
func (g *igbinary) value(in *phpArray) (value.Value, bool) {
	at := g.pos
	if !g.node() {
		return value.Nil, false
	}
	t := g.byte(at, "a value")
	here := phpPlace{in, in.vals.Len()}
	if t == igRef {
		return g.referenced(in, here)
	}
	return g.typed(t, at, here)
}

// referenced reads a value that PHP held by reference. Scalars get a number
// only here; arrays and objects have one already.
func (g *igbinary) referenced(in *phpArray, here phpPlace) (value.Value, bool) {
	if t, ok := g.peek(); ok && t == igRef {
		g.corrupt(g.pos, "a reference to a reference")
		return value.Nil, false
	}
	before := g.places.Len() + len(g.links)
	v, ok := g.value(in)
	switch v.Kind() {
	case value.Seq, value.Map, value.Object:
	default:
		if ok && before == g.places.Len()+len(g.links) {
			g.number(here)
		}
	}
	return v, ok
}

// number gives the value at a place the next number.
func (g *igbinary) number(here phpPlace) {
	if g.remember(g.places.Len()) {
		g.places.add(here)
	}
}

func (g *igbinary) typed(t byte, at int, here phpPlace) (value.Value, bool) {
	var v value.Value
	switch {
	case t == igNull:
	case t == igFalse, t == igTrue:
		v = value.NewBool(t == igTrue)
	case t == igDouble:
		v = value.NewFloat(g.beFloat(at, "a float"))
	case isIgLong(t):
		v = value.NewInt(g.long(t, at))
	case isIgString(t):
		v = textOrBytes(g.str(t, at))
	case t >= igArray && t < igObject:
		g.number(here)
		return g.array(t, at)
	case t >= igObject && t < igCustom:
		g.number(here)
		return g.object(t, at)
	case t >= igArrayRef && t < igFalse:
		g.link(g.sized(t-igArrayRef, at), at, here)
	case t >= igObjectRef && t < igRef:
		g.link(g.sized(t-igObjectRef, at), at, here)
	default:
		g.corrupt(at, "0x%02x is no type of value", t)
	}
	return v, g.err == nil
}

func isIgLong(t byte) bool {
	return t >= igLong && t < igDouble || t == igLong64 || t == igNeg64
}

func (g *igbinary) long(t byte, at int) int64 {
	if t == igLong64 || t == igNeg64 {
		n := g.be64(at, "a number")
		if n > math.MaxInt64 && !(t == igNeg64 && n == 1<<63) {
			g.corrupt(at, "an integer of more than 64 bits")
		}
		if t == igNeg64 {
			return -int64(n)
		}
		return int64(n)
	}
	n := int64(g.sized((t-igLong)/2, at))
	if (t-igLong)%2 == 1 {
		return -n
	}
	return n
}

func isIgString(t byte) bool {
	return t >= igEmpty && t < igArray || t == igString64
}

// str reads a string, or the number of one that was there before.
func (g *igbinary) str(t byte, at int) string {
	switch {
	case t == igEmpty:
		return ""
	case t >= igStringID && t < igString:
		return g.known(g.sized(t-igStringID, at), at)
	case t == igString64:
		return g.fresh(g.be64(at, "a string"), at)
	}
	return g.fresh(g.sized(t-igString, at), at)
}

func (g *igbinary) fresh(n uint64, at int) string {
	s := g.take(n, at, "a string")
	if g.remember(len(g.strings)) {
		g.strings = append(g.strings, s)
	}
	return s
}

func (g *igbinary) known(n uint64, at int) string {
	if g.err != nil {
		return ""
	}
	if n >= uint64(len(g.strings)) {
		g.corrupt(at, "there is no string %d yet", n)
		return ""
	}
	return g.strings[n]
}

// link repeats value n. Values are counted from 0.
func (g *igbinary) link(n uint64, at int, here phpPlace) {
	if g.err != nil {
		return
	}
	if n >= uint64(g.places.Len()) {
		g.corrupt(at, "there is no value %d to refer to yet", n)
		return
	}
	g.links = append(g.links, phpLink{at: here, to: g.places.At(int(n))})
}

func (g *igbinary) array(t byte, at int) (value.Value, bool) {
	a, id := newPHPArray(&g.cursor), g.id()
	begun := g.elements(t, at, a, func(key value.Value) value.Value { return key })
	return a.value().WithID(id), begun
}

// elements reads the number of elements and then these into a. It returns
// false when there was an error before the first element.
func (g *igbinary) elements(t byte, at int, a *phpArray, rename func(value.Value) value.Value) (begun bool) {
	n := g.sized(t-igArray, at)
	if !g.enter() {
		return false
	}
	defer g.leave()
	for range n {
		key, ok := g.key()
		if g.err != nil {
			return true
		}
		if !ok {
			continue
		}
		key = rename(key)
		v, ok := g.value(a)
		if ok {
			a.add(key, v)
		}
		if g.err != nil {
			g.underKey(key)
			return true
		}
	}
	return true
}

// key reads the key of an element. There is none, and no value, where an
// object's __sleep named a property that it does not have.
func (g *igbinary) key() (key value.Value, ok bool) {
	at := g.pos
	if !g.node() {
		return value.Nil, false
	}
	switch t := g.byte(at, "a key"); {
	case t == igNull:
		return value.Nil, false
	case isIgLong(t):
		return value.NewInt(g.long(t, at)), true
	case isIgString(t):
		return textOrBytes(g.str(t, at)), true
	default:
		g.corrupt(at, "0x%02x is no type of key", t)
		return value.Nil, false
	}
}

// object reads a class name and what its object holds: properties, bytes of
// its own (Serializable), or the case of an enum.
func (g *igbinary) object(t byte, at int) (value.Value, bool) {
	id := g.id()
	var class string
	if t >= igObjectID {
		class = g.known(g.sized(t-igObjectID, at), at)
	} else {
		class = g.fresh(g.sized(t-igObject, at), at)
	}
	class = className(class)
	inner := g.byte(at, "an object")
	if g.err != nil {
		return value.Nil, false
	}
	switch {
	case inner >= igArray && inner < igObject:
		a := newPHPArray(&g.cursor)
		g.elements(inner, at, a, func(key value.Value) value.Value { return phpProperty(class, key) })
		return phpObject(class, a).WithID(id), true
	case inner >= igCustom && inner < igLong64:
		raw := g.take(g.sized(inner-igCustom, at), at, "an object's own data")
		v := value.NewObject("object", class, value.Attr{Name: "raw", Value: value.NewBytes(raw)})
		return v.WithID(id), g.err == nil
	case inner == igEnum:
		name, _ := g.key()
		return phpEnum(class, name.Text()), g.err == nil
	}
	g.corrupt(at, "0x%02x is nothing that an object holds", inner)
	return value.Nil, false
}
