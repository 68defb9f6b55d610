package flaskcaching

import (
	"testing"

	"cacheview/decode/value"
)

func num(n int64) value.Value   { return value.NewInt(n) }
func text(s string) value.Value { return value.NewText(s) }
func ptr[T any](v T) *T         { return &v }

func TestDigest(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, md5, sha256 string }{
		{"__main__.square(4,)OrderedDict()", "qZekQzSR0mDNMJzU", "7MYaCQM0fI62GrbU"},
		{"__main__.square(5,)OrderedDict()", "FfFobE+3qiXgi36x", ""},
		{"app.square(4,)OrderedDict()", "WZuvePfNJeiKltXU", ""},
		{"app.square(5,)OrderedDict()", "UTvhbv9hRJzYhBYC", ""},
		{"guide_app.square(4,)OrderedDict()", "J4/9cDEkvMHdQ31t", ""},
		{"__main__.Basket.total('<Basket 7>', 2)OrderedDict()", "kvmmrqn0uTmpJGYX", ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			if got := (Rules{}).Digest(tt.text); got != tt.md5 {
				t.Errorf("md5: got %s, want %s", got, tt.md5)
			}
			if got := (Rules{Next: true}).Digest(tt.text); tt.sha256 != "" && got != tt.sha256 {
				t.Errorf("sha256: got %s, want %s", got, tt.sha256)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	r := Default()
	query := []Arg{{"b", text("2")}, {"a", text("1")}, {"a", text("0")}}
	tests := []struct {
		name string
		got  []byte
		want string
	}{
		{"view of the root", r.View("/"), "flask_cache_view//"},
		{"view with a decoded path", r.View("/a b/é"), "flask_cache_view//a b/é"},
		{"named", r.Named("homepage", "/"), "flask_cache_homepage"},
		{"named with the path", r.Named("v2:%s", "/x"), "flask_cache_v2:/x"},
		{"a percent in the path", r.Named("v2:%s", "/%s"), "flask_cache_v2:/%s"},
		{"no query", r.Query("/search", nil), "flask_cache_/searchbcd8b0c2eb1fce714eab6cef0d771acc"},
		{"query", r.Query("/search", query), "flask_cache_/searchcea27f5992a0d145ebf9d649a92083bd"},
		{"memver", r.Memver("__main__.square", ""), "flask_cache___main__.square_memver"},
		{"memver of an instance", r.Memver("__main__.Basket.total", "<Basket 7>"), "flask_cache___main__.Basket.total.<Basket 7>_memver"},
		{"memver, cleaned", Rules{Next: true}.Memver("app.f.<locals>.<lambda>", ""), "app.f.locals.lambda_memver"},
		{"memoize", r.Memoize("__main__.square(4,)OrderedDict()", "bulGlA"), "flask_cache_qZekQzSR0mDNMJzUbulGlA"},
		{"fragment", r.Fragment("sidebar"), "flask_cache__template_fragment_cache_sidebar"},
		{"fragment that varies", r.Fragment("sidebar", "de", "v7"), "flask_cache__template_fragment_cache_sidebar_de_v7"},
		{"no prefix", Rules{}.Key("x"), "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if string(tt.got) != tt.want {
				t.Errorf("got %s, want %s", tt.got, tt.want)
			}
		})
	}
}

