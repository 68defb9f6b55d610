package decode

import (
	"encoding/base64"
	"math"

	"cacheview/decode/lazyre"
	"cacheview/decode/value"
)

// devalueRows is devalue (github.com/sveltejs/devalue, of SvelteKit and Nuxt):
// a JSON array whose first element is the value, with the number of an element
// in place of each part. Plain JSON of numbers may look like that, so that the
// numbers must be given out in the order in which devalue gives them, to every
// element, and without a type of devalue's own in it the answer is flagged.
var devalueRows = []row{
	{name: "devalue", trust: sound, sniff: sniffDevalue, read: readDevalue},
}

// sniffDevalue looks at the first element: devalue's has only numbers in it, the
// first of them 1, or begins with the name of a type.
func sniffDevalue(in *input) (string, bool) {
	raw := in.raw
	if len(raw) < 6 || raw[0] != '[' || raw[len(raw)-1] != ']' {
		return "", false
	}
	return "a list whose elements refer to each other by number, as devalue writes it", devalueRoot.Get().Match(raw[1:min(len(raw), 4096)])
}

// devalueRoot is the first element of a list of devalue.
var devalueRoot = lazyre.New(`^(?:\{"[^"\\]*":(?:1|-[1-6])(?:,"[^"\\]*":-?\d+)*\}|\[(?:1|-[1-6])(?:,-?\d+)*\]|\["[A-Za-z0-9]+"[,\]])`)

func readDevalue(in *input) reading {
	v, n, err := parseJSON(in.raw, in.lim)
	rd := reading{value: v, n: n, err: err, refused: true}
	if err != nil || v.Kind() != value.Seq || v.Len() < 2 || v.Len() > maxRestored {
		return rd
	}
	d := devalue{from: v.Items(), made: make([]value.Value, v.Len()), seen: make([]bool, v.Len()), next: 1}
	root, ok := d.element(0, 0)
	if !ok || d.next != v.Len() {
		return rd
	}
	if !d.typed {
		if d.containers < 2 || v.Len() < minDevalue {
			return rd
		}
		rd.flags = []string{ambiguous}
	}
	rd.value, rd.refused = root, false
	return rd
}

// minDevalue is the least number of elements without a type of devalue's own.
const minDevalue = 6

// devalue resolves the elements, each the first time that it is named.
type devalue struct {
	from       value.Items
	made       []value.Value
	seen       []bool
	next       int // the number that the next new element must have
	typed      bool
	containers int
}

// special are the values that negative numbers stand for.
func (d *devalue) special(n int64) (value.Value, bool) {
	d.typed = true
	switch n {
	case -1, -2: // undefined, a hole
		return undefined, true
	case -3:
		return value.NewFloat(math.NaN()), true
	case -4, -5:
		return value.NewFloat(math.Inf(int(2*n + 9))), true
	case -6:
		return value.NewFloat(math.Copysign(0, -1)), true
	}
	return value.Nil, false
}

// ref resolves a number that stands for an element.
func (d *devalue) ref(v value.Value, depth int) (value.Value, bool) {
	n, ok := v.Int()
	if !ok || v.Kind() != value.Int || n >= int64(len(d.made)) {
		return value.Nil, false
	}
	if n < 0 {
		return d.special(n)
	}
	return d.element(int(n), depth)
}

func (d *devalue) element(n, depth int) (value.Value, bool) {
	if d.seen[n] {
		return d.made[n], true
	}
	if n > 0 {
		if n != d.next {
			return value.Nil, false
		}
		d.next++
	}
	d.seen[n] = true
	v := d.from.At(n)
	if depth > 1000 {
		return value.Nil, false
	}
	switch {
	case v.Kind() == value.Map:
		d.containers++
		dict := &growingMap{}
		d.made[n] = value.NewMap(dict).WithID(uint32(n) + 1)
		for i := range v.Len() {
			k, x := v.Pairs().At(i)
			r, ok := d.ref(x, depth+1)
			if !ok {
				return value.Nil, false
			}
			dict.add(k, r)
		}
	case v.Kind() == value.Seq && v.Len() > 0 && v.Items().At(0).Kind() == value.Text:
		d.typed = true
		made, ok := d.object(n, v.Items().At(0).Text(), v, depth)
		d.made[n] = made
		return made, ok
	case v.Kind() == value.Seq:
		d.containers++
		list := &growing{}
		d.made[n] = value.NewSeq(list).WithID(uint32(n) + 1)
		for i := range v.Len() {
			r, ok := d.ref(v.Items().At(i), depth+1)
			if !ok {
				return value.Nil, false
			}
			list.add(r)
		}
	default:
		d.made[n] = v
	}
	return d.made[n], true
}

// object reads [type, ...].
func (d *devalue) object(n int, kind string, v value.Value, depth int) (value.Value, bool) {
	arg := func(i int) value.Value {
		if i < v.Len() {
			return v.Items().At(i)
		}
		return value.Nil
	}
	id := uint32(n) + 1
	switch kind {
	case "Date", "BigInt", "URL":
		if arg(1).Text() == "" && kind == "Date" {
			return jsObject("Date", value.NewText("Invalid Date")), true
		}
		return jsText(kind, arg(1).Text())
	case "RegExp":
		return ofRegExp(arg(1).Text(), arg(2).Text()), arg(1).Kind() == value.Text
	case "Set":
		list := &growing{}
		d.made[n] = value.NewSeq(list).WithTag("set").WithID(id)
		for i := 1; i < v.Len(); i++ {
			r, ok := d.ref(arg(i), depth+1)
			if !ok {
				return value.Nil, false
			}
			list.add(r)
		}
		return d.made[n], true
	case "Map", "null":
		dict := &growingMap{}
		made := value.NewMap(dict)
		if kind == "Map" {
			made = made.WithTag("map")
		}
		d.made[n] = made.WithID(id)
		for i := 1; i+1 < v.Len(); i += 2 {
			k, ok := arg(i), true
			if kind == "Map" {
				k, ok = d.ref(k, depth+1)
			}
			x, ok2 := d.ref(arg(i+1), depth+1)
			if !ok || !ok2 {
				return value.Nil, false
			}
			dict.add(k, x)
		}
		return d.made[n], true
	case "Object":
		r, ok := d.ref(arg(1), depth+1)
		return jsObject("Object", r), ok
	case "ArrayBuffer":
		raw, err := base64.StdEncoding.DecodeString(arg(1).Text())
		return value.NewBytes(string(raw)), err == nil
	}
	if typedWidth(kind) > 1 || kind == "Int8Array" || kind == "Uint8Array" || kind == "Uint8ClampedArray" {
		buffer := arg(1)
		raw := value.NewBytes("")
		ok := true
		if buffer.Kind() == value.Int {
			raw, ok = d.ref(buffer, depth+1)
		} else if b, err := base64.StdEncoding.DecodeString(buffer.Text()); err == nil {
			raw = value.NewBytes(string(b))
		}
		return typedArray(kind, raw.Text()), ok && raw.Kind() == value.Bytes && v.Len() == 2
	}
	return value.Nil, false
}
