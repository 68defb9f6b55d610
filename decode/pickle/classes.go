package pickle

import (
	"fmt"
	"math/big"
	"strings"

	"cacheview/decode/value"
)

// reader reads an object of a class that has a form of its own. It returns
// false when it does not find what it expects; the object is then shown by
// its parts.
type reader func(object) (value.Value, bool)

// readerOf returns the reader for a name, nil for most.
func readerOf(name string) reader {
	switch name {
	case "datetime.datetime":
		return readDatetime
	case "datetime.date":
		return readDate
	case "datetime.time":
		return readTime
	case "datetime.timedelta":
		return readTimedelta
	case "decimal.Decimal", "cdecimal.Decimal", "_decimal.Decimal":
		return readDecimal
	case "fractions.Fraction":
		return readFraction
	case "uuid.UUID":
		return readUUID
	case "builtins.range", "builtins.slice":
		return readRange
	case "builtins.complex":
		return readComplex
	case "collections.OrderedDict":
		return readOrderedDict
	case "collections.Counter":
		return readCounter
	case "collections.defaultdict":
		return readDefaultDict
	case "collections.deque":
		return readDeque
	case "array._array_reconstructor":
		return readPackedArray
	case "array.array":
		return readArray
	case "pandas._libs.tslibs.timestamps._unpickle_timestamp":
		return readTimestamp
	}
	if r := zoneReader(name); r != nil {
		return r
	}
	return numpyReader(name)
}

// readDecimal is Decimal("1.10").
func readDecimal(o object) (value.Value, bool) {
	s, ok := o.str(0)
	if !ok || len(o.args) != 1 || o.extra() {
		return value.Nil, false
	}
	return value.NewText(s).WithTag("decimal"), true
}

// readFraction is Fraction("-7/3") up to Python 3.10, Fraction(-7, 3) since.
func readFraction(o object) (value.Value, bool) {
	if o.extra() {
		return value.Nil, false
	}
	if s, ok := o.str(0); ok && len(o.args) == 1 {
		return value.NewText(s).WithTag("fraction"), true
	}
	if len(o.args) != 2 || o.kind(o.args[0]) != kInt || o.kind(o.args[1]) != kInt {
		return value.Nil, false
	}
	s := o.bigInt(o.args[0]).String()
	if d := o.bigInt(o.args[1]).String(); d != "1" {
		s += "/" + d
	}
	return value.NewText(s).WithTag("fraction"), true
}

// readUUID is an instance whose state has the number.
func readUUID(o object) (value.Value, bool) {
	states := o.part(o.node, partStates)
	if len(o.args) > 0 || len(states) != 1 || !o.only(partStates) || o.kind(states[0]) != kDict {
		return value.Nil, false
	}
	state := o.seq(states[0])
	for i := 0; i < len(state); i += 2 {
		if k, ok := o.strOf(state[i]); !ok || k != "int" || o.kind(state[i+1]) != kInt {
			continue
		}
		n := o.bigInt(state[i+1])
		if n.Sign() < 0 || n.BitLen() > 128 {
			return value.Nil, false
		}
		b := n.FillBytes(make([]byte, 16))
		s := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
		return value.NewText(s).WithTag("uuid"), true
	}
	return value.Nil, false
}

// readRange is range(start, stop, step) and slice, as three values.
func readRange(o object) (value.Value, bool) {
	if len(o.args) != 3 || o.extra() {
		return value.Nil, false
	}
	return value.NewSeq(o.items(o.args)).WithTag(strings.TrimPrefix(o.name, "builtins.")), true
}

// readComplex is complex of two numbers of which not both are floats; two
// floats are folded when the pickle is read.
func readComplex(o object) (value.Value, bool) {
	if len(o.args) != 2 || o.extra() {
		return value.Nil, false
	}
	var parts value.List
	for _, r := range o.args {
		switch o.kind(r) {
		case kFloat:
			parts = append(parts, o.value(r))
		case kInt:
			f, _ := new(big.Float).SetInt(o.bigInt(r)).Float64()
			parts = append(parts, value.NewFloat(f))
		default:
			return value.Nil, false
		}
	}
	return value.NewSeq(parts).WithTag("complex"), true
}
