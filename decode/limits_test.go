package decode_test

import (
	"bytes"
	"compress/gzip"
	"runtime"
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

func gzipped(t *testing.T, raw []byte, times int) []byte {
	t.Helper()
	for range times {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		raw = b.Bytes()
	}
	return raw
}

// TestDecode_LimitsAreNamed reaches each limit on the way to a value, and the
// last step before it.
func TestDecode_LimitsAreNamed(t *testing.T) {
	t.Parallel()
	nested := func(open, end string, n int) []byte { return []byte(strings.Repeat(open, n) + strings.Repeat(end, n)) }
	for _, tt := range []struct {
		name  string
		raw   []byte
		layer string // the innermost
		want  string // in the error; "" for none
	}{
		{"16 layers", gzipped(t, []byte(`{"a":1}`), 16), "json", ""},
		{"17 layers", gzipped(t, []byte(`{"a":1}`), 17), "binary", "more than 16 layers"},
		{"JSON of 40,000 levels", nested("[", "]", 40_000), "json", ""},
		{"JSON of 60,000 levels", nested("[", "]", 60_000), "text", "nested too deep"},
		{"objects of 60,000 levels", append(nested(`{"a":`, "", 60_000), "1"+strings.Repeat("}", 60_000)...), "text", "nested too deep"},
		{"MessagePack of 60,000 levels", append(bytes.Repeat([]byte{0x81, 1}, 60_000), 0xc0), "binary", "nested too deep"},
		{"CBOR of 60,000 levels", append(bytes.Repeat([]byte{0x81}, 60_000), 0xf6), "binary", "nested too deep"},
	} {
		r := decode.Decode(tt.raw, decode.Options{})
		switch names := r.Names(); {
		case names[len(names)-1] != tt.layer:
			t.Errorf("%s: read as %v, want %s", tt.name, names, tt.layer)
		case tt.want == "" && r.Err != nil:
			t.Errorf("%s: %v", tt.name, r.Err)
		case tt.want != "" && (r.Err == nil || r.Err.Kind != value.Limit || !strings.Contains(r.Err.Error(), tt.want)):
			t.Errorf("%s: error %v, want a limit with %q", tt.name, r.Err, tt.want)
		}
	}
}

// TestDecode_SmallBombsStayCheap compresses what would make many values, and
// bounds what is made of it.
func TestDecode_SmallBombsStayCheap(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"empty lists": "[" + strings.Repeat("[],", 8<<20) + "1]",
		"records":     "[" + strings.Repeat(`{"a":1},`, 3<<20) + "1]",
		"pickle":      "\x80\x02](" + strings.Repeat("]", 20<<20) + "e.",
		"CBOR":        strings.Repeat("\x81", 20<<20) + "\xf6",
	} {
		r := decode.Decode(gzipped(t, []byte(raw), 1), decode.Options{})
		if r.Err == nil || r.Err.Kind != value.Limit {
			t.Errorf("%s: error %v, want a limit", name, r.Err)
		}
		out, _ := decode.AppendJSON(nil, r.Value, r.RenderLimits())
		if len(out) > 20<<20 {
			t.Errorf("%s: %d bytes of JSON", name, len(out))
		}
	}
}

// TestDecode_ManySmallFieldsStayCheap reads bytes that are also millions of
// fields of a message, none of which says anything.
func TestDecode_ManySmallFieldsStayCheap(t *testing.T) {
	for name, raw := range map[string][]byte{
		"maps":   bytes.Repeat([]byte{0x81, 1}, 1<<20),
		"fields": bytes.Repeat([]byte{0xc1, 1}, 1<<20),
		"texts":  append([]byte{0x0a, 3, 'a', 'b', 'c'}, bytes.Repeat([]byte{0x10, 0x81, 1}, 1<<20)...),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		decode.Decode(raw, decode.Options{})
		runtime.ReadMemStats(&after)
		if made := after.TotalAlloc - before.TotalAlloc; made > 200<<20 {
			t.Errorf("%s: %d MB made", name, made>>20)
		}
	}
}
