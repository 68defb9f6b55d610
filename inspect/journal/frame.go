package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// A frame is
//
//	marker    8 bytes, random, the same in all of a file's frames
//	length    4 bytes, little endian: of the head
//	checksum  4 bytes, little endian: CRC-32C of marker, length and head
//	head      kind, number, batch, index, length of the body, fields of the kind
//	body      the DUMP of a record, the outcomes of a commit mark, or JSON
//	checksum  4 bytes, little endian: CRC-32C of the head's checksum and the body;
//	          left out with an empty body
//
// Numbers in the head are varints. The marker lets a reader find the next frame
// after damage. It is random so that a value that contains a journal is not
// taken for frames of this one.
const (
	markerLen  = 8
	prefixLen  = markerLen + 4 + 4
	bodySumLen = 4
)

// The kinds of frames that are not records.
const (
	frameCommit byte = 64 + iota
	frameEnd
	frameUndone
	frameHeader
)

const (
	hasDump byte = 1 << iota
	hasNewExpiry
	hasNewName
	hasWrote
)

// frame is one frame. Only a record has rec.
type frame struct {
	kind         byte
	number       uint64 // position in the file, from 0
	batch, index uint64
	rec          Record
	body         []byte
	bodyLen      int64
	at, size     int64 // where it is in the file
}

func (f *frame) isRecord() bool { return f.kind < frameCommit }

// appendFrame appends the encoding of f to b.
func appendFrame(b, marker []byte, f *frame) []byte {
	start := len(b)
	b = append(b, marker...)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	b = append(b, f.kind)
	b = binary.AppendUvarint(b, f.number)
	b = binary.AppendUvarint(b, f.batch)
	b = binary.AppendUvarint(b, f.index)
	b = binary.AppendUvarint(b, uint64(len(f.body)))
	if f.isRecord() {
		b = f.rec.appendFields(b)
	}
	headLen := len(b) - start - prefixLen
	binary.LittleEndian.PutUint32(b[start+markerLen:], uint32(headLen))
	sum := headSum(b[start:])
	binary.LittleEndian.PutUint32(b[start+markerLen+4:], sum)
	if len(f.body) == 0 {
		return b
	}
	b = append(b, f.body...)
	return binary.LittleEndian.AppendUint32(b, bodySum(sum, f.body))
}

func (r *Record) appendFields(b []byte) []byte {
	var flags byte
	if r.Dump != nil {
		flags |= hasDump
	}
	if r.Kind == KindTTL || r.NewExpiry != 0 {
		flags |= hasNewExpiry
	}
	if r.Kind == KindRename {
		flags |= hasNewName
	}
	if r.Wrote.Known() {
		flags |= hasWrote
	}
	b = append(b, flags)
	b = binary.AppendVarint(b, r.Expiry)
	if flags&hasNewExpiry != 0 {
		b = binary.AppendVarint(b, r.NewExpiry)
	}
	if flags&hasWrote != 0 {
		b = append(b, byte(r.Wrote.Of))
		b = append(b, r.Wrote.Sum[:]...)
	}
	if flags&hasNewName != 0 {
		b = binary.AppendUvarint(b, uint64(len(r.NewName)))
		b = append(b, r.NewName...)
	}
	b = binary.AppendUvarint(b, uint64(len(r.Key)))
	return append(b, r.Key...)
}

// headSum is the checksum of the frame that b starts with, of which all but the
// checksum itself is set.
func headSum(b []byte) uint32 {
	sum := crc32.Update(0, castagnoli, b[:markerLen+4])
	n := binary.LittleEndian.Uint32(b[markerLen:])
	return crc32.Update(sum, castagnoli, b[prefixLen:prefixLen+int(n)])
}

func bodySum(head uint32, body []byte) uint32 {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], head)
	return crc32.Update(crc32.Update(0, castagnoli, b[:]), castagnoli, body)
}

var errHead = errors.New("head does not follow the format")

// parseHead reads the head of a frame. What it returns refers to head.
func parseHead(head []byte) (f frame, err error) {
	p := fields{b: head}
	f.kind = p.byte()
	f.number, f.batch, f.index = p.uvarint(), p.uvarint(), p.uvarint()
	n := p.uvarint()
	f.bodyLen = int64(n)
	if f.bodyLen < 0 {
		p.bad = true
	}
	if !f.isRecord() || p.bad {
		return f, p.err()
	}
	r := &f.rec
	r.Kind = Kind(f.kind)
	flags := p.byte()
	r.Expiry = p.varint()
	if flags&hasNewExpiry != 0 {
		r.NewExpiry = p.varint()
	}
	if flags&hasWrote != 0 {
		r.Wrote.Of = DigestOf(p.byte())
		copy(r.Wrote.Sum[:], p.take(uint64(len(r.Wrote.Sum))))
	}
	if flags&hasNewName != 0 {
		r.NewName = p.take(p.uvarint())
	}
	r.Key = p.take(p.uvarint())
	if flags&hasDump != 0 != (f.bodyLen > 0) {
		p.bad = true // no DUMP is empty
	}
	return f, p.err()
}

// fields reads the numbers and texts of a head. Bad is set once one is missing.
type fields struct {
	b   []byte
	bad bool
}

func (p *fields) err() error {
	if p.bad {
		return errHead
	}
	return nil
}

func (p *fields) take(n uint64) []byte {
	if p.bad || n > uint64(len(p.b)) {
		p.bad = true
		return nil
	}
	t := p.b[:n:n]
	p.b = p.b[n:]
	return t
}

func (p *fields) byte() byte {
	if t := p.take(1); len(t) == 1 {
		return t[0]
	}
	return 0
}

func (p *fields) uvarint() uint64 {
	n, size := binary.Uvarint(p.b)
	if p.take(uint64(max(size, 0))); size <= 0 {
		p.bad = true
		return 0
	}
	return n
}

func (p *fields) varint() int64 {
	n, size := binary.Varint(p.b)
	if p.take(uint64(max(size, 0))); size <= 0 {
		p.bad = true
		return 0
	}
	return n
}
