package pickle

import (
	"encoding/base64"
	"math"
	"strconv"
)

// value writes one value, with its number when it is met more than once.
func (w *writer) value(r ref) {
	if !w.isMulti(r) {
		w.plain(r)
		return
	}
	if n, ok := w.number[r]; ok {
		w.out = append(w.out, `{"$ref":`...)
		w.out = strconv.AppendUint(w.out, uint64(n), 10)
		w.out = append(w.out, '}')
		return
	}
	if w.number == nil {
		w.number = make(map[ref]uint32)
	}
	n := uint32(len(w.number) + 1)
	w.number[r] = n
	w.out = append(w.out, `{"$def":`...)
	w.out = strconv.AppendUint(w.out, uint64(n), 10)
	w.out = append(w.out, `,"value":`...)
	w.plain(r)
	w.out = append(w.out, '}')
}

func (w *writer) isMulti(r ref) bool {
	if isNode(r) {
		return w.seen[r&^nodeBit] == seenMore
	}
	return w.atoms != nil && w.atoms[r] == seenMore
}

// plain writes one value without a number.
func (w *writer) plain(r ref) {
	if w.depth >= w.max {
		w.deep = true
		return
	}
	w.depth++
	defer func() { w.depth-- }()
	switch k := w.kind(r); k {
	case kList:
		w.array(w.seq(r))
	case kTuple:
		w.tagged(`{"$tuple":`, r)
	case kSet:
		w.tagged(`{"$set":`, r)
	case kFrozenSet:
		w.tagged(`{"$frozenset":`, r)
	case kDict:
		w.dict(w.seq(r))
	case kPersID:
		w.out = append(w.out, `{"$persid":`...)
		if isNode(r) {
			w.value(w.node(r).a)
		} else {
			w.str8(w.span(r))
		}
		w.out = append(w.out, '}')
	case kComputed:
		n := w.node(r)
		w.out = append(w.out, `{"$global":{"module":`...)
		w.value(n.a)
		w.out = append(w.out, `,"name":`...)
		w.value(n.b)
		w.out = append(w.out, "}}"...)
	case kCall, kObject, kBuild:
		w.object(k, w.node(r))
	default:
		w.atom(k, r)
	}
}

func (w *writer) array(items []ref) {
	w.out = append(w.out, '[')
	for i, r := range items {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.value(r)
	}
	w.out = append(w.out, ']')
}

func (w *writer) tagged(open string, r ref) {
	w.out = append(w.out, open...)
	w.array(w.seq(r))
	w.out = append(w.out, '}')
}

// pairs writes keys and values as an array of arrays of two.
func (w *writer) pairs(flat []ref) {
	w.out = append(w.out, '[')
	for i := 0; i+1 < len(flat); i += 2 {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.array(flat[i : i+2])
	}
	w.out = append(w.out, ']')
}

// dict writes an object when the keys allow it.
func (w *writer) dict(flat []ref) {
	if !w.plainKeys(flat) {
		w.out = append(w.out, `{"$dict":`...)
		w.pairs(flat)
		w.out = append(w.out, '}')
		return
	}
	w.out = append(w.out, '{')
	for i := 0; i < len(flat); i += 2 {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.out = appendString(w.out, w.text(flat[i]))
		w.out = append(w.out, ':')
		w.value(flat[i+1])
	}
	w.out = append(w.out, '}')
}

// object writes a call, an object or a build with its parts.
func (w *writer) object(k kind, n *node) {
	switch k {
	case kCall:
		w.out = append(w.out, `{"$call":`...)
	case kObject:
		w.out = append(w.out, `{"$object":`...)
	default:
		w.out = append(w.out, `{"$build":`...)
	}
	w.head(n.a)
	w.args(n.b)
	if kw := w.part(n, partKwargs); len(kw) > 0 {
		w.out = append(w.out, `,"kwargs":`...)
		w.value(kw[0])
	}
	if items := w.part(n, partItems); len(items) > 0 {
		w.out = append(w.out, `,"items":`...)
		w.array(items)
	}
	if added := w.part(n, partAdded); len(added) > 0 {
		w.out = append(w.out, `,"added":`...)
		w.array(added)
	}
	if entries := w.part(n, partEntries); len(entries) > 0 {
		w.out = append(w.out, `,"entries":`...)
		w.pairs(entries)
	}
	switch states := w.part(n, partStates); len(states) {
	case 0:
	case 1:
		w.out = append(w.out, `,"state":`...)
		w.value(states[0])
	default:
		w.out = append(w.out, `,"states":`...)
		w.array(states)
	}
	w.out = append(w.out, '}')
}

