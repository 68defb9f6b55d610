package decode

import (
	"strconv"

	"cacheview/decode/value"
)

func (r *v8) object(at int) (value.Value, bool) {
	props := r.dict()
	v := r.keep(value.NewMap(props).WithID(r.id()))
	r.properties(at, '{', props.add)
	return v, true
}

// properties reads names and values up to the end mark and the count that
// follows it.
func (r *v8) properties(at int, end byte, add func(key, v value.Value)) {
	n := uint32(0)
	for r.err == nil {
		if t := r.next("an object"); t == end || r.err != nil {
			break
		}
		key := r.key()
		if r.err != nil {
			return
		}
		v, ok := r.value()
		if ok {
			add(key, v)
		}
		r.underKey(key)
		n++
	}
	r.end(at, n)
}

// end reads an end mark and the number of things that were before it.
func (r *v8) end(at int, n uint32) {
	r.tag(at, "an object")
	if said := r.varint(at, "an object"); r.err == nil && said != n {
		r.corrupt(at, "%d elements said, %d are there", said, n)
	}
}

// dense reads an array without holes, or with holes marked as such, and its
// named properties.
func (r *v8) dense(at int) (value.Value, bool) {
	length := r.varint(at, "an array")
	items, number := r.list(), r.objects.Len()
	v := r.keep(value.NewSeq(items).WithID(r.id()))
	for i := 0; uint32(i) < length && r.err == nil; i++ {
		item, ok := r.value()
		if ok {
			items.add(item)
		}
		r.underIndex(i)
	}
	named := r.dict()
	r.properties(at, '$', named.add)
	r.length(at, length)
	return r.replace(number, withNamed(v, named)), true
}

// length reads the length of an array again.
func (r *v8) length(at int, length uint32) {
	if said := r.varint(at, "an array"); r.err == nil && said != length {
		r.corrupt(at, "a length of %d where it was %d", said, length)
	}
}

// withNamed is an array with the properties that it has beside its elements.
func withNamed(v value.Value, named *growingMap) value.Value {
	if named.Len() == 0 {
		return v
	}
	return v.WithTag("", value.Attr{Name: "properties", Value: value.NewMap(named)})
}

// sparse reads an array as its elements with their numbers. It is a list
// unless it has far more holes than elements.
func (r *v8) sparse(at int) (value.Value, bool) {
	length := r.varint(at, "an array")
	a := &sparseItems{length: int(length)}
	asList := length <= maxSparse || int(length) <= r.left()/3
	number := r.objects.Len()
	named := r.dict()
	r.spend(containerCost)
	v := value.NewMap(named)
	if asList {
		v = value.NewSeq(a)
	}
	v = r.keep(v.WithID(r.id()))
	r.properties(at, '@', func(key, v value.Value) {
		i, err := strconv.ParseUint(key.Text(), 10, 32)
		if asList && err == nil && i < uint64(length) {
			a.add(int(i), v)
			return
		}
		named.add(key, v)
	})
	r.length(at, length)
	if !asList {
		named.add(value.NewText("length"), value.NewInt(int64(length)))
		return v, true
	}
	if r.err != nil {
		a.length = a.last
	}
	return r.replace(number, withNamed(v, named)), true
}

// maxSparse is the length up to which an array is a list however few elements
// it has.
const maxSparse = 10_000

// sparseItems is an array of which only some elements are there. The others
// are undefined. It is value.Items.
type sparseItems struct {
	length int
	last   int // one more than the highest element there is
	vals   growing
	at     map[int]int
}

func (s *sparseItems) add(i int, v value.Value) {
	if s.at == nil {
		s.at = map[int]int{}
	}
	s.at[i] = s.vals.Len()
	s.last = max(s.last, i+1)
	s.vals.add(v)
}

// Len returns the length of the array.
func (s *sparseItems) Len() int { return s.length }

// At returns element i, or undefined.
func (s *sparseItems) At(i int) value.Value {
	if n, ok := s.at[i]; ok {
		return s.vals.At(n)
	}
	return undefined
}

func (r *v8) mapping(at int) (value.Value, bool) {
	pairs := r.dict()
	v := r.keep(value.NewMap(pairs).WithTag("map").WithID(r.id()))
	n := uint32(0)
	for r.err == nil {
		if t := r.next("a Map"); t == ':' || r.err != nil {
			break
		}
		key, _ := r.value()
		if r.err != nil {
			return v, true
		}
		val, ok := r.value()
		if ok {
			pairs.add(key, val)
		}
		r.underKey(key)
		n += 2
	}
	r.end(at, n)
	return v, true
}

func (r *v8) set(at int) (value.Value, bool) {
	items := r.list()
	v := r.keep(value.NewSeq(items).WithTag("set").WithID(r.id()))
	n := uint32(0)
	for r.err == nil {
		if t := r.next("a Set"); t == ',' || r.err != nil {
			break
		}
		item, ok := r.value()
		if ok {
			items.add(item)
		}
		r.underIndex(int(n))
		n++
	}
	r.end(at, n)
	return v, true
}

// v8Errors are the kinds of error by the letter that says the prototype.
var v8Errors = map[byte]string{
	'E': "EvalError", 'R': "RangeError", 'F': "ReferenceError",
	'S': "SyntaxError", 'T': "TypeError", 'U': "URIError",
}

// failure reads an Error: its kind, message, cause and stack, each with a
// letter before it, up to a full stop.
func (r *v8) failure(at int) (value.Value, bool) {
	class, state := "Error", r.dict()
	number, id := r.objects.Len(), r.id()
	r.keep(rubyObject(class, value.NewMap(state)).WithID(id))
	for done := false; !done && r.err == nil; {
		switch t := r.byte(at, "an error"); t {
		case '.':
			done = true
		case 'm':
			r.part(state, "message", r.anyString)
		case 's':
			r.part(state, "stack", r.anyString)
		case 'c':
			r.part(state, "cause", func() value.Value { v, _ := r.value(); return v })
		default:
			name, ok := v8Errors[t]
			if !ok && r.err == nil {
				r.corrupt(at, "0x%02x is no part of an error", t)
			}
			class = name
		}
	}
	if class == "" {
		class = "Error"
	}
	return r.replace(number, rubyObject(class, value.NewMap(state)).WithID(id)), true
}

func (r *v8) part(state *growingMap, name string, read func() value.Value) {
	v := read()
	if r.err == nil {
		state.add(value.NewText(name), v)
	}
	r.underPart("state." + name)
}
