package decode_test

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/zlib"

	"cacheview/decode"
	"cacheview/decode/value"
)

// TestBudget_BombsAreCut has zeros in one layer and in two.
func TestBudget_BombsAreCut(t *testing.T) {
	t.Parallel()
	pack := func(raw []byte) []byte {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		w.Write(raw)
		w.Close()
		return b.Bytes()
	}
	once := pack(make([]byte, 100<<20))
	for name, raw := range map[string][]byte{"once": once, "twice": pack(once)} {
		r := decode.Decode(raw, decode.Options{})
		if r.Err == nil || r.Err.Kind != value.Limit || len(r.Inner) > 1<<20 {
			t.Errorf("%s: %d bytes, error %v; want the first megabyte and a limit", name, len(r.Inner), r.Err)
		}
	}
}

// TestBudget_IsSharedByMembers decodes more members than one answer may make.
func TestBudget_IsSharedByMembers(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(bytes.Repeat([]byte("text "), 4<<20))
	w.Close()
	members := make([]decode.Member, 8)
	for i := range members {
		members[i].Value = b.Bytes()
	}
	r := decode.DecodeMembers("list", members, decode.Options{})
	made := 0
	for i := range r.Value.Len() {
		made += r.Value.Items().At(i).Len()
	}
	if r.Err == nil || r.Err.Kind != value.Limit || made > 72<<20 {
		t.Errorf("%d bytes, error %v; want a limit", made, r.Err)
	}
}
