package inspect_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// planned returns the keys of a plan, sorted.
func planned(p *inspect.Plan) []string {
	var list []string
	for _, k := range p.Keys {
		list = append(list, string(k))
	}
	slices.Sort(list)
	return list
}

// flaskKeys are a function with two results, one of them twice because of an
// old version, and a method of two objects.
var flaskKeys = [][2]string{
	{"flask_cache_app.square_memver", version("AAAAAA")},
	{"flask_cache_" + square4 + "AAAAAA", "16"},
	{"flask_cache_" + square5 + "AAAAAA", "25"},
	{"flask_cache_" + square5 + "ZZZZZZ", "25"},
	{"flask_cache___main__.Basket.total_memver", version("EEEEEE")},
	{"flask_cache___main__.Basket.total.<Basket 7>_memver", version("FFFFFF")},
	{"flask_cache___main__.Basket.total.<Basket 8>_memver", version("GGGGGG")},
	{"flask_cache_" + total7 + "EEEEEEFFFFFF", "9"},
	{"flask_cache_" + square4 + "EEEEEEGGGGGG", "9"},
	{"other", "x"},
}

func fillFlask(w *inspecttest.Wire) {
	for _, kv := range flaskKeys {
		w.Do("SET", kv[0], kv[1], "EX", "900")
	}
}

func TestPlanInvalidate(t *testing.T) {
	t.Parallel()
	const (
		square = "flask_cache_app.square_memver"
		total  = "flask_cache___main__.Basket.total_memver"
		seven  = "flask_cache___main__.Basket.total.<Basket 7>_memver"
	)
	contract(t, func(t *testing.T, on target) {
		fillFlask(on.w)
		c := open(t, inspect.Config{URL: on.url})
		f := flaskOf(t, c)
		tests := []struct {
			function string
			entries  bool
			keys     []string
			left     int
		}{
			{"app.square", false, []string{square}, 2},
			{square, false, []string{square}, 2},
			{"app.square", true, []string{"flask_cache_" + square5 + "AAAAAA", "flask_cache_" + square4 + "AAAAAA", square}, 0},
			{"__main__.Basket.total", false, []string{total}, 2},
			{"__main__.Basket.total.<Basket 7>", false, []string{seven}, 1},
			{"__main__.Basket.total.<Basket 7>", true, []string{seven, "flask_cache_" + total7 + "EEEEEEFFFFFF"}, 0},
		}
		for _, tt := range tests {
			p, err := c.PlanInvalidation(t.Context(), f, tt.function, tt.entries)
			if err != nil {
				t.Fatalf("%s: %v", tt.function, err)
			}
			slices.Sort(tt.keys)
			if got := planned(p); !slices.Equal(got, tt.keys) || p.StaleEntries != tt.left || (p.StaleBytes > 0) != (tt.left > 0) || p.Bytes <= 0 {
				t.Errorf("%s: got %q and %d entries of %d bytes, want %q and %d", tt.function, got, p.StaleEntries, p.StaleBytes, tt.keys, tt.left)
			}
		}
		_, err := c.PlanInvalidation(t.Context(), f, "square", false)
		if unknown, ok := errors.AsType[*inspect.FunctionError](err); !ok || !slices.Equal(unknown.Like, []string{"app.square"}) {
			t.Errorf("a short name: %v", err)
		}

		p, err := c.PlanInvalidation(t.Context(), f, "app.square", false)
		if err != nil {
			t.Fatal(err)
		}
		before := on.w.Int("DBSIZE")
		r, err := c.Delete(t.Context(), p, inspect.DeleteOptions{})
		if err != nil || r.Deleted != 1 || on.w.Int("DBSIZE") != before-1 || on.w.Int("EXISTS", square) != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		later := flaskOf(t, c)
		later.Adopt(f)
		if s, p := later.StaleTotals(); s.Keys != 2 || p.Keys != 1 {
			t.Errorf("%d stale results and %d that may be after the version was deleted", s.Keys, p.Keys)
		}
		if u, err := c.Undo(t.Context(), r.Undo, inspect.UndoOptions{}); err != nil || u.Restored != 1 {
			t.Fatalf("%+v, %v", u, err)
		}
		if s, p := flaskOf(t, c).StaleTotals(); s.Keys != 0 || p.Keys != 1 {
			t.Errorf("%d stale results and %d that may be after the undo", s.Keys, p.Keys)
		}
	})
}

