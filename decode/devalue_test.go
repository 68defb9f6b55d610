package decode_test

import (
	"slices"
	"testing"

	"cacheview/decode"
)

// TestDevalue_PlainJSONStays has lists that a reader of devalue would accept,
// or nearly.
func TestDevalue_PlainJSONStays(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		`[[1,2],"a","b"]`, `[{"name":1,"self":0},"x"]`, `[{"id":1,"n":2},{"id":3,"n":4}]`, `[[1,2],[3,4],[5,6]]`,
		`[[1,2,3],10,20,30,40]`, `["Date","2024-01-01"]`, `[{"a":1,"b":1},"x","y"]`, `{"json":{"a":1},"meta":{"page":2}}`,
		`{"json":{"a":1},"meta":{"values":{"a":["Date"]}}}`,
	} {
		if got := decode.Decode([]byte(s), decode.Options{}).Names(); !slices.Equal(got, []string{"json"}) {
			t.Errorf("%s is read as %v", s, got)
		}
	}
}

// TestDevalue_WithoutTypesIsAmbiguous has a value that is nothing but numbers
// and texts, which plain JSON could be as well.
func TestDevalue_WithoutTypesIsAmbiguous(t *testing.T) {
	t.Parallel()
	r := decode.Decode([]byte(`[[1,7],{"id":2,"name":3,"tags":4},1,"one",[5,6],"a","b",{"id":8,"name":9,"tags":10},2,"two",[]]`), decode.Options{})
	if !slices.Equal(r.Names(), []string{"devalue"}) || !slices.Contains(r.Flags, "ambiguous") || len(r.Also) == 0 {
		t.Errorf("read as %v, flags %v, also %v", r.Names(), r.Flags, r.Also)
	}
}

// TestMsgpack_ForeignExtensionsStay has extensions with the types of msgpackr's
// in values of which nothing else is msgpackr's.
func TestMsgpack_ForeignExtensionsStay(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"BigInt's type":      "\x82\xa1a\xc7\x09\x42\x01\x02\x03\x04\x05\x06\x07\x08\x09\xa1b\xa5hello",
		"typed array's type": "\x82\xa1a\xc7\x05\x74\x00\x01\x02\x03\x04\xa1b\xa5hello",
		"Set's type":         "\x92\xd4\x73\x00\x93\x01\x02\x03",
		"pointer's type":     "\x82\xa1a\xd6\x70\x00\x00\x00\x01\xa1b\xa5hello",
		"null as a key":      "\x82\xc0\xa3All\xa1a\xa6Active",
	} {
		r := decode.Decode([]byte(raw), decode.Options{})
		if !slices.Equal(r.Names(), []string{"msgpack"}) || r.Err != nil || r.TrailingBytes != 0 {
			t.Errorf("%s: read as %v, error %v", name, r.Names(), r.Err)
			continue
		}
		text := decode.Literal(r.Value, 200)
		if name == "null as a key" && text != `{null: "All", "a": "Active"}` {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestMsgpack_PHPObjects has an object of a class without a namespace, whose
// properties that are not public prove it.
func TestMsgpack_PHPObjects(t *testing.T) {
	t.Parallel()
	r := decode.Decode([]byte("\x84\xc0\xa1P\xa1a\x01\xa4\x00*\x00b\x92\x01\x02\xa4\x00P\x00c\xa1x"), decode.Options{})
	if got := decode.Literal(r.Value, 200); got != `P(a=1, #b=[1, 2], -c="x")` || !slices.Equal(r.Names(), []string{"msgpack"}) {
		t.Errorf("read as %v: %s", r.Names(), got)
	}
}
