package decode

import (
	"math"
	"math/bits"

	"cacheview/decode/value"
)

// gobRows is Go's encoding/gob. It has no signature; what proves it are the
// definitions of types that come before a value.
var gobRows = []row{
	{name: "gob", trust: sound, sniff: sniffGob, read: readGob},
	{name: "gob", trust: fair, sniff: sniffGob, parse: parseGob, score: scoreGob, flag: ambiguous},
}

// sniffGob wants a message that ends within the input, or with it, and starts
// with a type definition or a basic type.
func sniffGob(in *input) (string, bool) {
	const reason = "the messages of Go's encoding/gob"
	if len(in.raw) < 3 || in.text() == cleanText {
		return "", false
	}
	g := newGob(in.raw, in.lim)
	n := g.uint(0)
	start := g.pos
	id := g.int(0)
	if g.err != nil || n < 2 || id == 0 {
		return "", false
	}
	if id < 0 {
		return reason, id > -10_000 && n < maxGobType
	}
	return reason, id <= gobInterface && n == uint64(len(in.raw)-start)
}

// maxGobType is more than the definition of any real type takes.
const maxGobType = 1 << 20

// readGob wants a type definition. Basic types alone are short enough to be an
// accident, and are scored.
func readGob(in *input) reading {
	g := newGob(in.raw, in.lim)
	v := g.stream()
	if len(g.types) == 0 {
		return reading{value: v, n: g.pos, err: g.err, refused: true}
	}
	return reading{value: v, n: g.pos, err: g.err, damaged: g.err != nil}
}

// scoreGob is the evidence in a value of a basic type: a length that fits, one
// of eight types, a zero.
func scoreGob(_ *input, out *outcome) (float64, bool) { return 20 + treeBits(out.Value), false }

// parseGob reads the values that one Encoder wrote: several become a list.
func parseGob(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	g := newGob(raw, lim)
	v := g.stream()
	return v, g.pos, g.err
}

// The types that need no definition, from encoding/gob/type.go.
const (
	gobBool      = 1
	gobInt       = 2
	gobUint      = 3
	gobFloat     = 4
	gobBytes     = 5
	gobString    = 6
	gobComplex   = 7
	gobInterface = 8
	gobFirstUser = 64
)

// gob is the state of reading one stream. The lengths of messages are not
// needed to read it, since every value says where it ends, and within
// interfaces they do not say it.
type gob struct {
	cursor
	types map[int64]*gobType
	split bool // a type was defined within the message
}

func newGob(raw []byte, lim value.Limits) *gob {
	return &gob{cursor: newCursor("gob", raw, lim), types: map[int64]*gobType{}}
}

// stream reads messages up to the end of the input.
func (g *gob) stream() value.Value {
	var all growing
	for g.err == nil && (g.left() > 0 || all.Len() == 0) {
		if all.Len() > 0 && len(g.types) == 0 {
			break
		}
		if v, ok := g.message(); ok {
			all.add(v)
		}
	}
	switch all.Len() {
	case 0:
		return value.Nil
	case 1:
		return all.At(0)
	}
	return value.NewSeq(&all)
}

// message reads one message. It returns false for the definition of a type,
// and when an error left nothing worth showing.
func (g *gob) message() (value.Value, bool) {
	at := g.pos
	n := g.uint(at)
	start := g.pos
	cut := n > uint64(g.left())
	id := g.int(at)
	var v value.Value
	ok := false
	if g.split = false; id < 0 {
		g.define(-id, at)
	} else {
		v, ok = g.top(id, at)
	}
	switch {
	case cut:
		g.short(at, "a message")
	case !g.split:
		g.ended(start, n)
	}
	return v, ok
}

// ended checks that a message is as long as it says.
func (g *gob) ended(start int, n uint64) {
	if g.err == nil && uint64(g.pos-start) != n {
		g.corrupt(start, "a message of %d bytes says that it has %d", g.pos-start, n)
	}
}

// top reads a value that is not part of another one: what is no struct has a
// zero before it.
func (g *gob) top(id int64, at int) (value.Value, bool) {
	if t := g.types[id]; t == nil || t.kind != gobStruct {
		if z := g.byte(at, "a value"); g.err == nil && z != 0 {
			g.corrupt(at, "no zero before a value")
		}
	}
	return g.value(id)
}

// uint reads one byte below 128, or the number of bytes that follow, turned
// around, and these.
func (g *gob) uint(at int) uint64 {
	c := g.byte(at, "a number")
	if c < 0x80 {
		return uint64(c)
	}
	n := -int(int8(c))
	if n > 8 {
		g.corrupt(at, "a number of %d bytes", n)
		return 0
	}
	var x uint64
	for range n {
		x = x<<8 | uint64(g.byte(at, "a number"))
	}
	return x
}

// int reads a signed number, whose sign is the lowest bit.
func (g *gob) int(at int) int64 {
	n := g.uint(at)
	if n&1 == 1 {
		return ^int64(n >> 1)
	}
	return int64(n >> 1)
}

// float reads a float, whose bytes are turned around.
func (g *gob) float(at int) float64 {
	return math.Float64frombits(bits.ReverseBytes64(g.uint(at)))
}
