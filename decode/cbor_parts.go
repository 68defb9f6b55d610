package decode

import (
	"unicode/utf8"

	"cacheview/decode/value"
)

// Tags that say how the parts of a value belong together: records of cbor-x
// (github.com/kriszyp/cbor-x), which keep the keys of alike objects once, its
// bundle of all texts behind the value, shared values and repeated strings
// (cbor.schmorp.de). They are resolved while the bytes are scanned. A tag that
// does not have the content that it must have is shown as a tag.
const (
	cborTagBundleTwo   = 14 // a text of the bundle's first text
	cborTagBundleOne   = 15 // a text of its second text
	cborTagStringRef   = 25
	cborTagShareable   = 28
	cborTagSharedRef   = 29
	cborTagNamespace   = 256    // strings that tag 25 refers to
	cborTagBundle      = 0xdff9 // [offset, value]: the texts are at the offset
	cborTagRecord      = 0xdfff // [number, keys, value...]
	cborTagFirstRecord = 0xe000 // from here on, records by their number
	cborTagLastRecord  = 0xffff
)

// cborParts is what a scan learns from these tags.
type cborParts struct {
	found   bool // one that proves itself is there
	records map[uint64][]ref
	bundle  *textBundle
	spans   map[int][2]int
	shares  int         // numbers of shareable values given out
	shared  map[int]ref // those that were read to their end
	strings *[]ref      // of the innermost namespace
}

// resolve reads a tag that this file is about, whose head is behind the
// scanner; false for any other.
func (s *cborScanner) resolve(tag uint64, start int) (taken bool, err *value.Error) {
	switch {
	case tag == cborTagRecord:
		return s.defineRecord(start)
	case tag >= cborTagFirstRecord && tag <= cborTagLastRecord:
		keys, ok := s.parts.records[tag]
		if h, fits := s.next(4); ok && fits && h.arg == uint64(len(keys)) {
			s.pos += h.size
			return true, s.record(start, keys)
		}
	case tag == cborTagBundle:
		return s.openBundle()
	case (tag == cborTagBundleOne || tag == cborTagBundleTwo) && s.parts.bundle != nil:
		if h, ok := s.next(0); ok {
			s.pos += h.size
			return true, s.bundled(start, int(tag-cborTagBundleTwo), h.arg)
		}
	case tag == cborTagShareable:
		number := s.parts.shares
		s.parts.shares++
		at := len(s.p.stack)
		if err := s.value(); err != nil {
			return true, err
		}
		if s.parts.shared == nil {
			s.parts.shared = map[int]ref{}
		}
		s.parts.shared[number] = s.p.stack[at]
		return true, nil
	case tag == cborTagSharedRef:
		if h, ok := s.next(0); ok && h.arg < uint64(s.parts.shares) {
			s.pos += h.size
			return true, s.p.scalar(start)
		}
	case tag == cborTagNamespace:
		outer := s.parts.strings
		s.parts.strings = &[]ref{}
		err := s.value()
		s.parts.strings = outer
		return true, err
	case tag == cborTagStringRef && s.parts.strings != nil:
		if h, ok := s.next(0); ok && h.arg < uint64(len(*s.parts.strings)) {
			s.pos += h.size
			return true, s.p.push((*s.parts.strings)[h.arg])
		}
	}
	return false, nil
}

// next returns the head of the next value if it is of this major type and has
// a length or number of its own.
func (s *cborScanner) next(major byte) (h cborHead, ok bool) {
	if s.pos >= len(s.raw) {
		return h, false
	}
	h = readCBORHead(s.raw[s.pos:])
	return h, h.major == major && h.info < 28 && h.size <= len(s.raw)-s.pos
}

