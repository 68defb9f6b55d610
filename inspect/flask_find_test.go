package inspect_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
	"cacheview/inspect"
)

// memoized is the key of a call in an app of a prefix.
func memoized(t testing.TB, r flaskcaching.Rules, function string, call flaskcaching.Call, versions ...string) string {
	t.Helper()
	f := flaskcaching.Function{Name: function}
	text, err := r.CallText(f, call)
	if err != nil {
		t.Fatal(err)
	}
	return string(r.Memoize(text, versions...))
}

func args(list ...value.Value) flaskcaching.Call { return flaskcaching.Call{Args: list} }

func TestFindGoesFromCallsToKeys(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		set := func(key, val string) string { on.w.Do("SET", key, val); return key }
		old, next := flaskcaching.Rules{Prefix: "shop_"}, flaskcaching.Rules{Prefix: "new:", Next: true}
		set("shop_app.price_memver", version("AAAAAA"))
		set("new:app.price_memver", version("BBBBBB"))
		set("shop_app.Basket.total_memver", version("CCCCCC"))
		set("shop_app.Basket.total.<Basket 7>_memver", version("DDDDDD"))
		set("shop_app.Basket.total.<Basket 8>_memver", version("EEEEEE"))
		md5 := set(memoized(t, old, "app.price", args(value.NewInt(4)), "AAAAAA"), "1")
		sha256 := set(memoized(t, next, "app.price", args(value.NewInt(4)), "BBBBBB"), "1")
		padded := set(memoized(t, old, "app.price", args(value.NewInt(5), value.Nil), "AAAAAA"), "1")
		unit := flaskcaching.Call{Args: []value.Value{value.NewInt(4)}, Kwargs: []flaskcaching.Arg{{Name: "unit", Value: value.NewText("cm")}}}
		named := set(memoized(t, old, "app.price", unit, "AAAAAA"), "1")
		seven := set(memoized(t, old, "app.Basket.total", args(value.NewText("<Basket 7>"), value.NewInt(2)), "CCCCCC", "DDDDDD"), "1")
		eight := set(memoized(t, old, "app.Basket.total", args(value.NewText("<Basket 8>"), value.NewInt(2)), "CCCCCC", "EEEEEE"), "1")
		stale := set(memoized(t, old, "app.price", args(value.NewInt(6)), "ZZZZZZ"), "1")
		view := set("shop_view//about", "x")
		keyed := set("shop_v2:/about", "x")
		query := set(string(old.Query("/page", []flaskcaching.Arg{{Name: "x", Value: value.NewText("1")}})), "x")

		f := flaskOf(t, open(t, inspect.Config{URL: on.url}))
		tests := []struct {
			typed string
			there []string
			calls []string
			also  []string // candidates that are not there
		}{
			{"price(4)", []string{sha256, md5}, []string{"app.price(4)"}, nil},
			{"app.price(4)", []string{sha256, md5}, []string{"app.price(4)"}, nil},
			{"price(5)", []string{padded}, []string{"app.price(5, None)"}, nil},
			{`price(4, unit="cm")`, []string{named}, []string{"app.price(4, unit='cm')"}, nil},
			{"Basket.total('<Basket 7>', 2)", []string{seven}, []string{"app.Basket.total('<Basket 7>', 2)"}, nil},
			{"total(<Basket 8>, 2)", []string{eight}, []string{"app.Basket.total('<Basket 8>', 2)"}, nil},
			{"total(2)", []string{seven, eight}, []string{"app.Basket.total('<Basket 7>', 2)", "app.Basket.total('<Basket 8>', 2)"}, nil},
			{"price(6)", []string{stale}, []string{"app.price(6)"}, nil},
			{"price(7)", nil, nil, []string{memoized(t, old, "app.price", args(value.NewInt(7)), "AAAAAA")}},
			{"rice(4)", nil, nil, nil},
			{"/about", []string{view, keyed}, []string{"/about"}, []string{"flask_cache_view//about"}},
			{"/page?x=1", []string{query}, []string{"/page?x=1"}, []string{"shop_view//page"}},
		}
		for _, tt := range tests {
			list, err := f.Find(tt.typed)
			if err != nil {
				t.Fatalf("%s: %v", tt.typed, err)
			}
			var there, calls, absent []string
			for _, c := range list {
				if !c.Exists {
					absent = append(absent, string(c.Key))
					continue
				}
				there = append(there, string(c.Key))
				if !slices.Contains(calls, c.Call) {
					calls = append(calls, c.Call)
				}
				if c.Stale != (string(c.Key) == stale) {
					t.Errorf("%s: %s is stale: %v", tt.typed, c.Key, c.Stale)
				}
				if !strings.HasPrefix(tt.typed, "/") {
					if call, ok := f.Call(c.Key); !ok || call != c.Call {
						t.Errorf("%s: the call of %s is not known: %q", tt.typed, c.Key, call)
					}
				}
			}
			slices.Sort(there)
			slices.Sort(calls)
			want := slices.Sorted(slices.Values(tt.there))
			if !slices.Equal(there, want) || !slices.Equal(calls, tt.calls) {
				t.Errorf("%s: got %q, %q, want %q, %q", tt.typed, there, calls, want, tt.calls)
			}
			for _, key := range tt.also {
				if !slices.Contains(absent, key) {
					t.Errorf("%s: %s is not among %q", tt.typed, key, absent)
				}
			}
		}
		if _, err := f.Find("price(4"); !isCallError(err) {
			t.Errorf("got %v", err)
		}
	})
}

