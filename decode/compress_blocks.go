package decode

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/s2"
	"github.com/pierrec/lz4/v4"

	"cacheview/decode/value"
)

// blockRows are the compressions without a signature. They are tried when
// nothing else explains the bytes, and count only when what comes out does
// make sense.
var blockRows = []row{
	{name: "snappy", trust: fair, need: fair, sniff: sniffSnappy, unwrap: unwrapBlock("snappy"), score: blockScore(8), flag: "ambiguous"},
	{name: "s2", trust: fair, need: fair, sniff: sniffS2, unwrap: unwrapBlock("s2"), score: blockScore(8), flag: "ambiguous"},
	{name: "lz4-block", trust: fair, need: fair, sniff: sniffLz4Block, unwrap: unwrapLz4Block, score: blockScore(20), flag: "ambiguous"},
	{name: "lzf", trust: fair, need: fair, sniff: sniffLzf, unwrap: unwrapLzf, score: blockScore(4), flag: "ambiguous"},
	{name: "deflate", trust: fair, need: fair, sniff: sniffDeflate, unwrap: stream("deflate", newFlate), score: blockScore(6), flag: "ambiguous"},
	{name: "brotli", trust: fair, need: fair, sniff: sniffBrotli, unwrap: stream("brotli", newBrotli), score: blockScore(2), flag: "ambiguous"},
}

// blockScore returns the evidence in a block that was used to its last byte:
// header bits for the lengths that fit, and what is inside, but no more than
// the block can hold.
func blockScore(header float64) scorer {
	return func(in *input, out *outcome) (float64, bool) {
		return header + min(out.bits, 1.5*float64(len(in.raw))), false
	}
}

func sniffSnappy(in *input) (string, bool) {
	b := checkSnappy(in.raw)
	return "a whole Snappy block, of the length it announces", b.ok && !b.repeats
}

func sniffS2(in *input) (string, bool) {
	b := checkSnappy(in.raw)
	return "a whole S2 block, of the length it announces", b.ok && b.repeats
}

func unwrapBlock(name string) unwrapper {
	return func(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
		b := checkSnappy(raw)
		if !b.ok {
			return unwrapped{}, &value.Error{Format: name, Kind: value.Corrupt, Detail: "not a whole block"}
		}
		if int64(b.size) > lim.OrDefault().Output {
			return unwrapped{}, &value.Error{Format: name, Kind: value.Limit, Detail: "output is too large"}
		}
		out, err := s2.Decode(nil, raw)
		if err != nil {
			return unwrapped{}, &value.Error{Format: name, Kind: value.Corrupt, Detail: err.Error()}
		}
		return unwrapped{inner: out}, nil
	}
}

// snappyBlock is what checkSnappy learns.
type snappyBlock struct {
	ok      bool // every byte is used, and the output has the announced length
	size    int
	repeats bool // uses repeat offsets, which S2 added to Snappy
}

// checkSnappy walks the elements of a Snappy or S2 block without decoding
// them: the formats of google/snappy's format_description.txt and of
// klauspost/compress/s2.
func checkSnappy(raw []byte) (b snappyBlock) {
	size, n := binary.Uvarint(raw)
	if n <= 0 || size == 0 || size > 1<<32-1 || n == len(raw) {
		return b
	}
	b.size = int(size)
	made := 0
	for s := raw[n:]; len(s) > 0; {
		e := snappyElement(s, made)
		if e.bytes == 0 || e.bytes > len(s) {
			return b
		}
		b.repeats = b.repeats || e.repeat
		made += e.makes
		if made > b.size {
			return b
		}
		s = s[e.bytes:]
	}
	b.ok = made == b.size
	return b
}

// element is one literal or copy of a block: its length in the block, and how
// many bytes it makes. A bad one has no bytes.
type element struct {
	bytes, makes int
	repeat       bool
}

