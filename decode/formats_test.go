package decode_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/vmihailenco/msgpack/v5"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cacheview/decode"
	"cacheview/decode/value"
)

// reading returns the reading form of raw read as a format.
func reading(t *testing.T, raw []byte, as string) string {
	t.Helper()
	r := decode.Decode(raw, decode.Options{As: as})
	if r.Err != nil {
		t.Fatalf("%s of %q: %v", as, raw, r.Err)
	}
	out, err := decode.AppendJSON(nil, r.Value, value.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestScalarsOfFormats(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, as, raw, want string }{
		{"json escapes", "json", `"\u00e9\n\ud83d\ude00\/"`, `"é\n😀/"`},
		{"json lone surrogate", "json", `"a\ud800"`, `{"$wtf8":"Ye2ggA=="}`},
		{"json big integer", "json", `12345678901234567890123`, `{"$int":"12345678901234567890123"}`},
		{"json 2^53", "json", `[9007199254740991,9007199254740992]`, `[9007199254740991,{"$int":"9007199254740992"}]`},
		{"json floats", "json", `[1.0,1e2,-0.5,1E400]`, `[1.0,1e2,-0.5,{"$decimal":"1E400"}]`},
		{"json not a number", "json", `[NaN,-Infinity]`, `[{"$float":"nan"},{"$float":"-inf"}]`},
		{"json same key twice", "json", `{"a":1,"a":2}`, `{"$dict":[["a",1],["a",2]]}`},
		{
			"json keeps digits", "json", `[1.10,1E+2,0.1000000000000000000,1e22,5e-324,-0,-0.0,-0e5,0.30000000000000004]`,
			`[1.10,1E+2,0.1000000000000000000,1e22,5e-324,-0,-0.0,-0e5,0.30000000000000004]`,
		},
		{
			"json decimals", "json", `[1.123456789012345678,1e-400,1.0000000000000000000001,0.1000000000000000055511151231257827,-1e999]`,
			`[{"$decimal":"1.123456789012345678"},{"$decimal":"1e-400"},{"$decimal":"1.0000000000000000000001"},` +
				`{"$decimal":"0.1000000000000000055511151231257827"},{"$decimal":"-1e999"}]`,
		},
		{
			"json key twice after eight", "json", `{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"c":2}`,
			`{"$dict":[["a",1],["b",1],["c",1],["d",1],["e",1],["f",1],["g",1],["h",1],["i",1],["c",2]]}`,
		},
		{"json dollar key", "json", `{"$oid":"x"}`, `{"$dict":[["$oid","x"]]}`},
		{"json order", "json", `{"z":1,"a":2}`, `{"z":1,"a":2}`},
		{"json controls stay escaped", "json", `"\u001b[31m\u202e"`, `"\u001b[31m\u202e"`},
		{
			"msgpack integers", "msgpack", "\x95\x7f\xff\xd1\x80\x00\xcd\xff\xff\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
			`[127,-1,-32768,65535,{"$int":"18446744073709551615"}]`,
		},
		{"msgpack text that is no utf-8", "msgpack", "\x91\xa2\xff\xfe", `[{"$bytes":"//4="}]`},
		{
			"msgpack time", "msgpack", "\x92\xd6\xff\x65\x53\xf1\x00\xc7\x0c\xff\x00\x00\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff",
			`[{"$datetime":"2023-11-14T22:13:20Z"},{"$datetime":"1969-12-31T23:59:59.000000001Z"}]`,
		},
		{"msgpack extension", "msgpack", "\xd4\x05\x01", `{"$ext":[5,"AQ=="]}`},
		{"msgpack map of integers", "msgpack", "\x81\x01\x02", `{"$dict":[[1,2]]}`},
		{"msgpackr record", "msgpack", "\xd4\x72\x41\x92\xa1a\xa1b\x01\x02", `{"a":1,"b":2}`},
		{
			"msgpackr nested records", "msgpack", "\x92\xd4\x72\x40\x91\xa1a\xd4\x72\x41\x91\xa1b\x05\x40\x41\x06",
			`[{"a":{"b":5}},{"a":{"b":6}}]`,
		},
		{
			"cbor integers", "cbor", "\x84\x18\x64\x20\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x3b\xff\xff\xff\xff\xff\xff\xff\xff",
			`[100,-1,{"$int":"18446744073709551615"},{"$int":"-18446744073709551616"}]`,
		},
		{"cbor floats", "cbor", "\x84\xf9\x3c\x00\xfa\x3f\xc0\x00\x00\xf9\x7e\x00\xf9\xfc\x00", `[1.0,1.5,{"$float":"nan"},{"$float":"-inf"}]`},
		{
			"cbor epoch", "cbor", "\x82\xc1\x1a\x65\x53\xf1\x00\xc1\xfb\x41\xd9\x54\xfc\x40\x20\x00\x00",
			`[{"$datetime":"2023-11-14T22:13:20Z"},{"$datetime":"2023-11-14T22:13:20.500Z"}]`,
		},
		{"cbor date text", "cbor", "\xc0\x742013-03-21T20:04:00Z", `{"$datetime":"2013-03-21T20:04:00Z"}`},
		{"cbor indefinite bytes", "cbor", "\x5f\x41a\x41b\xff", `{"$bytes":"YWI="}`},
		{"cbor simple value", "cbor", "\x81\xf0", `[{"$simple":16}]`},
		{"bson regular expression", "bson", "\x0d\x00\x00\x00\x0br\x00a+\x00i\x00\x00", `{"r":{"$regexp":"a+","flags":"i"}}`},
		{"ndjson", "ndjson", "{\"a\":1}\n\n[2]\n", `[{"a":1},[2]]`},
		{"protobuf message in a message", "protobuf", "\x0a\x02\x08\x01", `{"$dict":[[1,{"$dict":[[1,1]]}]]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := reading(t, []byte(tt.raw), tt.as); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestErrorsSayWhere(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, as, raw string
		kind          value.ErrorKind
		offset        int
		path          string
	}{
		{"json cut in a string", "json", `{"a": [1, "x`, value.Truncated, 10, ".a[1]"},
		{"json bad word", "json", `[1, nul!]`, value.Corrupt, 4, "[1]"},
		{"json leading zero", "json", `[01]`, value.Corrupt, 1, "[0]"},
		{"json control in a string", "json", "\"a\nb\"", value.Corrupt, 2, ""},
		{"json not utf-8", "json", "\"a\xff\"", value.Corrupt, 2, ""},
		{"msgpack cut", "msgpack", "\x92\x01\x81\xa1k\xa5ab", value.Truncated, 5, "[1].k"},
		{"msgpack no type", "msgpack", "\x91\xc1", value.Corrupt, 1, "[0]"},
		{"msgpack huge count", "msgpack", "\xdd\xff\xff\xff\xff\x01", value.Truncated, 6, "[1]"},
		{"cbor huge string", "cbor", "\x5b\x7f\xff\xff\xff\xff\xff\xff\xff\x01", value.Truncated, 0, ""},
		{"cbor break out of place", "cbor", "\x82\x01\xff", value.Corrupt, 2, "[1]"},
		{"bson cut", "bson", "\x0c\x00\x00\x00\x10a\x00\x01", value.Truncated, 4, ".a"},
		{"nested too deep", "json", strings.Repeat("[", 60_000), value.Limit, 50_000, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := decode.Decode([]byte(tt.raw), decode.Options{As: tt.as}).Err
			if err == nil {
				t.Fatal("no error")
			}
			if err.Kind != tt.kind || err.Offset != tt.offset || tt.path != "" && err.Path != tt.path {
				t.Errorf("%v; want %s at %d in %q", err, tt.kind, tt.offset, tt.path)
			}
		})
	}
}

// randomTree makes plain data for comparisons with other implementations.
func randomTree(r *rand.Rand, depth int) any {
	n := 8
	if depth > 0 {
		n = 10
	}
	switch r.IntN(n) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return int64(r.Uint64())
	case 3:
		return int64(r.IntN(300) - 150)
	case 4:
		return r.NormFloat64() * math.Pow(10, float64(r.IntN(40)-20))
	case 5:
		return strings.Repeat("é<\x1b\u202e\"", r.IntN(80))
	case 6:
		return []byte(strings.Repeat("\x00\xff", r.IntN(200)))
	case 7:
		return "plain"
	case 8:
		list := make([]any, r.IntN(20))
		for i := range list {
			list[i] = randomTree(r, depth-1)
		}
		return list
	}
	m := map[string]any{}
	for range r.IntN(20) {
		m[strings.Repeat("k", r.IntN(40))] = randomTree(r, depth-1)
	}
	return m
}

// TestAgreesWithOtherImplementations writes random trees with the libraries
// that real programs use, and reads them back.
func TestAgreesWithOtherImplementations(t *testing.T) {
	t.Parallel()
	encoders := map[string]func(any) ([]byte, error){
		"msgpack": msgpack.Marshal,
		"cbor":    cbor.Marshal,
		"bson": func(v any) ([]byte, error) {
			return bson.Marshal(bson.M{"v": v})
		},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		tree := randomTree(r, 4)
		for name, encode := range encoders {
			raw, err := encode(tree)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want := expectedReading(tree)
			if name == "bson" {
				want = map[string]any{"v": want}
			}
			wantJSON, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			if got := reading(t, raw, name); !sameReading(t, []byte(got), wantJSON) {
				t.Fatalf("%s of % x\n%s\nwant\n%s", name, raw, got, wantJSON)
			}
		}
	}
}

// floatText is a float as the reading form writes it.
type floatText float64

func (f floatText) MarshalJSON() ([]byte, error) {
	out, err := decode.AppendJSON(nil, value.NewFloat(float64(f)), value.Limits{})
	return out, err
}

func expectedReading(v any) any {
	switch v := v.(type) {
	case int64:
		if v > 1<<53-1 || v < -(1<<53-1) {
			return map[string]any{"$int": json.Number(jsonInt(v)).String()}
		}
	case float64:
		return floatText(v)
	case []byte:
		return map[string]any{"$bytes": v}
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = expectedReading(x)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = expectedReading(x)
		}
		return out
	}
	return v
}

func jsonInt(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestBSONTypes(t *testing.T) {
	t.Parallel()
	id, err := bson.ObjectIDFromHex("65a1b2c3d4e5f60718293a4b")
	if err != nil {
		t.Fatal(err)
	}
	decimal, err := bson.ParseDecimal128("-1.10E+5")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := bson.Marshal(bson.D{
		{Key: "id", Value: id},
		{Key: "at", Value: time.UnixMilli(1704164645678)},
		{Key: "n", Value: int32(-5)},
		{Key: "dec", Value: decimal},
		{Key: "ts", Value: bson.Timestamp{T: 7, I: 2}},
		{Key: "js", Value: bson.CodeWithScope{Code: "f()", Scope: bson.D{{Key: "a", Value: 1}}}},
		{Key: "sym", Value: bson.Symbol("s")},
		{Key: "uuid", Value: bson.Binary{Subtype: 4, Data: bytes.Repeat([]byte{1}, 16)}},
		{Key: "min", Value: bson.MinKey{}},
		{Key: "list", Value: bson.A{"a", bson.D{{Key: "b", Value: nil}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":{"$oid":"65a1b2c3d4e5f60718293a4b"},"at":{"$datetime":"2024-01-02T03:04:05.678Z"},"n":-5,` +
		`"dec":{"$decimal":"-1.10E+5"},"ts":{"$timestamp":7,"increment":2},"js":{"$code":"f()","scope":{"a":1}},` +
		`"sym":{"$symbol":"s"},"uuid":{"$uuid":"01010101-0101-0101-0101-010101010101"},"min":{"$minkey":true},` +
		`"list":["a",{"b":null}]}`
	if got := reading(t, raw, "bson"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestDecimal128AgreesWithTheDriver(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0", "-0", "1", "0.001", "1E-7", "1.5E+10", "123456789012345678901234567890.1234", "NaN", "-Infinity", "9.999999999999999999999999999999999E+6144"} {
		d, err := bson.ParseDecimal128(s)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := bson.Marshal(bson.D{{Key: "d", Value: d}})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := reading(t, raw, "bson"), `{"d":{"$decimal":"`+d.String()+`"}}`; got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
	}
}

// FuzzCBOR checks that what this package calls well-formed is what fxamacker's
// decoder does, up to the depth that both allow.
func FuzzCBOR(f *testing.F) {
	f.Add([]byte("\xa2aa\x01ab\x9f\x01\x02\xff"))
	f.Add([]byte("\xbfaa\x5f\x41a\xff\xff"))
	mode, err := cbor.DecOptions{MaxNestedLevels: 1000, MaxArrayElements: 1 << 30, MaxMapPairs: 1 << 30}.DecMode()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := decode.Decode(raw, decode.Options{As: "cbor"})
		if r.Err != nil && r.Err.Kind == value.Limit {
			return
		}
		ours, theirs := r.Err == nil && r.TrailingBytes == 0, mode.Wellformed(raw) == nil
		if ours != theirs {
			t.Errorf("% x: well-formed here %v (%v), there %v", raw, ours, r.Err, theirs)
		}
	})
}

// FuzzJSON checks the grammar against encoding/json, which knows no NaN, and
// reads numbers and strings as it does.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e3,"x\u00e9"]}`, `[true,false,null]`, `"\ud83d\ude00"`, `[1,]`, `{"a" 1}`, "\"\x7f\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if bytes.Contains(raw, []byte("NaN")) || bytes.Contains(raw, []byte("Infinity")) || bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
			return
		}
		r := decode.Decode(raw, decode.Options{As: "json"})
		ours := r.Err == nil && r.TrailingBytes == 0
		if theirs := json.Valid(raw); theirs && !ours && !strings.Contains(r.Err.Detail, "UTF-8") && r.Err.Kind != value.Limit || ours && !theirs {
			t.Errorf("%q: valid here %v (%v), there %v", raw, ours, r.Err, theirs)
		}
	})
}
