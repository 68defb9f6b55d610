package decode

import (
	"unicode/utf8"

	"cacheview/decode/value"
)

// msgpackr (github.com/kriszyp/msgpackr) writes objects of JavaScript in
// extensions that are no values of their own: a record definition, a Set, a
// RegExp and an Error come before the array that they are made of, an identity
// before the object that has it, and texts may be in one bundle behind the
// value. A reader that does not know them sees two values in the place of one,
// so that these extensions prove themselves by the counts around them.
//
// Extensions that are only data (BigInt, typed arrays, undefined) have types
// that any application may use for its own. They are read as msgpackr's only
// in a value that has one of the others.

// The extension types of msgpackr.
const (
	undefinedExt = 0x00
	bigIntExt    = 0x42 // 'B'
	bundleExt    = 0x62 // 'b'
	errorExt     = 0x65 // 'e'
	identityExt  = 0x69 // 'i'
	pointerExt   = 0x70 // 'p'
	recordExt    = 0x72 // 'r'
	setExt       = 0x73 // 's'
	typedExt     = 0x74 // 't'
	regExpExt    = 0x78 // 'x'
	dateExt      = -1
)

// msgpackrParts is what a scan learns about msgpackr's extensions.
type msgpackrParts struct {
	found   bool // one that proves itself is there
	spans   map[int][2]int
	shared  map[uint32]ref
	opened  map[uint32]bool // identities, of what is still being read, too
	records map[recordID][]ref
	double  map[byte]bool // first bytes of records that have a second one
	bundle  *textBundle
}

// recordID is the number of a record structure: the byte that stands for it,
// and the second byte of those that have two.
type recordID struct {
	first  byte
	second int // -1 without
}

// textBundle is the texts of a value, all in two: those with a character above
// U+00FF, and the others.
type textBundle struct {
	start int // where the first of the two begins
	end   int // behind the second
	next  [2]int
	last  [2]int
}

// extension reads an extension of msgpackr that takes the value behind it with
// it; false for any other.
func (s *msgpackScanner) extension(start int, h mpHead) (taken bool, err *value.Error) {
	if h.n > len(s.raw)-s.pos {
		return false, nil
	}
	switch {
	case h.ext == recordExt && h.n <= 2:
		return true, s.define(start, h)
	case (h.ext == setExt || h.ext == errorExt || h.ext == regExpExt) && h.n == 1 && s.raw[s.pos] == 0:
		s.pos++
		return true, s.wrapped(start)
	case h.ext == identityExt && h.n == 4:
		id := uint32(bigEndian(s.raw[s.pos : s.pos+4]))
		s.pos += 4
		if s.js.opened == nil {
			s.js.opened, s.js.shared = map[uint32]bool{}, map[uint32]ref{}
		}
		s.js.opened[id], s.js.found = true, true
		at := len(s.p.stack)
		if err := s.value(); err != nil {
			return true, err
		}
		s.js.shared[id] = s.p.stack[at]
		return true, nil
	case h.ext == pointerExt && h.n == 4 && s.js.opened[uint32(bigEndian(s.raw[s.pos:s.pos+4]))]:
		s.pos += 4
		return true, s.p.scalar(start)
	case h.ext == bundleExt && h.n >= 4 && s.openBundle(h):
		s.pos += h.n
		return true, s.value()
	}
	return false, nil
}

// wrapped reads the array behind the extension of a Set, a RegExp or an Error.
func (s *msgpackScanner) wrapped(start int) *value.Error {
	if s.pos >= len(s.raw) || msgpackHead(s.raw[s.pos:]).kind != mpArray {
		return s.p.scalar(start)
	}
	s.js.found = true
	mark, err := s.p.open(start)
	if err == nil {
		err = s.value()
	}
	return firstError(err, s.p.close(specialBox, start, mark))
}

