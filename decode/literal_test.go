package decode_test

import (
	"testing"
	"unicode/utf8"

	"cacheview/decode"
	"cacheview/decode/value"
)

func text(s string) value.Value { return value.NewText(s) }

func TestLiteral(t *testing.T) {
	t.Parallel()
	attr := func(name string, v value.Value) value.Attr { return value.Attr{Name: name, Value: v} }
	pair := func(k, v value.Value) value.Dict { return value.Dict{{Key: k, Value: v}} }
	tests := []struct {
		name string
		v    value.Value
		max  int
		want string
	}{
		{"none", value.Nil, 20, "None"},
		{"bool", value.NewBool(true), 20, "True"},
		{"float", value.NewFloat(2), 20, "2.0"},
		{"text", text("it's"), 20, `"it's"`},
		{"backslash", text(`a\b`), 20, `'a\\b'`},
		{"escape", text("\x1b[31m"), 20, `'\x1b[31m'`},
		{"cut text", text("abcdefghij"), 6, "'abcd…"},
		{"cut wide text", text("ééééééééé"), 4, "'éé…"},
		{"bytes", value.NewBytes("\x00a'"), 20, `b"\x00a'"`},
		{"one-tuple", value.NewSeq(value.List{value.NewInt(1)}).WithTag("tuple"), 20, "(1,)"},
		{"empty set", value.NewSeq(value.List{}).WithTag("set"), 20, "set()"},
		{"dict", value.NewMap(pair(text("a"), value.NewSeq(value.List{value.NewInt(1), value.Nil}))), 40, "{'a': [1, None]}"},
		{"datetime", text("2024-02-29T23:59:58+00:00").WithTag("datetime"), 60, "datetime 2024-02-29 23:59:58+00:00"},
		{"decimal", text("1.10").WithTag("decimal"), 40, "Decimal('1.10')"},
		{"object", value.NewObject("object", "shop.Item", attr("args", value.NewSeq(value.List{value.NewInt(1)})),
			attr("state", value.NewMap(pair(text("sku"), text("L1"))))), 60, "shop.Item(1, sku='L1')"},
		{"call of call", value.NewObjectHead("call", value.NewObject("call", "f")), 60, "f()()"},
		{"deque", value.NewSeq(value.List{value.NewInt(1)}).WithTag("deque", attr("maxlen", value.NewInt(3))), 60, "deque([1], maxlen=3)"},
		{"empty deque", value.NewSeq(value.List{}).WithTag("deque", attr("maxlen", value.NewInt(3))), 60, "deque([], maxlen=3)"},
		{
			"default dict", value.NewMap(pair(text("a"), value.NewInt(1))).WithTag("defaultdict", attr("factory", text("list").WithTag("global"))), 60,
			"defaultdict({'a': 1}, factory=<list>)",
		},
		{"symbol", text("id").WithTag("symbol"), 60, ":id"},
		{"cycle", value.NewSeq(ring{}).WithID(1), 60, "[...]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := decode.Literal(tt.v.WithNotation(value.Python), tt.max); got != tt.want {
				t.Errorf("Literal = %s, want %s", got, tt.want)
			}
		})
	}
}

// ring is the content of a list with id 1 that contains itself.
type ring struct{}

func (ring) Len() int           { return 1 }
func (ring) At(int) value.Value { return value.NewSeq(ring{}).WithID(1) }

// counted is a long list that counts how many of its items were asked for.
type counted struct{ asked *int }

func (counted) Len() int { return 1_000_000 }

func (c counted) At(i int) value.Value {
	*c.asked++
	return value.NewInt(int64(i))
}

func TestLiteralLooksAtWhatItShows(t *testing.T) {
	t.Parallel()
	asked := 0
	got := decode.Literal(value.NewSeq(counted{&asked}), 40)
	if utf8.RuneCountInString(got) != 40 {
		t.Errorf("literal %q has %d runes, want 40", got, utf8.RuneCountInString(got))
	}
	if asked > 200 {
		t.Errorf("%d items were made to show 40 runes", asked)
	}
}
