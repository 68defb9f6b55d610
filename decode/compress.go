package decode

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"cacheview/decode/value"
)

// compressRows are the compressions with a signature.
var compressRows = []row{
	{name: "gzip", trust: certain, sniff: magic("\x1f\x8b\x08"), unwrap: unwrapGzip},
	{name: "zstd", trust: certain, sniff: magic("\x28\xb5\x2f\xfd"), unwrap: stream("zstd", newZstd)},
	{name: "xz", trust: certain, sniff: magic("\xfd7zXZ\x00"), unwrap: stream("xz", newXz)},
	{name: "bz2", trust: certain, sniff: sniffBzip2, unwrap: stream("bz2", newBzip2)},
	{name: "lz4", trust: certain, sniff: magic("\x04\x22\x4d\x18"), unwrap: stream("lz4", newLz4)},
	{name: "snappy-framed", trust: certain, sniff: magic("\xff\x06\x00\x00sNaPpY"), unwrap: stream("snappy-framed", newS2)},
	{name: "s2-framed", trust: certain, sniff: magic("\xff\x06\x00\x00S2sTwO"), unwrap: stream("s2-framed", newS2)},
	{name: "zlib", trust: sound, sniff: sniffZlib, unwrap: stream("zlib", newZlib)},
	{name: "lzma", trust: sound, sniff: sniffLzma, unwrap: stream("lzma", newLzma)},
}

// magic is a sniffer for a fixed signature.
func magic(signature string) func(*input) (string, bool) {
	return func(in *input) (string, bool) {
		return "signature at the start", bytes.HasPrefix(in.raw, []byte(signature))
	}
}

func sniffBzip2(in *input) (string, bool) {
	b := in.raw
	ok := len(b) >= 10 && string(b[:3]) == "BZh" && b[3] >= '1' && b[3] <= '9' &&
		(string(b[4:10]) == "1AY&SY" || string(b[4:10]) == "\x17\x72\x45\x38\x50\x90")
	return "signature at the start", ok
}

// sniffZlib checks the header of RFC 1950: method 8, window of at most 32 KB,
// no preset dictionary, and a check that one header in 31 passes by accident.
func sniffZlib(in *input) (string, bool) {
	b := in.raw
	ok := len(b) >= 2 && b[0]&0x0f == 8 && b[0]>>4 <= 7 && b[1]&0x20 == 0 && binary.BigEndian.Uint16(b)%31 == 0
	return "zlib header, and it inflates", ok
}

// sniffLzma checks the header of an .lzma file: the usual properties, a
// dictionary of 2^n or 2^n+2^(n-1) bytes, a length that is plausible or left
// open.
func sniffLzma(in *input) (string, bool) {
	b := in.raw
	if len(b) < 14 || b[0] != 0x5d {
		return "", false
	}
	dict, size := binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint64(b[5:])
	round := bits.OnesCount32(dict) == 1 || bits.OnesCount32(dict) == 2 && dict&(dict<<1) != 0
	return "LZMA header, and it decompresses", round && (size == 1<<64-1 || size < 1<<38) && b[13] == 0
}

// opener starts a decompressor over r.
type opener func(r *bytes.Reader, lim value.Limits) (io.Reader, error)

// stream makes an unwrapper of a decompressor that ends at its own end.
func stream(name string, open opener) unwrapper {
	return func(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
		src := bytes.NewReader(raw)
		r, err := open(src, lim)
		if err != nil {
			return unwrapped{}, streamError(name, len(raw)-src.Len(), err, src.Len() == 0)
		}
		out, err := drain(r, len(raw), lim)
		if c, ok := r.(interface{ Close() }); ok {
			c.Close()
		}
		un := unwrapped{inner: out, rest: src.Len()}
		if err != nil {
			return un, streamError(name, len(raw)-src.Len(), err, src.Len() == 0)
		}
		return un, nil
	}
}

// errOutput says that a decompression made more than it may.
var errOutput = errors.New("output is too large")

