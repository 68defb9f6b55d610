package decode

import (
	"strings"
	"testing"

	"cacheview/decode/value"
)

func TestRubyCorpus(t *testing.T) { testFormat(t, "ruby-marshal", parseRuby) }

func FuzzRuby(f *testing.F) { fuzzFormat(f, "ruby-marshal", parseRuby) }

// TestRubyWritten reads what Ruby 3.1 wrote.
func TestRubyWritten(t *testing.T) {
	t.Parallel()
	const box = `{"$object":"Box","state":{"@v":1}}`
	testWritten(t, parseRuby, []written{
		{"ruby/floats.mar", `[1.5,0.0,-0.0,{"$float":"inf"},{"$float":"-inf"},{"$float":"nan"},1e+100,0.3333333333333333]`},
		{"ruby/strs.mar", `["utf8 ü","ascii",{"$bytes":"Ymlu/w=="},{"$bytes":"YWJj"},{"$bytes":"k/qWew==","encoding":"Shift_JIS"},
			{"$bytes":"eA==","encoding":"ISO-8859-1"},{"$bytes":"dQB0AGYAMQA2AA==","encoding":"UTF-16LE"},{"$bytes":"xvw=","encoding":"EUC-JP"}]`},
		{"ruby/strivar.mar", `{"$object":"String","args":["iv"],"state":{"@a":1}}`},
		{"ruby/hashdef.mar", `{"$hash":{"$dict":[[{"$symbol":"a"},1]]},"default":5}`},
		{"ruby/struct.mar", `[{"$object":"Point","state":{"x":1,"y":2}},{"$object":"Point","state":{"x":"a","y":null}}]`},
		{"ruby/time.mar", `[{"$datetime":"2023-11-14T22:13:20.123456789Z"},{"$datetime":"2024-01-02T03:04:05+09:00"}]`},
		{"ruby/cycle.mar", `[{"$cycle":1},{"$dict":[[{"$symbol":"me"},{"$cycle":1}]]}]`},
		{"ruby/links.mar", `[` + box + `,` + box + `,"shared","shared",1.5,1.5,{"$int":"1180591620717411303424"},
			{"$symbol":"sym"},{"$symbol":"sym"},{"$symbol":"sym"},{"shared":` + box + `}]`},
		{"ruby/links2.mar", `[1.25,1.25,{"$int":"1208925819614629174706176"},{"$int":"1208925819614629174706176"},
			{"$object":"UD","raw":{"$bytes":"ZP9h"},"state":{"@iv":[1]}},[{"$symbol":"z"}],"shared","shared",{"$object":"UM","state":[1]},"shared"]`},
		{"ruby/my.mar", `[{"$object":"MyA","args":[[1,2]]},{"$object":"MyH","args":[{"a":1}]}]`},
		{"ruby/re.mar", `[{"$regexp":"a.b","options":7},{"$regexp":"\\xff","options":0},{"$regexp":"ü","options":0},{"$regexp":"x","options":0}]`},
		{"ruby/ud.mar", `[{"$object":"UD","raw":{"$bytes":"ZP94"},"state":{"@iv":[1]}},{"$object":"UD","raw":{"$bytes":"ZP95"},"state":{"@iv":[1]}},"after","after2","after"]`},
		{"ruby/umcycle.mar", `[{"$object":"UM","state":[{"$cycle":3}]}]`},
		{"ruby/syms.mar", `[{"$symbol":"日本"},{"$symbol":{"$bytes":"xvw="},"encoding":"EUC-JP"},{"$symbol":""},{"$symbol":"a"}]`},
		{"ruby/ints.mar", `[1073741823,1073741824,-1073741824,-1073741825,2147483648,{"$int":"4611686018427387903"},{"$int":"4611686018427387904"},
			{"$int":"-4611686018427387904"},{"$int":"-4611686018427387905"},{"$int":"18446744073709551616"}]`},
		{"ruby/set.mar", `{"$object":"Set","state":{"@hash":{"$hash":{"$dict":[[1,true],[2,true]]},"default":false}}}`},
	})
}

