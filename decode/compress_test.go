package decode_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"cacheview/decode"
	"cacheview/decode/value"
)

// compressors write each compression as programs do.
func compressors(t testing.TB) map[string]func([]byte) []byte {
	stream := func(open func(io.Writer) (io.WriteCloser, error)) func([]byte) []byte {
		return func(raw []byte) []byte {
			var out bytes.Buffer
			w, err := open(&out)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(raw); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}
	}
	return map[string]func([]byte) []byte{
		"gzip":          stream(func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }),
		"zlib":          stream(func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil }),
		"deflate":       stream(func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) }),
		"zstd":          stream(func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }),
		"xz":            stream(func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }),
		"lzma":          stream(func(w io.Writer) (io.WriteCloser, error) { return lzma.NewWriter(w) }),
		"lz4":           stream(func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil }),
		"brotli":        stream(func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil }),
		"snappy-framed": stream(func(w io.Writer) (io.WriteCloser, error) { return s2.NewWriter(w, s2.WriterSnappyCompat()), nil }),
		"s2-framed":     stream(func(w io.Writer) (io.WriteCloser, error) { return s2.NewWriter(w), nil }),
		"snappy":        func(raw []byte) []byte { return s2.EncodeSnappy(nil, raw) },
		"s2":            func(raw []byte) []byte { return s2.Encode(nil, raw) },
	}
}

// rows is JSON that every compression makes shorter.
func rows(n int) []byte {
	return []byte("[" + strings.Repeat(`{"id":7,"name":"Lampe à poser","tags":["new","sale"]},`, n) + "0]")
}

func TestCompressions(t *testing.T) {
	t.Parallel()
	for name, compress := range compressors(t) {
		for _, n := range []int{3, 40, 20_000} {
			raw := rows(n)
			packed := compress(raw)
			r := decode.Decode(packed, decode.Options{})
			if got := strings.Join(r.Names(), " > "); got != name+" > json" {
				t.Errorf("%s of %d rows: layers %s (%v)", name, n, got, r.Err)
			}
			if !bytes.Equal(r.Inner, raw) {
				t.Errorf("%s of %d rows: %d bytes came out, not the %d that went in", name, n, len(r.Inner), len(raw))
			}
		}
	}
}

// TestBombs checks that output is limited, that the first part is shown, and
// that the error says so. Blocks announce their length and make nothing.
func TestBombs(t *testing.T) {
	t.Parallel()
	bomb := bytes.Repeat([]byte("0123456789 "), 1<<20)
	for name, compress := range compressors(t) {
		packed := compress(bomb)
		r := decode.Decode(packed, decode.Options{As: name, Limits: value.Limits{Output: 100_000}})
		if r.Err == nil || r.Err.Kind != value.Limit {
			t.Errorf("%s: error %v, want a limit", name, r.Err)
		}
		if len(r.Inner) > 100_000 {
			t.Errorf("%s: %d bytes came out", name, len(r.Inner))
		}
		if name != "snappy" && name != "s2" && !bytes.HasPrefix(bomb, r.Inner) {
			t.Errorf("%s: the first part is not what went in", name)
		}
	}
}

func TestDamagedCompressions(t *testing.T) {
	t.Parallel()
	raw := rows(40)
	for name, compress := range compressors(t) {
		packed := compress(raw)
		cut := decode.Decode(packed[:len(packed)*3/4], decode.Options{As: name})
		if cut.Err == nil || cut.Err.Kind == value.Limit {
			t.Errorf("%s cut off: error %v", name, cut.Err)
		}
		if !bytes.HasPrefix(raw, cut.Inner) {
			t.Errorf("%s cut off: %.40q was not in it", name, cut.Inner)
		}
	}
}

func TestChecksumLeavesTheValue(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"gzip", "zlib"} {
		packed := compressors(t)[name](rows(3))
		packed[len(packed)-5] ^= 1 // in the sum, before gzip's length
		if name == "zlib" {
			packed[len(packed)-5] ^= 1
			packed[len(packed)-1] ^= 1
		}
		r := decode.Decode(packed, decode.Options{})
		if r.Err == nil || r.Err.Kind != value.Checksum {
			t.Errorf("%s: error %v, want a checksum", name, r.Err)
		}
		if got := strings.Join(r.Names(), " > "); got != name+" > json" || r.Value.Len() != 4 {
			t.Errorf("%s: layers %s, %d items", name, got, r.Value.Len())
		}
	}
}

func TestBytesAfterCompression(t *testing.T) {
	t.Parallel()
	packed := append(compressors(t)["gzip"](rows(3)), "more"...)
	r := decode.Decode(packed, decode.Options{})
	if r.TrailingBytes != 4 || len(r.Flags) != 1 || r.Flags[0] != "trailing-bytes" {
		t.Errorf("rest %d, flags %q", r.TrailingBytes, r.Flags)
	}
}
