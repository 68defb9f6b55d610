package decode

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"unicode/utf8"

	"cacheview/decode/value"
)

// bsonRows is BSON (bsonspec.org, version 1.1): a document announces its
// length and ends in zero, and so does every document in it.
var bsonRows = []row{
	{name: "bson", trust: sound, sniff: sniffBSON, read: readBSON},
	{name: "bson", trust: fair, sniff: sniffBSON, parse: parseBSON, score: scoreEmptyBSON},
}

func sniffBSON(in *input) (string, bool) {
	n := len(in.raw)
	return "a BSON document of the length it announces",
		n >= 5 && in.raw[n-1] == 0 && uint64(binary.LittleEndian.Uint32(in.raw)) == uint64(n)
}

// readBSON wants a document with something in it.
func readBSON(in *input) reading {
	v, n, err := parseBSON(in.raw, in.lim)
	return reading{value: v, n: n, err: err, refused: len(in.raw) == minBSON}
}

// minBSON is the length of an empty document.
const minBSON = 5

// scoreEmptyBSON is the evidence in a document without elements: its length.
func scoreEmptyBSON(*input, *outcome) (float64, bool) { return 24, false }

func parseBSON(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	p, err := newPacker("bson", raw, lim)
	p.leaf, p.key, p.special = bsonLeaf, bsonKey, bsonScoped
	s := &bsonScanner{p: p, raw: raw}
	if err == nil {
		err = s.document(mapBox)
	}
	return s.p.root(), s.pos, err
}

// bsonScanner checks types and lengths in one pass and packs what it finds. A
// value is referred to by the offset of its element, where its type stands, a
// key by the offset of its name.
type bsonScanner struct {
	p   *packer
	raw []byte
	pos int
}

// document reads a document, or an array, whose keys are left out.
func (s *bsonScanner) document(kind boxKind) *value.Error {
	start := s.pos
	mark, err := s.p.open(start)
	end := 0
	if err == nil {
		end, err = s.bounds(start)
	}
	for err == nil && s.pos < end-1 {
		err = s.element(kind, mark, end)
	}
	switch {
	case err != nil:
	case s.pos >= len(s.raw):
		err = s.p.fail(value.Truncated, s.pos, "ends inside a document")
	case s.pos != end-1 || s.raw[s.pos] != 0:
		err = s.p.fail(value.Corrupt, s.pos, "document without its final zero")
	}
	if err == nil {
		s.pos++
	}
	return firstError(err, s.p.close(kind, start, mark))
}

// bounds reads the length of the document at start and returns its end.
func (s *bsonScanner) bounds(start int) (end int, err *value.Error) {
	left := s.raw[start:]
	if len(left) < 5 {
		return 0, s.p.fail(value.Truncated, start, "ends inside a document")
	}
	size := int64(int32(binary.LittleEndian.Uint32(left)))
	switch {
	case size < 5:
		return 0, s.p.fail(value.Corrupt, start, "document shorter than its length")
	case size > int64(len(left)):
		// Read on as far as the bytes go, so that the error has a place.
		size = int64(len(left)) + 1
	}
	s.pos += 4
	return start + int(size), nil
}

// element reads one name and its value, which must not reach past end.
func (s *bsonScanner) element(kind boxKind, mark, end int) *value.Error {
	start := s.pos
	if start >= len(s.raw) {
		return s.p.fail(value.Truncated, start, "ends inside a document")
	}
	nameLen := bytes.IndexByte(s.raw[start+1:], 0)
	if nameLen < 0 {
		return s.p.fail(value.Truncated, start, "ends inside a name")
	}
	if kind == mapBox {
		if err := s.p.scalar(start + 1); err != nil {
			return err
		}
	}
	s.pos = start + 1 + nameLen + 1
	at := len(s.p.stack)
	if err := s.value(start, end); err != nil {
		return s.p.inItem(err, kind, mark, at)
	}
	return nil
}

// value reads the value of the element at start, whose name is passed.
func (s *bsonScanner) value(start, end int) *value.Error {
	switch s.raw[start] {
	case 0x03:
		return s.document(mapBox)
	case 0x04:
		return s.document(listBox)
	case 0x0f:
		return s.scoped(start)
	}
	size, err := s.size(s.raw[start])
	if err != nil {
		return err
	}
	if size > min(end, len(s.raw))-s.pos {
		return s.p.fail(value.Truncated, start, "value is longer than its document")
	}
	s.pos += size
	return s.p.scalar(start)
}

// size returns the length of the scalar of type t at the current place.
func (s *bsonScanner) size(t byte) (int, *value.Error) {
	left := s.raw[s.pos:]
	switch t {
	case 0x06, 0x0a, 0xff, 0x7f:
		return 0, nil
	case 0x08:
		return 1, nil
	case 0x10:
		return 4, nil
	case 0x01, 0x09, 0x11, 0x12:
		return 8, nil
	case 0x07:
		return 12, nil
	case 0x13:
		return 16, nil
	case 0x02, 0x0d, 0x0e:
		return s.prefixed(4, 0)
	case 0x05:
		return s.prefixed(5, 0)
	case 0x0c:
		return s.prefixed(4, 12)
	case 0x0b:
		if i := bytes.IndexByte(left, 0); i >= 0 {
			if j := bytes.IndexByte(left[i+1:], 0); j >= 0 {
				return i + 1 + j + 1, nil
			}
		}
		return 0, s.p.fail(value.Truncated, s.pos, "regular expression without an end")
	}
	return 0, s.p.fail(value.Corrupt, s.pos, "unknown type")
}

