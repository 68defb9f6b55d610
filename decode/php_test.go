package decode

import (
	"strings"
	"testing"

	"cacheview/decode/value"
)

func TestPHPCorpus(t *testing.T)        { testFormat(t, "php-serialize", parsePHP) }
func TestIgbinaryCorpus(t *testing.T)   { testFormat(t, "igbinary", parseIgbinary) }
func TestPHPSessionCorpus(t *testing.T) { testFormat(t, "php-session", parsePHPSession) }

func FuzzPHP(f *testing.F)        { fuzzFormat(f, "php-serialize", parsePHP) }
func FuzzIgbinary(f *testing.F)   { fuzzFormat(f, "igbinary", parseIgbinary) }
func FuzzPHPSession(f *testing.F) { fuzzFormat(f, "php-session", parsePHPSession) }

func TestPHPByHand(t *testing.T) {
	t.Parallel()
	testByHand(t, parsePHP, []byHand{
		{name: "null", raw: "N;", want: "null"},
		{name: "infinity", raw: "d:-INF;", want: `{"$float":"-inf"}`},
		{name: "not a number", raw: "d:NAN;", want: `{"$float":"nan"}`},
		{name: "exponent", raw: "d:1.0E+25;", want: "1e+25"},
		{name: "float beyond its range", raw: "d:1.0E+999;", want: `{"$float":"inf"}`},
		{name: "hex is no float", raw: "d:0x1p2;", want: "null", kind: value.Corrupt},
		{name: "not utf-8", raw: "s:2:\"\xff\xfe\";", want: `{"$bytes":"//4="}`},
		{name: "escaped string", raw: `S:3:"a\ffb";`, want: `{"$bytes":"Yf9i"}`},
		{name: "enum", raw: `E:11:"Suit:Hearts";`, want: `{"$enum":"Suit::Hearts"}`},
		{name: "enum without case", raw: `E:4:"Suit";`, want: "null", kind: value.Corrupt},
		{name: "serializable", raw: `C:3:"Old":5:{a}"b;}`, want: `{"$object":"Old","raw":{"$bytes":"YX0iYjs="}}`},
		{name: "object without properties", raw: `O:1:"A":0:{}`, want: `{"$object":"A","state":{}}`},
		{
			name: "visibility", raw: "O:1:\"A\":3:{s:4:\"\x00*\x00p\";i:1;s:4:\"\x00A\x00q\";i:2;s:4:\"\x00B\x00r\";i:3;}",
			want: `{"$object":"A","state":{"#p":1,"-q":2,"-B::r":3}}`,
		},
		{name: "sparse array", raw: "a:1:{i:3;N;}", want: `{"$dict":[[3,null]]}`},
		{name: "keys that become sparse", raw: "a:2:{i:0;i:5;i:2;i:6;}", want: `{"$dict":[[0,5],[2,6]]}`},
		{
			name: "same object twice", raw: `a:2:{i:0;O:1:"A":0:{}i:1;r:2;}`,
			want: `[{"$object":"A","state":{}},{"$object":"A","state":{}}]`,
		},
		{name: "array within itself", raw: `a:1:{s:2:"me";a:1:{s:2:"me";R:2;}}`, want: `{"me":{"me":{"$cycle":1}}}`},
		{name: "reference to a reference", raw: `a:3:{i:0;s:1:"x";i:1;R:2;i:2;R:2;}`, want: `["x","x","x"]`},
		{
			name: "object counts again where it is repeated", raw: `a:4:{i:0;O:1:"A":0:{}i:1;r:2;i:2;i:7;i:3;R:4;}`,
			want: `[{"$object":"A","state":{}},{"$object":"A","state":{}},7,7]`,
		},
		{
			name: "cycle seen from elsewhere", raw: `a:2:{i:0;O:1:"A":1:{s:1:"b";O:1:"B":1:{s:1:"a";r:2;}}i:1;r:3;}`,
			want: `[{"$object":"A","state":{"b":{"$object":"B","state":{"a":{"$cycle":2}}}}},
				{"$object":"B","state":{"a":{"$object":"A","state":{"b":{"$cycle":2}}}}}]`,
		},
		{name: "reference to nothing", raw: `a:1:{i:0;R:9;}`, want: "[]", kind: value.Corrupt},
		{name: "reference to itself", raw: `r:1;`, want: "null", kind: value.Corrupt},
		{name: "rest", raw: "i:1;junk", want: "1", rest: 4},
		{name: "integer too large", raw: "i:9223372036854775808;", want: "null", kind: value.Corrupt},
		{name: "number without an end", raw: "i:" + strings.Repeat("1", 500), want: "null", kind: value.Corrupt},
		{name: "float as key", raw: "a:1:{d:1;i:1;}", want: "[]", kind: value.Corrupt},
		{name: "kept up to the error", raw: `a:2:{s:1:"a";a:2:{i:0;i:1;i:1;x;}}`, want: `{"a":[1]}`, kind: value.Corrupt},
		{name: "count too small", raw: `a:1:{i:0;i:1;i:1;i:2;}`, want: `[1]`, kind: value.Corrupt},
	})
}

