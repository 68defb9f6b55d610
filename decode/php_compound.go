package decode

import (
	"strings"

	"cacheview/decode/value"
)

// phpArray is a PHP array or the properties of an object. Keys are kept from
// the first one that is not the number of its element; until then the array is
// a list. It is value.Pairs.
type phpArray struct {
	vals  growing
	keys  growing
	keyed bool
}

// newPHPArray returns an empty array that the reader has paid for.
func newPHPArray(c *cursor) *phpArray {
	c.spend(containerCost)
	return &phpArray{}
}

// Len returns the number of elements.
func (a *phpArray) Len() int { return a.vals.Len() }

// At returns element i.
func (a *phpArray) At(i int) (key, val value.Value) {
	if !a.keyed {
		return value.NewInt(int64(i)), a.vals.At(i)
	}
	return a.keys.At(i), a.vals.At(i)
}

func (a *phpArray) add(key, val value.Value) {
	if n, ok := key.Int(); !a.keyed && (!ok || n != int64(a.vals.Len())) {
		a.keyed = true
		for i := range a.vals.Len() {
			a.keys.add(value.NewInt(int64(i)))
		}
	}
	if a.keyed {
		a.keys.add(key)
	}
	a.vals.add(val)
}

// value is the array as a list or a map. An empty array is a list.
func (a *phpArray) value() value.Value {
	if a.keyed {
		return value.NewMap(a)
	}
	return value.NewSeq(&a.vals)
}

// state is the array as the properties of an object: a map, unless the class
// wrote a list of its own (__serialize).
func (a *phpArray) state() value.Value {
	if !a.keyed && a.vals.Len() > 0 {
		return value.NewSeq(&a.vals)
	}
	return value.NewMap(a)
}

// identity is an id for a container, where there may be references to it.
func (p *phpReader) identity() uint32 {
	if !p.shared {
		return 0
	}
	return p.id()
}

func (p *phpReader) array(at int) (value.Value, bool) {
	a, id := newPHPArray(&p.cursor), p.identity()
	p.expect(at, ":")
	begun := p.elements(at, a, func(key value.Value) value.Value { return key })
	return a.value().WithID(id), begun
}

// elements reads count:{key value key value ...} into a. It returns false when
// there was an error before the first element.
func (p *phpReader) elements(at int, a *phpArray, rename func(value.Value) value.Value) (begun bool) {
	n := p.count(at, ':')
	p.expect(at, "{")
	if !p.enter() {
		return false
	}
	defer p.leave()
	// Six bytes are the least that an element takes.
	announced := n > uint64(p.left())/6
	for i := uint64(0); i < n && p.err == nil; i++ {
		if c, ok := p.peek(); ok && c == '}' && announced {
			p.fail(value.Truncated, at, "%d elements announced, %d are there", n, i)
			return true
		}
		key := rename(p.key())
		if p.err != nil {
			return true
		}
		v, ok := p.value(a)
		if ok {
			a.add(key, v)
		}
		if p.err != nil {
			p.underKey(key)
			return true
		}
	}
	p.expect(at, "}")
	return true
}

// key reads the key of an element: an integer or a string.
func (p *phpReader) key() value.Value {
	at := p.pos
	if !p.node() {
		return value.Nil
	}
	switch letter := p.byte(at, "a key"); letter {
	case 'i':
		return p.integer(at)
	case 's', 'S':
		p.expect(at, ":")
		s := p.str(at, letter == 'S')
		p.expect(at, ";")
		return textOrBytes(s)
	default:
		p.corrupt(at, "%q is no type of key", letter)
		return value.Nil
	}
}

// class reads :length:"name": before the content of an object.
func (p *phpReader) class(at int) string {
	p.expect(at, ":")
	s := p.str(at, false)
	p.expect(at, ":")
	return className(s)
}

func (p *phpReader) object(at int) (value.Value, bool) {
	id := p.identity()
	class := p.class(at)
	if p.err != nil {
		return value.Nil, false
	}
	a := newPHPArray(&p.cursor)
	p.elements(at, a, func(key value.Value) value.Value { return phpProperty(class, key) })
	return phpObject(class, a).WithID(id), true
}

func phpObject(class string, a *phpArray) value.Value {
	return value.NewObject("object", class, value.Attr{Name: "state", Value: a.state()})
}

// phpProperty is the name of a property with a mark for its visibility: PHP
// writes "\0*\0name" for protected and "\0Class\0name" for private ones.
func phpProperty(class string, key value.Value) value.Value {
	s := key.Text()
	if len(s) < 3 || s[0] != 0 {
		return key
	}
	owner, name, ok := strings.Cut(s[1:], "\x00")
	switch {
	case !ok:
		return key
	case owner == "*":
		return textOrBytes("#" + name)
	case owner == class:
		return textOrBytes("-" + name)
	}
	return textOrBytes("-" + owner + "::" + name)
}

// custom reads an object of a class that is Serializable: bytes of its own.
func (p *phpReader) custom(at int) (value.Value, bool) {
	class := p.class(at)
	n := p.count(at, ':')
	p.expect(at, "{")
	raw := p.take(n, at, "an object's own data")
	p.expect(at, "}")
	v := value.NewObject("object", class, value.Attr{Name: "raw", Value: value.NewBytes(raw)})
	return v, p.err == nil
}

// enum reads :length:"Class:Case"; and returns Class::Case.
func (p *phpReader) enum(at int) value.Value {
	p.expect(at, ":")
	s := p.str(at, false)
	p.expect(at, ";")
	class, name, ok := strings.Cut(s, ":")
	if p.err == nil && !ok {
		p.corrupt(at, "an enum without a case")
	}
	return phpEnum(class, name)
}

func phpEnum(class, name string) value.Value {
	return value.NewObject("enum", className(class+"::"+name))
}
