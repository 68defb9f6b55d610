package decode

import (
	"math"
	"slices"
	"unicode/utf8"
)

// scoreCBOR is the evidence in bytes that parseCBOR has read to their end. odd
// says that an encoder would have written other bytes.
func scoreCBOR(raw []byte) (bits float64, odd bool) {
	s := &tokenScorer{}
	for pos := 0; pos < len(raw) && !s.done(); {
		if raw[pos] == cborBreak {
			s.bits += 2
			if len(s.open) > 0 {
				s.pop()
				s.end()
			}
			pos++
			continue
		}
		h := readCBORHead(raw[pos:])
		if h.size > len(raw)-pos {
			break
		}
		body := raw[pos+h.size:]
		if h.major == 2 || h.major == 3 {
			if h.info == indefinite {
				body = body[:0]
			} else {
				body = body[:min(h.arg, uint64(len(body)))]
			}
		} else {
			body = body[:0]
		}
		if h.major == 6 {
			s.cborTag(h, raw[pos+h.size:])
			pos += h.size
			continue // the content takes the place of the tag
		}
		isKey := s.begin()
		if isKey {
			id := body
			if h.major != 3 {
				id = raw[pos : pos+h.size]
			}
			s.key(id, h.major == 3, h.major <= 1)
		}
		s.cborToken(h, body)
		children := -1
		if h.info != indefinite {
			children = int(min(h.arg, 1<<30))
		}
		switch h.major {
		case 4:
			s.push(children, false)
		case 5:
			s.push(children*2, true)
		case 2, 3:
			if h.info == indefinite {
				s.push(-1, false)
			}
		}
		s.end()
		pos += h.size + len(body)
	}
	return s.bits - 1, s.odd
}

func (s *tokenScorer) cborToken(h cborHead, body []byte) {
	switch h.major {
	case 0, 1:
		if h.size == 1 {
			s.bits += smallBits(h.arg)
			return
		}
		s.bits += 4
		s.cborArgument(h)
	case 2, 4, 5:
		s.bits++
		s.cborArgument(h)
		s.bits += max(0, sparseBits(body))
	case 3:
		s.bits++
		s.cborArgument(h)
		if !utf8.Valid(body) {
			s.penalize(oddBits)
			return
		}
		s.text(body)
	case 7:
		s.cborSimple(h)
	}
}

// cborArgument scores the length of an argument: every encoder that caches use
// writes the shortest (RFC 8949, section 4.1).
func (s *tokenScorer) cborArgument(h cborHead) {
	if h.info == indefinite {
		s.bits--
		return
	}
	if s.tokens == 1 && h.major >= 2 {
		s.bits += 2 // the outermost length is known from the number of bytes
	}
	if h.size == 1 {
		s.bits++
		return
	}
	least := [...]uint64{2: 24, 3: 1 << 8, 5: 1 << 16, 9: 1 << 32}[h.size]
	if h.arg < least {
		s.penalize(-12)
		return
	}
	s.bits += intBits(h.arg, h.size-1)
}

func (s *tokenScorer) cborSimple(h cborHead) {
	switch h.info {
	case 20, 21, 22:
		s.bits += 3
	case 23:
		s.bits++
	case 25:
		s.bits += 2 + floatBits(halfFloat(uint16(h.arg)), h.arg, 16)/2
	case 26:
		s.bits += 4 + floatBits(float64(math.Float32frombits(uint32(h.arg))), h.arg, 32)
	case 27:
		s.bits += 4 + floatBits(math.Float64frombits(h.arg), h.arg, 64)
	default:
		s.penalize(-14) // unassigned
	}
}

// cborTextTags, cborNumberTags and cborOtherTags are the tags of the IANA
// registry that libraries write, by what they hold.
var (
	cborTextTags   = []uint64{0, 32, 33, 34, 35, 36, 100, 1004}
	cborByteTags   = []uint64{2, 3, 21, 22, 23, 24, 37, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 81, 82, 85, 86, 260, 261}
	cborNumberTags = []uint64{1, 100, 25, 29}
	cborListTags   = []uint64{4, 5, 26, 27, 28, 30, 35, 40, 41, 256, 258, 259, 261, 1001, 1002, 1003}
)

// cborTag scores a tag by whether it is assigned and holds what it must.
func (s *tokenScorer) cborTag(h cborHead, content []byte) {
	s.tokens++
	if h.arg == cborTagSelf {
		s.bits += 20
		return
	}
	if len(content) == 0 {
		s.penalize(oddBits)
		return
	}
	major, fits := content[0]>>5, false
	switch major {
	case 3:
		fits = slices.Contains(cborTextTags, h.arg)
	case 2:
		fits = slices.Contains(cborByteTags, h.arg)
	case 0, 1, 7:
		fits = slices.Contains(cborNumberTags, h.arg)
	case 4, 5:
		fits = slices.Contains(cborListTags, h.arg)
	}
	if isRecordTag(h.arg, major, s.flat) {
		fits, s.flat = true, true
	}
	if !fits {
		s.penalize(oddBits)
		return
	}
	s.bits += float64(8*(h.size-1)) + 2
}

// isRecordTag reports whether a tag is one of cbor-x: the definition of a
// record or of a bundle of texts, or after one of these what refers to it.
func isRecordTag(tag uint64, major byte, seen bool) bool {
	switch {
	case tag == cborTagRecord || tag == cborTagBundle:
		return major == 4
	case tag >= cborTagFirstRecord && tag <= cborTagLastRecord:
		return major == 4 && seen
	case tag == cborTagBundleOne || tag == cborTagBundleTwo:
		return major == 0 && seen
	}
	return false
}