func TestCallText(t *testing.T) {
	t.Parallel()
	report := Function{Name: "app.report", Params: []Param{{Name: "city"}, {"days", ptr(num(0))}, {"full", ptr(value.NewBool(true))}}}
	method := Function{Name: "app.Basket.total", Params: []Param{{Name: "self"}, {Name: "n"}}}
	tests := []struct {
		name  string
		rules Rules
		f     Function
		call  Call
		want  string
	}{
		{"one argument", Rules{}, Function{Name: "app.square", Params: []Param{{Name: "n"}}}, Call{Args: []value.Value{num(4)}}, "app.square(4,)OrderedDict()"},
		{"by name", Rules{}, Function{Name: "app.square", Params: []Param{{Name: "n"}}}, Call{Kwargs: []Arg{{"n", num(4)}}}, "app.square(4,)OrderedDict()"},
		{"falsy default is None", Rules{}, report, Call{Args: []value.Value{text("paris")}}, "app.report('paris', None, True)OrderedDict()"},
		{"falsy default counts in 2.5", Rules{Next: true}, report, Call{Args: []value.Value{text("paris")}}, "app.report('paris', 0, True)OrderedDict()"},
		{"a name takes no position", Rules{}, report, Call{Args: []value.Value{text("a"), num(1)}, Kwargs: []Arg{{"days", num(9)}}}, "app.report('a', 9, 1)OrderedDict()"},
		{"more by position", Rules{}, Function{Name: "app.f"}, Call{Args: []value.Value{num(1), num(2)}}, "app.f(1, 2)OrderedDict()"},
		{"more by name, sorted", Rules{}, Function{Name: "app.f"}, Call{Kwargs: []Arg{{"b", num(1)}, {"a", num(2)}}}, "app.f()OrderedDict([('a', 2), ('b', 1)])"},
		{"on python 3.12", Rules{Python312: true}, Function{Name: "app.f"}, Call{Kwargs: []Arg{{"b", num(1)}, {"a", num(2)}}}, "app.f()OrderedDict({'a': 2, 'b': 1})"},
		{"a method", Rules{}, method, Call{Args: []value.Value{Repr("<Basket 7>"), num(2)}}, "app.Basket.total('<Basket 7>', 2)OrderedDict()"},
		{"ignored", Rules{}, Function{Name: "app.f", Params: []Param{{Name: "a"}, {Name: "b"}}, Ignore: []string{"a"}}, Call{Args: []value.Value{num(1), num(2)}}, "app.f(None, 2)OrderedDict()"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.rules.CallText(tt.f, tt.call)
			if err != nil || got != tt.want {
				t.Errorf("got %s, %v, want %s", got, err, tt.want)
			}
		})
	}
	if _, err := (Rules{}).CallText(method, Call{}); err == nil {
		t.Error("a method without its instance has a text")
	}
	if _, err := (Rules{}).CallText(method, Call{Args: []value.Value{value.NewObject("object", "app.Basket")}}); err == nil {
		t.Error("an object without a repr has a text")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		key  string
		want Key
	}{
		{"view//about", Key{Kind: View, Path: "/about"}},
		{"view//", Key{Kind: View, Path: "/"}},
		{"homepage", Key{Kind: Manual}},
		{"v2:/tpl", Key{Kind: Named, Path: "/tpl"}},
		{"views/a", Key{Kind: Manual}},
		{"/searchcea27f5992a0d145ebf9d649a92083bd", Key{Kind: Query, Path: "/search", Digest: "cea27f5992a0d145ebf9d649a92083bd"}},
		{"qZekQzSR0mDNMJzUbulGlA", Key{Kind: Memoize, Digest: "qZekQzSR0mDNMJzU", Versions: []string{"bulGlA"}}},
		{"kvmmrqn0uTmpJGYX961KfyEi8h88", Key{Kind: Memoize, Digest: "kvmmrqn0uTmpJGYX", Versions: []string{"961Kfy", "Ei8h88"}}},
		{"abcdefghijklmnopqrstuv", Key{Kind: Manual}},
		{"__main__.square_memver", Key{Kind: Memver, Function: "__main__.square"}},
		{"app.f.<locals>.g_memver", Key{Kind: Memver, Function: "app.f.<locals>.g"}},
		{"__main__.Basket.total.<Basket 7>_memver", Key{Kind: Memver, Function: "__main__.Basket.total", Instance: "<Basket 7>"}},
		{"app.Basket.total.<shop.Basket object at 0x7f>_memver", Key{Kind: Memver, Function: "app.Basket.total", Instance: "<shop.Basket object at 0x7f>"}},
		{"_memver", Key{Kind: Manual}},
		{"_template_fragment_cache_sidebar_de_v7", Key{Kind: Fragment, Fragment: "sidebar_de_v7"}},
		{"memoize:square:4", Key{Kind: Memoize, Function: "square", Args: "4", Readable: true}},
		{"", Key{Kind: Manual}},
	}
	for _, tt := range tests {
		t.Run(tt.key, func(t *testing.T) {
			t.Parallel()
			got, ok := Parse([]byte("shop_"+tt.key), "shop_")
			want := tt.want
			want.Prefix, want.Name = "shop_", tt.key
			if !ok || !same(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
	if _, ok := Parse([]byte("other"), "shop_"); ok {
		t.Error("a key without the prefix was taken")
	}
}

func TestRecogniseFindsThePrefix(t *testing.T) {
	t.Parallel()
	tests := []struct{ key, prefix string }{
		{"flask_cache_x", "flask_cache_"},
		{"shop:_template_fragment_cache_a", "shop:"},
		{"shop:app.square_memver", "shop:"},
		{"shop-__main__.square_memver", "shop-"},
		{"app.square_memver", ""},
	}
	for _, tt := range tests {
		if k, ok := ParseAny([]byte(tt.key)); !ok || k.Prefix != tt.prefix {
			t.Errorf("%s: got prefix %q, %v", tt.key, k.Prefix, ok)
		}
	}
	for _, key := range []string{"", "homepage", "qZekQzSR0mDNMJzUbulGlA", "x_memver", "\xff_memver"} {
		if k, ok := ParseAny([]byte(key)); ok {
			t.Errorf("%q was taken for %+v", key, k)
		}
	}
}

func TestVersionsKnowOwnersAndOrphans(t *testing.T) {
	t.Parallel()
	var v Versions
	add := func(name, version string) {
		k, _ := Parse([]byte(name), "")
		v.Add(k, version)
	}
	add("app.square_memver", "AAAAAA")
	add("app.Basket.total_memver", "BBBBBB")
	add("app.Basket.total.main_memver", "CCCCCC")
	add("app.Other.total.<Other 1>_memver", "DDDDDD")
	add("app.short_memver", "E")
	digest := "qZekQzSR0mDNMJzU"
	tests := []struct {
		key  string
		want FunctionRef
		ok   bool
	}{
		{digest + "AAAAAA", FunctionRef{Function: "app.square"}, true},
		{digest + "BBBBBBCCCCCC", FunctionRef{"app.Basket.total", "main"}, true},
		{digest + "BBBBBBDDDDDD", FunctionRef{}, false},
		{digest + "ZZZZZZ", FunctionRef{}, false},
		{digest + "BBBBBBZZZZZZ", FunctionRef{}, false},
		{"homepage", FunctionRef{}, false},
	}
	for _, tt := range tests {
		k, _ := Parse([]byte(tt.key), "")
		if got, ok := v.Owner(k); got != tt.want || ok != tt.ok {
			t.Errorf("%s: got %+v, %v, want %+v, %v", tt.key, got, ok, tt.want, tt.ok)
		}
	}
	if v.Len() != 4 {
		t.Errorf("%d versions", v.Len())
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	r := Default()
	basket := FunctionRef{"app.Basket.total", "<Basket 7>"}
	tests := []struct {
		text string
		o    FunctionRef
		ok   bool
	}{
		{"app.square(4,)OrderedDict()", FunctionRef{Function: "app.square"}, true},
		{"app.square(-99,)OrderedDict()", FunctionRef{Function: "app.square"}, true},
		{"app.now()OrderedDict()", FunctionRef{Function: "app.now"}, true},
		{"app.greet('fr',)OrderedDict()", FunctionRef{Function: "app.greet"}, true},
		{"app.add(2, 3)OrderedDict()", FunctionRef{Function: "app.add"}, true},
		{"app.Basket.total('<Basket 7>', 2)OrderedDict()", basket, true},
		{"app.square(4,)OrderedDict()", FunctionRef{Function: "app.cube"}, false},
		{"app.square(1000,)OrderedDict()", FunctionRef{Function: "app.square"}, false},
	}
	for _, tt := range tests {
		k, _ := Parse(r.Memoize(tt.text, "AAAAAA"), DefaultPrefix)
		got, ok := Guess(k, tt.o, 100, "de", "fr")
		if ok != tt.ok || ok && got != tt.text {
			t.Errorf("%s: got %q, %v", tt.text, got, ok)
		}
	}
}
