package pickle

import (
	"cacheview/decode/value"
)

// array is a numpy array over packed bytes, or over a list of objects. Its
// elements are made when they are asked for.
type array struct {
	doc     *Document
	dtype   dtype
	shape   []int
	strides []int // in elements
	data    []byte
	objects []ref // of dtype 'O'
}

// numpyReader returns the reader for the functions that numpy's pickles call.
func numpyReader(name string) reader {
	switch name {
	case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct":
		return readReconstruct
	case "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer":
		return readFromBuffer
	case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar":
		return readScalar
	}
	return nil
}

// readReconstruct is an array of protocol 4 or less: made empty, then given
// (version, shape, dtype, Fortran order, data).
func readReconstruct(o object) (value.Value, bool) {
	states := o.part(o.node, partStates)
	if len(states) != 1 || !o.only(partStates) || o.kind(states[0]) != kTuple {
		return value.Nil, false
	}
	if len(o.args) == 0 || o.kind(o.args[0]) != kGlobal || o.fullName(o.args[0]) != "numpy.ndarray" {
		return value.Nil, false
	}
	state := o.seq(states[0])
	if len(state) == 5 {
		state = state[1:]
	}
	if len(state) != 4 {
		return value.Nil, false
	}
	fortran := o.kind(state[2]) == kBool && o.bool(state[2])
	if n, ok := o.number(state[2]); ok {
		fortran = n != 0
	}
	return o.array(state[1], state[0], state[3], fortran)
}

// number returns an int that fits 64 bits.
func (d *Document) number(r ref) (int64, bool) {
	if d.kind(r) != kInt {
		return 0, false
	}
	return d.int64(r)
}

// readFromBuffer is an array of protocol 5: (data, dtype, shape, order).
func readFromBuffer(o object) (value.Value, bool) {
	if len(o.args) != 4 || o.extra() {
		return value.Nil, false
	}
	order, ok := o.str(3)
	if !ok {
		return value.Nil, false
	}
	return o.array(o.args[1], o.args[2], o.args[0], order == "F")
}

// array puts an array together.
func (o object) array(dtypeRef, shapeRef, data ref, fortran bool) (value.Value, bool) {
	t, ok := o.dtype(dtypeRef)
	if !ok {
		return value.Nil, false
	}
	a := array{doc: o.Document, dtype: t}
	if a.shape, ok = o.shapeOf(shapeRef); !ok {
		return value.Nil, false
	}
	total, ok := product(a.shape, t.size)
	if !ok {
		return value.Nil, false
	}
	if t.kind == 'O' {
		if o.kind(data) != kList || len(o.seq(data))*t.size != total {
			return value.Nil, false
		}
		a.objects = o.seq(data)
	} else if a.data, ok = o.payloadOf(data); !ok || len(a.data) != total {
		return value.Nil, false
	}
	return a.value(fortran), true
}

// value is the array with its dtype and shape; fortran says that the first
// axis changes fastest.
func (a *array) value(fortran bool) value.Value {
	a.strides = make([]int, len(a.shape))
	step := 1
	for i := range a.shape {
		axis := len(a.shape) - 1 - i
		if fortran {
			axis = i
		}
		a.strides[axis] = step
		step *= a.shape[axis]
	}
	return wrapped("ndarray", a.at(0, 0),
		value.Attr{Name: "dtype", Value: a.dtype.description()},
		value.Attr{Name: "shape", Value: shapeValue(a.shape)})
}

// readScalar is one number of numpy: (dtype, data).
func readScalar(o object) (value.Value, bool) {
	if len(o.args) != 2 || o.extra() {
		return value.Nil, false
	}
	t, ok := o.dtype(o.args[0])
	if !ok || t.kind == 'O' {
		return value.Nil, false
	}
	data, ok := o.payload(1)
	if !ok || len(data) != t.size {
		return value.Nil, false
	}
	return wrapped("npscalar", t.element(data), value.Attr{Name: "dtype", Value: t.description()}), true
}

// wrapped puts a tag on v, around the tag that v has.
func wrapped(tag string, v value.Value, attrs ...value.Attr) value.Value {
	if v.Tag() != "" {
		return value.NewObjectHead(tag, v, attrs...)
	}
	return v.WithTag(tag, attrs...)
}

// at is what is found after the first axes were indexed: an element or the
// rows of the next axis.
func (a *array) at(axis, offset int) value.Value {
	if axis < len(a.shape) {
		return value.NewSeq(arrayAxis{a, axis, offset})
	}
	if a.dtype.kind == 'O' {
		return a.doc.value(a.objects[offset])
	}
	return a.dtype.element(a.data[offset*a.dtype.size:][:a.dtype.size])
}

// arrayAxis are the items along one axis of an array.
type arrayAxis struct {
	array  *array
	axis   int
	offset int // in elements
}

func (x arrayAxis) Len() int { return x.array.shape[x.axis] }
func (x arrayAxis) At(i int) value.Value {
	return x.array.at(x.axis+1, x.offset+i*x.array.strides[x.axis])
}

// packedItems are the elements of bytes that are all of one dtype.
type packedItems struct {
	dtype dtype
	data  []byte
}

func (p packedItems) Len() int { return len(p.data) / p.dtype.size }
func (p packedItems) At(i int) value.Value {
	return p.dtype.element(p.data[i*p.dtype.size:][:p.dtype.size])
}
