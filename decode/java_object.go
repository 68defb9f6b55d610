package decode

import (
	"cacheview/decode/value"
)

// javaObject is an object while it is read: the fields of all its classes by
// name, and what the classes wrote themselves.
type javaObject struct {
	class *javaClass
	id    uint32
	state growingMap
	data  growing
}

// set keeps a field.
func (o *javaObject) set(name string, v value.Value) { o.state.add(value.NewText(name), v) }

// field returns a field by its name.
func (o *javaObject) field(name string) (value.Value, bool) {
	for i := range o.state.Len() {
		if k, v := o.state.At(i); k.Text() == name {
			return v, true
		}
	}
	return value.Nil, false
}

// structural is the object as the stream has it.
func (o *javaObject) structural(withData bool) value.Value {
	attrs := []value.Attr{{Name: "state", Value: value.NewMap(&o.state)}}
	if withData {
		attrs = append(attrs, value.Attr{Name: "data", Value: value.NewSeq(&o.data)})
	}
	return value.NewObject("object", o.class.title(), attrs...).WithID(o.id)
}

// provisional is what the object is to those that refer to it before it is
// read to its end. It must look like the reading, which is not known yet.
func (o *javaObject) provisional() value.Value {
	if view, ok := javaViews[o.class.name]; ok {
		return view.of(o)
	}
	annotated := false
	for _, c := range o.class.layout {
		annotated = annotated || c.annotated()
	}
	return o.structural(annotated)
}

// partial is what there is of an object that ended with an error.
func (o *javaObject) partial() (value.Value, bool) {
	if view, ok := javaViews[o.class.name]; ok && o.data.Len() > view.skip {
		return view.of(o), true
	}
	return o.structural(o.data.Len() > 0), true
}

// reading is what the object means, where its class is well known and its
// content is as that class writes it; else its structure.
func (o *javaObject) reading() value.Value {
	if view, ok := javaViews[o.class.name]; ok && view.fits(o) {
		return view.of(o)
	}
	if read, ok := javaReaders[o.class.name]; ok {
		if v, ok := read(o); ok {
			return v
		}
	}
	return o.structural(o.data.Len() > 0)
}

// block returns thing i of the data, and whether it is a block of size bytes.
func (o *javaObject) block(i, size int) (string, bool) {
	if i >= o.data.Len() {
		return "", false
	}
	v := o.data.At(i)
	return v.Text(), v.Kind() == value.Bytes && v.Len() == size
}
