package decode_test

import (
	"slices"
	"strings"
	"testing"

	"cacheview/decode"
)

// TestRecognises has the readings that are easy to confuse: what bytes look
// like at first is not always what they are.
func TestRecognises(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, raw, key string
		chain          string
		flags          string
	}{
		{name: "nothing", raw: "", chain: "empty"},
		{name: "counter", raw: "42", chain: "ascii-int"},
		{name: "negative counter", raw: "-42", chain: "ascii-int"},
		{name: "zero", raw: "0", chain: "ascii-int"},
		{name: "leading zero", raw: "0042", chain: "text"},
		{name: "minus zero", raw: "-0", chain: "text"},
		{name: "minus", raw: "-", chain: "text"},
		{name: "float", raw: "3.14", chain: "text"},
		{name: "counter of flask-caching", raw: "3", key: "flask_cache_hits", chain: "flask-caching > ascii-int"},
		{name: "old text of flask-caching", raw: "plain", key: "flask_cache_x", chain: "flask-caching > text"},
		{name: "bang text", raw: "!important", chain: "text"},
		{name: "bang pickle", raw: "!\x80\x04K\x05.", chain: "flask-caching > pickle4"},
		{name: "bang pickle cut off", raw: "!\x80\x04\x95\x05\x00\x00", chain: "flask-caching > pickle4"},
		{name: "protocol 2 is no msgpack", raw: "\x80\x02}q\x00.", chain: "pickle2"},
		{name: "json word", raw: "true", chain: "json"},
		{name: "python word", raw: "True", chain: "text"},
		{name: "json with space around", raw: " [1]\n", chain: "json"},
		{name: "python's nan", raw: `{"a": NaN, "b": -Infinity}`, chain: "json"},
		{name: "json cut off", raw: `{"a": 1`, chain: "text"},
		{name: "json and more", raw: `{"a": 1} x`, chain: "text"},
		{name: "trailing comma", raw: `[1,]`, chain: "text"},
		{name: "ndjson", raw: "{\"a\":1}\n{\"a\":2}\n", chain: "ndjson"},
		{name: "bracketed lines", raw: "[info] a\n[info] b\n", chain: "text"},
		{name: "two values on a line", raw: "{}\n{} {}\n", chain: "text"},
		{name: "tiny pickle or text", raw: "N.", chain: "text", flags: "ambiguous"},
		{name: "short pickle 0", raw: "I7\n.", chain: "pickle0", flags: "ambiguous"},
		{name: "pickle 0", raw: "I1234\n.", chain: "pickle0"},
		{name: "sentence with a dot", raw: "Nothing to see.", chain: "text"},
		{name: "x^2 is no zlib", raw: "x^2 + y^2", chain: "text"},
		{name: "base64 word", raw: "aGVsbG8gd29ybGQ=", chain: "text"},
		{name: "base64 of json", raw: "eyJhIjogWzEsIDIsIDNdfQ==", chain: "base64 > json"},
		{name: "base64url of json", raw: "eyJhIjoiPz8_In0", chain: "base64 > json"},
		{name: "session id", raw: "kAABgQECkAABgQEC", chain: "text"},
		{name: "escape in text", raw: "red \x1b[31malert\x1b[0m text", chain: "text", flags: "control-chars"},
		{name: "reordered text", raw: "a\u202eb", chain: "text", flags: "control-chars"},
		{name: "latin-1", raw: "caf\xe9", chain: "binary"},
		{name: "nul bytes", raw: "ab\x00\x00\xff", chain: "binary"},
		{name: "msgpack map", raw: "\x81\xa1a\x01", chain: "msgpack", flags: "ambiguous"},
		{name: "longer msgpack map", raw: "\x82\xa2id\x01\xa4name\xa3Ada", chain: "msgpack"},
		{name: "count and number before a value", raw: "\x00\x00\x00\x02\x07\x20", chain: "igbinary", flags: "ambiguous"},
		{name: "two bytes that are a C1 control", raw: "\xc2\x88", chain: "binary"},
		{name: "unassigned extension alone", raw: "\xd6\x06paDW", chain: "binary", flags: "ambiguous"},
		{name: "msgpack nil", raw: "\xc0", chain: "binary", flags: "ambiguous"},
		{name: "msgpack nil of Django", raw: "\xc0", key: ":1:x", chain: "msgpack", flags: "ambiguous"},
		{name: "msgpack text", raw: "\xa5short", chain: "msgpack", flags: "ambiguous"},
		{name: "cbor array", raw: "\x83\x01\x02\x03", chain: "cbor", flags: "ambiguous"},
		{name: "cbor that says so", raw: "\xd9\xd9\xf7\x83\x01\x02\x03", chain: "cbor"},
		{name: "zlib header only", raw: "x\x9cnot really zlib data", chain: "binary"},
		{name: "png", raw: "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", chain: "binary"},
		{name: "hyperloglog", raw: "HYLL\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x7f", chain: "hyperloglog"},
		{name: "word starting like it", raw: "HYLL", chain: "text"},
		{name: "schema registry", raw: "\x00\x00\x00\x00\x07\x02\x06abc", chain: "confluent-wire", flags: "ambiguous"},
		{name: "schema registry, json", raw: "\x00\x00\x00\x00\x07{\"a\":1}", chain: "confluent-wire > json", flags: "ambiguous"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := decode.Decode([]byte(tt.raw), decode.Options{Key: []byte(tt.key)})
			if got := strings.Join(r.Names(), " > "); got != tt.chain {
				t.Errorf("layers %s, want %s", got, tt.chain)
			}
			if got := strings.Join(r.Flags, " "); got != tt.flags {
				t.Errorf("flags %q, want %q", got, tt.flags)
			}
		})
	}
}

