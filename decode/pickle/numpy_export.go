package pickle

import "cacheview/decode/value"

// Dtype is how numpy packs one element.
type Dtype struct{ dtype dtype }

// Field is a named part of a structured Dtype.
type Field struct {
	Name   string
	Offset int
	Dtype  Dtype
}

// ParseDtype reads a description such as "<f8", "|S5" or "<M8[ns]".
func ParseDtype(s string) (Dtype, bool) {
	base, unit := s, ""
	for i := range len(s) {
		if s[i] == '[' && s[len(s)-1] == ']' {
			base, unit = s[:i], s[i+1:len(s)-1]
			break
		}
	}
	t, ok := parseDtype(base)
	if unit != "" {
		n := 0
		for n < len(unit) && unit[n] >= '0' && unit[n] <= '9' {
			n++
		}
		t.unit = unit[n:]
		if n > 0 && n < 10 {
			t.step = 0
			for _, c := range unit[:n] {
				t.step = 10*t.step + int64(c-'0')
			}
		}
	}
	return Dtype{t}, ok && t.kind != 'O'
}

// RecordDtype is a Dtype of size bytes with named parts.
func RecordDtype(fields []Field, size int) (Dtype, bool) {
	t := dtype{kind: 'V', size: size, step: 1}
	for _, f := range fields {
		if f.Offset < 0 || f.Dtype.dtype.size < 0 || f.Offset+f.Dtype.dtype.size > size {
			return Dtype{}, false
		}
		t.fields = append(t.fields, field{f.Name, f.Offset, f.Dtype.dtype})
	}
	return Dtype{t}, size > 0 && len(fields) > 0
}

// Name is the description of a Dtype that has no parts.
func (t Dtype) Name() string { return t.dtype.description().Text() }

// Size returns the bytes of an element.
func (t Dtype) Size() int { return t.dtype.size }

// Array is an array over packed bytes, as the reading of a pickled one is.
func Array(t Dtype, shape []int, data string, fortran bool) (value.Value, bool) {
	a := array{dtype: t.dtype, shape: shape, data: []byte(data)}
	for _, n := range shape {
		if n < 0 {
			return value.Nil, false
		}
	}
	if total, ok := product(shape, t.dtype.size); !ok || total != len(data) {
		return value.Nil, false
	}
	return a.value(fortran), true
}
