package decode_test

import (
	"slices"
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
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

// TestDecodeMembers_Doubts names the ambiguous members by their place.
func TestDecodeMembers_Doubts(t *testing.T) {
	t.Parallel()
	b := func(s string) []byte { return []byte(s) }
	either := b("\x83\x01\x02\x03")
	tests := []struct {
		kind    string
		members []decode.Member
		at      []int
		text    string
	}{
		{"list", []decode.Member{{Value: b("a")}, {Value: either}}, []int{1}, `["a", [1, 2, 3] (?)]`},
		{"hash", []decode.Member{{Field: b("f"), Value: either}}, []int{0}, `{"f": [1, 2, 3] (?)}`},
		{"zset", []decode.Member{{Value: either, Score: 1}}, []int{0}, `[{"score": 1, "value": [1, 2, 3] (?)}]`},
		{"stream", []decode.Member{{Field: b("1-0"), Pairs: [][]byte{b("a"), b("x"), b("b"), either}}}, []int{0, 1}, `[{"id": "1-0", "fields": {"a": "x", "b": [1, 2, 3] (?)}}]`},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			t.Parallel()
			r := decode.DecodeMembers(tt.kind, tt.members, decode.Options{})
			if len(r.Doubts) != 1 || !slices.Equal(r.Doubts[0].At, tt.at) || r.Doubts[0].Layers[0] != "cbor" || r.Doubts[0].Also[0][0] != "binary" {
				t.Errorf("doubts %+v, want one at %v", r.Doubts, tt.at)
			}
			if got := decode.Literal(r.Value, 200); got != tt.text {
				t.Errorf("literal %s, want %s", got, tt.text)
			}
			if got := string(decode.AppendText(nil, r.Value, decode.TextOptions{Width: 200})); got != tt.text {
				t.Errorf("text %s, want %s", got, tt.text)
			}
			out, err := decode.AppendJSON(nil, r.Value, value.Limits{})
			if err != nil || strings.Contains(string(out), "(?)") {
				t.Errorf("JSON %s, %v has the mark", out, err)
			}
		})
	}
}
