package decode

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"cacheview/decode/value"
)

// V8's ValueSerializer (src/objects/value-serializer.cc), which Node's
// v8.serialize() and structured clones write: one letter says the type, and
// '^' repeats an object by its number.

// maxV8 is the newest version of the format that is known.
const maxV8 = 15

// v8 is the state of reading one value.
type v8 struct {
	cursor
	version uint32
	objects growing
}

// parseV8 reads what v8.serialize() writes.
func parseV8(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	r := &v8{cursor: newCursor("v8-serialize", raw, lim)}
	if r.byte(0, "the header") != 0xff {
		r.corrupt(0, "no ff, the header of a value")
	}
	if r.version = r.varint(0, "the header"); r.err == nil && r.version > maxV8 {
		r.fail(value.Unsupported, 1, "version %d", r.version)
	}
	v, ok := r.value()
	if !ok {
		v = value.Nil
	}
	return v, r.pos, r.err
}

// varint reads seven bits a byte, the lowest first.
func (r *v8) varint(at int, what string) uint32 {
	var n uint64
	for shift := 0; ; shift += 7 {
		c := r.byte(at, what)
		n |= uint64(c&0x7f) << shift
		if c < 0x80 || r.err != nil {
			break
		}
		if shift >= 28 {
			r.corrupt(at, "a number of more than 32 bits")
			break
		}
	}
	return uint32(n)
}

// tag reads a type. Padding and counts, which are for V8's own use, are
// skipped.
func (r *v8) tag(at int, what string) byte {
	for r.err == nil {
		switch t := r.byte(at, what); t {
		case 0:
		case '?':
			r.varint(at, what)
		default:
			return t
		}
	}
	return 0
}

// next returns the type that comes next and where that is, without reading it.
func (r *v8) next(what string) byte {
	t := r.tag(r.pos, what)
	if r.err == nil {
		r.pos--
	}
	return t
}

// value reads one value. It returns false when an error left nothing worth
// showing.
func (r *v8) value() (value.Value, bool) {
	at := r.pos
	if !r.node() || !r.enter() {
		return value.Nil, false
	}
	defer r.leave()
	switch t := r.tag(at, "a value"); t {
	case 'o':
		return r.object(at)
	case 'a':
		return r.sparse(at)
	case 'A':
		return r.dense(at)
	case ';':
		return r.mapping(at)
	case '\'':
		return r.set(at)
	case 'r':
		return r.failure(at)
	default:
		v := r.scalar(t, at)
		return v, r.err == nil
	}
}

func (r *v8) scalar(t byte, at int) value.Value {
	switch t {
	case '_', '-':
		return undefined
	case '0':
		return value.Nil
	case 'T', 'F':
		return value.NewBool(t == 'T')
	case 'I':
		n := r.varint(at, "a number")
		return value.NewInt(int64(int32(n>>1) ^ -int32(n&1)))
	case 'U':
		return value.NewInt(int64(r.varint(at, "a number")))
	case 'N':
		return jsNumber(r.leFloat(at, "a number"))
	case 'Z':
		return r.bigint(at)
	case '"', 'c', 'S':
		return r.str(t, at)
	case '^':
		return r.reference(at)
	case 'y', 'x':
		return r.boxed("Boolean", value.NewBool(t == 'y'))
	case 'n':
		return r.boxed("Number", jsNumber(r.leFloat(at, "a number")))
	case 'z':
		return r.boxed("BigInt", r.bigint(at))
	case 's':
		return r.boxed("String", r.anyString())
	case 'D':
		return r.keep(jsDate(r.leFloat(at, "a date")))
	case 'R':
		return r.regexp(at)
	case 'B', '~':
		return r.buffer(t, at)
	case '\\':
		return r.view(at)
	case 'u', 't', 'p', 'w', 'm':
		r.fail(value.NeedsSchema, at, "%q is kept in the process that wrote it", t)
	default:
		r.corrupt(at, "0x%02x is no type of value", t)
	}
	return value.Nil
}

// keep gives an object the next number.
func (r *v8) keep(v value.Value) value.Value {
	if r.remember(r.objects.Len()) {
		r.objects.add(v)
	}
	return v
}

// replace changes what the object number n stands for.
func (r *v8) replace(n int, v value.Value) value.Value {
	if n < r.objects.Len() {
		*r.objects.slot(n) = v
	}
	return v
}

