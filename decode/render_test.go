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
		return value.NewSeq(node(func() value.List { return value.List{value.NewInt(1), list()} })).WithID(2)
	}
	return value.NewMap(value.Dict{
		{Key: text("list"), Value: list()},
		{Key: text("self"), Value: value.NewMap(value.Dict{}).WithID(1)},
	}).WithID(1)
}

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	attr := func(name string, v value.Value) value.Attr { return value.Attr{Name: name, Value: v} }
	list := func(v ...value.Value) value.Value { return value.NewSeq(value.List(v)) }
	pairs := value.Dict{{Key: text("a"), Value: value.NewInt(1)}}
	tests := []struct {
		name string
		v    value.Value
		want string
	}{
		{"tuple", list(value.NewInt(1)).WithTag("tuple"), `{"$tuple":[1]}`},
		{"bytes", value.NewBytes("\x00"), `{"$bytes":"AA=="}`},
		{"bytearray", value.NewBytes("\x00").WithTag("bytearray"), `{"$bytearray":"AA=="}`},
		{"bytes with an encoding", value.NewBytes("\x00").WithTag("bytes", attr("encoding", text("EUC-JP"))), `{"$bytes":"AA==","encoding":"EUC-JP"}`},
		{"scalar that is bytes", value.NewBytes("\x00").WithTag("npscalar", attr("dtype", text("S1"))), `{"$npscalar":{"$bytes":"AA=="},"dtype":"S1"}`},
		{"ordered dict", value.NewMap(pairs).WithTag("ordereddict"), `{"$ordereddict":[["a",1]]}`},
		{
			"default dict", value.NewMap(pairs).WithTag("defaultdict", attr("factory", text("list").WithTag("global"))),
			`{"$defaultdict":[["a",1]],"factory":{"$global":"list"}}`,
		},
		{"timedelta", value.NewMap(pairs).WithTag("timedelta"), `{"$timedelta":{"a":1}}`},
		{"integer keys", value.NewMap(value.Dict{{Key: value.NewInt(1), Value: value.Nil}}), `{"$dict":[[1,null]]}`},
		{"dollar keys", value.NewMap(value.Dict{{Key: text("$a"), Value: value.Nil}}), `{"$dict":[["$a",null]]}`},
		{
			"object", value.NewObject("object", "m.C", attr("args", list(value.NewInt(1)).WithTag("tuple")), attr("pairs", value.NewMap(pairs))),
			`{"$object":"m.C","args":[1],"pairs":[["a",1]]}`,
		},
		{"call of a call", value.NewObjectHead("call", value.NewObject("call", "f"), attr("args", list())), `{"$call":{"$call":"f"},"args":[]}`},
		{"extension", list(value.NewInt(5), value.NewBytes("\x01")).WithTag("ext"), `{"$ext":[5,"AQ=="]}`},
		{"undefined", value.NewBool(true).WithTag("undefined"), `{"$undefined":true}`},
		{"cycles", cyclic(), `{"list":[1,{"$cycle":1}],"self":{"$cycle":1}}`},
		{"unsafe text", text("\x1b\u202e\U000e0041"), `"\u001b\u202e\udb40\udc41"`},
		{"floats", list(value.NewFloat(1), value.NewFloat(1e16), value.NewFloat(1.5e-7), value.NewFloat(0)), `[1.0,1e+16,1.5e-07,0.0]`},
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
		deep = value.NewSeq(value.List{deep})
	}
	asked := 0
	tests := []struct {
		name string
		v    value.Value
		lim  value.Limits
	}{
		{"long text", text(strings.Repeat("é", 1000)), value.Limits{Output: 101}},
		{"long bytes", value.NewBytes(strings.Repeat("x", 1000)), value.Limits{Output: 100}},
		{"many items", value.NewSeq(counted{&asked}), value.Limits{Output: 1000}},
		{"many nodes", value.NewSeq(counted{new(int)}), value.Limits{Nodes: 10}},
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
		{"scalar", value.NewInt(1), "1"},
		{"short list", value.NewSeq(value.List{value.NewInt(1), value.NewInt(2)}), "[1, 2]"},
		{"empty", value.NewMap(value.Dict{}), "{}"},
		{"dict that does not fit", value.NewMap(value.Dict{
			{Key: text("name"), Value: long},
			{Key: text("tags"), Value: value.NewSeq(value.List{value.NewInt(1)}).WithTag("tuple")},
		}), "{\n  'name': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n  'tags': (1,),\n}"},
		{
			"object that does not fit", value.NewObject("object", "shop.Item",
				value.Attr{Name: "state", Value: value.NewMap(value.Dict{{Key: text("name"), Value: long}})}),
			"shop.Item(\n  name='xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n)",
		},
		{
			"one-tuple that does not fit", value.NewSeq(value.List{long}).WithTag("tuple"),
			"(\n  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n)",
		},
		{
			"parts that do not fit", value.NewSeq(value.List{long}).WithTag("deque", value.Attr{Name: "maxlen", Value: value.NewInt(3)}),
			"deque([\n  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],\n  maxlen=3,\n)",
		},
		{"lines", text("<p>\n\x1b[m</p>\n"), "'''\n<p>\n\\x1b[m</p>\n'''"},
		{"lines inside a list stay one", value.NewSeq(value.List{text("a\nb")}), `['a\nb']`},
		{"cycle", value.NewSeq(ring{}).WithID(1), "[...]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := string(decode.AppendText(nil, tt.v.WithNotation(value.Python), decode.TextOptions{Width: 40})); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestAppendTextEndsWhereTold(t *testing.T) {
	t.Parallel()
	asked := 0
	got := decode.AppendText(nil, value.NewSeq(counted{&asked}), decode.TextOptions{Limits: value.Limits{Output: 1000}})
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