// openBundle finds the two texts that the data of a bundle points to, from the
// data on.
func (s *msgpackScanner) openBundle(h mpHead) bool {
	b := &textBundle{start: s.pos + int(bigEndian(s.raw[s.pos:s.pos+4]))}
	at := b.start
	if at < s.pos+h.n || at >= len(s.raw) {
		return false
	}
	for i := range b.next {
		if at >= len(s.raw) {
			return false
		}
		t := msgpackHead(s.raw[at:])
		if t.kind != mpText || t.size > len(s.raw)-at || t.n > len(s.raw)-at-t.size || !utf8.Valid(s.raw[at+t.size:at+t.size+t.n]) {
			return false
		}
		b.next[i], b.last[i] = at+t.size, at+t.size+t.n
		at = b.last[i]
	}
	b.end = at
	if old := s.js.bundle; old != nil && !old.used() {
		return false
	}
	s.js.bundle, s.js.found = b, true
	if s.js.spans == nil {
		s.js.spans = map[int][2]int{}
	}
	return true
}

// used reports whether every text was taken from the bundle.
func (b *textBundle) used() bool { return b.next == b.last }

// bundled reads the number of UTF-16 units that the next text of the bundle
// has: positive in the second one, negative in the first one.
func (s *msgpackScanner) bundled(start int) *value.Error {
	b := s.js.bundle
	s.pos = start + 1
	if s.pos >= len(s.raw) {
		return s.p.fail(value.Truncated, start, "ends before the length of a text")
	}
	h := msgpackHead(s.raw[s.pos:])
	if h.kind != mpInt && h.kind != mpUint || h.size > len(s.raw)-s.pos {
		return s.p.fail(value.Corrupt, start, "a text of the bundle without a length")
	}
	n, _ := msgpackLeaf(&packed{raw: s.raw}, s.pos).Int()
	s.pos += h.size
	which := 1
	if n <= 0 {
		which, n = 0, -n
	}
	from, to, ok := b.take(s.raw, which, uint64(n))
	if !ok {
		return s.p.fail(value.Corrupt, start, "more text than the bundle has")
	}
	s.js.spans[start] = [2]int{from, to}
	return s.p.scalar(start)
}

// take takes n UTF-16 units from one of the two texts.
func (b *textBundle) take(raw []byte, which int, n uint64) (from, to int, ok bool) {
	from = b.next[which]
	to = from
	for n > 0 {
		r, size := utf8.DecodeRune(raw[to:b.last[which]])
		if size == 0 {
			return from, to, false
		}
		to += size
		if n--; r > 0xffff && n > 0 {
			n--
		}
	}
	b.next[which] = to
	return from, to, true
}

// closeBundle moves behind the bundle, which is the end of the value.
func (s *msgpackScanner) closeBundle() *value.Error {
	b := s.js.bundle
	if b == nil {
		return nil
	}
	if s.pos != b.start || !b.used() {
		return s.p.fail(value.Corrupt, s.pos, "the bundle of texts is not where it should be")
	}
	s.pos = b.end
	return nil
}

// define reads a record structure: its number as data, then an array of keys,
// then the first record.
func (s *msgpackScanner) define(start int, h mpHead) *value.Error {
	id := recordID{0x40 | s.raw[s.pos]&0x3f, -1}
	if h.n == 2 {
		id.second = int(s.raw[s.pos+1])
	}
	s.pos += h.n
	if s.pos >= len(s.raw) || msgpackHead(s.raw[s.pos:]).kind != mpArray {
		return s.p.scalar(start)
	}
	s.js.found = true
	mark := len(s.p.stack)
	if err := s.value(); err != nil {
		return err
	}
	b := s.p.boxes[s.p.stack[mark]&^boxRef]
	s.p.stack = s.p.stack[:mark]
	keys := s.p.kids[b.first : b.first+b.n : b.first+b.n]
	if s.js.records == nil {
		s.js.records, s.js.double = map[recordID][]ref{}, map[byte]bool{}
	}
	s.js.records[id] = keys
	s.js.double[id.first] = id.second >= 0
	return s.record(start, keys)
}