func TestForcedChain(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, as, chain, want, kind string }{
		{"number as text", "42", "text", "text", `"42"`, ""},
		{"text as pickle", "N.", "pickle", "pickle0", "None", ""},
		{"any pickle name", "\x80\x04N.", "pickle2", "pickle4", "None", ""},
		{"chain", "W10=", "base64,json", "base64 > json", "[]", ""},
		{"wrapper alone sniffs the rest", "NDI=", "base64", "base64 > ascii-int", "42", ""},
		{"protobuf", "\x08\x96\x01\x12\x02hi", "protobuf", "protobuf", `{1: 150, 2: "hi"}`, ""},
		{"cut json keeps what there is", `{"a": [1, 2`, "json", "json", `{"a": [1, 2]}`, "truncated"},
		{"wrong format", "hello", "gzip", "gzip", `""`, "truncated"},
		{"unknown name", "hello", "nosuch", "", `"hello"`, "unsupported-protocol"},
		{"inside no wrapper", "[]", "json,gzip", "json", "[]", "corrupt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := decode.Decode([]byte(tt.raw), decode.Options{As: tt.as})
			if got := strings.Join(r.Names(), " > "); got != tt.chain {
				t.Errorf("layers %s, want %s", got, tt.chain)
			}
			if got := decode.Literal(r.Value, 80); got != tt.want {
				t.Errorf("value %s, want %s", got, tt.want)
			}
			kind := ""
			if r.Err != nil {
				kind = string(r.Err.Kind)
			}
			if kind != tt.kind {
				t.Errorf("error %v, want kind %q", r.Err, tt.kind)
			}
		})
	}
}

func TestDetailNamesMedia(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, want string }{
		{"png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x80\x00\x00\x01\xe0", "PNG image, 640x480"},
		{"gif", "GIF89a\x0a\x00\x05\x00\xff\x00", "GIF image, 10x5"},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x0b\x08\x00\x05\x00\x0a\x01\x01\x11\x00", "JPEG image, 10x5"},
		{"webp", "RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x09\x00\x00\x04\x00\x00", "WebP image, 10x5"},
		{"pdf", "%PDF-1.7\n\xff\xfe", "PDF document"},
		{"html", "<!DOCTYPE html><p>hi", "HTML document"},
		{"xml", "<?xml version='1.0'?><a/>", "XML document"},
		{"svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG image"},
		{"plain", "1 < 2", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := decode.Decode([]byte(tt.raw), decode.Options{})
			if got := r.Layers[0].Detail; got != tt.want {
				t.Errorf("detail %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFormatsAreNamedOnce(t *testing.T) {
	t.Parallel()
	names := decode.Formats()
	sorted := slices.Sorted(slices.Values(names))
	if len(slices.Compact(sorted)) != len(names) {
		t.Errorf("a name is listed twice: %q", names)
	}
}
