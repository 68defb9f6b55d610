package pickle

import (
	"fmt"

	"cacheview/decode/value"
)

// Protocols that Append writes.
const (
	minEncodeProtocol = 2
	maxEncodeProtocol = 5
)

// EncodeError says which part of a value has no plain pickle.
type EncodeError struct {
	Path   string // where in the value, as "[3]['name']"; empty at the top
	Detail string // what is wrong with it, in lower case
}

// Error is one sentence for people.
func (e *EncodeError) Error() string {
	if e.Path == "" {
		return "pickle: " + e.Detail
	}
	return fmt.Sprintf("pickle: %s: %s", e.Path, e.Detail)
}

// Append appends the pickle of v to dst, byte for byte as the C pickler of
// CPython 3.8 to 3.13 (Modules/_pickle.c) writes it: None, bool, int, float,
// str, bytes, list, tuple, dict, set and frozenset at protocols 2 to 5, with
// its frames, memo and batches. Tagged values other than tuple, set, frozenset
// and wtf8 text give an *EncodeError, and dst is returned unchanged.
//
// A pickle also says which objects are the same object, and a value.Value has
// an identity only where it was given one (value.WithID). Append takes:
//
//   - containers with the same id for one object, also when they hold
//     themselves; without an id every container is an object of its own;
//   - dict keys that are equal text for one object, as the json module, class
//     instances and source code have it;
//   - every other text and bytes for an object of its own, even when it is
//     equal to another or to a key, as text that was computed is;
//   - empty text and bytes, and those of one character below U+0100, for
//     one object each, because CPython has them only once.
//
// The items of a set are written in the order they come: Python's order
// depends on its hashes.
func Append(dst []byte, v value.Value, protocol int) ([]byte, error) {
	if protocol < minEncodeProtocol || protocol > maxEncodeProtocol {
		return dst, &EncodeError{Detail: fmt.Sprintf("cannot write protocol %d, only %d to %d",
			protocol, minEncodeProtocol, maxEncodeProtocol)}
	}
	limits := value.DefaultLimits()
	e := encoder{
		frames: frames{buf: append(dst, opProtoByte, byte(protocol)), start: -1, on: protocol >= 4},
		proto:  protocol,
		memo:   make(map[any]int),
		depth:  maxEncodeDepth,
		nodes:  limits.Nodes,
	}
	if err := e.save(v, false); err != nil {
		return dst, err
	}
	e.write('.')
	e.close()
	return e.buf, nil
}

// maxEncodeDepth is as deep as CPython's pickle goes by default.
const maxEncodeDepth = 1000

// opProtoByte opens every pickle of protocol 2 and up.
const opProtoByte = 0x80

// batchSize is how many items one APPENDS, SETITEMS or ADDITEMS takes.
const batchSize = 1000

// encoder is one run of the pickler.
type encoder struct {
	frames
	proto int
	// memo numbers the objects written so far by their identity: an
	// identity is a containerID, keyText, atomText, atomBytes or global.
	memo map[any]int
	// next is the next number of the memo; objects without an identity take
	// one too.
	next         int
	depth, nodes int
}

// Identities of objects that may be met again.
type (
	containerID uint32
	keyText     string // a dict key
	atomText    string // text that CPython keeps one object of
	atomBytes   string
	global      string // "module\nname\n"
)

// save writes one value; key says that it is the key of a dict entry.
func (e *encoder) save(v value.Value, key bool) error {
	if e.nodes--; e.nodes < 0 {
		return &EncodeError{Detail: "more values than the limit"}
	}
	e.boundary()
	switch v.Kind() {
	case value.Null:
		e.write('N')
		return nil
	case value.Bool:
		if v.Bool() {
			e.write(0x88)
		} else {
			e.write(0x89)
		}
		return nil
	case value.Int:
		return e.saveInt(v)
	case value.Float:
		if v.Tag() != "" {
			return unsupported(v)
		}
		e.saveFloat(v.Float())
		return nil
	}
	id := identity(v, key)
	if e.recall(id) {
		return nil
	}
	return e.saveObject(v, id)
}

// saveObject writes a value that takes a place in the memo.
func (e *encoder) saveObject(v value.Value, id any) error {
	switch {
	case v.Kind() == value.Text && (v.Tag() == "" || v.Tag() == "wtf8"):
		e.saveText(v.Text(), id)
		return nil
	case v.Kind() == value.Bytes && v.Tag() == "":
		e.saveBytes(v.Text(), id)
		return nil
	}
	if e.depth--; e.depth < 0 {
		return &EncodeError{Detail: "nested deeper than the limit"}
	}
	defer func() { e.depth++ }()
	switch {
	case v.Kind() == value.Map && v.Tag() == "":
		return e.saveDict(v.Pairs(), id)
	case v.Kind() != value.Seq:
	case v.Tag() == "":
		return e.saveList(v.Items(), id)
	case v.Tag() == "tuple":
		return e.saveTuple(v.Items(), id)
	case v.Tag() == "set":
		return e.saveSet(v.Items(), id)
	case v.Tag() == "frozenset":
		return e.saveFrozenset(v.Items(), id)
	}
	return unsupported(v)
}

func unsupported(v value.Value) error {
	what := v.Tag()
	if what == "" {
		what = v.Text()
	}
	return &EncodeError{Detail: fmt.Sprintf("%q is not plain data", what)}
}

// identity returns what v is known by in the memo, nil when it is an object of
// its own.
func identity(v value.Value, key bool) any {
	switch v.Kind() {
	case value.Text:
		if isAtom(v.Text()) {
			return atomText(v.Text())
		}
		if key {
			return keyText(v.Text())
		}
	case value.Bytes:
		if len(v.Text()) <= 1 {
			return atomBytes(v.Text())
		}
	default:
		if v.ID() != 0 {
			return containerID(v.ID())
		}
	}
	return nil
}

// isAtom reports whether s is empty or one character below U+0100.
func isAtom(s string) bool {
	switch len(s) {
	case 0:
		return true
	case 1:
		return s[0] < 0x80
	case 2:
		return s[0] == 0xc2 || s[0] == 0xc3
	}
	return false
}

// recall writes the fetch of an object that was written before, and reports
// whether it was.
func (e *encoder) recall(id any) bool {
	if id == nil {
		return false
	}
	n, known := e.memo[id]
	switch {
	case !known:
		return false
	case n < 256:
		e.write('h', byte(n))
	default:
		e.write('j', byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	return true
}

// memoize gives the object on top of the stack the next number.
func (e *encoder) memoize(id any) {
	n := e.next
	e.next++
	if id != nil {
		e.memo[id] = n
	}
	switch {
	case e.proto >= 4:
		e.write(0x94)
	case n < 256:
		e.write('q', byte(n))
	default:
		e.write('r', byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
}
