package decode_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

// node is the content of a container that can be asked for again and again.
type node func() value.List

func (n node) Len() int             { return len(n()) }
func (n node) At(i int) value.Value { return n()[i] }

// cyclic is {"list": [1, <the list>], "self": <the dict>}.
func cyclic() value.Value {
	var list func() value.Value
	list = func() value.Value {
		return value.OfSeq(node(func() value.List { return value.List{value.OfInt(1), list()} })).WithID(2)
	}
	return value.OfMap(value.Dict{
		{Key: text("list"), Value: list()},
		{Key: text("self"), Value: value.OfMap(value.Dict{}).WithID(1)},
	}).WithID(1)
}

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	attr := func(name string, v value.Value) value.Attr { return value.Attr{Name: name, Value: v} }
	list := func(v ...value.Value) value.Value { return value.OfSeq(value.List(v)) }
	pairs := value.Dict{{Key: text("a"), Value: value.OfInt(1)}}
	tests := []struct {
		name string
		v    value.Value
		want string
	}{
		{"tuple", list(value.OfInt(1)).Tagged("tuple"), `{"$tuple":[1]}`},
		{"bytes", value.OfBytes("\x00"), `{"$bytes":"AA=="}`},
		{"bytearray", value.OfBytes("\x00").Tagged("bytearray"), `{"$bytearray":"AA=="}`},
		{"bytes with an encoding", value.OfBytes("\x00").Tagged("bytes", attr("encoding", text("EUC-JP"))), `{"$bytes":"AA==","encoding":"EUC-JP"}`},
		{"scalar that is bytes", value.OfBytes("\x00").Tagged("npscalar", attr("dtype", text("S1"))), `{"$npscalar":{"$bytes":"AA=="},"dtype":"S1"}`},
		{"ordered dict", value.OfMap(pairs).Tagged("ordereddict"), `{"$ordereddict":[["a",1]]}`},
		{
			"default dict", value.OfMap(pairs).Tagged("defaultdict", attr("factory", text("list").Tagged("global"))),
			`{"$defaultdict":[["a",1]],"factory":{"$global":"list"}}`,
		},
		{"timedelta", value.OfMap(pairs).Tagged("timedelta"), `{"$timedelta":{"a":1}}`},
		{"integer keys", value.OfMap(value.Dict{{Key: value.OfInt(1), Value: value.Nil}}), `{"$dict":[[1,null]]}`},
		{"dollar keys", value.OfMap(value.Dict{{Key: text("$a"), Value: value.Nil}}), `{"$dict":[["$a",null]]}`},
		{
			"object", value.OfObject("object", "m.C", attr("args", list(value.OfInt(1)).Tagged("tuple")), attr("pairs", value.OfMap(pairs))),
			`{"$object":"m.C","args":[1],"pairs":[["a",1]]}`,
		},
		{"call of a call", value.OfObjectHead("call", value.OfObject("call", "f"), attr("args", list())), `{"$call":{"$call":"f"},"args":[]}`},
		{"extension", list(value.OfInt(5), value.OfBytes("\x01")).Tagged("ext"), `{"$ext":[5,"AQ=="]}`},
		{"undefined", value.OfBool(true).Tagged("undefined"), `{"$undefined":true}`},
		{"cycles", cyclic(), `{"list":[1,{"$cycle":1}],"self":{"$cycle":1}}`},
		{"unsafe text", text("\x1b\u202e\U000e0041"), `"\u001b\u202e\udb40\udc41"`},
		{"floats", list(value.OfFloat(1), value.OfFloat(1e16), value.OfFloat(1.5e-7), value.OfFloat(0)), `[1.0,1e+16,1.5e-07,0.0]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := decode.AppendJSON([]byte("x"), tt.v, value.Limits{})
			if err != nil || string(got) != "x"+tt.want {
				t.Errorf("%s (%v)\nwant x%s", got, err, tt.want)
			}
		})
	}
}

// TestAppendJSONEndsWhereTold checks that the first part of too much is still
// JSON.
func TestAppendJSONEndsWhereTold(t *testing.T) {
	t.Parallel()
	deep := value.Nil
	for range 100 {
		deep = value.OfSeq(value.List{deep})
	}
	asked := 0
	tests := []struct {
		name string
		v    value.Value
		lim  value.Limits
	}{
		{"long text", text(strings.Repeat("é", 1000)), value.Limits{Output: 101}},
		{"long bytes", value.OfBytes(strings.Repeat("x", 1000)), value.Limits{Output: 100}},
		{"many items", value.OfSeq(counted{&asked}), value.Limits{Output: 1000}},
		{"many nodes", value.OfSeq(counted{new(int)}), value.Limits{Nodes: 10}},
		{"too deep", deep, value.Limits{Depth: 10}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := decode.AppendJSON(nil, tt.v, tt.lim)
			var limit *value.Error
			if !errors.As(err, &limit) || limit.Kind != value.Limit {
				t.Errorf("error %v, want a limit", err)
			}
			if !json.Valid(got) {
				t.Errorf("not JSON: %.200s", got)
			}
			if tt.lim.Output > 0 && len(got) > int(tt.lim.Output)+64 {
				t.Errorf("%d bytes, limit %d", len(got), tt.lim.Output)
			}
		})
	}
}

func TestAppendText(t *testing.T) {
	t.Parallel()
	long := text(strings.Repeat("x", 40))
	tests := []struct {
		name string
		v    value.Value
		want string
	}{
		{"scalar", value.OfInt(1), "1"},
		{"short list", value.OfSeq(value.List{value.OfInt(1), value.OfInt(2)}), "[1, 2]"},
		{"empty", value.OfMap(value.Dict{}), "{}"},
		{"dict that does not fit", value.OfMap(value.Dict{
			{Key: text("name"), Value: long},
			{Key: text("tags"), Value: value.OfSeq(value.List{value.OfInt(1)}).Tagged("tuple")},
		}), "{\n  'name': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n  'tags': (1,),\n}"},
		{
			"object that does not fit", value.OfObject("object", "shop.Item",
				value.Attr{Name: "state", Value: value.OfMap(value.Dict{{Key: text("name"), Value: long}})}),
			"shop.Item(\n  name='xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n)",
		},
		{
			"one-tuple that does not fit", value.OfSeq(value.List{long}).Tagged("tuple"),
			"(\n  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n)",
		},
		{
			"parts that do not fit", value.OfSeq(value.List{long}).Tagged("deque", value.Attr{Name: "maxlen", Value: value.OfInt(3)}),
			"deque([\n  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],\n  maxlen=3,\n)",
		},
		{"lines", text("<p>\n\x1b[m</p>\n"), "'''\n<p>\n\\x1b[m</p>\n'''"},
		{"lines inside a list stay one", value.OfSeq(value.List{text("a\nb")}), `['a\nb']`},
		{"cycle", value.OfSeq(ring{}).WithID(1), "[...]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := string(decode.AppendText(nil, tt.v.In(value.Python), decode.TextOptions{Width: 40})); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestAppendTextEndsWhereTold(t *testing.T) {
	t.Parallel()
	asked := 0
	got := decode.AppendText(nil, value.OfSeq(counted{&asked}), decode.TextOptions{Limits: value.Limits{Output: 1000}})
	if len(got) > 1100 || !strings.HasSuffix(string(got), "…") || asked > 1000 {
		t.Errorf("%d bytes from %d items, ending in %.20q", len(got), asked, got[len(got)-20:])
	}
}

func TestRenderLimitsLeaveRoomForWhatTheBytesSay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		r    decode.Result
		want int64
	}{
		{"nothing", decode.Result{}, 8 << 20},
		{"a layer", decode.Result{Layers: []decode.Layer{{Size: 1000}}}, 8<<20 + 32_000},
		{"a layer of few bytes that held more", decode.Result{Layers: []decode.Layer{{Size: 10}}, Inner: make([]byte, 1000)}, 8<<20 + 320},
		{"more than any rendering", decode.Result{Layers: []decode.Layer{{Size: 1 << 40}}}, 64 << 20},
	} {
		if got := tt.r.RenderLimits().Output; got != tt.want {
			t.Errorf("%s: %d bytes, want %d", tt.name, got, tt.want)
		}
	}
}
