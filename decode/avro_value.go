package decode

import (
	"math"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"cacheview/decode/value"
)

// value reads a value of a type. It returns false when an error left nothing
// worth showing.
func (a *avro) value(t *avroType) (value.Value, bool) {
	at := a.pos
	if !a.node() || !a.enter() {
		return value.Nil, false
	}
	defer a.leave()
	switch t.kind {
	case "record", "error":
		return a.record(t)
	case "array":
		items := a.list()
		a.blocks(at, func() {
			v, ok := a.value(t.elem)
			if ok {
				items.add(v)
			}
			a.underIndex(items.Len())
		})
		return value.NewSeq(items), a.err == nil || items.Len() > 0
	case "map":
		pairs := a.dict()
		a.blocks(at, func() { a.entry(t, pairs) })
		return value.NewMap(pairs), a.err == nil || pairs.Len() > 0
	case "union":
		n := a.long(at)
		if a.err == nil && (n < 0 || n >= int64(len(t.branches))) {
			a.corrupt(at, "branch %d of a union of %d", n, len(t.branches))
		}
		if a.err != nil {
			return value.Nil, false
		}
		return a.value(t.branches[n])
	}
	v := a.scalar(t, at)
	return v, a.err == nil
}

func (a *avro) record(t *avroType) (value.Value, bool) {
	pairs := a.dict()
	for _, f := range t.fields {
		key := value.NewText(f.name)
		v, ok := a.value(f.typ)
		if ok {
			pairs.add(key, v)
		}
		if a.err != nil {
			a.underKey(key)
			break
		}
	}
	return value.NewMap(pairs), a.err == nil || pairs.Len() > 0
}

func (a *avro) entry(t *avroType, pairs *growingMap) {
	key := textOrBytes(a.bytes(a.pos, "a key"))
	if a.err != nil {
		return
	}
	v, ok := a.value(t.elem)
	if ok {
		pairs.add(key, v)
	}
	a.underKey(key)
}

func (a *avro) scalar(t *avroType, at int) value.Value {
	switch t.kind {
	case "null":
		return value.Nil
	case "boolean":
		c := a.byte(at, "a boolean")
		if c > 1 {
			a.corrupt(at, "%d is no boolean", c)
		}
		return value.NewBool(c == 1)
	case "int", "long":
		n := a.long(at)
		if t.kind == "int" && n != int64(int32(n)) {
			a.corrupt(at, "an int of more than 32 bits")
		}
		return t.number(n)
	case "float":
		return value.NewFloat(float64(math.Float32frombits(a.le32(at, "a float"))))
	case "double":
		return value.NewFloat(a.leFloat(at, "a float"))
	case "bytes":
		return t.bytes(a.bytes(at, "bytes"))
	case "fixed":
		return t.bytes(a.take(uint64(t.size), at, "bytes"))
	case "string":
		s := a.bytes(at, "a string")
		if t.logical == "uuid" && utf8.ValidString(s) {
			return value.NewText(s).WithTag("uuid")
		}
		return textOrBytes(s)
	case "enum":
		n := a.long(at)
		if n < 0 || n >= int64(len(t.symbols)) {
			a.corrupt(at, "symbol %d of an enum of %d", n, len(t.symbols))
			return value.Nil
		}
		return value.NewText(t.symbols[n])
	}
	a.corrupt(at, "no type %q", t.kind)
	return value.Nil
}

// number is an int or long as its logical type means it.
func (t *avroType) number(n int64) value.Value {
	switch t.logical {
	case "date":
		if v, ok := momentValue(n*86400, 0); ok && n == int64(int32(n)) {
			return value.NewText(v.Text()[:len("2006-01-02")]).WithTag("date")
		}
	case "time-millis":
		return avroClock(n, time.Millisecond)
	case "time-micros":
		return avroClock(n, time.Microsecond)
	}
	local := strings.TrimPrefix(t.logical, "local-")
	unit, ok := map[string]int64{"timestamp-millis": 1e3, "timestamp-micros": 1e6, "timestamp-nanos": 1e9}[local]
	if !ok {
		return value.NewInt(n)
	}
	sec := floorDiv(n, unit)
	v, ok := momentValue(sec, int((n-sec*unit)*(1e9/unit)))
	switch {
	case !ok:
		return value.NewInt(n)
	case local != t.logical:
		return value.NewText(strings.TrimSuffix(v.Text(), "Z")).WithTag("datetime")
	}
	return v
}

// avroClock is a time of day, counted from midnight.
func avroClock(n int64, unit time.Duration) value.Value {
	if n < 0 || n >= int64(24*time.Hour/unit) {
		return value.NewInt(n)
	}
	v, _ := momentValue(n/int64(time.Second/unit), int(n%int64(time.Second/unit)*int64(unit)))
	return value.NewText(strings.TrimSuffix(v.Text()[len("1970-01-01T"):], "Z")).WithTag("time")
}

// bytes is bytes or a fixed as its logical type means it.
func (t *avroType) bytes(s string) value.Value {
	switch {
	case t.logical == "uuid" && len(s) == 16:
		return uuidValue([]byte(s))
	case t.logical == "decimal" && len(s) > 0 && len(s) <= maxBigBytes:
		n := new(big.Int).SetBytes([]byte(s))
		if s[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(s))))
		}
		return value.NewText(decimalText(n.String(), t.scale)).WithTag("decimal")
	}
	return value.NewBytes(s)
}
