package flaskcaching

import (
	"reflect"
	"testing"
	"time"

	"cacheview/decode/value"
)

func same(a, b Key) bool {
	return reflect.DeepEqual(a, b)
}

func TestDump(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		s    Serializer
		v    value.Value
		want string
	}{
		{"int is pickled", Serializer{}, num(5), "!\x80\x05K\x05."},
		{"int as digits", Serializer{PlainInts: true}, num(5), "5"},
		{"bool is no int", Serializer{PlainInts: true}, value.NewBool(true), "!\x80\x05\x88."},
		{"none", Serializer{}, value.Nil, "!\x80\x05N."},
		{
			"protocol 4",
			Serializer{Protocol: 4},
			text("Square of 4 is 16"),
			"!\x80\x04\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x11Square of 4 is 16\x94.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := tt.s.Dump(tt.v); err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
	if _, err := (Serializer{}).Dump(value.NewObject("object", "app.Order")); err == nil {
		t.Error("an object was dumped")
	}
}

func TestLoadWithoutPickle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		raw, digits string
	}{
		{"5", "5"},
		{"-17", "-17"},
		{" +007\n", "7"},
		{"1_000", "1000"},
		{"-0", "0"},
		{"1000000000000000000000000000000", "1000000000000000000000000000000"},
		{"", ""},
		{"1.5", ""},
		{"1__0", ""},
		{"_1", ""},
		{"- 1", ""},
		{"<html>", ""},
		{"\xff\xfe", ""},
	}
	for _, tt := range tests {
		got, err := Load([]byte(tt.raw), value.Limits{})
		want := value.NewBytes(tt.raw)
		if tt.digits != "" {
			want = value.NewBigInt(tt.digits)
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v %q, %v", tt.raw, got.Kind(), got.Text(), err)
		}
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		timeout   *int
		byDefault time.Duration
		want      time.Duration
	}{
		{"given", ptr(60), DefaultTimeout, time.Minute},
		{"zero is forever", ptr(0), DefaultTimeout, NoTimeout},
		{"minus one is forever", ptr(-1), DefaultTimeout, NoTimeout},
		{"none is the default", nil, DefaultTimeout, 300 * time.Second},
		{"a default of zero", nil, 0, NoTimeout},
	}
	for _, tt := range tests {
		if got := Expiry(tt.timeout, tt.byDefault); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestParseTyped(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, text string }{
		{"square(4)", "square(4,)OrderedDict()"},
		{` app.square( 4 , unit = "cm" ) `, "app.square(4,)OrderedDict([('unit', 'cm')])"},
		{"f()", "f()OrderedDict()"},
		{"f(None, True, False, -1, +2, 1_000, 1.5, -.5, 1e20)", "f(None, True, False, -1, 2, 1000, 1.5, -0.5, 1e+20)OrderedDict()"},
		{"f(99999999999999999999)", "f(99999999999999999999,)OrderedDict()"},
		{"f((1,), (), (2), [3, (4, 5)], {'a': [1]}, {1, 2}, {})", "f((1,), (), 2, [3, (4, 5)], {'a': [1]}, {1, 2}, {})OrderedDict()"},
		{`f('it\'s', "x\ty", '\xe9\u20ac\U0001f600', r'\n', b'\xff', '\q')`, `f("it's", 'x\ty', 'é€😀', '\\n', b'\xff', '\\q')OrderedDict()`},
		{"f(Decimal('1.5'), datetime.date(2024, 1, 2), <Basket 7>)", "f(Decimal('1.5'), datetime.date(2024, 1, 2), <Basket 7>)OrderedDict()"},
		{"app.outer.<locals>.inner(1,)", "app.outer.<locals>.inner(1,)OrderedDict()"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			typed, err := ParseInput(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			texts, err := (Rules{}).Texts(typed.Function, typed.Call)
			if err != nil || texts[0] != tt.text {
				t.Errorf("got %q, %v, want %q", texts, err, tt.text)
			}
		})
	}
}

func TestTextsTryKeywordsInPlace(t *testing.T) {
	t.Parallel()
	typed, err := ParseInput("f(1, b=2)")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Rules{}.Texts("app.f", typed.Call)
	want := []string{"app.f(1,)OrderedDict([('b', 2)])", "app.f(1,)OrderedDict({'b': 2})", "app.f(1, 2)OrderedDict()"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestParseTypedRequest(t *testing.T) {
	t.Parallel()
	typed, err := ParseInput("/search%20it?b=2&a=1&a=0+%C3%A9&&c")
	if err != nil {
		t.Fatal(err)
	}
	want := []Arg{{"b", text("2")}, {"a", text("1")}, {"a", text("0 é")}, {"c", text("")}}
	if typed.Path != "/search it" || !typed.Asked || !reflect.DeepEqual(typed.Query, want) {
		t.Errorf("got %+v", typed)
	}
	keys := Default().Keys(Input{Path: "/search", Query: []Arg{{"b", text("2")}, {"a", text("1")}, {"a", text("0")}}})
	if len(keys) != 2 || string(keys[0]) != "flask_cache_view//search" || string(keys[1]) != "flask_cache_/searchcea27f5992a0d145ebf9d649a92083bd" {
		t.Errorf("got %q", keys)
	}
}

func TestParseTypedRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "(", "4", "f", "f(", "f(4", "f(4))", "f(a b)", "f('x)", "f(a=1, 2)", "f(0x)", "f([1)", "f({1:2, 3})",
		"f('\\x4')", "f(1e)", "/a?%zz", "/%z", "f(" + string(make([]byte, 500)), "f(<a)", "f(((((((((((",
	} {
		if typed, err := ParseInput(in); err == nil {
			t.Errorf("%q was read as %+v", in, typed)
		} else if _, ok := err.(*CallError); !ok {
			t.Errorf("%q: %T", in, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("f('a', [1, {2: None}], b=-1.5)")
	f.Add("/page?x=1")
	f.Add("flask_cache_app.f.<X>_memver")
	f.Fuzz(func(t *testing.T, s string) {
		ParseAny([]byte(s))
		if k, ok := Parse([]byte(s), ""); ok && k.Name != s {
			t.Errorf("%q became %q", s, k.Name)
		}
		typed, err := ParseInput(s)
		if err != nil || typed.Path != "" {
			return
		}
		if _, err := (Rules{}).Texts(typed.Function, typed.Call); err != nil {
			t.Errorf("%q was read and has no text: %v", s, err)
		}
	})
}