// drain reads r to its end, or to the limit on output.
func drain(r io.Reader, size int, lim value.Limits) ([]byte, error) {
	limit := int(lim.OrDefault().Output)
	out := make([]byte, 0, min(4*size+512, limit+1, 1<<20))
	for {
		if len(out) > limit || len(out) >= keptOfCut && lim.Meter.Late() {
			return out[:min(len(out), limit)], errOutput
		}
		if len(out) == cap(out) {
			grown := make([]byte, len(out), min(2*cap(out), limit+1))
			copy(grown, out)
			out = grown
		}
		n, err := r.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		if err == io.EOF {
			if len(out) > limit {
				return out[:limit], errOutput
			}
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}

// streamError names what a decompressor complained about. spent says that it
// had read all its input.
func streamError(name string, off int, err error, spent bool) *value.Error {
	e := &value.Error{Format: name, Kind: value.Corrupt, Offset: off, Detail: err.Error()}
	var dict *lzma.ErrDictSize
	switch {
	case errors.Is(err, errOutput), errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded),
		errors.As(err, &dict):
		e.Kind = value.Limit
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zlib.ErrChecksum), errors.Is(err, zstd.ErrCRCMismatch),
		errors.Is(err, lz4.ErrInvalidFrameChecksum), errors.Is(err, lz4.ErrInvalidBlockChecksum), errors.Is(err, s2.ErrCRC),
		isBzip2Checksum(err):
		e.Kind = value.Checksum
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), spent && isShort(err):
		e.Kind = value.Truncated
	case errors.Is(err, zstd.ErrUnknownDictionary):
		e.Kind = value.NeedsSchema
	}
	return e
}

func isBzip2Checksum(err error) bool {
	var s bzip2.StructuralError
	return errors.As(err, &s) && string(s) == "checksum mismatch"
}

// isShort reports whether an error that came when all input was read means
// that there should have been more. The xz and lzma readers have no value for
// it.
func isShort(err error) bool {
	return bytes.Contains([]byte(err.Error()), []byte("EOF"))
}

func newZlib(r *bytes.Reader, _ value.Limits) (io.Reader, error) { return zlib.NewReader(r) }

func newFlate(r *bytes.Reader, _ value.Limits) (io.Reader, error) { return flate.NewReader(r), nil }

func newBzip2(r *bytes.Reader, _ value.Limits) (io.Reader, error) { return bzip2.NewReader(r), nil }

func newLz4(r *bytes.Reader, _ value.Limits) (io.Reader, error) {
	return lz4.NewReader(r), nil
}

func newS2(r *bytes.Reader, _ value.Limits) (io.Reader, error) { return s2.NewReader(r), nil }

// maxWindow is the largest dictionary a decompressor may keep: what the
// strongest usual settings (xz -9) ask for.
const maxWindow = 64 << 20

func newZstd(r *bytes.Reader, lim value.Limits) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(uint64(lim.OrDefault().Output)))
}

func newLzma(r *bytes.Reader, _ value.Limits) (io.Reader, error) {
	return lzma.ReaderConfig{DictCap: maxWindow}.NewReader(r)
}

// newXz refuses a first block whose dictionary is larger than maxWindow; the
// reader would allocate it before the first byte.
func newXz(r *bytes.Reader, _ value.Limits) (io.Reader, error) {
	var head [32]byte
	n, _ := r.ReadAt(head[:], 12)
	if i := bytes.Index(head[:n], []byte{0x21, 0x01}); i >= 2 && i+2 < n {
		if size, err := lzma.DecodeDictCap(head[i+2]); err == nil && size > maxWindow {
			return nil, &lzma.ErrDictSize{Message: "dictionary is too large"}
		}
	}
	return xz.NewReader(r)
}

// unwrapGzip reads all members of a gzip file; what follows them is rest.
func unwrapGzip(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	src := bytes.NewReader(raw)
	var un unwrapped
	lim = lim.OrDefault()
	r, err := gzip.NewReader(src)
	for err == nil {
		r.Multistream(false)
		var out []byte
		out, err = drain(r, len(raw), lim)
		lim.Output -= int64(len(out))
		if un.inner == nil {
			un.inner = out
		} else {
			un.inner = append(un.inner, out...)
		}
		if err != nil {
			break
		}
		if un.rest = src.Len(); !bytes.HasPrefix(raw[len(raw)-un.rest:], []byte("\x1f\x8b\x08")) {
			return un, nil
		}
		err = r.Reset(src)
	}
	return un, streamError("gzip", len(raw)-src.Len(), err, src.Len() == 0)
}
