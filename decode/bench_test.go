package decode_test

import (
	"encoding/json"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

func BenchmarkDecode(b *testing.B) {
	jsonRows := rows(1000)
	for _, tt := range []struct {
		name string
		raw  []byte
	}{
		{"flask-caching string", []byte("!\x80\x04\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x11Square of 4 is 16\x94.")},
		{"counter", []byte("12345")},
		{"text 8 KB", rows(150)[1:]},
		{"json 1000 rows", jsonRows},
		{"zlib json 1000 rows", compressors(b)["zlib"](jsonRows)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.SetBytes(int64(len(tt.raw)))
			b.ReportAllocs()
			for b.Loop() {
				decode.Decode(tt.raw, decode.Options{})
			}
		})
	}
	b.Run("encoding/json for comparison", func(b *testing.B) {
		b.SetBytes(int64(len(jsonRows)))
		b.ReportAllocs()
		for b.Loop() {
			var v any
			if err := json.Unmarshal(jsonRows, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRender(b *testing.B) {
	raw := rows(1000)
	v := decode.Decode(raw, decode.Options{}).Value
	b.Run("json", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			dst, _ = decode.AppendJSON(dst[:0], v, value.Limits{})
		}
	})
	b.Run("text", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			dst = decode.AppendText(dst[:0], v, decode.TextOptions{})
		}
	})
	b.Run("literal of 80 runes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decode.Literal(v, 80)
		}
	})
	b.Run("printable ascii", func(b *testing.B) {
		s := string(raw[:2000])
		b.SetBytes(int64(len(s)))
		b.ReportAllocs()
		for b.Loop() {
			decode.Printable(s)
		}
	})
}
