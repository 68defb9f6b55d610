package pickle

import (
	"strconv"
	"strings"

	"cacheview/decode/value"
)

// dtype is how numpy packs one element.
type dtype struct {
	kind   byte // 'b' bool, 'i', 'u', 'f', 'c', 'S', 'U', 'V', 'O', 'M', 'm'
	size   int  // bytes of an element; of the pointer for 'O'
	big    bool // big-endian
	unit   string
	step   int64 // units a count stands for, of 'M' and 'm'
	fields []field
	sub    *dtype // element of a fixed-size array, with shape
	shape  []int
}

// field is a named part of a structured dtype.
type field struct {
	name   string
	offset int
	dtype  dtype
}

// maxDtypes bounds the fields of one dtype, those of its fields included.
const maxDtypes = 2000

// parseDtype reads a description such as "<f8", "|S5" or "u1".
func parseDtype(s string) (dtype, bool) {
	t := dtype{step: 1}
	if s != "" && strings.IndexByte("<>|=", s[0]) >= 0 {
		t.big = s[0] == '>'
		s = s[1:]
	}
	if s == "" || strings.IndexByte("biufcSUVOMm", s[0]) < 0 {
		return t, false
	}
	t.kind = s[0]
	if t.kind == 'O' {
		t.size = 8
		return t, true
	}
	n, err := strconv.Atoi(s[1:])
	if err != nil || n < 0 || n > 1<<30 {
		return t, false
	}
	t.size = n
	switch t.kind {
	case 'U':
		t.size = 4 * n
	case 'b':
		return t, n == 1
	case 'i', 'u', 'M', 'm':
		return t, n == 1 || n == 2 || n == 4 || n == 8
	case 'f':
		return t, n == 2 || n == 4 || n == 8 || n == 16
	case 'c':
		return t, n == 8 || n == 16
	}
	return t, true
}

// dtype reads numpy.dtype("f8", False, True) and the state it was given:
// (version, byte order, subarray, names, fields, size, alignment, flags) and
// from version 4 on the unit of a datetime.
func (d *Document) dtype(r ref) (dtype, bool) {
	left := maxDtypes
	return dtypeReader{d, &left}.read(r)
}

// dtypeReader counts down the dtypes that may still be read: those of fields
// may be shared many times over.
type dtypeReader struct {
	*Document
	left *int
}

func (d dtypeReader) read(r ref) (dtype, bool) {
	*d.left--
	if k := d.kind(r); *d.left < 0 || k != kCall && k != kObject {
		return dtype{}, false
	}
	n := d.node(r)
	if d.calleeName(n.a) != "numpy.dtype" || n.b == none || d.kind(n.b) != kTuple || len(d.seq(n.b)) == 0 {
		return dtype{}, false
	}
	name, ok := d.strOf(d.seq(n.b)[0])
	if !ok {
		return dtype{}, false
	}
	t, ok := parseDtype(name)
	states := d.part(n, partStates)
	if !ok || len(states) == 0 {
		return t, ok
	}
	if len(states) > 1 || d.kind(states[0]) != kTuple {
		return t, false
	}
	return t, d.state(&t, d.seq(states[0]))
}

func (d dtypeReader) state(t *dtype, state []ref) bool {
	if len(state) < 5 {
		return false
	}
	order, ok := d.payloadOf(state[1])
	if !ok || len(order) != 1 {
		return false
	}
	t.big = order[0] == '>'
	if d.kind(state[2]) == kTuple && !d.subarray(t, d.seq(state[2])) {
		return false
	}
	if d.kind(state[3]) == kTuple && !d.fields(t, d.seq(state[3]), state[4]) {
		return false
	}
	if (t.kind == 'M' || t.kind == 'm') && len(state) >= 9 {
		return d.timeUnit(t, state[8])
	}
	return true
}

// subarray reads (dtype, shape).
func (d dtypeReader) subarray(t *dtype, parts []ref) bool {
	if len(parts) != 2 {
		return false
	}
	sub, ok := d.read(parts[0])
	if !ok {
		return false
	}
	if t.shape, ok = d.shapeOf(parts[1]); !ok {
		return false
	}
	total, ok := product(t.shape, sub.size)
	t.sub = &sub
	return ok && total == t.size
}

