package pickle

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"

	"cacheview/decode/value"
)

func tuple(items ...value.Value) value.Value { return value.NewSeq(value.List(items)).WithTag("tuple") }
func list(items ...value.Value) value.Value  { return value.NewSeq(value.List(items)) }
func set(items ...value.Value) value.Value   { return value.NewSeq(value.List(items)).WithTag("set") }

func frozen(items ...value.Value) value.Value {
	return value.NewSeq(value.List(items)).WithTag("frozenset")
}
func dict(pairs ...value.Pair) value.Value { return value.NewMap(value.Dict(pairs)) }
func text(s string) value.Value            { return value.NewText(s) }
func num(n int64) value.Value              { return value.NewInt(n) }

// TestAppendVectors holds pickles that CPython 3.11 wrote.
func TestAppendVectors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		v        value.Value
		protocol int
		want     string
	}{
		{"int without a frame", num(5), 5, "80054b052e"},
		{"none", value.Nil, 5, "80054e2e"},
		{"true", value.NewBool(true), 5, "8005882e"},
		{
			"str", text("Square of 4 is 16"), 5,
			"80059515000000000000008c11537175617265206f6620342069732031369" + "42e",
		},
		{"str at protocol 2", text("hi"), 2, "80025802000000686971002e"},
		{
			"bytes by a codec", value.NewBytes("\x00\xff"), 2,
			"8002635f636f646563730a656e636f64650a7100580300000000c3bf710158060000006c6174696e31710286710352710" + "42e",
		},
		{"set by a call", set(num(1)), 3, "8003636275696c74696e730a7365740a71005d71014b0161857102527103" + "2e"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Append(nil, tt.v, tt.protocol)
			if err != nil {
				t.Fatal(err)
			}
			if h := hex.EncodeToString(got); h != tt.want {
				t.Errorf("got  %s\nwant %s", h, tt.want)
			}
		})
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	got, err := Append([]byte("!"), num(5), 5)
	if err != nil || string(got) != "!\x80\x05K\x05." {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	deep := list()
	for range 2000 {
		deep = list(deep)
	}
	loop := list(value.Nil)
	loop.Items().(value.List)[0] = loop // no id: it has no end
	tests := []struct {
		name     string
		v        value.Value
		protocol int
		want     string
	}{
		{"protocol 1", num(1), 1, "pickle: cannot write protocol 1, only 2 to 5"},
		{"protocol 6", num(1), 6, "pickle: cannot write protocol 6, only 2 to 5"},
		{"datetime", text("2024-01-01").WithTag("datetime"), 5, `pickle: "datetime" is not plain data`},
		{
			"call inside", dict(value.Pair{Key: text("a"), Value: list(num(1), value.NewObject("call", "os.system"))}), 4,
			`pickle: ["a"][1]: "call" is not plain data`,
		},
		{"tagged int", num(3).WithTag("ext"), 4, `pickle: "ext" is not plain data`},
		{"not digits", value.NewBigInt("12x"), 4, `pickle: "12x" are not the digits of an int`},
		{"too deep", deep, 5, "nested deeper than the limit"},
		{"without an end", loop, 5, "nested deeper than the limit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Append([]byte("x"), tt.v, tt.protocol)
			if _, ok := errors.AsType[*EncodeError](err); !ok || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if !bytes.Equal(got, []byte("x")) {
				t.Errorf("dst became %q", got)
			}
		})
	}
}

