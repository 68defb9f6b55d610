package decode_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

// TestValuesStandInTheWordsOfTheirFormat reads the same few values from what
// each format really writes.
func TestValuesStandInTheWordsOfTheirFormat(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, as, want string }{
		{"json", `{"on":true,"off":false,"no":null,"s":"it's"}`, "", `{"on": true, "off": false, "no": null, "s": "it's"}`},
		{"json of one word", "null", "json", "null"},
		{"json, a lone surrogate", `["\ud83d"]`, "", `["\ud83d"]`},
		{"json, escapes", `["\u001b\t\"\\\u202e"]`, "", `["\u001b\t\"\\\u202e"]`},
		{"json lines", "{\"a\":true}\n{\"a\":null}\n", "", `[{"a": true}, {"a": null}]`},
		{"pickle of a list", "\x80\x04]\x94(\x88\x89N\x8c\x01a\x94e.", "", "[True, False, None, 'a']"},
		{"pickle by its library", "!\x80\x04]\x94(\x88N\x8c\x01a\x94e.", "", "[True, None, 'a']"},
		{"msgpack", "\x94\xc3\xc2\xc0\xa1a", "", `[true, false, null, "a"]`},
		{"cbor", "\xd9\xd9\xf7\x85\xf5\xf4\xf6\x61a\x41\xff", "", `[true, false, null, "a", b"\xff"]`},
		{"php", `a:3:{i:0;b:1;i:1;N;i:2;s:1:"a";}`, "", `[true, null, "a"]`},
		{"php key by key", `a:2:{s:1:"a";b:0;s:1:"b";N;}`, "", `{"a": false, "b": null}`},
		{"ruby", "\x04\x08[\x09TF0:\x06a", "", "[true, false, nil, :a]"},
		{"v8", "\xff\x0f\x41\x04TF0_\x24\x00\x04", "", "[true, false, null, undefined]"},
		{"text", "True", "", `"True"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := decode.Decode([]byte(tt.raw), decode.Options{As: tt.as})
			if got := decode.Literal(r.Value, 200); got != tt.want {
				t.Errorf("%v shows as %s, want %s", r.Names(), got, tt.want)
			}
			if got := string(decode.AppendText(nil, r.Value, decode.TextOptions{})); got != tt.want {
				t.Errorf("%v is printed as %s, want %s", r.Names(), got, tt.want)
			}
		})
	}
}

// TestMembersKeepTheirOwnWords has a hash of which each field is in a format of
// its own, looked at as a screen does: child by child.
func TestMembersKeepTheirOwnWords(t *testing.T) {
	t.Parallel()
	members := []decode.Member{
		{Field: []byte("json"), Value: []byte(`{"ok":[true,null]}`)},
		{Field: []byte("pickle"), Value: []byte("\x80\x04}\x94\x8c\x02ok\x94]\x94(\x88Nes.")},
		{Field: []byte("text"), Value: []byte("plain")},
	}
	v := decode.DecodeMembers("hash", members, decode.Options{}).Value
	if got, want := decode.Literal(v, 200), `{"json": {"ok": [true, null]}, "pickle": {'ok': [True, None]}, "text": "plain"}`; got != want {
		t.Errorf("all shows as %s, want %s", got, want)
	}
	var leaves []string
	value.Walk(v, func(_ value.Path, v value.Value) bool {
		if value.ChildLen(v) == 0 {
			leaves = append(leaves, decode.Literal(v, 40))
		}
		return true
	})
	if want := []string{"true", "null", "True", "None", `"plain"`}; !reflect.DeepEqual(leaves, want) {
		t.Errorf("the leaves are %v, want %v", leaves, want)
	}
}

func TestWordsOfNumbersWithoutDigits(t *testing.T) {
	t.Parallel()
	odd := value.NewSeq(value.List{value.NewFloat(math.NaN()), value.NewFloat(math.Inf(1)), value.NewFloat(math.Inf(-1))})
	for n, want := range map[value.Notation]string{
		value.Inherited: "[NaN, Infinity, -Infinity]",
		value.Plain:     "[NaN, Infinity, -Infinity]",
		value.Python:    "[nan, inf, -inf]",
	} {
		if got := decode.Literal(odd.WithNotation(n), 80); got != want {
			t.Errorf("in notation %d: %s, want %s", n, got, want)
		}
	}
}

// TestJSONIsShownAsJSON reads what is shown of every JSON value of the corpus
// again: one line and many must say what the stored bytes say.
func TestJSONIsShownAsJSON(t *testing.T) {
	t.Parallel()
	read := func(raw []byte) (v any, err error) {
		d := json.NewDecoder(bytes.NewReader(raw))
		err = d.Decode(&v)
		return v, err
	}
	n := 0
	for _, c := range corpus(t) {
		if c.Type != "string" {
			continue
		}
		r := c.decode(t)
		names := r.Names()
		if len(names) == 0 || names[len(names)-1] != "json" || r.Err != nil {
			continue
		}
		want, err := read(r.Inner)
		if err != nil {
			continue // what other writers allow and JSON does not, as NaN
		}
		n++
		for how, shown := range map[string][]byte{
			"on a line": []byte(decode.Literal(r.Value, 1<<24)),
			"on lines":  decode.AppendText(nil, r.Value, decode.TextOptions{Width: 30}),
		} {
			if r.Value.Kind() == value.Text && how == "on lines" {
				continue // a text of several lines is shown line by line
			}
			if got, err := read(shown); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s is not what was stored: %v\n%.300s", c.ID, how, err, shown)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d JSON values in the corpus", n)
	}
}