// prefixed is the size of a value with its length in four bytes, after a head
// of that and possibly a subtype, and before a tail.
func (s *bsonScanner) prefixed(head, tail int) (int, *value.Error) {
	left := s.raw[s.pos:]
	if len(left) < 4 {
		return 0, s.p.fail(value.Truncated, s.pos, "ends inside a length")
	}
	n := int64(int32(binary.LittleEndian.Uint32(left)))
	switch {
	case n < 0 || n == 0 && head == 4:
		return 0, s.p.fail(value.Corrupt, s.pos, "bad length")
	case n > int64(len(left)):
		return 0, s.p.fail(value.Truncated, s.pos, "announces more bytes than there are")
	case head == 4 && len(left) >= 4+int(n) && left[3+n] != 0:
		return 0, s.p.fail(value.Corrupt, s.pos, "string without its final zero")
	}
	return head + int(n) + tail, nil
}

// scoped reads code with a scope: a length, a string, a document.
func (s *bsonScanner) scoped(start int) *value.Error {
	mark, err := s.p.open(start)
	if err == nil && len(s.raw)-s.pos < 8 {
		err = s.p.fail(value.Truncated, start, "ends inside a length")
	}
	if err == nil {
		s.pos += 4
		var n int
		if n, err = s.prefixed(4, 0); err == nil {
			if s.pos += n; s.pos > len(s.raw) {
				s.pos = len(s.raw)
			}
			err = s.document(mapBox)
		}
	}
	return firstError(err, s.p.close(specialBox, start, mark))
}

// bsonBody returns what follows the name of the element at off.
func bsonBody(p *packed, off int) []byte {
	name := bytes.IndexByte(p.raw[off+1:], 0)
	return p.raw[off+1+name+1:]
}

func bsonKey(p *packed, off int) value.Value {
	return ofUTF8(p.raw[off : off+bytes.IndexByte(p.raw[off:], 0)])
}

func bsonScoped(p *packed, b box) value.Value {
	code := value.NewText("")
	if body := bsonBody(p, int(b.off)); len(body) >= 4 && b.n > 0 {
		code = bsonString(body[4:])
		return code.WithTag("code", value.Attr{Name: "scope", Value: p.value(p.kids[b.first])})
	}
	return code.WithTag("code")
}

func bsonString(body []byte) value.Value {
	n := int(binary.LittleEndian.Uint32(body))
	return ofUTF8(body[4 : 4+n-1])
}

// ofUTF8 is text where the bytes are UTF-8.
func ofUTF8(b []byte) value.Value {
	if utf8.Valid(b) {
		return value.NewText(view(b))
	}
	return value.NewBytes(view(b))
}

// bsonLeaf makes the scalar of the element at off, which the scanner has
// passed.
func bsonLeaf(p *packed, off int) value.Value {
	le, body := binary.LittleEndian, bsonBody(p, off)
	switch p.raw[off] {
	case 0x01:
		return value.NewFloat(math.Float64frombits(le.Uint64(body)))
	case 0x02:
		return bsonString(body)
	case 0x05:
		return bsonBinary(body)
	case 0x06:
		return value.NewBool(true).WithTag("undefined")
	case 0x07:
		return value.NewText(hex.EncodeToString(body[:12])).WithTag("oid")
	case 0x08:
		return value.NewBool(body[0] != 0)
	case 0x09:
		return utcMillis(int64(le.Uint64(body)))
	case 0x0b:
		pattern, rest, _ := bytes.Cut(body, []byte{0})
		options, _, _ := bytes.Cut(rest, []byte{0})
		return ofUTF8(pattern).WithTag("regexp", value.Attr{Name: "flags", Value: ofUTF8(options)})
	case 0x0c:
		name := bsonString(body)
		id := body[4+int(le.Uint32(body)):]
		return name.WithTag("dbpointer", value.Attr{Name: "id", Value: value.NewText(hex.EncodeToString(id[:12])).WithTag("oid")})
	case 0x0d:
		return bsonString(body).WithTag("code")
	case 0x0e:
		return bsonString(body).WithTag("symbol")
	case 0x10:
		return value.NewInt(int64(int32(le.Uint32(body))))
	case 0x11:
		return value.NewInt(int64(le.Uint32(body[4:]))).
			WithTag("timestamp", value.Attr{Name: "increment", Value: value.NewInt(int64(le.Uint32(body)))})
	case 0x12:
		return value.NewInt(int64(le.Uint64(body)))
	case 0x13:
		return decimal128(le.Uint64(body[8:]), le.Uint64(body))
	case 0x7f:
		return value.NewBool(true).WithTag("maxkey")
	case 0xff:
		return value.NewBool(true).WithTag("minkey")
	}
	return value.Nil
}

// The subtypes of binary that are shown as more than bytes.
const (
	bsonGeneric = 0
	bsonUUID    = 4
)

func bsonBinary(body []byte) value.Value {
	n, subtype := int(binary.LittleEndian.Uint32(body)), body[4]
	data := body[5 : 5+n]
	switch {
	case subtype == bsonUUID && n == 16:
		h := hex.EncodeToString(data)
		return value.NewText(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]).WithTag("uuid")
	case subtype == bsonGeneric:
		return value.NewBytes(view(data))
	}
	return value.NewBytes(view(data)).WithTag("bytes", value.Attr{Name: "subtype", Value: value.NewInt(int64(subtype))})
}
