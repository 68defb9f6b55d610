package decode_test

import (
	"testing"
	"unicode/utf8"

	"cacheview/decode"
	"cacheview/decode/value"
)

func text(s string) value.Value { return value.OfText(s) }

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
		{"bool", value.OfBool(true), 20, "True"},
		{"float", value.OfFloat(2), 20, "2.0"},
		{"text", text("it's"), 20, `"it's"`},
		{"backslash", text(`a\b`), 20, `'a\\b'`},
		{"escape", text("\x1b[31m"), 20, `'\x1b[31m'`},
		{"cut text", text("abcdefghij"), 6, "'abcd…"},
		{"cut wide text", text("ééééééééé"), 4, "'éé…"},
		{"bytes", value.OfBytes("\x00a'"), 20, `b"\x00a'"`},
		{"one-tuple", value.OfSeq(value.List{value.OfInt(1)}).Tagged("tuple"), 20, "(1,)"},
		{"empty set", value.OfSeq(value.List{}).Tagged("set"), 20, "set()"},
		{"dict", value.OfMap(pair(text("a"), value.OfSeq(value.List{value.OfInt(1), value.Nil}))), 40, "{'a': [1, None]}"},
		{"datetime", text("2024-02-29T23:59:58+00:00").Tagged("datetime"), 60, "datetime 2024-02-29 23:59:58+00:00"},
		{"decimal", text("1.10").Tagged("decimal"), 40, "Decimal('1.10')"},
		{"object", value.OfObject("object", "shop.Item", attr("args", value.OfSeq(value.List{value.OfInt(1)})),
			attr("state", value.OfMap(pair(text("sku"), text("L1"))))), 60, "shop.Item(1, sku='L1')"},
		{"call of call", value.OfObjectHead("call", value.OfObject("call", "f")), 60, "f()()"},
		{"deque", value.OfSeq(value.List{value.OfInt(1)}).Tagged("deque", attr("maxlen", value.OfInt(3))), 60, "deque([1], maxlen=3)"},
		{"empty deque", value.OfSeq(value.List{}).Tagged("deque", attr("maxlen", value.OfInt(3))), 60, "deque([], maxlen=3)"},
		{
			"default dict", value.OfMap(pair(text("a"), value.OfInt(1))).Tagged("defaultdict", attr("factory", text("list").Tagged("global"))), 60,
			"defaultdict({'a': 1}, factory=<list>)",
		},
		{"symbol", text("id").Tagged("symbol"), 60, ":id"},
		{"cycle", value.OfSeq(ring{}).WithID(1), 60, "[...]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := decode.Literal(tt.v.In(value.Python), tt.max); got != tt.want {
				t.Errorf("Literal = %s, want %s", got, tt.want)
			}
		})
	}
}

// ring is the content of a list with id 1 that contains itself.
type ring struct{}

func (ring) Len() int           { return 1 }
func (ring) At(int) value.Value { return value.OfSeq(ring{}).WithID(1) }

// counted is a long list that counts how many of its items were asked for.
type counted struct{ asked *int }

func (counted) Len() int { return 1_000_000 }

func (c counted) At(i int) value.Value {
	*c.asked++
	return value.OfInt(int64(i))
}

func TestLiteralLooksAtWhatItShows(t *testing.T) {
	t.Parallel()
	asked := 0
	got := decode.Literal(value.OfSeq(counted{&asked}), 40)
	if utf8.RuneCountInString(got) != 40 {
		t.Errorf("literal %q has %d runes, want 40", got, utf8.RuneCountInString(got))
	}
	if asked > 200 {
		t.Errorf("%d items were made to show 40 runes", asked)
	}
}
