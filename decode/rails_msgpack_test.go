package decode

import (
	"strings"
	"testing"

	"cacheview/decode/value"
)

func TestRailsMsgpackByHand(t *testing.T) {
	t.Parallel()
	testByHand(t, parseRailsMsgpack, []byHand{
		{name: "symbol as key", raw: "\xcc\x80\x81\xc7\x02\x00id\x01", want: `{"$dict":[[{"$symbol":"id"},1]]}`},
		{name: "big integer", raw: "\xcc\x80\xc7\x0d\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40", want: `{"$int":"-1180591620717411303424"}`},
		{name: "set", raw: "\xcc\x80\xd5\x0c\x91\x05", want: `{"$set":[5]}`},
		{name: "hash of any access", raw: "\xcc\x80\xd6\x11\x81\xa1a\x05", want: `{"a":5}`},
		{name: "rational", raw: "\xcc\x80\xd5\x03\x01\x03", want: `{"$object":"Rational","args":[1,3]}`},
		{name: "decimal", raw: "\xcc\x80\xc7\x03\x02" + "1.5", want: `{"$object":"BigDecimal","args":["1.5"]}`},
		{name: "range of rationals", raw: "\xcc\x80\xc7\x06\x0b\xd5\x03\x01\x03\xc0\xc2", want: `{"$object":"Range","args":[{"$object":"Rational","args":[1,3]},null,false]}`},
		{name: "unknown type", raw: "\xcc\x80\xd4\x40\x01", want: `{"$ext":[64,"AQ=="]}`},
		{name: "set that is none", raw: "\xcc\x80\xd4\x0c\x05", want: `{"$ext":[12,"BQ=="]}`},
		{name: "cut", raw: "\xcc\x80\x92\x01", want: `[1]`, kind: value.Truncated},
	})
}

// TestRailsMsgpackDeepExtensions: extensions are opened when they are looked
// at, and only so deep.
func TestRailsMsgpackDeepExtensions(t *testing.T) {
	t.Parallel()
	raw := "\x05"
	for range 200 {
		n := len(raw)
		raw = "\xc8" + string([]byte{byte(n >> 8), byte(n)}) + "\x03" + raw
	}
	v, _, err := parseRailsMsgpack([]byte("\xcc\x80"+raw), value.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	out := string(jsonOf(t, v))
	if got := strings.Count(out, "Rational"); got != maxRailsExt || !strings.Contains(out, "$ext") {
		t.Errorf("%d extensions opened, want %d and then one as it is", got, maxRailsExt)
	}
}

func TestRailsMsgpackLayers(t *testing.T) {
	t.Parallel()
	const never = "\x00\x00\x00\x00\x00\x00\xf0\xbf\xff\xff\xff\xff"
	r := Decode([]byte("\x00\x11\x01"+never+"\xcc\x80\xd4\x00a"), Options{})
	if got := strings.Join(r.Names(), " "); got != "rails-7.1 msgpack" || string(jsonOf(t, r.Value)) != `{"$symbol":"a"}` {
		t.Errorf("%s: %s", got, jsonOf(t, r.Value))
	}
}

func FuzzRailsMsgpack(f *testing.F) {
	f.Add([]byte("\xcc\x80\x81\xc7\x02\x00id\xd5\x03\x01\x03"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, n, err := parseRailsMsgpack(raw, value.Limits{Nodes: 10_000, Depth: 100})
		checkBounds(t, v, n, err, len(raw))
	})
}