// head writes what is called: the name of a global, any other tree as it is.
func (w *writer) head(r ref) {
	switch k := w.kind(r); {
	case k == kGlobal:
		w.name(r)
	case (k == kStr || k == kStr8) && w.isText(r) && !w.tracked(r):
		w.out = append(w.out, `{"$str":`...)
		w.str(w.text(r))
		w.out = append(w.out, '}')
	default:
		w.value(r)
	}
}

func (w *writer) args(r ref) {
	switch {
	case r == none:
	case w.kind(r) == kTuple && !w.isMulti(r):
		if items := w.seq(r); len(items) > 0 {
			w.out = append(w.out, `,"args":`...)
			w.array(items)
		}
	default:
		w.out = append(w.out, `,"args":{"$node":`...)
		w.value(r)
		w.out = append(w.out, '}')
	}
}

// atom writes a value without children.
func (w *writer) atom(k kind, r ref) {
	switch k {
	case kNone:
		w.out = append(w.out, "null"...)
	case kBool:
		w.out = strconv.AppendBool(w.out, w.bool(r))
	case kInt:
		w.int(r)
	case kFloat:
		w.float64(w.float(r))
	case kStr:
		w.str(w.text(r))
	case kStr8:
		w.str8(w.text(r))
	case kBytes:
		w.base64(`{"$bytes":"`, w.text(r))
	case kByteArray:
		w.base64(`{"$bytearray":"`, w.text(r))
	case kComplex:
		n := w.node(r)
		w.out = append(w.out, `{"$complex":[`...)
		w.float64(w.float(n.a))
		w.out = append(w.out, ',')
		w.float64(w.float(n.b))
		w.out = append(w.out, "]}"...)
	case kGlobal:
		w.out = append(w.out, `{"$global":`...)
		w.name(r)
		w.out = append(w.out, '}')
	case kExt:
		w.out = append(w.out, `{"$ext":`...)
		w.out = strconv.AppendInt(w.out, w.ext(r), 10)
		w.out = append(w.out, '}')
	case kBuffer:
		n := w.node(r)
		w.out = append(w.out, `{"$buffer":`...)
		w.out = strconv.AppendUint(w.out, uint64(n.a), 10)
		if n.flags&flagReadOnly != 0 {
			w.out = append(w.out, `,"readonly":true`...)
		}
		w.out = append(w.out, '}')
	}
}

// int writes a number below 2**53 as such, a larger one as its digits, one of
// more than 1024 bits in hexadecimal.
func (w *writer) int(r ref) {
	const exact = 1 << 53
	if n, ok := w.int64(r); ok && -exact < n && n < exact {
		w.out = strconv.AppendInt(w.out, n, 10)
		return
	}
	z := w.bigInt(r)
	w.out = append(w.out, `{"$int":"`...)
	if z.BitLen() > 1024 {
		if z.Sign() < 0 {
			w.out = append(w.out, '-')
			z.Neg(z)
		}
		w.out = append(w.out, "0x"...)
		w.out = z.Append(w.out, 16)
	} else {
		w.out = z.Append(w.out, 10)
	}
	w.out = append(w.out, `"}`...)
}

// float64 writes the shortest digits that read back, as Python's repr.
func (w *writer) float64(f float64) {
	switch {
	case math.IsNaN(f):
		w.out = append(w.out, `{"$float":"nan"}`...)
	case math.IsInf(f, 1):
		w.out = append(w.out, `{"$float":"inf"}`...)
	case math.IsInf(f, -1):
		w.out = append(w.out, `{"$float":"-inf"}`...)
	default:
		w.out = appendFloat(w.out, f)
	}
}

// appendFloat writes a finite float so that it is a float in any JSON reader:
// with a point or an exponent.
func appendFloat(dst []byte, f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// str writes a text; one that JSON cannot hold as its bytes.
func (w *writer) str(s []byte) {
	if !validUTF8(s) {
		w.base64(`{"$wtf8":"`, s)
		return
	}
	w.out = appendString(w.out, s)
}

// str8 writes a Python 2 str.
func (w *writer) str8(s []byte) {
	if !isASCII(s) {
		w.base64(`{"$str8":"`, s)
		return
	}
	w.out = appendString(w.out, s)
}

// name writes the full name of a global.
func (w *writer) name(r ref) {
	full := w.qualified(r)
	if !validUTF8(full) {
		w.base64(`{"$wtf8":"`, full)
		return
	}
	w.out = appendString(w.out, full)
}

func (w *writer) base64(open string, s []byte) {
	w.out = append(w.out, open...)
	w.out = base64.StdEncoding.AppendEncode(w.out, s)
	w.out = append(w.out, `"}`...)
}
