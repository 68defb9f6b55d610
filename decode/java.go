package decode

import (
	"cacheview/decode/value"
)

// The type codes of the Java Object Serialization Stream Protocol, section 6.4.2.
const (
	tcNull           = 0x70
	tcReference      = 0x71
	tcClassDesc      = 0x72
	tcObject         = 0x73
	tcString         = 0x74
	tcArray          = 0x75
	tcClass          = 0x76
	tcBlockData      = 0x77
	tcEndBlockData   = 0x78
	tcReset          = 0x79
	tcBlockDataLong  = 0x7a
	tcException      = 0x7b
	tcLongString     = 0x7c
	tcProxyClassDesc = 0x7d
	tcEnum           = 0x7e
)

// firstHandle is the number of the first thing that a stream can refer back to.
const firstHandle = 0x7e0000

// java is the state of reading one stream. No class is ever looked for: what
// the well-known classes of the JDK mean is written down in javaReaders.
type java struct {
	cursor
	handles chunked[javaHandle]
}

// javaHandle is what one handle stands for: a value, or a class description.
type javaHandle struct {
	value value.Value
	class *javaClass
}

// parseJava reads a stream. When it holds more than one thing, these become a
// list, in which bytes are what was written with writeInt and its like.
func parseJava(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	j := &java{cursor: newCursor("java-serialized", raw, lim)}
	magic, version := j.be16(0, "the header"), j.be16(0, "the header")
	switch {
	case j.err != nil:
	case magic != 0xaced:
		j.corrupt(0, "no ac ed, the header of a stream")
	case version != 5:
		j.fail(value.Unsupported, 2, "version %d", version)
	}
	var all growing
	for first := true; first || j.more(); first = false {
		v, ok := j.content()
		if ok {
			all.add(v)
		}
		if j.err != nil && !first {
			j.underIndex(all.Len())
		}
	}
	switch all.Len() {
	case 0:
		return value.Nil, j.pos, j.err
	case 1:
		return all.At(0), j.pos, j.err
	}
	return value.NewSeq(&all), j.pos, j.err
}

// more says whether another thing follows in the stream.
func (j *java) more() bool {
	for {
		c, ok := j.peek()
		if !ok || c < tcNull || c > tcEnum || c == tcEndBlockData {
			return false
		}
		if c != tcReset {
			return true
		}
		j.resets()
	}
}

// content reads one thing: an object or a piece of block data. It returns
// false when an error left nothing worth showing.
func (j *java) content() (value.Value, bool) {
	at := j.pos
	switch c, _ := j.peek(); c {
	case tcBlockData:
		j.pos++
		return j.block(uint64(j.byte(at, "block data")), at)
	case tcBlockDataLong:
		j.pos++
		return j.block(uint64(j.be32(at, "block data")), at)
	}
	return j.object()
}

func (j *java) block(n uint64, at int) (value.Value, bool) {
	if !j.node() {
		return value.Nil, false
	}
	s := j.take(n, at, "block data")
	return value.NewBytes(s), j.err == nil
}

// object reads whatever can be the value of a field. Everything that can hold
// another object goes through here, so this is where depth is counted.
func (j *java) object() (value.Value, bool) {
	j.resets()
	if !j.node() || !j.enter() {
		return value.Nil, false
	}
	defer j.leave()
	at := j.pos
	var v value.Value
	switch c := j.byte(at, "an object"); c {
	case tcNull:
	case tcReference:
		v = j.reference(at)
	case tcString:
		v = j.string(uint64(j.be16(at, "a string")), at)
	case tcLongString:
		v = j.string(j.be64(at, "a string"), at)
	case tcClass:
		v = j.classObject(at)
	case tcClassDesc, tcProxyClassDesc:
		j.pos--
		if class := j.classDesc(); class != nil {
			v = globalOf(class.name)
		}
	case tcEnum:
		v = j.enum(at)
	case tcArray:
		return j.array(at)
	case tcObject:
		return j.instance(at)
	case tcException:
		return j.exception(at)
	default:
		j.corrupt(at, "0x%02x is no type code", c)
	}
	return v, j.err == nil
}

