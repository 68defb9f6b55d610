package decode

import (
	"strings"

	"cacheview/decode/value"
)

// The flags of a class description.
const (
	scWriteMethod    = 0x01 // the class wrote something after its fields
	scSerializable   = 0x02
	scExternalizable = 0x04
	scBlockData      = 0x08 // an Externalizable's data ends with TC_ENDBLOCKDATA
)

// javaClass is a class description: what an instance has in the stream.
type javaClass struct {
	name       string
	flags      byte
	fields     []javaField
	super      *javaClass
	interfaces []string        // of a proxy
	names      map[string]bool // of the fields
	done       bool            // read to its end, so that it can be used
	levels     int             // number of super classes
	// layout are the classes that have something in the stream, the topmost
	// first.
	layout []*javaClass
}

type javaField struct {
	code byte // B C D F I J S Z, L for an object, [ for an array
	name string
	// shown is the name, with the class before it where a super class has a
	// field of that name.
	shown string
}

// maxSupers is far above any real hierarchy.
const maxSupers = 100

// classDesc reads a class description or a reference to one; nil is for a null
// one, and for an error.
func (j *java) classDesc() *javaClass {
	at := j.pos
	if !j.node() || !j.enter() {
		return nil
	}
	defer j.leave()
	switch c := j.byte(at, "a class description"); c {
	case tcNull:
		return nil
	case tcReference:
		class := j.handle(at).class
		if j.err == nil && (class == nil || !class.done) {
			j.corrupt(at, "a reference that does not lead to a class description")
			return nil
		}
		return class
	case tcClassDesc:
		return j.newClass(at)
	case tcProxyClassDesc:
		return j.proxyClass(at)
	default:
		j.corrupt(at, "0x%02x is no class description", c)
		return nil
	}
}

func (j *java) newClass(at int) *javaClass {
	c := &javaClass{name: j.utf(at), names: map[string]bool{}}
	j.be64(at, "a class description") // serialVersionUID
	j.assign(javaHandle{class: c})
	c.flags = j.byte(at, "a class description")
	n := j.be16(at, "a class description")
	for i := 0; i < int(n) && j.err == nil; i++ {
		j.field(c)
	}
	return j.rest(c, at)
}

func (j *java) field(c *javaClass) {
	at := j.pos
	if !j.node() {
		return
	}
	f := javaField{code: j.byte(at, "a field")}
	f.name = j.utf(at)
	switch {
	case f.code == 'L', f.code == '[':
		if t, ok := j.object(); ok && t.Kind() != value.Text {
			j.corrupt(at, "a field of no type")
		}
	case j.err == nil && javaWidth(f.code) == 0:
		j.corrupt(at, "%q is no type of field", f.code)
	}
	f.shown = f.name
	c.fields, c.names[f.name] = append(c.fields, f), true
}

func (j *java) proxyClass(at int) *javaClass {
	c := &javaClass{name: "java.lang.reflect.Proxy", flags: scSerializable}
	j.assign(javaHandle{class: c})
	n := j.be32(at, "a proxy class")
	for i := 0; i < int(n) && j.err == nil && j.node(); i++ {
		c.interfaces = append(c.interfaces, j.utf(at))
	}
	return j.rest(c, at)
}

// rest reads what the two kinds of class description end with: annotations,
// which have no meaning here, and the super class.
func (j *java) rest(c *javaClass, at int) *javaClass {
	for j.annotation() {
		j.content()
	}
	c.super = j.classDesc()
	if j.err != nil {
		return nil
	}
	if c.super != nil {
		c.levels = c.super.levels + 1
		c.layout = c.super.layout
	}
	if c.levels > maxSupers {
		j.fail(value.Limit, at, "more than %d super classes", maxSupers)
		return nil
	}
	c.showHidden()
	if len(c.fields) > 0 || c.annotated() || c.flags&scExternalizable != 0 {
		c.layout = append(c.layout[:len(c.layout):len(c.layout)], c)
	}
	c.done = true
	return c
}

// showHidden gives fields a longer name that hide one of a super class.
func (c *javaClass) showHidden() {
	for i := range c.fields {
		for _, s := range c.layout {
			if s.names[c.fields[i].name] {
				c.fields[i].shown = c.name + "." + c.fields[i].name
			}
		}
	}
}

// annotated says whether an instance has data that ends with an end mark.
func (c *javaClass) annotated() bool {
	if c.flags&scExternalizable != 0 {
		return c.flags&scBlockData != 0
	}
	return c.flags&scWriteMethod != 0
}

// annotation says whether more data follows, and reads the end mark.
func (j *java) annotation() bool {
	at := j.pos
	c, ok := j.peek()
	switch {
	case j.err != nil:
		return false
	case !ok:
		j.short(at, "data that a class wrote")
		return false
	case c == tcEndBlockData:
		j.pos++
		return false
	}
	return true
}

// instance reads an object, with the fields of all its classes.
func (j *java) instance(at int) (value.Value, bool) {
	class := j.classDesc()
	if class == nil {
		j.corrupt(at, "an object without a class")
		return value.Nil, false
	}
	j.spend(2 * containerCost)
	o := &javaObject{class: class, id: j.id()}
	handle := j.assign(javaHandle{value: o.provisional()})
	for _, c := range class.layout {
		j.fieldsOf(o, c)
		if j.err != nil {
			break
		}
	}
	if j.err != nil {
		return o.partial()
	}
	return j.complete(handle, o.reading()), true
}

func (j *java) fieldsOf(o *javaObject, c *javaClass) {
	if c.flags&scExternalizable != 0 && c.flags&scBlockData == 0 {
		j.fail(value.NeedsSchema, j.pos, "%s wrote its data in a form that only the class itself can read", c.name)
		return
	}
	if c.flags&scExternalizable == 0 {
		for _, f := range c.fields {
			v, ok := j.fieldValue(f.code)
			if ok {
				o.set(f.shown, v)
			}
			if j.err != nil {
				j.underPart("state." + f.shown)
				return
			}
		}
	}
	if !c.annotated() {
		return
	}
	for j.annotation() {
		v, ok := j.content()
		if ok {
			o.data.add(v)
		}
		if j.err != nil {
			j.underPart("data")
		}
	}
}

func (j *java) fieldValue(code byte) (value.Value, bool) {
	if code == 'L' || code == '[' {
		return j.object()
	}
	if !j.node() {
		return value.Nil, false
	}
	s := j.take(uint64(javaWidth(code)), j.pos, "a field")
	if j.err != nil {
		return value.Nil, false
	}
	return javaNumber(s, code), true
}

// title is the name of the class, and for a proxy its interfaces.
func (c *javaClass) title() string {
	if len(c.interfaces) == 0 {
		return c.name
	}
	return c.name + "(" + strings.Join(c.interfaces, ", ") + ")"
}
