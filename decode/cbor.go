package decode

import (
	"encoding/binary"
	"math"
	"math/big"
	"unicode/utf8"

	"cacheview/decode/value"
)

// cborRows is CBOR (RFC 8949).
var cborRows = []row{
	{name: "cbor", trust: fair, sniff: sniffCBOR, parse: parseCBOR, score: scoreCBORRow},
}

func sniffCBOR(in *input) (string, bool) {
	if len(in.raw) == 0 || in.text() == cleanText {
		return "", false
	}
	switch c := in.raw[0]; {
	case c>>5 == 4:
		return "a CBOR array that ends with the bytes", true
	case c>>5 == 5:
		return "a CBOR map that ends with the bytes", true
	case c>>5 == 6:
		return "a CBOR tag and its value that end with the bytes", true
	}
	return "one CBOR value, exactly as long as the bytes", true
}

func scoreCBORRow(in *input, _ *outcome) (float64, bool) { return scoreCBOR(in.raw) }

// parseCBOR reads one value. Tags that say how its parts belong together are
// resolved; if that leads nowhere, they are tags like any other.
func parseCBOR(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	s, err := scanCBOR(raw, lim, &cborParts{})
	if err != nil && s.parts.found {
		if plain, plainErr := scanCBOR(raw, lim, nil); plainErr == nil {
			s, err = plain, nil
		}
	}
	return s.p.root(), s.pos, err
}

func scanCBOR(raw []byte, lim value.Limits, parts *cborParts) (*cborScanner, *value.Error) {
	p, err := newPacker("cbor", raw, lim)
	p.leaf, p.special = cborLeaf, cborTagged
	if parts != nil {
		p.leaf = func(p *packed, off int) value.Value {
			if v, ok := parts.leaf(p, off); ok {
				return v
			}
			return cborLeaf(p, off)
		}
	}
	s := &cborScanner{p: p, raw: raw, parts: parts}
	if err == nil {
		err = s.value()
	}
	if err == nil && parts != nil {
		err = s.closeBundle()
		p.identified = parts.shares > 0
	}
	return s, err
}

// cborScanner checks well-formedness (RFC 8949, appendix C) in one pass and
// packs what it finds.
type cborScanner struct {
	p     *packer
	raw   []byte
	pos   int
	parts *cborParts // nil when no tags are resolved
}

// cborHead is the initial byte and its argument.
type cborHead struct {
	major byte
	info  byte
	arg   uint64
	size  int // bytes of the head; more than there are when it is cut off
}

// indefinite is the info of a string or container that ends with a break.
const indefinite = 31

const cborBreak = 0xff

func readCBORHead(raw []byte) cborHead {
	h := cborHead{major: raw[0] >> 5, info: raw[0] & 31, size: 1}
	switch {
	case h.info < 24:
		h.arg = uint64(h.info)
	case h.info < 28:
		h.size += 1 << (h.info - 24)
		if h.size <= len(raw) {
			h.arg = bigEndian(raw[1:h.size])
		}
	}
	return h
}

func (s *cborScanner) value() *value.Error {
	start := s.pos
	if start >= len(s.raw) {
		return s.p.fail(value.Truncated, start, "ends before a value")
	}
	h := readCBORHead(s.raw[start:])
	if err := s.check(h, start); err != nil {
		return err
	}
	s.pos += h.size
	switch h.major {
	case 2, 3:
		return s.str(h, start)
	case 4:
		return s.items(listBox, start, h, 1)
	case 5:
		return s.items(mapBox, start, h, 2)
	case 6:
		if s.parts != nil {
			if taken, err := s.resolve(h.arg, start); taken {
				return err
			}
		}
		return s.tag(start)
	}
	return s.p.scalar(start)
}

// check refuses heads that RFC 8949 calls not well-formed.
func (s *cborScanner) check(h cborHead, start int) *value.Error {
	switch {
	case h.size > len(s.raw)-start:
		return s.p.fail(value.Truncated, start, "ends inside a head")
	case h.info >= 28 && h.info <= 30:
		return s.p.fail(value.Corrupt, start, "reserved length")
	case h.info == indefinite && (h.major < 2 || h.major >= 6):
		return s.p.fail(value.Corrupt, start, "break or indefinite length out of place")
	case h.major == 7 && h.info == 24 && h.arg < 32:
		return s.p.fail(value.Corrupt, start, "simple value written too long")
	}
	return nil
}