func (r *v8) reference(at int) value.Value {
	n := r.varint(at, "a reference")
	if r.err != nil {
		return value.Nil
	}
	if int64(n) >= int64(r.objects.Len()) {
		r.corrupt(at, "there is no object %d yet", n)
		return value.Nil
	}
	return r.objects.At(int(n))
}

// jsNumber is a number as JavaScript shows it, without a point where it has no
// fraction.
func jsNumber(f float64) value.Value {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 && (f != 0 || !math.Signbit(f)) {
		return value.NewInt(int64(f))
	}
	return value.NewFloat(f)
}

// jsDate is a Date; an invalid one, or one far away, is shown by its number.
func jsDate(ms float64) value.Value {
	if v, ok := msValue(ms); ok {
		return v
	}
	return jsObject("Date", jsNumber(ms))
}

// jsObject is an object that its constructor makes of one value.
func jsObject(class string, v value.Value) value.Value {
	return value.NewObject("object", class, value.Attr{Name: "args", Value: value.NewSeq(value.List{v})})
}

func (r *v8) boxed(class string, v value.Value) value.Value { return r.keep(jsObject(class, v)) }

func (r *v8) bigint(at int) value.Value {
	bits := r.varint(at, "a number")
	s := r.take(uint64(bits>>1), at, "a number")
	if len(s) > maxBigBytes {
		r.fail(value.Limit, at, "an integer of %d bytes", len(s))
	}
	if r.err != nil {
		return value.Nil
	}
	magnitude := []byte(s)
	slices.Reverse(magnitude)
	return bigValue(bits&1 == 1, magnitude)
}

// anyString reads a string with its type.
func (r *v8) anyString() value.Value {
	at := r.pos
	t := r.tag(at, "a string")
	if r.err == nil && t != '"' && t != 'c' && t != 'S' {
		r.corrupt(at, "0x%02x where a string belongs", t)
	}
	return r.str(t, at)
}

// str reads a string of one byte a character (Latin-1), two, or UTF-8.
func (r *v8) str(t byte, at int) value.Value {
	s := r.take(uint64(r.varint(at, "a string")), at, "a string")
	switch {
	case r.err != nil:
		return value.Nil
	case t == 'S':
		return textOrBytes(s)
	case t == 'c':
		if len(s)%2 != 0 {
			r.corrupt(at, "half a character")
			return value.Nil
		}
		if !r.charge(len(s) / 2 * 3) {
			return value.Nil
		}
		units := make([]uint16, len(s)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16([]byte(s[2*i : 2*i+2]))
		}
		return textOfUTF16(units)
	}
	return r.latin1(s)
}

// latin1 is s as text; only ASCII needs no copy.
func (r *v8) latin1(s string) value.Value {
	high := 0
	for i := range len(s) {
		high += int(s[i] >> 7)
	}
	if high == 0 {
		return value.NewText(s)
	}
	if !r.charge(len(s) + high) {
		return value.Nil
	}
	out := make([]byte, 0, len(s)+high)
	for i := range len(s) {
		if s[i] < 0x80 {
			out = append(out, s[i])
		} else {
			out = append(out, 0xc0|s[i]>>6, 0x80|s[i]&0x3f)
		}
	}
	return value.NewText(string(out))
}

func (r *v8) regexp(at int) value.Value {
	source := r.anyString()
	bits := r.varint(at, "a regexp")
	const letters = "gimyusldv" // by bit
	var flags []byte
	for i := range len(letters) {
		if bits>>i&1 == 1 {
			flags = append(flags, letters[i])
		}
	}
	slices.Sort(flags)
	return r.keep(source.WithTag("regexp", value.Attr{Name: "flags", Value: value.NewText(string(flags))}))
}

// key reads the name of a property, which V8 writes as a number when it is
// one.
func (r *v8) key() value.Value {
	at := r.pos
	if !r.node() {
		return value.Nil
	}
	switch t := r.tag(at, "a property"); t {
	case '"', 'c', 'S':
		return r.str(t, at)
	case 'I', 'U', 'N':
		v := r.scalar(t, at)
		if n, ok := v.Int(); ok {
			return value.NewText(strconv.FormatInt(n, 10))
		}
		return value.NewText(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	default:
		r.corrupt(at, "0x%02x is no name of a property", t)
		return value.Nil
	}
}
