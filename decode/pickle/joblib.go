package pickle

import "cacheview/decode/value"

// joblib.dump writes the bytes of an array into the pickle itself, right behind
// the BUILD of the NumpyArrayWrapper that describes it: since version 1.2 first
// the length of a padding and the padding. Arrays of objects are a pickle of
// their own there (joblib/numpy_pickle.py, NumpyArrayWrapper.read).

// The class that announces an array.
const (
	arrayWrapperModule = "joblib.numpy_pickle"
	arrayWrapperName   = "NumpyArrayWrapper"
)

// rawArray is an array between opcodes: packed bytes, or a pickle of its own.
type rawArray struct {
	array   array
	fortran bool
	objects *Document
}

// maxInnerPickles bounds pickles inside pickles inside pickles.
const maxInnerPickles = 4

// isArrayWrapper reports whether r is an object that announces an array.
func (m *machine) isArrayWrapper(r ref) bool {
	n := m.node(r)
	if n.kind != kObject || m.table.kind(n.a) != kGlobal {
		return false
	}
	mod, name := m.shortName(n.a)
	return string(name) == arrayWrapperName && string(mod) == arrayWrapperModule
}

// takeArray moves over the array that the wrapper r with this state announces.
// Any other state is skipped.
func (m *machine) takeArray(r, state ref) bool {
	d := &Document{table: m.table, layer: uint8(max(m.proto, 2))}
	if d.kind(state) != kDict {
		return true
	}
	fields := map[string]ref{}
	pairs := d.seq(state)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := d.strOf(pairs[i]); ok {
			fields[name] = pairs[i+1]
		}
	}
	dtypeRef, ok := fields["dtype"]
	shapeRef, ok2 := fields["shape"]
	if !ok || !ok2 {
		return true
	}
	t, ok := d.dtype(dtypeRef)
	shape, ok2 := d.shapeOf(shapeRef)
	if !ok || !ok2 {
		return true
	}
	raw := rawArray{array: array{dtype: t, shape: shape}}
	if order, found := fields["order"]; found {
		s, _ := d.strOf(order)
		raw.fortran = s == "F"
	}
	if m.arrays == nil {
		m.arrays = map[ref]rawArray{}
	}
	if t.kind == 'O' {
		if m.inner >= maxInnerPickles {
			return m.fail(value.Limit, "too many pickles inside each other")
		}
		raw.objects = decodeInner(m.data[m.pos:], m.limits, m.inner+1)
		if raw.objects.Err() != nil {
			return m.fail(raw.objects.Err().Kind, "in an array of objects: "+raw.objects.Err().Detail)
		}
		m.pos += raw.objects.consumed
		m.arrays[r] = raw
		return true
	}
	if align, found := fields["numpy_array_alignment_bytes"]; found {
		if n, isInt := d.number(align); isInt && n > 0 {
			if !m.take(1) || !m.take(int(m.data[m.pos-1])) {
				return false
			}
		}
	}
	total, ok := product(shape, t.size)
	if !ok {
		return m.fail(value.Limit, "the array is too large")
	}
	start := m.pos
	if !m.take(total) {
		return false
	}
	raw.array.data = m.data[start:m.pos]
	m.arrays[r] = raw
	return true
}

// joblibArray is the reading of a wrapper whose array was there.
func (d *Document) joblibArray(r ref) (value.Value, bool) {
	raw, ok := d.arrays[r]
	if !ok {
		return value.Nil, false
	}
	if raw.objects == nil {
		return raw.array.value(raw.fortran), true
	}
	return raw.objects.Value(), true
}
