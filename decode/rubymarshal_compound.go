package decode

import (
	"cacheview/decode/value"
)

func (r *ruby) array(at int) (value.Value, bool) {
	n := r.count(at)
	if r.err != nil {
		return value.Nil, false
	}
	items := r.list()
	v := r.keep(value.NewSeq(items).WithID(r.id()))
	for i := 0; uint64(i) < n && r.err == nil; i++ {
		item, ok := r.value()
		if ok {
			items.add(item)
		}
		r.underIndex(i)
	}
	return v, true
}

func (r *ruby) hash(at int, hasDefault bool) (value.Value, bool) {
	n := r.count(at)
	if r.err != nil {
		return value.Nil, false
	}
	pairs, number := r.dict(), r.links.Len()
	v := r.keep(value.NewMap(pairs).WithID(r.id()))
	for i := uint64(0); i < n && r.err == nil; i++ {
		key, _ := r.value()
		if r.err != nil {
			break
		}
		val, ok := r.value()
		if ok {
			pairs.add(key, val)
		}
		r.underKey(key)
	}
	if !hasDefault || r.err != nil {
		return v, true
	}
	def, ok := r.value()
	r.underPart("default")
	if ok {
		v = r.replace(number, v.WithTag("hash", value.Attr{Name: "default", Value: def}))
	}
	return v, true
}

// object reads an object or a struct: its class, and its variables or members
// with their names.
func (r *ruby) object(at int) (value.Value, bool) {
	class := r.name()
	if r.err != nil {
		return value.Nil, false
	}
	state := r.dict()
	v := r.keep(rubyObject(class, value.NewMap(state)).WithID(r.id()))
	r.members(at, state)
	return v, true
}

func rubyObject(class string, state value.Value) value.Value {
	return value.NewObject("object", class, value.Attr{Name: "state", Value: state})
}

// members reads names with their values: instance variables, struct members.
func (r *ruby) members(at int, state *growingMap) {
	n := r.count(at)
	for i := uint64(0); i < n && r.err == nil; i++ {
		name := r.name()
		if r.err != nil {
			return
		}
		v, ok := r.value()
		if ok {
			state.add(value.NewText(name), v)
		}
		r.underPart("state." + name)
	}
}

// custom reads an object of a class that says with marshal_dump, or for a C
// structure with _dump_data, what it is made of.
func (r *ruby) custom() (value.Value, bool) {
	class := r.name()
	if r.err != nil {
		return value.Nil, false
	}
	parts := []value.Attr{{Name: "state"}}
	v := r.keep(value.NewObject("object", class, parts...).WithID(r.id()))
	state, _ := r.value()
	parts[0].Value = state
	r.underPart("state")
	return v, true
}

// userClass reads a string, array, hash or regexp whose class is derived from
// these.
func (r *ruby) userClass() (value.Value, bool) {
	class := r.name()
	if r.err != nil {
		return value.Nil, false
	}
	number := r.links.Len()
	v, ok := r.value()
	if !ok {
		return v, false
	}
	return r.replace(number, ofUserClass(class, v)), true
}

func ofUserClass(class string, v value.Value) value.Value {
	return value.NewObject("object", class, value.Attr{Name: "args", Value: value.NewSeq(value.List{v})})
}

// dumped reads an object that _dump made a string of.
func (r *ruby) dumped(at int) value.Value {
	class := r.name()
	raw := r.bytes(at, "an object's own data")
	return value.NewObject("object", class, value.Attr{Name: "raw", Value: value.NewBytes(raw)})
}

// regexp reads a pattern and its options. What is in the byte beside the
// options of the language tells about the encoding.
func (r *ruby) regexp(at int) value.Value {
	source := textOrBytes(r.bytes(at, "a regexp"))
	options := r.byte(at, "a regexp") & 7
	return source.WithTag("regexp", value.Attr{Name: "options", Value: value.NewInt(int64(options))})
}
