package decode

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cacheview/decode/value"
)

// Ruby's Marshal format 4.8, as marshal.c reads it (r_object_for). Symbols are
// numbered as they appear, and so is everything else but nil, true, false and
// small integers; ';' and '@' repeat what has a number.

// ruby is the state of reading one dump.
type ruby struct {
	cursor
	symbols growing
	links   growing
}

// parseRuby reads the output of Marshal.dump.
func parseRuby(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	r := &ruby{cursor: newCursor("ruby-marshal", raw, lim)}
	major, minor := r.byte(0, "the header"), r.byte(0, "the header")
	if r.err == nil && (major != 4 || minor > 8) {
		r.fail(value.Unsupported, 0, "format %d.%d", major, minor)
	}
	v, ok := r.value()
	if !ok {
		v = value.Nil
	}
	return v, r.pos, r.err
}

// value reads one value. It returns false when an error left nothing worth
// showing.
func (r *ruby) value() (value.Value, bool) {
	at := r.pos
	if !r.node() || !r.enter() {
		return value.Nil, false
	}
	defer r.leave()
	switch t := r.byte(at, "a value"); t {
	case '[':
		return r.array(at)
	case '{', '}':
		return r.hash(at, t == '}')
	case 'o', 'S':
		return r.object(at)
	case 'I':
		return r.withIvars(at)
	case 'C':
		return r.userClass()
	case 'e':
		r.symbol() // the module that extends the value
		return r.value()
	case 'U', 'd':
		return r.custom()
	default:
		v := r.scalar(t, at)
		return v, r.err == nil
	}
}

func (r *ruby) scalar(t byte, at int) value.Value {
	switch t {
	case '0':
		return value.Nil
	case 'T', 'F':
		return value.NewBool(t == 'T')
	case 'i':
		return value.NewInt(r.long(at))
	case 'l':
		return r.bignum(at)
	case 'f':
		return r.float(at)
	case '"':
		return r.keep(value.NewBytes(r.bytes(at, "a string")))
	case ':', ';':
		r.pos--
		return r.symbol()
	case '@':
		return r.link(at)
	case '/':
		return r.keep(r.regexp(at))
	case 'u':
		return r.keep(r.dumped(at))
	case 'c', 'm', 'M':
		return r.keep(globalOf(className(r.bytes(at, "a class"))))
	}
	r.corrupt(at, "0x%02x is no type of value", t)
	return value.Nil
}

// long reads a small integer: one byte, or the number of the bytes that
// follow, below zero for a negative one.
func (r *ruby) long(at int) int64 {
	c := int(int8(r.byte(at, "a number")))
	switch {
	case c == 0:
		return 0
	case c > 4:
		return int64(c - 5)
	case c < -4:
		return int64(c + 5)
	}
	n := max(c, -c)
	x := int64(0)
	if c < 0 {
		x = -1 << (8 * n)
	}
	for i := range n {
		x |= int64(r.byte(at, "a number")) << (8 * i)
	}
	return x
}

// count reads a number of things.
func (r *ruby) count(at int) uint64 {
	n := r.long(at)
	if n < 0 {
		r.corrupt(at, "a length of %d", n)
		return 0
	}
	return uint64(n)
}

func (r *ruby) bytes(at int, what string) string { return r.take(r.count(at), at, what) }

// keep gives v the next number for links.
func (r *ruby) keep(v value.Value) value.Value {
	if r.remember(r.links.Len()) {
		r.links.add(v)
	}
	return v
}

// replace changes what the link number n stands for.
func (r *ruby) replace(n int, v value.Value) value.Value {
	if n < r.links.Len() {
		*r.links.slot(n) = v
	}
	return v
}

func (r *ruby) link(at int) value.Value {
	n := r.count(at)
	if r.err != nil {
		return value.Nil
	}
	if n >= uint64(r.links.Len()) {
		r.corrupt(at, "there is no value %d yet", n)
		return value.Nil
	}
	return r.links.At(int(n))
}

func (r *ruby) bignum(at int) value.Value {
	sign := r.byte(at, "a number")
	s := r.take(2*r.count(at), at, "a number")
	if r.err == nil && sign != '+' && sign != '-' {
		r.corrupt(at, "%q is no sign", sign)
	}
	if len(s) > maxBigBytes {
		r.fail(value.Limit, at, "an integer of %d bytes", len(s))
	}
	if r.err != nil {
		return value.Nil
	}
	magnitude := []byte(s)
	slices.Reverse(magnitude)
	return r.keep(bigValue(sign == '-', magnitude))
}

// float reads the text of a number. Ruby before 1.9 put the lowest bits of the
// mantissa after a NUL.
func (r *ruby) float(at int) value.Value {
	s, _, _ := strings.Cut(r.bytes(at, "a float"), "\x00")
	var f float64
	switch s {
	case "nan":
		f = math.NaN()
	case "inf":
		f = math.Inf(1)
	case "-inf":
		f = math.Inf(-1)
	default:
		var err error
		if f, err = strconv.ParseFloat(s, 64); err != nil && f == 0 && r.err == nil {
			r.corrupt(at, "%q is no float", s)
		}
	}
	return r.keep(value.NewFloat(f))
}

// symbol reads a symbol, which may be one that was there before or have an
// encoding.
func (r *ruby) symbol() value.Value {
	at := r.pos
	switch t := r.byte(at, "a symbol"); t {
	case ';':
		n := r.count(at)
		if r.err == nil && n < uint64(r.symbols.Len()) {
			return r.symbols.At(int(n))
		}
		r.corrupt(at, "there is no symbol %d yet", n)
	case ':':
		return r.newSymbol(at, false)
	case 'I':
		if r.byte(at, "a symbol") == ':' {
			return r.newSymbol(at, true)
		}
		r.corrupt(at, "no symbol where one belongs")
	default:
		r.corrupt(at, "no symbol where one belongs")
	}
	return value.Nil
}

func (r *ruby) newSymbol(at int, ivars bool) value.Value {
	if !r.node() || !r.enter() { // its variables have names, which are symbols
		return value.Nil
	}
	defer r.leave()
	s := r.bytes(at, "a symbol")
	n := r.symbols.Len()
	if r.remember(n) {
		r.symbols.add(symbolOf(s, rubyEncoding{}))
	}
	if ivars && r.err == nil {
		enc, _ := r.ivars()
		if n < r.symbols.Len() {
			*r.symbols.slot(n) = symbolOf(s, enc)
		}
	}
	if r.err != nil {
		return value.Nil
	}
	return r.symbols.At(n)
}

// symbolOf is a symbol. Without an encoding of its own it is ASCII.
func symbolOf(s string, enc rubyEncoding) value.Value {
	if enc.name == "" && utf8.ValidString(s) {
		return value.NewText(s).WithTag("symbol")
	}
	return value.NewBytes(s).WithTag("symbol", enc.attrs()...)
}

// name reads the symbol that is the name of a class, a member or a variable.
func (r *ruby) name() string { return className(r.symbol().Text()) }
