package decode

import (
	"strings"
	"testing"

	"cacheview/decode/value"
)

func TestGobCorpus(t *testing.T) { testFormat(t, "gob", parseGob) }

func FuzzGob(f *testing.F) { fuzzFormat(f, "gob", parseGob) }

// TestGobWritten reads what encoding/gob of Go 1.26 wrote.
func TestGobWritten(t *testing.T) {
	t.Parallel()
	testWritten(t, parseGob, []written{
		{"gob/iface.gob", `{"$object":"Out","state":{"A":{"$object":"In","state":{"X":{"$object":"In2","state":{"Z":5}},"N":1}},
			"B":[1,"s",{"$object":"In2","state":{"Z":6}},null,{"$object":"In","state":{}}],
			"M":{"k":{"$object":"In2","state":{"Z":7}},"f":1.5}}}`},
		{"gob/topiface.gob", `{"$object":"In","state":{"X":{"$object":"In2","state":{"Z":9}}}}`},
		{"gob/mapany.gob", `{"a":1,"b":"x","c":[1,2.5],"t":{"$object":"Time","raw":{"$bytes":"AQAAAA7c5egAAAAABf//"}}}`},
		{"gob/prim.gob", `{"$object":"Prim","state":{"B":true,"I8":-5,"U":{"$int":"9223372036854775808"},"F":1.5,"C":{"$complex":[2.0,3.0]},
			"S":"é","Bs":{"$bytes":"/w=="},"P":1,"Arr":[1,0,3],"Fs":[0.0,1.0,-2.5],"T":{"$object":"Time","raw":{"$bytes":"AQAAAA7dJWYVAAAABgA8"}},
			"D":1000000000,"Big":{"$object":"GobEncoder","raw":{"$bytes":"A/8="}},"U8":[1,2,3,4]}}`},
		{"gob/rec.gob", `{"$object":"Rec","state":{"V":1,"Next":{"$object":"Rec","state":{"V":2}},"Kids":[{"$object":"Rec","state":{"V":3}}],
			"ByName":{"q":{"$object":"Rec","state":{"V":4}}}}}`},
		{"gob/maps.gob", `{"$dict":[[1,{"a":[1,2]}]]}`},
		{"gob/two.gob", `[{"$object":"In2","state":{"Z":1}},{"$object":"In2","state":{"Z":2}}]`},
		{"gob/structkey.gob", `{"$dict":[[{"$object":"In2","state":{"Z":1}},true]]}`},
	})
}

func TestGobByHand(t *testing.T) {
	t.Parallel()
	testByHand(t, parseGob, []byHand{
		{name: "boolean", raw: "\x03\x02\x00\x01", want: "true"},
		{name: "no boolean", raw: "\x03\x02\x00\x02", want: "null", kind: value.Corrupt},
		{name: "number of nine bytes", raw: "\xf7\x01", want: "null", kind: value.Corrupt},
		{name: "no zero", raw: "\x03\x04\x01\x02", want: "null", kind: value.Corrupt},
		{name: "type without a definition", raw: "\x04\xff\x82\x00\x01", want: "null", kind: value.Corrupt},
		{name: "length too large", raw: "\x04\x04\x00\x02", want: "1", kind: value.Truncated},
		{name: "length too small", raw: "\x02\x04\x00\x02", want: "1", kind: value.Corrupt},
		{name: "rest", raw: "\x03\x04\x00\x02\x03", want: "1", rest: 1},
		{name: "nothing", raw: "", want: "null", kind: value.Truncated},
	})
}

func TestGobLayers(t *testing.T) {
	t.Parallel()
	const line = "\x22\xff\x83\x03\x01\x01\x04Line\x01\xff\x84\x00\x01\x02\x01\x03SKU\x01\x0c\x00\x01\x03Qty\x01\x04\x00\x00\x00"
	for _, c := range []struct{ name, raw, layers, want string }{
		{"struct", line + "\x09\xff\x84\x01\x02L1\x01\x06\x00", "gob", `{"$object":"Line","state":{"SKU":"L1","Qty":3}}`},
		{"cut struct", line + "\x09\xff\x84\x01\x02L1\x01", "gob", `{"$object":"Line","state":{"SKU":"L1"}}`},
		{"text", "\x08\x0c\x00\x05hello", "gob", `"hello"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := Decode([]byte(c.raw), Options{})
			if got := strings.Join(r.Names(), " "); got != c.layers {
				t.Errorf("layers %q, want %q", got, c.layers)
			}
			if got := jsonOf(t, r.Value); !sameJSON(t, got, []byte(c.want)) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestGob_CounterIsNoType reads counters of eight bytes that look like the
// start of a definition: a length, a negative number of a type, a kind.
func TestGob_CounterIsNoType(t *testing.T) {
	t.Parallel()
	for low := range 0x80 {
		for _, number := range []byte{0x7f, 0x81, 0xff} {
			for kind := byte(1); kind < 8; kind++ {
				raw := []byte{byte(low), number, kind, 0, 0, 0, 0, 0}
				if r := Decode(raw, Options{}); r.Layers[0].Name == "gob" && len(r.Also) == 0 {
					t.Errorf("%x is %q, %s", raw, r.Names(), Literal(r.Value, 40))
				}
			}
		}
	}
}
