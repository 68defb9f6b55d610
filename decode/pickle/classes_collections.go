package pickle

import "cacheview/decode/value"

// readOrderedDict is OrderedDict() filled afterwards; Python 2 passes a list
// of pairs.
func readOrderedDict(o object) (value.Value, bool) {
	if !o.only(partEntries) || len(o.args) > 1 {
		return value.Nil, false
	}
	filled := o.part(o.node, partEntries)
	if len(o.args) == 0 {
		return value.NewMap(o.entries(filled)).WithTag("ordereddict"), true
	}
	if o.kind(o.args[0]) == kDict {
		return value.NewMap(o.entries(join(o.seq(o.args[0]), filled))).WithTag("ordereddict"), true
	}
	if o.kind(o.args[0]) != kList {
		return value.Nil, false
	}
	var flat []ref
	for _, r := range o.seq(o.args[0]) {
		if k := o.kind(r); k != kList && k != kTuple || len(o.seq(r)) != 2 {
			return value.Nil, false
		}
		flat = append(flat, o.seq(r)...)
	}
	return value.NewMap(o.entries(append(flat, filled...))).WithTag("ordereddict"), true
}

// readCounter is Counter({...}).
func readCounter(o object) (value.Value, bool) {
	if !o.only(partEntries) || len(o.args) > 1 {
		return value.Nil, false
	}
	var given []ref
	if len(o.args) == 1 {
		if o.kind(o.args[0]) != kDict {
			return value.Nil, false
		}
		given = o.seq(o.args[0])
	}
	return value.NewMap(o.entries(join(given, o.part(o.node, partEntries)))).WithTag("counter"), true
}

// readDefaultDict is defaultdict(factory) filled afterwards.
func readDefaultDict(o object) (value.Value, bool) {
	if !o.only(partEntries) || len(o.args) > 2 {
		return value.Nil, false
	}
	factory := value.Nil
	if len(o.args) > 0 {
		if k := o.kind(o.args[0]); k != kGlobal && k != kNone {
			return value.Nil, false
		}
		factory = o.value(o.args[0])
	}
	var given []ref
	if len(o.args) == 2 {
		if o.kind(o.args[1]) != kDict {
			return value.Nil, false
		}
		given = o.seq(o.args[1])
	}
	entries := o.entries(join(given, o.part(o.node, partEntries)))
	return value.NewMap(entries).WithTag("defaultdict", value.Attr{Name: "factory", Value: factory}), true
}

// readDeque is deque() filled afterwards, deque((), maxlen), or as Python 2
// does deque([...], maxlen).
func readDeque(o object) (value.Value, bool) {
	if !o.only(partItems) || len(o.args) > 2 {
		return value.Nil, false
	}
	var given []ref
	if len(o.args) > 0 {
		if k := o.kind(o.args[0]); k != kTuple && k != kList {
			return value.Nil, false
		}
		given = o.seq(o.args[0])
	}
	v := value.NewSeq(o.items(join(given, o.part(o.node, partItems)))).WithTag("deque")
	if len(o.args) < 2 || o.kind(o.args[1]) == kNone {
		return v, true
	}
	n, ok := o.int(1)
	return v.WithTag("deque", value.Attr{Name: "maxlen", Value: value.NewInt(n)}), ok
}

// join is a and b, without a copy when one is empty.
func join(a, b []ref) []ref {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	return append(a[:len(a):len(a)], b...)
}

// readArray is array.array("i", [...]).
func readArray(o object) (value.Value, bool) {
	code, ok := o.str(0)
	if !ok || len(o.args) > 2 || o.extra() {
		return value.Nil, false
	}
	var given []ref
	if len(o.args) == 2 {
		if k := o.kind(o.args[1]); k != kList && k != kTuple {
			return value.Nil, false
		}
		given = o.seq(o.args[1])
	}
	return arrayOf(code, o.items(given)), true
}

func arrayOf(code string, items value.Items) value.Value {
	return value.NewText(code).WithTag("array", value.Attr{Name: "items", Value: value.NewSeq(items)})
}

// machineFormats are the array module's codes for how numbers are packed:
// ARRAY_* in CPython's Modules/arraymodule.c, as the dtypes of numpy.
var machineFormats = [...]string{
	"|u1", "|i1", "<u2", ">u2", "<i2", ">i2", "<u4", ">u4", "<i4", ">i4", "<u8", ">u8", "<i8", ">i8",
	"<f4", ">f4", "<f8", ">f8",
}

// readPackedArray is array._array_reconstructor(array.array, "i", 8, bytes).
func readPackedArray(o object) (value.Value, bool) {
	code, ok := o.str(1)
	format, isInt := o.int(2)
	packed, isBytes := o.payload(3)
	if !ok || !isInt || !isBytes || len(o.args) != 4 || o.extra() || format < 0 {
		return value.Nil, false
	}
	if format >= int64(len(machineFormats)) {
		return readCharArray(code, format, packed)
	}
	t, ok := parseDtype(machineFormats[format])
	if !ok || len(packed)%t.size != 0 {
		return value.Nil, false
	}
	return arrayOf(code, packedItems{t, packed}), true
}

// readCharArray is an array of characters: UTF-16 and UTF-32, little and big
// endian, are formats 18 to 21.
func readCharArray(code string, format int64, packed []byte) (value.Value, bool) {
	var t dtype
	switch format {
	case 18, 19:
		return value.Nil, false
	case 20:
		t = dtype{kind: 'U', size: 4}
	case 21:
		t = dtype{kind: 'U', size: 4, big: true}
	default:
		return value.Nil, false
	}
	if len(packed)%t.size != 0 {
		return value.Nil, false
	}
	return arrayOf(code, packedItems{t, packed}), true
}
