package decode

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// tokenScorer adds up the evidence in the tokens of a format with nested
// arrays and maps. It keeps what is open, so that keys are judged as keys.
type tokenScorer struct {
	bits   float64
	tokens int
	odd    bool // something that no encoder writes
	flat   bool // msgpackr's extensions: which tokens are keys is not known
	bundle int  // where msgpackr's bundle of texts begins, 0 without one
	open   []openItems
	keys   [][]byte
}

// openItems is one array or map that is being read.
type openItems struct {
	left  int // children to come; negative until a break
	isMap bool
	atKey bool
	first int // where its keys begin in tokenScorer.keys
}

// begin counts a token and reports whether it is the key of a map.
func (s *tokenScorer) begin() (key bool) {
	s.tokens++
	if s.flat || len(s.open) == 0 {
		return false
	}
	o := &s.open[len(s.open)-1]
	key = o.isMap && o.atKey
	o.atKey = !o.atKey
	o.left--
	return key
}

// end closes what is complete.
func (s *tokenScorer) end() {
	for len(s.open) > 0 && s.open[len(s.open)-1].left == 0 {
		s.pop()
	}
}

func (s *tokenScorer) pop() {
	s.keys = s.keys[:s.open[len(s.open)-1].first]
	s.open = s.open[:len(s.open)-1]
}

func (s *tokenScorer) push(children int, isMap bool) {
	if !s.flat && children != 0 {
		s.open = append(s.open, openItems{left: children, isMap: isMap, atKey: isMap, first: len(s.keys)})
	}
}

// done reports whether enough was seen.
func (s *tokenScorer) done() bool { return s.tokens >= maxScored || s.bits > 8*enoughBits }

func (s *tokenScorer) penalize(bits float64) {
	s.bits += bits
	s.odd = true
}

// key scores a key by its own bytes; names earn more than numbers.
func (s *tokenScorer) key(body []byte, isText, isInt bool) {
	o := s.open[len(s.open)-1]
	for _, k := range s.keys[o.first:] {
		if bytes.Equal(k, body) {
			s.penalize(oddBits)
			return
		}
	}
	if len(s.keys)-o.first < 32 {
		s.keys = append(s.keys, body)
	}
	switch {
	case isText && isKeyName(body):
		s.bits += 3
	case isText && isPHPName(body):
		s.bits += 16 // two zero bytes, and a name
	case isInt:
		s.bits -= 2
	default:
		s.penalize(-8)
	}
}

// text scores the content of a text.
func (s *tokenScorer) text(body []byte) {
	if !utf8.Valid(body) {
		s.penalize(-3.5) // bytes that an old writer kept as text
		return
	}
	bits := textBits(body)
	s.bits += bits
	s.odd = s.odd || bits < 0
}

// scoreMsgpack is the evidence in bytes that parseMsgpack has read to their
// end. odd says that an encoder would have written other bytes.
func scoreMsgpack(raw []byte) (bits float64, odd bool) {
	s := &tokenScorer{}
	for pos := 0; pos < len(raw) && !s.done(); {
		h := msgpackHead(raw[pos:])
		if h.kind == mpInvalid && s.bundle > 0 {
			s.bits += 2 // a text of the bundle
			pos++
			continue
		}
		if h.kind == mpInvalid || h.size > len(raw)-pos {
			break
		}
		if s.bundle > 0 && pos >= s.bundle {
			s.flat = true
		}
		token := raw[pos:min(pos+h.size, len(raw))]
		body := raw[pos+h.size:]
		switch h.kind {
		case mpText, mpBytes, mpExt:
			body = body[:min(h.n, len(body))]
		default:
			body = body[:0]
		}
		isKey := s.begin()
		s.msgpackToken(h, token, body, isKey)
		if h.kind == mpExt && takesNext(h, body) {
			s.flat = true
			if h.ext == bundleExt {
				s.bundle = pos + h.size + int(bigEndian(body[:4]))
			}
		}
		switch h.kind {
		case mpArray:
			s.push(h.n, false)
		case mpMap:
			s.push(2*h.n, true)
		}
		s.end()
		pos += len(token) + len(body)
	}
	return s.bits, s.odd
}