// defineRecord reads [number, keys, value...] as the map that it is.
func (s *cborScanner) defineRecord(start int) (taken bool, err *value.Error) {
	list, ok := s.next(4)
	if !ok || list.arg < 2 {
		return false, nil
	}
	back := s.pos
	s.pos += list.size
	number, ok := s.next(0)
	if !ok || number.arg < cborTagFirstRecord || number.arg > cborTagLastRecord {
		s.pos = back
		return false, nil
	}
	s.pos += number.size
	if names, ok := s.next(4); !ok || names.arg != list.arg-2 {
		s.pos = back
		return false, nil
	}
	mark := len(s.p.stack)
	if err := s.value(); err != nil {
		return true, err
	}
	b := s.p.boxes[s.p.stack[mark]&^boxRef]
	s.p.stack = s.p.stack[:mark]
	keys := s.p.kids[b.first : b.first+b.n : b.first+b.n]
	if s.parts.records == nil {
		s.parts.records = map[uint64][]ref{}
	}
	s.parts.records[number.arg], s.parts.found = keys, true
	return true, s.record(start, keys)
}

// record reads the values of a record whose keys are known.
func (s *cborScanner) record(start int, keys []ref) *value.Error {
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

// openBundle reads [offset, value], or [offset, the bundle before, value],
// whose texts are at the offset.
func (s *cborScanner) openBundle() (taken bool, err *value.Error) {
	list, ok := s.next(4)
	back := s.pos
	if !ok || list.arg != 2 && list.arg != 4 {
		return false, nil
	}
	s.pos += list.size
	offset, ok := s.next(0)
	if !ok || offset.arg > uint64(len(s.raw)-s.pos) {
		s.pos = back
		return false, nil
	}
	b := &textBundle{start: s.pos + int(offset.arg)}
	s.pos += offset.size
	for range list.arg - 2 {
		if h, ok := s.next(3); ok && h.arg <= uint64(len(s.raw)-s.pos-h.size) {
			s.pos += h.size + int(h.arg)
		}
	}
	at := b.start
	for i := range b.next {
		if at >= len(s.raw) {
			s.pos = back
			return false, nil
		}
		h := readCBORHead(s.raw[at:])
		if h.major != 3 || h.info >= 28 || h.size > len(s.raw)-at || h.arg > uint64(len(s.raw)-at-h.size) ||
			!utf8.Valid(s.raw[at+h.size:at+h.size+int(h.arg)]) {
			s.pos = back
			return false, nil
		}
		b.next[i], b.last[i] = at+h.size, at+h.size+int(h.arg)
		at = b.last[i]
	}
	b.end = at
	if s.parts.spans == nil {
		s.parts.spans = map[int][2]int{}
	}
	s.parts.bundle, s.parts.found = b, true
	return true, s.value()
}

// bundled takes a text of n UTF-16 units from the bundle.
func (s *cborScanner) bundled(start, which int, n uint64) *value.Error {
	from, to, ok := s.parts.bundle.take(s.raw, which, n)
	if !ok {
		return s.p.fail(value.Corrupt, start, "more text than the bundle has")
	}
	s.parts.spans[start] = [2]int{from, to}
	return s.p.scalar(start)
}

// closeBundle moves behind the bundle, which is the end of the value.
func (s *cborScanner) closeBundle() *value.Error {
	b := s.parts.bundle
	if b == nil {
		return nil
	}
	if s.pos != b.start || !b.used() {
		return s.p.fail(value.Corrupt, s.pos, "the bundle of texts is not where it should be")
	}
	s.pos = b.end
	return nil
}

// remember keeps a string that tag 25 may refer to: shorter ones than a
// reference would be are not counted.
func (s *cborScanner) remember(start int, length uint64) {
	if s.parts == nil || s.parts.strings == nil {
		return
	}
	n, least := len(*s.parts.strings), uint64(3)
	switch {
	case n >= 1<<16:
		least = 7
	case n >= 1<<8:
		least = 5
	case n >= 24:
		least = 4
	}
	if length >= least {
		*s.parts.strings = append(*s.parts.strings, ref(start))
	}
}

// leaf makes the scalars that these tags stand for; false for any other.
func (c *cborParts) leaf(p *packed, off int) (value.Value, bool) {
	if at, ok := c.spans[off]; ok {
		return value.NewText(view(p.raw[at[0]:at[1]])), true
	}
	h := readCBORHead(p.raw[off:])
	if h.major != 6 {
		return value.Nil, false
	}
	number := readCBORHead(p.raw[off+h.size:]).arg
	if r, ok := c.shared[int(number)]; ok {
		return p.value(r), true
	}
	return value.Nil, true // cut off before it was read to its end
}
