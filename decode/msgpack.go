package decode

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"cacheview/decode/value"
)

// msgpackRows is MessagePack (github.com/msgpack/msgpack spec.md), with the
// record extension that msgpackr starts objects with.
var msgpackRows = []row{
	{name: "msgpack", trust: fair, sniff: sniffMsgpack, parse: parseMsgpack, score: scoreMsgpackRow},
}

func sniffMsgpack(in *input) (string, bool) {
	if len(in.raw) == 0 || in.text() == cleanText {
		return "", false
	}
	switch c := in.raw[0]; {
	case c >= 0x80 && c <= 0x8f, c == 0xde, c == 0xdf:
		return "a MessagePack map that ends with the bytes", true
	case c >= 0x90 && c <= 0x9f, c == 0xdc, c == 0xdd:
		return "a MessagePack array that ends with the bytes", true
	case (c == 0xd4 || c == 0xd5) && len(in.raw) > 4 && in.raw[1] == recordExt:
		return "a MessagePack record that ends with the bytes", true
	}
	return "one MessagePack value, exactly as long as the bytes", true
}

func scoreMsgpackRow(in *input, _ *outcome) (float64, bool) { return scoreMsgpack(in.raw) }

// parseMsgpack reads one value. What msgpackr writes in extensions is looked
// for first; if that leads nowhere, they are extensions like any other.
func parseMsgpack(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	s, err := scanMsgpack(raw, lim, &msgpackrParts{})
	if err != nil && s.js.found {
		if plain, plainErr := scanMsgpack(raw, lim, nil); plainErr == nil {
			s, err = plain, nil
		}
	}
	return s.p.root(), s.pos, err
}

// msgpackScanner checks the lengths in one pass and packs what it finds.
type msgpackScanner struct {
	p   *packer
	raw []byte
	pos int
	js  *msgpackrParts // nil when msgpackr's extensions are not looked for
	php phpMaps
}

func scanMsgpack(raw []byte, lim value.Limits, js *msgpackrParts) (*msgpackScanner, *value.Error) {
	p, err := newPacker("msgpack", raw, lim)
	p.leaf = msgpackLeaf
	if js != nil {
		p.special = js.special
		p.leaf = func(p *packed, off int) value.Value {
			if v, ok := js.leaf(p, off); ok {
				return v
			}
			return msgpackLeaf(p, off)
		}
	}
	s := &msgpackScanner{p: p, raw: raw, js: js}
	if err == nil {
		err = s.value()
	}
	if err == nil && js != nil {
		err = s.closeBundle()
		p.identified = len(js.opened) > 0
		s.php.settle(p)
	}
	return s, err
}

func (s *msgpackScanner) value() *value.Error {
	start := s.pos
	if start >= len(s.raw) {
		return s.p.fail(value.Truncated, start, "ends before a value")
	}
	h := msgpackHead(s.raw[start:])
	switch {
	case h.kind == mpInvalid && s.js != nil && s.js.bundle != nil:
		return s.bundled(start)
	case h.kind == mpInvalid:
		return s.p.fail(value.Corrupt, start, "0xc1 is no type")
	case h.size > len(s.raw)-start:
		return s.p.fail(value.Truncated, start, "ends inside a header")
	}
	s.pos += h.size
	switch h.kind {
	case mpArray:
		return s.items(listBox, start, h.n)
	case mpMap:
		return s.items(mapBox, start, 2*h.n)
	case mpExt:
		if s.js == nil {
			break
		}
		if taken, err := s.extension(start, h); taken {
			return err
		}
	case mpInt:
		if s.js == nil || len(s.js.records) == 0 {
			break
		}
		if keys, ok := s.recordKeys(start); ok {
			return s.record(start, keys)
		}
	}
	if h.n > len(s.raw)-s.pos {
		return s.p.fail(value.Truncated, start, "announces more bytes than there are")
	}
	s.pos += h.n
	return s.p.scalar(start)
}

// items reads n children. A count that the bytes cannot hold needs no check:
// nothing is allocated by it, and the bytes end first.
func (s *msgpackScanner) items(kind boxKind, start, n int) *value.Error {
	mark, err := s.p.open(start)
	for i := 0; err == nil && i < n; i++ {
		at := len(s.p.stack)
		if err = s.value(); err != nil {
			err = s.p.inItem(err, kind, mark, at)
		}
	}
	if err = firstError(err, s.p.close(kind, start, mark)); err == nil && s.js != nil {
		s.php.note(s.p)
	}
	return err
}

// mpKind is what a MessagePack header announces.
type mpKind uint8

const (
	mpInvalid mpKind = iota
	mpNil
	mpBool
	mpInt
	mpUint
	mpFloat
	mpText
	mpBytes
	mpExt
	mpArray
	mpMap
)

