package inspect_test

import (
	"slices"
	"testing"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
	"cacheview/inspect"
)

func TestCalledFindsKeysByWhatIsShown(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		set := func(key, val string) string { on.w.Do("SET", key, val); return key }
		rules := flaskcaching.Rules{Prefix: "flask_cache_"}
		memver := set("flask_cache_app.square_memver", version("AAAAAA"))
		four := set(memoized(t, rules, "app.square", args(value.NewInt(4)), "AAAAAA"), "16")
		five := set(memoized(t, rules, "app.square", args(value.NewInt(5)), "AAAAAA"), "25")
		stale := set(memoized(t, rules, "app.square", args(value.NewInt(6)), "ZZZZZZ"), "36")
		readable := set("flask_cache_memoize:cube:4:2", "64")
		set("flask_cache_homepage", "x")
		c := open(t, inspect.Config{URL: on.url})
		idx := indexOf(t, c)
		f := flaskOf(t, c)
		if _, err := c.Guess(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		// What has come since is shown by its call, too.
		seven := set(memoized(t, rules, "app.square", args(value.NewInt(7)), "AAAAAA"), "49")
		newer := set("flask_cache_memoize:cube:5:2", "125")
		idx.AddStrings([]string{seven, newer})
		later := idx.Snapshot()
		for _, tt := range []struct {
			text string
			want []string
		}{
			{"square(4)", []string{four}},
			{"square(", []string{four, five, stale, seven}},
			{"version of sq", []string{memver}},
			{"cube(4, 2)", []string{readable}},
			{"cube(4, ", []string{readable}},
			{"cube(5", []string{newer}},
			{"homepage(", nil},
		} {
			var got []string
			for _, key := range f.Called(t.Context(), later, tt.text) {
				got = append(got, string(key))
			}
			slices.Sort(got)
			got = slices.Compact(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
			}
		}
	})
}