// str passes a byte or text string; an indefinite one is definite chunks of
// its own type up to a break.
func (s *cborScanner) str(h cborHead, start int) *value.Error {
	if h.info != indefinite {
		if err := s.chunk(h, start); err != nil {
			return err
		}
		s.remember(start, h.arg)
		return s.p.scalar(start)
	}
	for {
		at := s.pos
		if at >= len(s.raw) {
			return s.p.fail(value.Truncated, start, "string without a break")
		}
		if s.raw[at] == cborBreak {
			s.pos++
			return s.p.scalar(start)
		}
		c := readCBORHead(s.raw[at:])
		if c.major != h.major || c.info == indefinite {
			return s.p.fail(value.Corrupt, at, "chunk of another type")
		}
		if err := s.check(c, at); err != nil {
			return err
		}
		s.pos += c.size
		if err := s.chunk(c, at); err != nil {
			return err
		}
	}
}

func (s *cborScanner) chunk(h cborHead, start int) *value.Error {
	if h.arg > uint64(len(s.raw)-s.pos) {
		return s.p.fail(value.Truncated, start, "announces more bytes than there are")
	}
	s.pos += int(h.arg)
	return nil
}

// items reads the children of an array, or of a map (each = 2).
func (s *cborScanner) items(kind boxKind, start int, h cborHead, each uint64) *value.Error {
	mark, err := s.p.open(start)
	left := h.arg * each
	if err == nil && h.info != indefinite && h.arg > uint64(len(s.raw)-s.pos) {
		left = math.MaxUint64 // never reached: the bytes end before
	}
	for err == nil {
		if h.info == indefinite {
			if s.pos < len(s.raw) && s.raw[s.pos] == cborBreak {
				if kind == mapBox && (len(s.p.stack)-mark)%2 == 1 {
					err = s.p.fail(value.Corrupt, s.pos, "key without a value")
				}
				s.pos++
				break
			}
		} else if left == 0 {
			break
		}
		left--
		at := len(s.p.stack)
		if err = s.value(); err != nil {
			err = s.p.inItem(err, kind, mark, at)
		}
	}
	return firstError(err, s.p.close(kind, start, mark))
}

func (s *cborScanner) tag(start int) *value.Error {
	mark, err := s.p.open(start)
	if err == nil {
		err = s.value()
	}
	return firstError(err, s.p.close(specialBox, start, mark))
}

// cborLeaf makes the scalar at off, which the scanner has passed.
func cborLeaf(p *packed, off int) value.Value {
	raw := p.raw[off:]
	h := readCBORHead(raw)
	switch h.major {
	case 0:
		return value.NewUint(h.arg)
	case 1:
		if h.arg > math.MaxInt64 {
			n := new(big.Int).SetUint64(h.arg)
			return value.NewBigInt(n.Not(n).String())
		}
		return value.NewInt(-1 - int64(h.arg))
	case 2, 3:
		return cborString(raw, h)
	}
	return cborSimple(raw, h)
}

// cborString is a view of a definite string, a copy of an indefinite one.
func cborString(raw []byte, h cborHead) value.Value {
	var body []byte
	if h.info != indefinite {
		body = raw[h.size : h.size+int(h.arg)]
	} else {
		for raw = raw[1:]; raw[0] != cborBreak; {
			c := readCBORHead(raw)
			body = append(body, raw[c.size:c.size+int(c.arg)]...)
			raw = raw[c.size+int(c.arg):]
		}
	}
	if h.major == 3 && utf8.Valid(body) {
		return value.NewText(view(body))
	}
	return value.NewBytes(view(body))
}

func cborSimple(raw []byte, h cborHead) value.Value {
	switch h.info {
	case 20, 21:
		return value.NewBool(h.info == 21)
	case 22:
		return value.Nil
	case 23:
		return value.NewBool(true).WithTag("undefined")
	case 25:
		return value.NewFloat(halfFloat(uint16(h.arg)))
	case 26:
		return value.NewFloat(float64(math.Float32frombits(uint32(h.arg))))
	case 27:
		return value.NewFloat(math.Float64frombits(binary.BigEndian.Uint64(raw[1:])))
	}
	return value.NewInt(int64(h.arg)).WithTag("simple")
}

// halfFloat is an IEEE 754 binary16 number.
func halfFloat(h uint16) float64 {
	exp, frac := int(h>>10&31), float64(h&0x3ff)
	f := math.Ldexp(frac, -24)
	switch {
	case exp == 31 && frac != 0:
		return math.NaN()
	case exp == 31:
		f = math.Inf(1)
	case exp > 0:
		f = math.Ldexp(1024+frac, exp-25)
	}
	if h>>15 == 1 {
		return -f
	}
	return f
}
