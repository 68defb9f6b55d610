package flaskcaching

import (
	"testing"

	"cacheview/decode/value"
)

// TestLoadReadsWhatDumpWrites compares by repr, which tells 1 from 1.0 and a
// list from a tuple.
func TestLoadReadsWhatDumpWrites(t *testing.T) {
	t.Parallel()
	seq := func(items ...value.Value) value.Value { return value.NewSeq(value.List(items)) }
	values := []value.Value{
		value.Nil, value.NewBool(true), value.NewBool(false), num(0), num(-1), num(1 << 40), value.NewBigInt("-99999999999999999999"),
		value.NewFloat(1), value.NewFloat(-0.1), text(""), text("Grüße 😀"), value.NewBytes("\x00\xff"),
		seq(), seq(num(1), text("a"), seq(value.Nil)), seq(num(1)).WithTag("tuple"), seq().WithTag("tuple"),
		seq(num(3)).WithTag("set"), seq(text("x")).WithTag("frozenset"),
		value.NewMap(value.Dict{{Key: text("k"), Value: seq(num(1))}, {Key: num(2), Value: value.NewFloat(2)}}),
	}
	for _, v := range values {
		want, err := PyRepr(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []Serializer{{}, {PlainInts: true}, {Protocol: 2}, {Protocol: 3}, {Protocol: 4}} {
			raw, err := s.Dump(v)
			if err != nil {
				t.Errorf("%s: %v", want, err)
				continue
			}
			back, err := Load(raw, value.Limits{})
			if err != nil {
				t.Errorf("%s: %+v: %v", want, s, err)
				continue
			}
			if got, err := PyRepr(back); err != nil || got != want {
				t.Errorf("%+v: got %s, %v, want %s", s, got, err, want)
			}
		}
	}
}

func TestLoadTellsWhereAPickleBreaks(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"!", "!\x80\x05", "!\x80\x05\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x11Square"} {
		if v, err := Load([]byte(raw), value.Limits{}); err == nil {
			t.Errorf("%q was read as %v", raw, v.Kind())
		}
	}
}