func TestPHPErrorHasPath(t *testing.T) {
	t.Parallel()
	_, _, err := parsePHP([]byte(`a:1:{s:1:"a";a:2:{i:0;i:1;i:1;x;}}`), value.Limits{})
	if err == nil || err.Path != ".a[1]" || err.Offset != 30 {
		t.Errorf("got %+v, want path .a[1] at byte 30", err)
	}
}

func TestPHPSessionByHand(t *testing.T) {
	t.Parallel()
	testByHand(t, parsePHPSession, []byHand{
		{name: "two variables", raw: `a|i:1;b|s:1:"|";`, want: `{"a":1,"b":"|"}`},
		{name: "without a value", raw: `!a|b|N;`, want: `{"a":{"$undefined":true},"b":null}`},
		{name: "reference across variables", raw: `a|a:1:{i:0;i:5;}b|R:1;`, want: `{"a":[5],"b":[5]}`},
		{name: "cut", raw: `a|i:1;b`, want: `{"a":1}`, kind: value.Truncated},
		{name: "broken", raw: `a|i:1;b|q`, want: `{"a":1}`, kind: value.Corrupt},
	})
	testByHand(t, parsePHPBinarySession, []byHand{
		{name: "binary", raw: "\x01ai:1;\x02bcs:1:\"x\";", want: `{"a":1,"bc":"x"}`},
		{name: "binary without a value", raw: "\x81a\x01bN;", want: `{"a":{"$undefined":true},"b":null}`},
	})
}

func TestIgbinaryByHand(t *testing.T) {
	t.Parallel()
	const head = "\x00\x00\x00\x02"
	testByHand(t, parseIgbinary, []byHand{
		{name: "format 1", raw: "\x00\x00\x00\x01\x05", want: "true"},
		{name: "format 3", raw: "\x00\x00\x00\x03\x05", want: "null", kind: value.Unsupported},
		{name: "16 bits below zero", raw: head + "\x09\x01\x00", want: "-256"},
		{name: "32 bits", raw: head + "\x0a\x00\x01\x00\x00", want: "65536"},
		{name: "least integer", raw: head + "\x21\x80\x00\x00\x00\x00\x00\x00\x00", want: `{"$int":"-9223372036854775808"}`},
		{name: "beyond 64 bits", raw: head + "\x20\x80\x00\x00\x00\x00\x00\x00\x00", want: "null", kind: value.Corrupt},
		{name: "empty string", raw: head + "\x0d", want: `""`},
		{name: "long string", raw: head + "\x12\x00\x02hi", want: `"hi"`},
		{name: "string again", raw: head + "\x14\x02\x06\x00\x11\x01a\x06\x01\x0e\x00", want: `["a","a"]`},
		{name: "string out of bounds", raw: head + "\x0e\x00", want: "null", kind: value.Corrupt},
		{name: "array again", raw: head + "\x14\x02\x06\x00\x14\x01\x06\x00\x06\x05\x06\x01\x01\x01", want: `[[5],[5]]`},
		{name: "scalar by reference", raw: head + "\x14\x02\x06\x00\x25\x06\x07\x06\x01\x25\x01\x01", want: `[7,7]`},
		{name: "array within itself", raw: head + "\x14\x01\x06\x00\x25\x14\x01\x06\x00\x25\x01\x01", want: `[[{"$cycle":1}]]`},
		{name: "serializable", raw: head + "\x17\x01A\x1d\x02hi", want: `{"$object":"A","raw":{"$bytes":"aGk="}}`},
		{name: "property that is not there", raw: head + "\x17\x01A\x14\x02\x00\x11\x01b\x05", want: `{"$object":"A","state":{"b":true}}`},
		{
			name: "enum by class number", raw: head + "\x14\x02\x06\x00\x17\x01S\x27\x11\x01H\x06\x01\x1a\x00\x27\x0e\x01",
			want: `[{"$enum":"S::H"},{"$enum":"S::H"}]`,
		},
		{name: "object without content", raw: head + "\x17\x01A\x05", want: "null", kind: value.Corrupt},
		{name: "more announced than there is", raw: head + "\x16\x7f\xff\xff\xff\x06\x00\x05", want: "[true]", kind: value.Truncated},
		{name: "no such type", raw: head + "\x28", want: "null", kind: value.Corrupt},
	})
}