// fields reads the names and {name: (dtype, offset)} of a structured dtype.
func (d dtypeReader) fields(t *dtype, names []ref, table ref) bool {
	if d.kind(table) != kDict || len(names) > maxDtypes {
		return false
	}
	at := make(map[string][]ref)
	for flat := d.seq(table); len(flat) >= 2; flat = flat[2:] {
		if name, ok := d.payloadOrText(flat[0]); ok && d.kind(flat[1]) == kTuple {
			at[name] = d.seq(flat[1])
		}
	}
	for _, r := range names {
		name, ok := d.payloadOrText(r)
		parts := at[name]
		if !ok || len(parts) < 2 || d.kind(parts[1]) != kInt {
			return false
		}
		ft, ok := d.read(parts[0])
		offset, isInt := d.int64(parts[1])
		if !ok || !isInt || offset < 0 || offset > int64(t.size-ft.size) {
			return false
		}
		t.fields = append(t.fields, field{name, int(offset), ft})
	}
	return true
}

// payloadOrText is a name of Python 2 or 3.
func (d *Document) payloadOrText(r ref) (string, bool) {
	if s, ok := d.strOf(r); ok {
		return s, true
	}
	b, ok := d.payloadOf(r)
	return view(b), ok
}

// timeUnit reads (metadata, (unit, step, ...)).
func (d dtypeReader) timeUnit(t *dtype, r ref) bool {
	if d.kind(r) != kTuple || len(d.seq(r)) != 2 || d.kind(d.seq(r)[1]) != kTuple {
		return false
	}
	parts := d.seq(d.seq(r)[1])
	if len(parts) < 2 || d.kind(parts[1]) != kInt {
		return false
	}
	unit, ok := d.payloadOf(parts[0])
	step, isInt := d.int64(parts[1])
	t.unit, t.step = string(unit), step
	return ok && isInt && step > 0 && (t.unit == "generic" || timeUnits[t.unit] != (timeScale{}))
}

// shapeOf reads a tuple of sizes, or one size.
func (d *Document) shapeOf(r ref) ([]int, bool) {
	refs := []ref{r}
	if d.kind(r) == kTuple {
		refs = d.seq(r)
	}
	if len(refs) > 64 {
		return nil, false
	}
	shape := make([]int, len(refs))
	for i, r := range refs {
		if d.kind(r) != kInt {
			return nil, false
		}
		n, ok := d.int64(r)
		if !ok || n < 0 || n > 1<<40 {
			return nil, false
		}
		shape[i] = int(n)
	}
	return shape, true
}

// product is the bytes of an array; ok is false when they cannot be real: more
// than any memory has, or many elements of no bytes.
func product(shape []int, size int) (int, bool) {
	total, rows := size, 1
	for _, n := range shape {
		if n > 0 && total > (1<<40)/n || n > 0 && rows > (1<<32)/n {
			return 0, false
		}
		total *= n
		if n > 0 {
			rows *= n
		}
	}
	if total == 0 && rows > 1<<16 {
		return 0, false
	}
	return total, true
}

// description is the dtype as numpy writes it in files: "<f8", or for a
// structured one a list of names and descriptions.
func (t dtype) description() value.Value {
	if len(t.fields) > 0 {
		list := make(value.List, len(t.fields))
		for i, f := range t.fields {
			list[i] = f.description()
		}
		return value.NewSeq(list)
	}
	if t.sub != nil {
		return value.NewSeq(value.List{t.sub.description(), shapeValue(t.shape)}).WithTag("tuple")
	}
	return value.NewText(t.code())
}

func (f field) description() value.Value {
	if f.dtype.sub != nil {
		return value.NewSeq(value.List{value.NewText(f.name), f.dtype.sub.description(), shapeValue(f.dtype.shape)})
	}
	return value.NewSeq(value.List{value.NewText(f.name), f.dtype.description()})
}

func (t dtype) code() string {
	order := "<"
	switch {
	case t.kind == 'O':
		return "|O"
	case t.kind == 'b' || t.kind == 'S' || t.kind == 'V' || t.size == 1:
		order = "|"
	case t.big:
		order = ">"
	}
	n := t.size
	if t.kind == 'U' {
		n /= 4
	}
	s := order + string(rune(t.kind)) + strconv.Itoa(n)
	if t.unit == "" || t.unit == "generic" {
		return s
	}
	if t.step != 1 {
		return s + "[" + strconv.FormatInt(t.step, 10) + t.unit + "]"
	}
	return s + "[" + t.unit + "]"
}

func shapeValue(shape []int) value.Value {
	list := make(value.List, len(shape))
	for i, n := range shape {
		list[i] = value.NewInt(int64(n))
	}
	return value.NewSeq(list)
}