func isCallError(err error) bool {
	_, ok := errors.AsType[*flaskcaching.CallError](err)
	return ok
}

func TestGuessAndDisplay(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		set := func(key, val string) string { on.w.Do("SET", key, val); return key }
		r := flaskcaching.Default()
		set("flask_cache_shop.app.price_memver", version("AAAAAA"))
		set("flask_cache_app.Basket.total_memver", version("BBBBBB"))
		set("flask_cache_app.Basket.total.<Basket 7>_memver", version("CCCCCC"))
		set("flask_cache_app.outer.<locals>.inner_memver", version("DDDDDD"))
		set("user:Grace Hopper:profile", "x")
		price := func(v value.Value) string {
			return set(memoized(t, r, "shop.app.price", args(v), "AAAAAA"), "1")
		}
		tests := []struct{ key, call, display string }{
			{price(value.NewInt(4)), "shop.app.price(4)", "price(4)"},
			{price(value.NewText("Grace Hopper")), "shop.app.price('Grace Hopper')", "price('Grace Hopper')"},
			{price(value.NewText("typed by hand")), "shop.app.price('typed by hand')", "price('typed by hand')"},
			{price(value.NewText("nobody can know")), "", "price(?)"},
			{
				set(memoized(t, r, "shop.app.price", args(value.NewText("c0ffee")), "AAAAAA"), "!\x80\x04\x8c\x13the price of c0ffee."),
				"shop.app.price('c0ffee')", "price('c0ffee')",
			},
			{
				set(memoized(t, r, "app.Basket.total", args(value.NewText("<Basket 7>"), value.NewInt(2)), "BBBBBB", "CCCCCC"), "1"),
				"app.Basket.total('<Basket 7>', 2)", "Basket.total('<Basket 7>', 2)",
			},
			{
				set(memoized(t, r, "app.Basket.total", args(value.NewText("<Basket 7>"), value.NewText("so secret")), "BBBBBB", "CCCCCC"), "1"),
				"", "Basket.total('<Basket 7>', ?)",
			},
			{set(memoized(t, r, "app.outer.<locals>.inner", args(), "DDDDDD"), "1"), "app.outer.<locals>.inner()", "outer.<locals>.inner()"},
			{set(memoized(t, r, "shop.app.price", args(value.NewInt(9)), "ZZZZZZ"), "1"), "shop.app.price(9)", "price(9)"},
			// A result that ends in the former version of price is one of price.
			{set(memoized(t, r, "shop.app.price", args(value.NewText("nobody knew")), "ZZZZZZ"), "1"), "", "price(?)"},
			// One key that ends in an unknown version proves nothing, two do.
			{set(memoized(t, r, "gone.f", args(value.NewInt(9)), "q7Rk2x"), "1"), "", ""},
			{set(memoized(t, r, "gone.g", args(value.NewInt(8)), "Zp3vX9"), "1"), "", "?(?)"},
			{set(memoized(t, r, "gone.g", args(value.NewInt(9)), "Zp3vX9"), "1"), "", "?(?)"},
			{"flask_cache_shop.app.price_memver", "", "version of price"},
			{"flask_cache_app.Basket.total.<Basket 7>_memver", "", "version of Basket.total of <Basket 7>"},
			{set("flask_cache_memoize:square:4", "1"), "", "square(4)"},
			{set("flask_cache_view//about", "1"), "", "/about"},
			{set("flask_cache_homepage", "1"), "", ""},
			{"user:Grace Hopper:profile", "", ""},
			{"", "", ""},
		}
		c := open(t, inspect.Config{URL: on.url, ReadOnly: true})
		f := flaskOf(t, c)
		if d := f.Display([]byte(tests[0].key)); d != "price(?)" {
			t.Errorf("before anything was guessed: %q", d)
		}
		n, err := c.Guess(t.Context(), f, "typed by hand")
		if err != nil || n != 7 {
			t.Errorf("%d found, %v", n, err)
		}
		for _, tt := range tests {
			call, ok := f.Call([]byte(tt.key))
			if call != tt.call || ok != (tt.call != "") {
				t.Errorf("%s: call %q, %v, want %q", tt.key, call, ok, tt.call)
			}
			if d := f.Display([]byte(tt.key)); d != tt.display {
				t.Errorf("%s: shown as %q, want %q", tt.key, d, tt.display)
			}
		}

		later := flaskOf(t, c)
		later.Adopt(f)
		if call, _ := later.Call([]byte(tests[0].key)); call != tests[0].call {
			t.Errorf("what was proven is forgotten: %q", call)
		}
		if call, ok, err := c.GuessOne(t.Context(), later, []byte(tests[3].key), "nobody can know"); !ok || err != nil {
			t.Errorf("one entry: %q, %v", call, err)
		}
		if n, err := c.Guess(t.Context(), later); n != 0 || err != nil {
			t.Errorf("%d found again, %v", n, err)
		}
	})
}