func TestPHPLayers(t *testing.T) {
	t.Parallel()
	const array = `a:1:{s:1:"k";i:1;}`
	for _, c := range []struct{ name, raw, layers string }{
		{"array", array, "php-serialize"},
		{"damaged array", `a:1:{i:0;q:1;}`, "php-serialize"},
		{"boolean", "b:1;", "php-serialize"},
		{"looks like one", "b:2;", "text"},
		{"prose", "a:b", "text"},
		{"session kept twice", `s:18:"` + array + `";`, "php-serialize php-serialize"},
		{"string that starts like one", `s:6:"a:1:{x";`, "php-serialize"},
		{"session", `user|i:7;`, "php-session"},
		{"pipe in prose", `a|b`, "text"},
		{"binary session", "\x04useri:7;", "php-session"},
		{"igbinary", "\x00\x00\x00\x02\x06\x05", "igbinary"},
		{"igbinary 1", "\x00\x00\x00\x01\x06\x05", "igbinary"},
		{"a big-endian one and more", "\x00\x00\x00\x01\x06", "binary"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(Decode([]byte(c.raw), Options{}).Names(), " "); got != c.layers {
				t.Errorf("layers %q, want %q", got, c.layers)
			}
		})
	}
}

// TestPHPWritten reads what PHP 8.2.36 and igbinary 3.2.13 wrote of the same
// values.
func TestPHPWritten(t *testing.T) {
	t.Parallel()
	const p = `{"$object":"Shop\\P","state":{"a":1,"#b":[1,2],"-c":null,"next":{"$object":"Shop\\P","state":{"a":1,"#b":[1,2],"-c":null,"next":{"$cycle":2}}}}}`
	for name, want := range map[string]string{
		"refs": `[5,5,[1,2],[1,2],` + p + `,` + p + `,` + p + `]`,
		"st":   `{"$object":"SplObjectStorage","state":[[` + p + `,"data"],[]]}`,
		"self": `{"$dict":[[0,1],["me",{"$dict":[[0,1],["me",{"$cycle":1}]]}]]}`,
		"ser":  `[{"$object":"Shop\\Ser","raw":{"$bytes":"eA=="}},{"$object":"Shop\\Ser","raw":{"$bytes":"eA=="}}]`,
		"enum": `[{"$enum":"Shop\\S::A"},{"$enum":"Shop\\S::B"},{"$enum":"Shop\\S::A"}]`,
	} {
		testWritten(t, parsePHP, []written{{"php/" + name + ".ser", want}})
		testWritten(t, parseIgbinary, []written{{"php/" + name + ".igb", want}})
	}
}