func TestRubyByHand(t *testing.T) {
	t.Parallel()
	testByHand(t, parseRuby, []byHand{
		{name: "format 4.9", raw: "\x04\x090", want: "null", kind: value.Unsupported},
		{name: "rest", raw: "\x04\x080x", want: "null", rest: 1},
		{name: "three bytes below zero", raw: "\x04\x08i\xfd\x00\x00\xff", want: "-65536"},
		{name: "four bytes", raw: "\x04\x08i\x04\xff\xff\xff\x3f", want: "1073741823"},
		{name: "float of ruby 1.8", raw: "\x04\x08f\x0a1.1\x00\x99", want: "1.1"},
		{name: "no float", raw: "\x04\x08f\x061", want: "1.0"},
		{name: "words for a float", raw: "\x04\x08f\x08abc", want: "null", kind: value.Corrupt},
		{name: "data of a C structure", raw: "\x04\x08d:\x06Ai\x06", want: `{"$object":"A","state":1}`},
		{name: "module", raw: "\x04\x08m\x06M", want: `{"$global":"M"}`},
		{name: "old module", raw: "\x04\x08M\x06M", want: `{"$global":"M"}`},
		{name: "links to nothing", raw: "\x04\x08[\x06@\x0a", want: "[]", kind: value.Corrupt},
		{name: "symbol of nothing", raw: "\x04\x08;\x00", want: "null", kind: value.Corrupt},
		{name: "class that is no symbol", raw: "\x04\x08o\"\x06A\x00", want: "null", kind: value.Corrupt},
		{name: "length below zero", raw: "\x04\x08\"\xfa", want: "null", kind: value.Corrupt},
		{name: "keyword arguments", raw: "\x04\x08I{\x06:\x06ai\x06\x06:\x06KT", want: `{"$dict":[[{"$symbol":"a"},1]]}`},
		{name: "kept up to the cut", raw: "\x04\x08[\x08i\x06[\x07i\x07", want: "[1,[2]]", kind: value.Truncated},
		{name: "object up to the cut", raw: "\x04\x08o:\x06A\x07:\x07@ai\x06:", want: `{"$object":"A","state":{"@a":1}}`, kind: value.Truncated},
		{name: "old time", raw: "\x04\x08Iu:\x09Time\x0d\x01\x00\x00\x00\x00\x00\x00\x00\x00", want: `{"$datetime":"1970-01-01T00:00:01Z"}`},
	})
}

// TestRubyBigIntegerIsLimited: decimal digits take more than linear time.
func TestRubyBigIntegerIsLimited(t *testing.T) {
	t.Parallel()
	raw := "\x04\x08l+\x03\x00\x00\x10" + strings.Repeat("\xff", 1<<21)
	if _, _, err := parseRuby([]byte(raw), value.Limits{}); err == nil || err.Kind != value.Limit {
		t.Errorf("got %v, want a limit", err)
	}
}

func TestRailsEntries(t *testing.T) {
	t.Parallel()
	const never = "\x00\x00\x00\x00\x00\x00\xf0\xbf\xff\xff\xff\xff"
	for _, c := range []struct{ name, raw, layers, want string }{
		{"7.1 text", "\x00\x11\x02" + never + "hé", "rails-7.1 string", `"hé"`},
		{"7.1 binary that could be text", "\x00\x11\x03" + never + "abc", "rails-7.1 string", `{"$bytes":"YWJj"}`},
		{"7.1 empty", "\x00\x11\x02" + never, "rails-7.1 string", `""`},
		{"7.1 dump", "\x00\x11\x01" + never + "\x04\x08i\x06", "rails-7.1 ruby-marshal", `1`},
		{"7.0 nothing", "\x00\x04\x08[\x00", "rails-7.0 ruby-marshal", `null`},
		{"7.0 value", "\x00\x04\x08[\x06i\x06", "rails-7.0 ruby-marshal", `1`},
		{"6.1 cut", railsEntry + "\x07:\x0b@value[\x07i\x06", "rails-6.1 ruby-marshal", `[1]`},
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

func TestRailsCorpus(t *testing.T) { testLayers(t, "rails-6.1", "rails-7.0", "rails-7.1") }