// resets passes the marks at which the writer forgot all handles.
func (j *java) resets() {
	for c, ok := j.peek(); ok && c == tcReset; c, ok = j.peek() {
		j.pos++
		j.handles = chunked[javaHandle]{}
	}
}

func globalOf(name string) value.Value { return value.NewText(name).WithTag("global") }

// assign gives v the next handle and returns its index.
func (j *java) assign(h javaHandle) int {
	if j.remember(j.handles.Len()) {
		j.handles.add(h)
	}
	return j.handles.Len() - 1
}

// complete replaces what a handle stood for while it was being read.
func (j *java) complete(handle int, v value.Value) value.Value {
	if handle >= 0 && handle < j.handles.Len() {
		j.handles.slot(handle).value = v
	}
	return v
}

// handle reads the number of a handle that is already there.
func (j *java) handle(at int) javaHandle {
	n := j.be32(at, "a handle")
	if j.err != nil {
		return javaHandle{}
	}
	if n < firstHandle || int(n-firstHandle) >= j.handles.Len() {
		j.corrupt(at, "there is no handle 0x%x yet", n)
		return javaHandle{}
	}
	return j.handles.At(int(n - firstHandle))
}

func (j *java) reference(at int) value.Value {
	h := j.handle(at)
	if h.class != nil {
		return globalOf(h.class.name)
	}
	return h.value
}

func (j *java) string(n uint64, at int) value.Value {
	v := j.modifiedUTF8(j.take(n, at, "a string"))
	j.assign(javaHandle{value: v})
	return v
}

func (j *java) classObject(at int) value.Value {
	class := j.classDesc()
	if class == nil {
		j.corrupt(at, "a class without a description")
		return value.Nil
	}
	v := globalOf(class.name)
	j.assign(javaHandle{value: v})
	return v
}

func (j *java) enum(at int) value.Value {
	class := j.classDesc()
	if class == nil {
		j.corrupt(at, "an enum without a class")
		return value.Nil
	}
	handle := j.assign(javaHandle{})
	name, ok := j.object()
	if !ok || name.Kind() != value.Text {
		j.corrupt(at, "an enum without the name of its constant")
		return value.Nil
	}
	return j.complete(handle, value.NewObject("enum", class.name+"."+name.Text()))
}

// exception reads what a writer leaves that failed half way: the exception.
func (j *java) exception(at int) (value.Value, bool) {
	j.handles = chunked[javaHandle]{}
	v, ok := j.object()
	j.handles = chunked[javaHandle]{}
	j.corrupt(at, "the writer failed here, with the exception that follows")
	return v, ok
}

// array reads an array; byte[] is bytes, numbers stay packed.
func (j *java) array(at int) (value.Value, bool) {
	class := j.classDesc()
	if class == nil || len(class.name) < 2 || class.name[0] != '[' {
		j.corrupt(at, "an array of no type")
		return value.Nil, false
	}
	id := j.id()
	handle := j.assign(javaHandle{})
	n := j.be32(at, "an array")
	switch code := class.name[1]; code {
	case 'L', '[':
		return j.objects(n, handle, id)
	case 'B':
		v := value.NewBytes(j.take(uint64(n), at, "an array"))
		return j.complete(handle, v), j.err == nil
	default:
		width := javaWidth(code)
		if width == 0 {
			j.corrupt(at, "%q is no type of element", code)
			return value.Nil, false
		}
		packed := j.take(uint64(n)*uint64(width), at, "an array")
		v := value.NewSeq(javaNumbers{packed, code, width})
		return j.complete(handle, v), j.err == nil
	}
}

func (j *java) objects(n uint32, handle int, id uint32) (value.Value, bool) {
	items := j.list()
	v := j.complete(handle, value.NewSeq(items).WithID(id))
	for i := 0; i < int(n) && j.err == nil; i++ {
		item, ok := j.object()
		if ok {
			items.add(item)
		}
		j.underIndex(i)
	}
	return v, true
}