// encodeCases are trees for which Python says what is right.
func encodeCases() map[string]value.Value {
	many := func(n int) (items []value.Value, pairs []value.Pair) {
		for i := range n {
			items = append(items, num(int64(i)))
			pairs = append(pairs, value.Pair{Key: num(int64(i)), Value: text("v")})
		}
		return items, pairs
	}
	cases := map[string]value.Value{
		"empty containers": list(list(), dict(), tuple(), set(), frozen(), text(""), value.NewBytes("")),
		"floats":           list(value.NewFloat(1.5), value.NewFloat(math.Inf(-1)), value.NewFloat(math.Copysign(0, -1))),
		"equal text is not shared": list(text("abc"), text("abc"),
			dict(value.Pair{Key: text("abc"), Value: text("abc")})),
		"keys are shared": list(
			dict(value.Pair{Key: text("name"), Value: num(1)}, value.Pair{Key: text("other"), Value: num(2)}),
			dict(value.Pair{Key: text("other"), Value: num(1)}, value.Pair{Key: text("name"), Value: num(2)})),
		"atoms are shared": list(text("a"), text("a"), text("é"), text("é"), text("ā"), text("ā"),
			value.NewBytes("x"), value.NewBytes("x"), value.NewBytes("xy"), value.NewBytes("xy")),
		"bytes twice":        list(value.NewBytes("one"), value.NewBytes("two"), value.NewBytes(""), value.NewBytes("latin1")),
		"latin1 as a key":    dict(value.Pair{Key: text("latin1"), Value: value.NewBytes("abc")}),
		"unicode":            list(text("Grüße 😀"), text("a\xed\xa0\x80b").WithTag("wtf8"), text("nul\x00")),
		"tuples":             list(tuple(num(1)), tuple(num(1), num(2)), tuple(num(1), num(2), num(3)), tuple(num(1), num(2), num(3), num(4))),
		"shared list":        list(list(num(1)).WithID(7), list(num(1)).WithID(7)),
		"shared tuple":       list(tuple(num(1), num(2)).WithID(7), tuple(num(1), num(2)).WithID(7)),
		"sets twice":         list(set(num(1)), frozen(num(2)), set(), set(num(3)), frozen(num(1), num(2))),
		"short and long str": list(text(strings.Repeat("s", 255)), text(strings.Repeat("l", 256))),
		"short and long bytes": list(value.NewBytes(strings.Repeat("s", 255)),
			value.NewBytes(strings.Repeat("l", 256))),
		"text of a frame":       list(text("before"), text(strings.Repeat("x", 64<<10)), text("after")),
		"text under a frame":    list(text("before"), text(strings.Repeat("x", 64<<10-1)), text("after")),
		"bytes of a frame":      list(value.NewBytes(strings.Repeat("x", 70000)), value.NewBytes(strings.Repeat("y", 70000))),
		"only text of a frame":  text(strings.Repeat("x", 1<<17)),
		"a frame fills exactly": list(text(strings.Repeat("x", 64<<10-12)), num(1), text("z")),
	}
	inner := value.List{value.Nil}
	self := value.NewSeq(inner).WithID(3)
	inner[0] = self
	cases["list in itself"] = self
	var ints []value.Value
	for _, n := range []int64{0, 1, 255, 256, 65535, 65536, math.MaxInt32, math.MaxInt32 + 1, math.MaxInt64} {
		ints = append(ints, num(n), num(-n), num(-n-1))
	}
	for _, n := range []int{7, 8, 15, 16, 31, 32, 39, 40, 55, 56, 62} {
		ints = append(ints, num(1<<n), num(-(1 << n)), num(-(1<<n)-1), num(1<<n-1))
	}
	for _, digits := range []string{
		"9223372036854775808", "18446744073709551615", "18446744073709551616",
		"170141183460469231731687303715884105728", "5", "1" + strings.Repeat("0", 700),
	} {
		ints = append(ints, value.NewBigInt(digits), value.NewBigInt("-"+digits))
	}
	cases["ints"] = list(ints...)
	for _, n := range []int{1, 2, 999, 1000, 1001, 2000, 2001} {
		items, pairs := many(n)
		cases["list of "+itoa(n)] = list(items...)
		cases["dict of "+itoa(n)] = dict(pairs...)
		cases["set of "+itoa(n)] = set(items...)
		cases["frozenset of "+itoa(n)] = frozen(items...)
		cases["tuple of "+itoa(n)] = tuple(items...)
	}
	var words []value.Value
	for i := range 30000 {
		words = append(words, text("word "+itoa(i)))
	}
	cases["memo and frames of 30000"] = list(words...)
	return cases
}