// snappyElement reads the element at the start of s when made bytes are out.
func snappyElement(s []byte, made int) element {
	var ext [5]byte
	copy(ext[:], s)
	tag := int(s[0])
	offset, e := 0, element{}
	switch tag & 3 {
	case 0:
		return literalElement(tag>>2, binary.LittleEndian.Uint32(ext[1:]))
	case 1:
		e = element{bytes: 2, makes: 4 + tag>>2&7}
		if offset = tag&0xe0<<3 | int(ext[1]); offset == 0 {
			return repeatElement(tag>>2&7, binary.LittleEndian.Uint32(append(ext[2:5:5], 0)), made)
		}
	case 2:
		e, offset = element{bytes: 3, makes: 1 + tag>>2}, int(binary.LittleEndian.Uint16(ext[1:]))
	case 3:
		e, offset = element{bytes: 5, makes: 1 + tag>>2}, int(binary.LittleEndian.Uint32(ext[1:]))
	}
	if offset == 0 || offset > made {
		return element{}
	}
	return e
}

func literalElement(n int, ext uint32) element {
	extra := 0
	if n >= 60 {
		extra = n - 59
		n = int(ext & (1<<(8*extra) - 1))
	}
	return element{bytes: 1 + extra + n + 1, makes: n + 1}
}

// repeatElement is S2's copy from the last offset, with its longer lengths.
func repeatElement(code int, ext uint32, made int) element {
	e := element{bytes: 2, repeat: true}
	switch code {
	case 5:
		e.bytes, e.makes = 3, int(ext&0xff)+8
	case 6:
		e.bytes, e.makes = 4, int(ext&0xffff)+1<<8+4
	case 7:
		e.bytes, e.makes = 5, int(ext&0xffffff)+1<<16+4
	default:
		e.makes = code + 4
	}
	if made == 0 {
		return element{}
	}
	return e
}

// sniffLz4Block recognises the form that python-lz4's lz4.block writes: the
// length of the output, 32 bits, before the block.
func sniffLz4Block(in *input) (string, bool) {
	if len(in.raw) < 6 {
		return "", false
	}
	size := int64(binary.LittleEndian.Uint32(in.raw))
	return "a length and an LZ4 block that makes as many bytes", size > 0 && size <= 255*int64(len(in.raw))
}

// unwrapLz4Block reads a block after its length, or when that does not fit a
// block alone, which only a forced chain asks for.
func unwrapLz4Block(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	limit := int(min(lim.OrDefault().Output, 255*int64(len(raw))))
	if len(raw) > 4 {
		if size := int64(binary.LittleEndian.Uint32(raw)); size <= int64(limit) {
			out := make([]byte, size)
			if n, err := lz4.UncompressBlock(raw[4:], out); err == nil && n == int(size) {
				return unwrapped{inner: out}, nil
			}
		}
	}
	for size := 4*len(raw) + 64; ; size *= 4 {
		out := make([]byte, min(size, limit))
		n, err := lz4.UncompressBlock(raw, out)
		if err == nil {
			return unwrapped{inner: out[:n]}, nil
		}
		if size >= limit {
			return unwrapped{}, &value.Error{Format: "lz4-block", Kind: value.Corrupt, Detail: err.Error()}
		}
	}
}

// sniffDeflate looks at the first block of a raw deflate stream (RFC 1951).
func sniffDeflate(in *input) (string, bool) {
	b := in.raw
	if len(b) < 3 || b[0]>>1&3 == 3 {
		return "", false
	}
	if b[0]>>1&3 == 0 && (len(b) < 5 || binary.LittleEndian.Uint16(b[1:]) != ^binary.LittleEndian.Uint16(b[3:])) {
		return "", false
	}
	return "a whole deflate stream without a header", true
}

func sniffBrotli(in *input) (string, bool) {
	return "a whole Brotli stream", len(in.raw) >= 4
}

// newBrotli gives the decoder all input at once: it complains when bytes are
// left.
func newBrotli(r *bytes.Reader, _ value.Limits) (io.Reader, error) { return brotli.NewReader(r), nil }
