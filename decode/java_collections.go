package decode

import (
	"encoding/binary"

	"cacheview/decode/value"
)

// javaView says how a collection of the JDK writes its elements: after some
// bytes of its own, of which four count them.
type javaView struct {
	kind  value.Kind
	tag   string
	skip  int // things before the first element, the block among them
	block int // which of these is the block
	size  int // bytes of the block
	count int // where in the block the number of elements or entries is
	tail  int // things after the last element
}

// javaViews are the collections whose elements are in what they write, from
// their writeObject methods in java.base. Collections that have a state of
// their own, such as an order or a limit, are left as they are.
var javaViews = map[string]javaView{
	"java.util.ArrayList":                        {kind: value.Seq, skip: 1, size: 4},
	"java.util.LinkedList":                       {kind: value.Seq, skip: 1, size: 4},
	"java.util.concurrent.CopyOnWriteArrayList":  {kind: value.Seq, skip: 1, size: 4},
	"java.util.HashSet":                          {kind: value.Seq, tag: "set", skip: 1, size: 12, count: 8},
	"java.util.LinkedHashSet":                    {kind: value.Seq, tag: "set", skip: 1, size: 12, count: 8},
	"java.util.TreeSet":                          {kind: value.Seq, tag: "set", skip: 2, block: 1, size: 4},
	"java.util.HashMap":                          {kind: value.Map, skip: 1, size: 8, count: 4},
	"java.util.LinkedHashMap":                    {kind: value.Map, skip: 1, size: 8, count: 4},
	"java.util.Hashtable":                        {kind: value.Map, skip: 1, size: 8, count: 4},
	"java.util.Properties":                       {kind: value.Map, skip: 1, size: 8, count: 4},
	"java.util.TreeMap":                          {kind: value.Map, skip: 1, size: 4},
	"java.util.EnumMap":                          {kind: value.Map, skip: 1, size: 4},
	"java.util.IdentityHashMap":                  {kind: value.Map, skip: 1, size: 4},
	"java.util.concurrent.ConcurrentHashMap":     {kind: value.Map, block: -1, tail: 2},
	"java.util.concurrent.ConcurrentSkipListMap": {kind: value.Map, block: -1, tail: 1},
}

// fits says whether the object's data is as its class writes it.
func (w javaView) fits(o *javaObject) bool {
	n := o.data.Len() - w.skip - w.tail
	if w.kind == value.Map {
		if n%2 != 0 {
			return false
		}
		n /= 2
	}
	if w.block < 0 {
		for i := range w.tail {
			if n < 0 || o.data.At(o.data.Len()-1-i).Kind() != value.Null {
				return false
			}
		}
		return n >= 0
	}
	block, ok := o.block(w.block, w.size)
	return ok && n == int(binary.BigEndian.Uint32([]byte(block[w.count:])))
}

// of is the object as a collection. Its elements are looked up in the object's
// data, so that it may be made before they are there.
func (w javaView) of(o *javaObject) value.Value {
	v := value.NewSeq(javaItems{o, w})
	if w.kind == value.Map {
		v = value.NewMap(javaPairs{o, w})
	}
	if w.tag != "" {
		v = v.WithTag(w.tag)
	}
	return v.WithID(o.id)
}

// javaItems are the elements of a list or set. It is value.Items.
type javaItems struct {
	o *javaObject
	w javaView
}

// Len returns the number of elements.
func (s javaItems) Len() int { return max(0, s.o.data.Len()-s.w.skip-s.w.tail) }

// At returns element i.
func (s javaItems) At(i int) value.Value { return s.o.data.At(s.w.skip + i) }

// javaPairs are the entries of a map. It is value.Pairs.
type javaPairs struct {
	o *javaObject
	w javaView
}

// Len returns the number of entries.
func (m javaPairs) Len() int { return max(0, m.o.data.Len()-m.w.skip-m.w.tail) / 2 }

// At returns entry i.
func (m javaPairs) At(i int) (key, val value.Value) {
	return m.o.data.At(m.w.skip + 2*i), m.o.data.At(m.w.skip + 2*i + 1)
}
