package decode

import (
	"unicode/utf8"

	"cacheview/decode/value"
)

// withIvars reads a value and then its instance variables, of which one is how
// a string says its encoding.
func (r *ruby) withIvars(at int) (value.Value, bool) {
	switch t, _ := r.peek(); t {
	case ':':
		r.pos++
		v := r.newSymbol(at, true)
		return v, r.err == nil
	case 'u':
		return r.dumpedWithIvars()
	}
	number := r.links.Len()
	v, ok := r.value()
	if r.err != nil {
		return v, ok
	}
	enc, rest := r.ivars()
	return r.replace(number, addIvars(enc.of(v), rest)), true
}

// dumpedWithIvars reads the string that _dump made, with its instance
// variables. Unlike others, the object gets its number after these.
func (r *ruby) dumpedWithIvars() (value.Value, bool) {
	at := r.pos
	r.pos++
	v := r.dumped(at)
	if r.err != nil {
		return value.Nil, false
	}
	_, ivars := r.ivars()
	if t, ok := rubyTime(v, ivars); ok {
		return r.keep(t), true
	}
	return r.keep(addIvars(v, ivars)), true
}

// ivars reads instance variables: those that tell the encoding, and the rest,
// nil when there is none.
func (r *ruby) ivars() (enc rubyEncoding, rest *growingMap) {
	at := r.pos
	n := r.count(at)
	for i := uint64(0); i < n && r.err == nil; i++ {
		name := r.name()
		v, ok := r.value()
		if r.err != nil && !ok {
			break
		}
		switch {
		case name == "E" && v.Kind() == value.Bool:
			enc.plain = true
		case name == "encoding":
			enc.name = className(v.Text())
		default:
			if rest == nil {
				rest = r.dict()
			}
			rest.add(value.NewText(name), v)
		}
	}
	return enc, rest
}

// addIvars puts instance variables on a value. One is dropped: K, by which
// Ruby marks a hash of keyword arguments.
func addIvars(v value.Value, ivars *growingMap) value.Value {
	if ivars == nil || v.Kind() == value.Map && ivars.Len() == 1 && ivars.keys.At(0).Text() == "K" {
		return v
	}
	more := value.Attr{Name: "state", Value: value.NewMap(ivars)}
	if v.Kind() != value.Object {
		args := value.Attr{Name: "args", Value: value.NewSeq(value.List{v})}
		return value.NewObject("object", rubyClassOf(v), args, more)
	}
	if _, ok := v.Attr("state"); ok {
		more.Name = "ivars"
	}
	attrs := append(v.Attrs()[:len(v.Attrs()):len(v.Attrs())], more)
	return value.NewObject(v.Tag(), v.Text(), attrs...).WithID(v.ID())
}

// rubyClassOf names the class of a value that is not an object here.
func rubyClassOf(v value.Value) string {
	switch {
	case v.Tag() == "regexp":
		return "Regexp"
	case v.Tag() == "global":
		return "Module"
	}
	switch v.Kind() {
	case value.Seq:
		return "Array"
	case value.Map:
		return "Hash"
	case value.Float:
		return "Float"
	case value.Int:
		return "Integer"
	}
	return "String"
}

// rubyEncoding is what a string says about its encoding.
type rubyEncoding struct {
	plain bool   // UTF-8 or US-ASCII, the two that are said with one letter
	name  string // any other
}

func (e rubyEncoding) attrs() []value.Attr {
	if e.name == "" {
		return nil
	}
	return []value.Attr{{Name: "encoding", Value: value.NewText(e.name)}}
}

// of is v in this encoding: a string, a regexp, or one of these within an
// object of a class derived from them. Text in an encoding that is not known
// here stays bytes, and so does what is not as its encoding says.
func (e rubyEncoding) of(v value.Value) value.Value {
	if args, ok := v.Attr("args"); ok && v.Kind() == value.Object && args.Len() == 1 {
		return ofUserClass(v.Text(), e.of(args.Items().At(0))).WithID(v.ID())
	}
	s := v.Text()
	switch {
	case v.Kind() == value.Bytes && v.Tag() == "":
		if e.plain && utf8.ValidString(s) {
			return value.NewText(s)
		}
		if e.name != "" {
			return value.NewBytes(s).WithTag("bytes", e.attrs()...)
		}
	case v.Tag() == "regexp" && e.name != "":
		return value.NewBytes(s).WithTag("regexp", append(v.Attrs(), e.attrs()...)...)
	}
	return v
}
