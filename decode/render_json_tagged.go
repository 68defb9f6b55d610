package decode

import "cacheview/decode/value"

// tagged writes {"$tag": form, parts...}.
func (w *jsonWriter) tagged(v value.Value) {
	tag := v.Tag()
	if tag == "" {
		tag = v.Kind().String()
	}
	w.raw(`{"$`)
	w.raw(tag)
	w.raw(`":`)
	switch {
	case v.Kind() == value.Bytes && (tag == "bytes" || tag == "bytearray"), tag == "wtf8":
		w.base64(v.Text())
	case tag == "ext" && v.Kind() == value.Seq:
		w.ext(v.Items())
	case v.Kind() == value.Map && listsPairs(tag):
		w.pairs(v, true)
	default:
		w.plain(v)
	}
	w.attrs(v, v.Kind() == value.Seq || v.Kind() == value.Map)
}

// listsPairs reports whether a map with this tag is written as [[k, v], ...]
// whatever its keys are.
func listsPairs(tag string) bool {
	switch tag {
	case "ordereddict", "counter", "defaultdict", "map":
		return true
	}
	return false
}

// ext writes MessagePack's extension types: [type, base64].
func (w *jsonWriter) ext(items value.Items) {
	w.dst = append(w.dst, '[')
	for i := range items.Len() {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		if v := items.At(i); v.Kind() == value.Bytes {
			w.base64(v.Text())
		} else {
			w.value(v)
		}
	}
	w.dst = append(w.dst, ']')
}

// object writes {"$object": class, parts...}.
func (w *jsonWriter) object(v value.Value) {
	w.raw(`{"$`)
	w.raw(v.Tag())
	w.raw(`":`)
	if head, ok := v.Head(); ok {
		w.open(v)
		w.value(head)
		w.close()
	} else {
		w.text(v.Text())
	}
	w.attrs(v, true)
}

// attrs writes the parts of v and closes its brace. The parts of a container
// are inside it.
func (w *jsonWriter) attrs(v value.Value, inside bool) {
	if inside {
		w.open(v)
	}
	for _, a := range v.Attrs() {
		if w.full() {
			break
		}
		w.dst = append(w.dst, ',')
		w.text(a.Name)
		w.dst = append(w.dst, ':')
		w.part(a)
	}
	if inside {
		w.close()
	}
	w.dst = append(w.dst, '}')
}

// part writes one attribute. The lists that hold the arguments, items and
// pairs of an object are notation, not containers that a cycle counts; so is a
// state that has no identity of its own.
func (w *jsonWriter) part(a value.Attr) {
	v := a.Value
	switch a.Name {
	case "args", "items", "states":
		if v.Kind() == value.Seq && (v.Tag() == "" || v.Tag() == "tuple") {
			w.items(v.Items())
			return
		}
	case "kwargs":
		if v.Kind() == value.Map && v.Tag() == "" {
			w.entries(v)
			return
		}
	case "pairs":
		if v.Kind() == value.Map {
			w.pairs(v, false)
			return
		}
	case "state", "data":
		if v.ID() == 0 && v.Tag() == "" && v.Kind() == value.Map {
			w.entries(v)
			return
		}
		if v.ID() == 0 && v.Tag() == "" && v.Kind() == value.Seq {
			w.items(v.Items())
			return
		}
	}
	w.value(v)
}