func TestPlanInvalidateSeesARenewedVersion(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		fillFlask(on.w)
		c := open(t, inspect.Config{URL: on.url})
		f := flaskOf(t, c)
		// delete_memoized, and a call after it.
		on.w.Do("SET", "flask_cache_app.square_memver", version("NNNNNN"))
		on.w.Do("SET", "flask_cache_"+square4+"NNNNNN", "16")
		on.w.Do("SET", "elsewhere_"+square4+"NNNNNN", "nobody's")
		p, err := c.PlanInvalidation(t.Context(), f, "app.square", true)
		want := []string{"flask_cache_" + square4 + "NNNNNN", "flask_cache_app.square_memver"}
		if err != nil || !slices.Equal(planned(p), want) {
			t.Errorf("got %q, %v, want %q", planned(p), err, want)
		}
		x, err := c.Explain(t.Context(), []byte("flask_cache_"+square4+"AAAAAA"), f)
		if err != nil || !x.Stale {
			t.Errorf("got %+v, %v", x, err)
		}
	})
}

func TestPlanOrphansAsksAgain(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		fillFlask(on.w)
		on.w.Do("SET", "flask_cache_"+square4+"YYYYYY", "16")
		on.w.Do("SET", "flask_cache_"+square4+"XXXXXX", "somebody's text")
		on.w.Do("RPUSH", "flask_cache_"+square4+"WWWWWW", "somebody's list")
		on.w.Do("SET", "flask_cache_"+square4+"VVVVVV", "!\x80\x04K\x10.", "EX", "900")
		on.w.Do("SET", "flask_cache_"+square5+"VVVVVV", "25")
		c := open(t, inspect.Config{URL: on.url})
		f := flaskOf(t, c)
		if _, err := c.Guess(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if s, _ := f.StaleTotals(); s.Keys != 6 {
			t.Fatalf("%d stale results", s.Keys)
		}
		// The scan has missed the version of one, which was written meanwhile;
		// another has expired.
		on.w.Do("SET", "flask_cache_app.cube_memver", version("YYYYYY"))
		on.w.Do("DEL", "flask_cache_"+square5+"VVVVVV")
		p, err := c.PlanStale(t.Context(), f, nil)
		want := []string{"flask_cache_" + square5 + "ZZZZZZ", "flask_cache_" + square4 + "VVVVVV"}
		slices.Sort(want)
		if err != nil || !slices.Equal(planned(p), want) || p.Bytes <= 0 {
			t.Fatalf("got %q, %v, want %q", planned(p), err, want)
		}
		r, err := c.Delete(t.Context(), p, inspect.DeleteOptions{})
		if err != nil || r.Deleted != 2 || r.Undo == "" {
			t.Errorf("%+v, %v", r, err)
		}

		on.w.Do("SET", "flask_cache_"+square5+"ZZZZZZ", "25")
		guarded := open(t, inspect.Config{URL: on.url, Protected: []string{"flask_"}})
		known := flaskOf(t, guarded)
		known.Adopt(f)
		if _, err := guarded.PlanStale(t.Context(), known, nil); !isProtected(err) {
			t.Errorf("protected: %v", err)
		}
	})
}

func isProtected(err error) bool {
	_, ok := errors.AsType[*inspect.ProtectedError](err)
	return ok
}