// recordKeys returns the keys of the structure that the number at start stands
// for, and moves behind it.
func (s *msgpackScanner) recordKeys(start int) (keys []ref, ok bool) {
	id := recordID{s.raw[start], -1}
	if id.first < 0x40 || id.first >= 0x80 {
		return nil, false
	}
	if s.js.double[id.first] && s.pos < len(s.raw) {
		id.second = int(s.raw[s.pos])
	}
	if keys, ok = s.js.records[id]; ok && id.second >= 0 {
		s.pos++
	}
	return keys, ok
}

// record reads the values of a structure whose keys are known.
func (s *msgpackScanner) record(start int, keys []ref) *value.Error {
	mark, err := s.p.open(start)
	for i := 0; err == nil && i < len(keys); i++ {
		if err = s.p.push(keys[i]); err != nil {
			break
		}
		at := len(s.p.stack)
		if err = s.value(); err != nil {
			err = s.p.inItem(err, mapBox, mark, at)
		}
	}
	return firstError(err, s.p.close(mapBox, start, mark))
}

// special makes a Set, a RegExp or an Error from its array; after an error it
// may have none.
func (j *msgpackrParts) special(p *packed, b box) value.Value {
	if msgpackHead(p.raw[b.off:]).kind == mpMap {
		return phpMap(p, b)
	}
	content := value.Nil
	if b.n > 0 {
		content = p.value(p.kids[b.first])
	}
	at := func(i int) value.Value {
		if i < content.Len() {
			return content.Items().At(i)
		}
		return value.Nil
	}
	switch kind := msgpackHead(p.raw[b.off:]).ext; {
	case content.Kind() != value.Seq:
	case kind == setExt:
		return content.WithTag("set")
	case kind == regExpExt && content.Len() == 2:
		return at(0).WithTag("regexp", value.Attr{Name: "flags", Value: at(1)})
	case kind == errorExt && content.Len() >= 2 && at(0).Kind() == value.Text:
		state := value.Dict{{Key: value.NewText("message"), Value: at(1)}}
		if cause := at(2); cause.Kind() != value.Null && cause.Tag() != undefined.Tag() {
			state = append(state, value.Pair{Key: value.NewText("cause"), Value: cause})
		}
		return rubyObject(at(0).Text(), value.NewMap(state))
	}
	return content
}

// leaf makes the scalars that only msgpackr writes; false for any other.
func (j *msgpackrParts) leaf(p *packed, off int) (value.Value, bool) {
	if at, ok := j.spans[off]; ok {
		return value.NewText(view(p.raw[at[0]:at[1]])), true
	}
	h := msgpackHead(p.raw[off:])
	if h.kind != mpExt || !j.found {
		return value.Nil, false
	}
	body := p.raw[off+h.size : off+h.size+h.n]
	switch {
	case h.ext == pointerExt && h.n == 4:
		if r, ok := j.shared[uint32(bigEndian(body))]; ok {
			return p.value(r), true
		}
	case h.ext == undefinedExt && h.n == 1:
		return undefined, true
	case h.ext == dateExt && h.n == 1:
		return jsObject("Date", value.NewText("Invalid Date")), true
	case h.ext == bigIntExt && h.n > 0 && h.n <= maxBigBytes:
		return twosComplement(body), true
	case h.ext == typedExt && h.n > 0:
		switch kind := int(body[0]); {
		case kind < len(msgpackrArrays):
			return typedArray(msgpackrArrays[kind], view(body[1:])), true
		case kind == 16 || kind == 17: // ArrayBuffer, DataView
			return value.NewBytes(view(body[1:])), true
		}
	}
	return value.Nil, false
}

// msgpackrArrays are the typed arrays by their number.
var msgpackrArrays = []string{
	"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
	"Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
}

// twosComplement is a signed integer, the highest byte first.
func twosComplement(body []byte) value.Value {
	if body[0]&0x80 == 0 {
		return bigValue(false, body)
	}
	magnitude := make([]byte, len(body))
	carry := byte(1)
	for i := len(body) - 1; i >= 0; i-- {
		magnitude[i] = ^body[i] + carry
		if magnitude[i] != 0 {
			carry = 0
		}
	}
	return bigValue(true, magnitude)
}