// mpHead is a header: its own size, and how many bytes or children follow.
type mpHead struct {
	kind mpKind
	size int
	n    int
	ext  int8
}

// msgpackHead reads the header at the start of raw, which is not empty. When
// raw is too short the size says so and n is not to be used.
func msgpackHead(raw []byte) mpHead {
	c := raw[0]
	switch {
	case c < 0x80, c >= 0xe0:
		return mpHead{kind: mpInt, size: 1}
	case c < 0x90:
		return mpHead{kind: mpMap, size: 1, n: int(c & 15)}
	case c < 0xa0:
		return mpHead{kind: mpArray, size: 1, n: int(c & 15)}
	case c < 0xc0:
		return mpHead{kind: mpText, size: 1, n: int(c & 31)}
	}
	h := msgpackTypes[c-0xc0]
	switch {
	case h.kind == mpExt && h.n > 0: // fixext
		if len(raw) >= 2 {
			h.ext = int8(raw[1])
		}
	case h.kind == mpText || h.kind == mpBytes || h.kind == mpExt || h.kind == mpArray || h.kind == mpMap:
		if len(raw) >= h.size {
			width := h.size - 1
			if h.kind == mpExt {
				width--
				h.ext = int8(raw[1+width])
			}
			h.n = int(bigEndian(raw[1 : 1+width]))
		}
	}
	return h
}

// msgpackTypes are the headers of types 0xc0 to 0xdf.
var msgpackTypes = [32]mpHead{
	{kind: mpNil, size: 1},
	{},
	{kind: mpBool, size: 1},
	{kind: mpBool, size: 1},
	{kind: mpBytes, size: 2},
	{kind: mpBytes, size: 3},
	{kind: mpBytes, size: 5},
	{kind: mpExt, size: 3},
	{kind: mpExt, size: 4},
	{kind: mpExt, size: 6},
	{kind: mpFloat, size: 5},
	{kind: mpFloat, size: 9},
	{kind: mpUint, size: 2},
	{kind: mpUint, size: 3},
	{kind: mpUint, size: 5},
	{kind: mpUint, size: 9},
	{kind: mpInt, size: 2},
	{kind: mpInt, size: 3},
	{kind: mpInt, size: 5},
	{kind: mpInt, size: 9},
	{kind: mpExt, size: 2, n: 1},
	{kind: mpExt, size: 2, n: 2},
	{kind: mpExt, size: 2, n: 4},
	{kind: mpExt, size: 2, n: 8},
	{kind: mpExt, size: 2, n: 16},
	{kind: mpText, size: 2},
	{kind: mpText, size: 3},
	{kind: mpText, size: 5},
	{kind: mpArray, size: 3},
	{kind: mpArray, size: 5},
	{kind: mpMap, size: 3},
	{kind: mpMap, size: 5},
}

// msgpackLeaf makes the scalar at off, which the scanner has passed.
func msgpackLeaf(p *packed, off int) value.Value {
	raw := p.raw[off:]
	h := msgpackHead(raw)
	body := raw[h.size : h.size+h.n]
	switch h.kind {
	case mpBool:
		return value.NewBool(raw[0] == 0xc3)
	case mpInt:
		if h.size == 1 {
			return value.NewInt(int64(int8(raw[0])))
		}
		shift := 64 - 8*(h.size-1)
		return value.NewInt(int64(bigEndian(raw[1:h.size])<<shift) >> shift)
	case mpUint:
		return value.NewUint(bigEndian(raw[1:h.size]))
	case mpFloat:
		if h.size == 5 {
			return value.NewFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(raw[1:]))))
		}
		return value.NewFloat(math.Float64frombits(binary.BigEndian.Uint64(raw[1:])))
	case mpText:
		if utf8.Valid(body) {
			return value.NewText(view(body))
		}
		return value.NewBytes(view(body))
	case mpBytes:
		return value.NewBytes(view(body))
	case mpExt:
		return msgpackExt(h.ext, body)
	}
	return value.Nil
}

// msgpackExt is a timestamp (type -1) or the extension as it is.
func msgpackExt(kind int8, body []byte) value.Value {
	if kind == -1 {
		switch len(body) {
		case 4:
			return utc(int64(binary.BigEndian.Uint32(body)), 0)
		case 8:
			n := binary.BigEndian.Uint64(body)
			return utc(int64(n&(1<<34-1)), int64(n>>34))
		case 12:
			return utc(int64(binary.BigEndian.Uint64(body[4:])), int64(binary.BigEndian.Uint32(body)))
		}
	}
	return value.NewSeq(value.List{value.NewInt(int64(kind)), value.NewBytes(view(body))}).WithTag("ext")
}

// bigEndian reads an unsigned integer of at most eight bytes.
func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}
