package decode

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"cacheview/decode/value"
)

// javaReaders are the classes of the JDK that have a plain form. They look at
// what the object holds, and return false when that is not what their class
// writes.
var javaReaders = map[string]func(o *javaObject) (value.Value, bool){
	"java.lang.Boolean":          (*javaObject).boxed,
	"java.lang.Byte":             (*javaObject).boxed,
	"java.lang.Short":            (*javaObject).boxed,
	"java.lang.Character":        (*javaObject).boxed,
	"java.lang.Integer":          (*javaObject).boxed,
	"java.lang.Long":             (*javaObject).boxed,
	"java.lang.Float":            (*javaObject).boxed,
	"java.lang.Double":           (*javaObject).boxed,
	"java.math.BigInteger":       (*javaObject).bigInteger,
	"java.math.BigDecimal":       (*javaObject).bigDecimal,
	"java.util.UUID":             (*javaObject).uuid,
	"java.util.Date":             (*javaObject).date,
	"java.util.Arrays$ArrayList": (*javaObject).arraysList,
	"java.util.Vector":           (*javaObject).vector,
	"java.util.Stack":            (*javaObject).vector,
	"java.util.CollSer":          (*javaObject).immutable,
	"java.time.Ser":              (*javaObject).time,
}

func (o *javaObject) boxed() (value.Value, bool) { return o.field("value") }

func (o *javaObject) bigInteger() (value.Value, bool) {
	signum, _ := o.field("signum")
	magnitude, ok := o.field("magnitude")
	sign, isInt := signum.Int()
	if !ok || !isInt || magnitude.Kind() != value.Bytes || magnitude.Len() > maxBigBytes {
		return value.Nil, false
	}
	return bigValue(sign < 0, []byte(magnitude.Text())), true
}

// maxBigBytes bounds the integers that are written in decimal, which takes
// more than linear time.
const maxBigBytes = 64 << 10

// bigValue is an integer given by its bytes, the highest first.
func bigValue(negative bool, magnitude []byte) value.Value {
	n := new(big.Int).SetBytes(magnitude)
	if negative {
		n.Neg(n)
	}
	if n.IsInt64() {
		return value.NewInt(n.Int64())
	}
	return value.NewBigInt(n.String())
}

func (o *javaObject) bigDecimal() (value.Value, bool) {
	unscaled, _ := o.field("intVal")
	scaleField, _ := o.field("scale")
	scale, ok := scaleField.Int()
	if !ok || unscaled.Kind() != value.Int || scale != int64(int32(scale)) {
		return value.Nil, false
	}
	digits := unscaled.Text()
	if n, ok := unscaled.Int(); ok {
		digits = strconv.FormatInt(n, 10)
	}
	return value.NewText(decimalText(digits, scale)).WithTag("decimal"), true
}

// decimalText is digits × 10^-scale as BigDecimal.toString and Python's
// str(Decimal) both write it.
func decimalText(digits string, scale int64) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	if scale == 0 {
		return sign + digits
	}
	adjusted := int64(len(digits)) - 1 - scale
	if scale > 0 && adjusted >= -6 {
		if pad := scale + 1 - int64(len(digits)); pad > 0 {
			digits = strings.Repeat("0", int(pad)) + digits
		}
		point := len(digits) - int(scale)
		return sign + digits[:point] + "." + digits[point:]
	}
	if len(digits) > 1 {
		digits = digits[:1] + "." + digits[1:]
	}
	return fmt.Sprintf("%s%sE%+d", sign, digits, adjusted)
}

func (o *javaObject) uuid() (value.Value, bool) {
	most, _ := o.field("mostSigBits")
	least, _ := o.field("leastSigBits")
	hi, ok := most.Int()
	lo, ok2 := least.Int()
	if !ok || !ok2 {
		return value.Nil, false
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(hi))
	binary.BigEndian.PutUint64(b[8:], uint64(lo))
	return uuidValue(b[:]), true
}

// uuidValue is the UUID of 16 bytes.
func uuidValue(b []byte) value.Value {
	return value.NewText(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])).WithTag("uuid")
}

func (o *javaObject) arraysList() (value.Value, bool) {
	a, ok := o.field("a")
	if !ok || a.Kind() != value.Seq {
		return value.Nil, false
	}
	return value.NewSeq(a.Items()).WithID(o.id), true
}

// vector leaves out the room that the vector had for more elements.
func (o *javaObject) vector() (value.Value, bool) {
	items, _ := o.field("elementData")
	count, _ := o.field("elementCount")
	n, ok := count.Int()
	if !ok || items.Kind() != value.Seq || n < 0 || n > int64(items.Len()) {
		return value.Nil, false
	}
	return value.NewSeq(firstItems{items.Items(), int(n)}).WithID(o.id), true
}

// firstItems are the first n of some items.
type firstItems struct {
	value.Items
	n int
}

// Len returns the number of items.
func (f firstItems) Len() int { return f.n }

// immutable reads what List.of, Set.of and Map.of make: their number of
// elements, keys and values counted alike, and these.
func (o *javaObject) immutable() (value.Value, bool) {
	tag, _ := o.field("tag")
	kind, ok := tag.Int()
	block, whole := o.block(0, 4)
	if !ok || !whole || int(binary.BigEndian.Uint32([]byte(block))) != o.data.Len()-1 {
		return value.Nil, false
	}
	switch kind & 0xff {
	case 1, 4:
		return javaView{kind: value.Seq, skip: 1}.of(o), true
	case 2:
		return javaView{kind: value.Seq, tag: "set", skip: 1}.of(o), true
	case 3:
		return javaView{kind: value.Map, skip: 1}.of(o), o.data.Len()%2 == 1
	}
	return value.Nil, false
}

func (o *javaObject) date() (value.Value, bool) {
	block, ok := o.block(0, 8)
	if !ok || o.data.Len() != 1 {
		return value.Nil, false
	}
	ms := int64(binary.BigEndian.Uint64([]byte(block)))
	return momentValue(floorDiv(ms, 1000), int(ms-floorDiv(ms, 1000)*1000)*1e6)
}