func TestGuessEndsWithItsContext(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "flask_cache_app.f_memver", version("AAAAAA"))
		on.w.Do("SET", "flask_cache_"+square4+"AAAAAA", "1")
		c := open(t, inspect.Config{URL: on.url})
		f := flaskOf(t, c)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Guess(ctx, f); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		late, stop := context.WithTimeout(t.Context(), 0)
		defer stop()
		if _, err := c.Guess(late, f); err != nil {
			t.Errorf("out of time: %v", err)
		}
		if _, err := c.Flask(ctx, indexOf(t, c).Snapshot(), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

// TestFind_AssumedIsNotCertain has two results that a call may have, by defaults that
// are not known, and a method on an object that is made with a number.
func TestFind_AssumedIsNotCertain(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		for key, val := range map[string]string{
			"flask_cache_app.price_memver":                version("AAAAAA"),
			"flask_cache_49CC98MVYKczc5VwAAAAAA":          "1", // price('A', 'USD')
			"flask_cache_app.Shop.name_memver":            version("BBBBBB"),
			"flask_cache_app.Shop.name.<Shop 1>_memver":   version("CCCCCC"),
			"flask_cache_app.Shop.name.<Shop 2>_memver":   version("DDDDDD"),
			"flask_cache_q0O1i0fALTaoMPH9BBBBBBCCCCCC":    "1",
			"flask_cache_app.Other.name_memver":           version("EEEEEE"),
			"flask_cache_app.Other.name.<Other 1>_memver": version("FFFFFF"),
		} {
			on.w.Do("SET", key, val)
		}
		f := flaskOf(t, open(t, inspect.Config{URL: on.url}))
		for _, tt := range []struct {
			typed, key string
			certain    bool
		}{
			{`price("A", "USD")`, "flask_cache_49CC98MVYKczc5VwAAAAAA", true},
			{`price("A")`, "flask_cache_49CC98MVYKczc5VwAAAAAA", false},
			{`price(sku="A", currency="USD")`, "flask_cache_49CC98MVYKczc5VwAAAAAA", false},
			{`Shop(1).name()`, "flask_cache_q0O1i0fALTaoMPH9BBBBBBCCCCCC", true},
		} {
			found, err := f.FindAll(tt.typed)
			if err != nil || !found.Exists() || string(found.List[0].Key) != tt.key || found.List[0].Certain != tt.certain {
				t.Errorf("%s: %+v, %v", tt.typed, found.List, err)
			}
		}
		if found, err := f.FindAll(`Shop(3).name()`); err != nil || found.Exists() {
			t.Errorf("another object: %+v, %v", found.List, err)
		}
	})
}