// TestFlaskLeavesTheServerAlone lets everything that only looks run on a
// read-only session, and finds every byte as it was.
func TestFlaskLeavesTheServerAlone(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	fillFlask(srv.Dial(0))
	before := srv.Keys(0)
	c := open(t, inspect.Config{URL: srv.URL(0), ReadOnly: true})
	f := flaskOf(t, c)
	if _, err := c.Guess(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	for name := range before {
		if _, err := c.Explain(t.Context(), []byte(name), f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := c.PlanStale(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Delete(t.Context(), p, inspect.DeleteOptions{}); !errors.Is(err, inspect.ErrReadOnly) {
		t.Errorf("a read-only session deletes: %v", err)
	}
	if !maps.Equal(before, srv.Keys(0)) {
		t.Error("the keys have changed")
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		fillFlask(on.w)
		on.w.Do("SET", "shop_app.f_memver", version("SSSSSS"))
		on.w.Do("SET", "shop_"+square4+"SSSSSS", "1")
		on.w.Do("SET", "shop_view//about", "!\x80\x04K\x01.")
		on.w.Do("SET", "shop_mine", "!\x80\x04K\x01.")
		on.w.Do("SET", "flask_cache_"+square4+"AAAAAA", "16") // for ever, unlike its version
		on.w.Do("HSET", "session:abc", "a", "b")
		on.w.Do("SET", "flask_cache_app.Basket.make_memver", version("MMMMMM"))
		class := memoized(t, flaskcaching.Default(), "app.Basket.make", args(value.NewText("<class 'app.Basket'>"), value.NewInt(3)), "MMMMMM")
		on.w.Do("SET", class, "3")
		c := open(t, inspect.Config{URL: on.url})
		f := flaskOf(t, c)
		if _, err := c.Guess(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		tests := []struct {
			key, framework, kind, function, call string
			stale, exists, certain               bool
			entries                              int
		}{
			{"flask_cache_" + square4 + "AAAAAA", "flask-caching", "memoize", "app.square", "app.square(4)", false, true, true, 0},
			{"flask_cache_" + square5 + "ZZZZZZ", "flask-caching", "memoize", "app.square", "app.square(5)", true, true, true, 0},
			{"flask_cache_" + square4 + "EEEEEEGGGGGG", "flask-caching", "memoize", "__main__.Basket.total", "", false, true, true, 0},
			{"flask_cache_app.square_memver", "flask-caching", "memver", "app.square", "", false, true, true, 2},
			{"flask_cache___main__.Basket.total_memver", "flask-caching", "memver", "__main__.Basket.total", "", false, true, true, 2},
			{"flask_cache_memoize:square:4", "flask-caching", "memoize", "square", "square(4)", false, false, false, 0},
			{"shop_view//about", "flask-caching", "view", "", "", false, true, true, 0},
			{"shop_mine", "flask-caching", "manual", "", "", false, true, false, 0},
			{"celery-task-meta-7b0e1a8c", "celery", "result", "", "", false, false, false, 0},
			{"other", "", "", "", "", false, true, false, 0},
			{"", "", "", "", "", false, false, false, 0},
		}
		for _, tt := range tests {
			x, err := c.Explain(t.Context(), []byte(tt.key), f)
			if err != nil {
				t.Fatalf("%s: %v", tt.key, err)
			}
			got := fmt.Sprint(x.Framework, x.Kind, x.Function, x.Call, x.Stale, x.Exists, x.Certain, x.Entries)
			if want := fmt.Sprint(tt.framework, tt.kind, tt.function, tt.call, tt.stale, tt.exists, tt.certain, tt.entries); got != want {
				t.Errorf("%s: got %s, want %s", tt.key, got, want)
			}
			if flask := x.Framework == "flask-caching"; flask && (x.Exists && x.Invalidate == "" || x.Exists && x.TTL == "" || len(x.Parts) == 0 || x.Parts[0].Name != "prefix") {
				t.Errorf("%s: %+v", tt.key, x)
			}
		}
		x, err := c.Explain(t.Context(), []byte(class), f)
		if want := "cache.delete_memoized(Basket.make, Basket, 3)"; err != nil || x.Invalidate != want {
			t.Errorf("a class method: got %s, %v, want %s", x.Invalidate, err, want)
		}
		x, err = c.Explain(t.Context(), []byte("session:abc"), nil)
		if err != nil || !x.Exists || c.NeedsFlask(&x) {
			t.Errorf("without an app: %+v, %v", x, err)
		}
	})
}

// TestExplain_KnownPrefixNeedsTheValue has names under a configured prefix over values
// that the library does not write.
func TestExplain_KnownPrefixNeedsTheValue(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		on.w.Do("HSET", "zzview//hash", "f", "v")
		on.w.Do("RPUSH", "zzhome", "a")
		on.w.Do("HSET", "zzapp.f_memver", "f", "v")
		on.w.Do("SET", "zzview//text", "plain text")
		on.w.Do("SET", "zz/pagebcd8b0c2eb1fce714eab6cef0d771acc", `{"a":1}`)
		on.w.Do("SET", "zzview//page", "!\x80\x05K\x05.")
		c := open(t, inspect.Config{URL: on.url, KeyPrefixes: []string{"zz"}})
		f := flaskOf(t, c)
		for key, want := range map[string]string{
			"zzview//hash": " false", "zzhome": " false", "zzapp.f_memver": " false",
			"zzview//text": "flask-caching false", "zz/pagebcd8b0c2eb1fce714eab6cef0d771acc": "flask-caching false",
			"zzview//page": "flask-caching true", "zzview//gone": "flask-caching false",
		} {
			x, err := c.Explain(t.Context(), []byte(key), f)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(x.Framework, " ", x.Certain); got != want {
				t.Errorf("%s: got %s, want %s", key, got, want)
			}
		}
	})
}