func (s *tokenScorer) msgpackToken(h mpHead, token, body []byte, isKey bool) {
	if isKey {
		id := body
		if h.kind != mpText {
			id = token
		}
		s.key(id, h.kind == mpText, h.kind == mpInt || h.kind == mpUint)
	}
	switch h.kind {
	case mpNil, mpBool:
		s.bits += 3
	case mpInt, mpUint:
		s.msgpackInt(h, token)
	case mpFloat:
		s.bits += 4
		if h.size == 5 {
			n := binary.BigEndian.Uint32(token[1:])
			s.bits += floatBits(float64(math.Float32frombits(n)), uint64(n), 32)
		} else {
			n := binary.BigEndian.Uint64(token[1:])
			s.bits += floatBits(math.Float64frombits(n), n, 64)
		}
	case mpText:
		s.msgpackLength(h, 32, 256)
		if isKey && isPHPName(body) {
			break // the marks of its visibility are no text
		}
		s.text(body)
	case mpBytes:
		s.bits += 2 + max(0, sparseBits(body))
		s.msgpackLength(h, 0, 256)
	case mpArray, mpMap:
		s.bits++
		s.msgpackLength(h, 16, 0)
	case mpExt:
		s.msgpackExtension(h, body)
	}
}

// msgpackLength scores the head of something with a length: short forms are
// for short ones. wide and wider are the least lengths of the second and third
// form. Writers of the first specification have no 8-bit form for text.
func (s *tokenScorer) msgpackLength(h mpHead, wide, wider int) {
	// The outermost length is known from the number of bytes.
	if s.tokens == 1 {
		s.bits += 2 + 0.75*bitLen(uint64(max(h.n>>4, 0)))
	}
	least := 0
	switch h.size {
	case 1:
		s.bits += 2
		return
	case 2:
		least = wide
	case 3:
		least = wider
		if wider == 0 {
			least = wide
		} else if h.kind == mpText {
			least = 32
		}
	case 5:
		least = 1 << 16
	}
	if h.n < least {
		// msgpackr writes 16 bits for every map that it has not counted.
		if h.kind == mpMap && h.size == 3 {
			s.bits += 4
			return
		}
		s.penalize(-4)
		return
	}
	s.bits += float64(8*(h.size-1)) - bitLen(uint64(h.n))*0.75 + 2
}

// msgpackInt scores an integer. 64-bit forms of small numbers are common in
// typed languages; other over-long forms are rare.
func (s *tokenScorer) msgpackInt(h mpHead, token []byte) {
	if h.size == 1 {
		n := int8(token[0])
		if n < 0 {
			n = -n
		}
		s.bits += smallBits(uint64(n))
		return
	}
	width := h.size - 1
	n := bigEndian(token[1:])
	signed := h.kind == mpInt
	negative := signed && token[1]&0x80 != 0
	if negative {
		n = -(n | ^uint64(0)<<(8*width-1)) // the magnitude
	}
	least := [...]uint64{1: 128, 2: 256, 4: 1 << 16, 8: 1 << 32}[width]
	if negative {
		least = [...]uint64{1: 33, 2: 129, 4: 1<<15 + 1, 8: 1<<31 + 1}[width]
	} else if signed && width < 8 {
		least /= 2
	}
	s.bits += 4
	if signed && !negative {
		s.bits -= 2
	}
	switch {
	case n >= least:
		s.bits += intBits(n, width)
	case width == 8:
	case width == 4 && signed:
		s.bits -= 4
		s.odd = true
	default:
		s.penalize(-8)
	}
}

// msgpackExtension scores an extension: timestamps and msgpackr's records are
// known, the other negative types are reserved.
func (s *tokenScorer) msgpackExtension(h mpHead, body []byte) {
	switch {
	case h.ext == -1 && (h.n == 4 || h.n == 8 || h.n == 12):
		s.bits += 12
	case takesNext(h, body):
		s.bits += 8
	case h.ext < 0:
		s.penalize(oddBits)
	default:
		if s.tokens == 1 {
			s.bits -= 8 // alone, a type that nobody assigned says nothing
		}
		if h.size > 2 { // a length of its own
			s.bits += 5
		}
		if judgeText(body) == cleanText {
			s.bits += textBits(body)
		}
		s.odd = true
	}
}

// takesNext reports whether an extension is one of msgpackr's that take the
// value behind them.
func takesNext(h mpHead, body []byte) bool {
	switch h.ext {
	case recordExt:
		return h.n <= 2
	case setExt, errorExt, regExpExt:
		return h.n == 1 && len(body) == 1 && body[0] == 0
	case identityExt:
		return h.n == 4
	case bundleExt:
		return h.n >= 4 && len(body) >= 4
	}
	return false
}
