package decode_test

import (
	"strings"
	"testing"

	"cacheview/decode"
)

func TestDecodeMembers(t *testing.T) {
	t.Parallel()
	b := func(s string) []byte { return []byte(s) }
	tests := []struct {
		name, kind string
		members    []decode.Member
		chain      string
		want       string
	}{
		{
			"hash", "hash",
			[]decode.Member{{Field: b("n"), Value: b("5")}, {Field: b("data"), Value: b(`{"a":1}`)}},
			"redis-hash", `{"n": "5", "data": {"a": 1}}`,
		},
		{"hash with a binary field", "hash", []decode.Member{{Field: b("\xff"), Value: b("x")}}, "redis-hash", `{b"\xff": "x"}`},
		{"list of one format", "list", []decode.Member{{Value: b("[1]")}, {Value: b("[2]")}}, "redis-list > json", "[[1], [2]]"},
		{"list of two formats", "list", []decode.Member{{Value: b("[1]")}, {Value: b("a")}}, "redis-list", `[[1], "a"]`},
		{"empty list", "list", nil, "redis-list", "[]"},
		{"set", "set", []decode.Member{{Value: b("7")}}, "redis-set > text", `["7"]`},
		{
			"zset", "zset",
			[]decode.Member{{Value: b("a"), Score: 1.5}, {Value: b("b"), Score: 2}},
			"redis-zset > text", `[{"score": 1.5, "value": "a"}, {"score": 2, "value": "b"}]`,
		},
		{
			"stream", "stream",
			[]decode.Member{{Field: b("1-0"), Pairs: [][]byte{b("event"), b("added"), b("job"), b(`{"id":7}`)}}},
			"redis-stream", `[{"id": "1-0", "fields": {"event": "added", "job": {"id": 7}}}]`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := decode.DecodeMembers(tt.kind, tt.members, decode.Options{})
			if got := strings.Join(r.Names(), " > "); got != tt.chain {
				t.Errorf("layers %s, want %s", got, tt.chain)
			}
			if got := decode.Literal(r.Value, 200); got != tt.want {
				t.Errorf("value %s, want %s", got, tt.want)
			}
		})
	}
}

func TestDecodeMembersTellsTheFirstError(t *testing.T) {
	t.Parallel()
	r := decode.DecodeMembers("list", []decode.Member{{Value: []byte("a")}, {Value: []byte("\x80\x04\x95\x05")}}, decode.Options{})
	if r.Err == nil || r.Err.Format != "pickle4" {
		t.Errorf("error %v, want the pickle's", r.Err)
	}
}
