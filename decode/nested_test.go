package decode_test

import (
	"slices"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

func TestNested(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		v    value.Value
		want []string // layers, nil when it stays what it is
	}{
		{"json object", text(`{"x": [1]}`), []string{"json"}},
		{"base64 of json", text("eyJ1c2VyIjo3LCJleHAiOjE3MDAwMDAwMDB9"), []string{"base64", "json"}},
		{"pickle in bytes", value.NewBytes("\x80\x04K\x01."), []string{"pickle4"}},
		{"msgpack in bytes", value.NewBytes("\x81\xa1a\x01"), []string{"msgpack"}},
		{"quoted word", text(`"word"`), nil},
		{"sentence", text("hello there"), nil},
		{"digits", text("12345"), nil},
		{"word of base64 letters", text("helloworld12"), nil},
		{"number", value.NewInt(5), nil},
		{"date", text("2024-01-01").WithTag("date"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, ok := decode.DecodeNested(tt.v, decode.Options{})
			if ok != (tt.want != nil) || !slices.Equal(r.Names(), tt.want) && ok {
				t.Errorf("layers %q (%v), want %q", r.Names(), ok, tt.want)
			}
		})
	}
}
