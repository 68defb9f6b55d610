package inspect_test

import (
	"errors"
	"io"
	"slices"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// flaskOf lists a database and finds the apps in it.
func flaskOf(t testing.TB, c *inspect.Client) *inspect.FlaskIndex {
	t.Helper()
	f, err := c.Flask(t.Context(), indexOf(t, c).Snapshot(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// version is a pickled version, as Flask-Caching 2 stores it.
func version(v string) string {
	return "!\x80\x05\x95\x0a\x00\x00\x00\x00\x00\x00\x00\x8c\x06" + v + "\x94."
}

// The digests of calls, by hashlib.md5.
const (
	square4 = "WZuvePfNJeiKltXU" // app.square(4,)OrderedDict()
	square5 = "UTvhbv9hRJzYhBYC" // app.square(5,)OrderedDict()
	total7  = "kvmmrqn0uTmpJGYX" // __main__.Basket.total('<Basket 7>', 2)OrderedDict()
)

func TestFlaskJoinsEntriesAndVersions(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		set := func(key, val string) { on.w.Do("SET", key, val) }
		set("flask_cache_app.square_memver", version("AAAAAA"))
		set("flask_cache_"+square4+"AAAAAA", "16")
		set("flask_cache_"+square5+"AAAAAA", "25")
		set("flask_cache_"+square5+"BBBBBB", "25") // left by delete_memoized
		set("flask_cache_view//about", "!x")
		// An app of another prefix, whose end only an entry can tell.
		set("my_shop_app.square_memver", version("CCCCCC"))
		set("my_shop_"+square4+"CCCCCC", "16")
		set("my_shop_"+square4+"DDDDDD", "16")
		set("my_"+square4+"DDDDDD", "nobody's")
		// A method, whose instance has a version of its own.
		set("flask_cache___main__.Basket.total_memver", version("EEEEEE"))
		set("flask_cache___main__.Basket.total.main_memver", version("FFFFFF"))
		set("flask_cache_"+total7+"EEEEEEFFFFFF", "9")
		set("flask_cache_"+total7+"EEEEEEGGGGGG", "9") // its instance is gone
		// A version without entries, and what may be an orphan of it.
		set("new:app.cube_memver", version("HHHHHH"))
		set("new:"+square4+"JJJJJJ", "16")
		// No app is known there.
		set("token:"+square4+"KKKKKK", "nobody's")
		set(square4+"KKKKKK", "nobody's")
		set("other:AAAAAAAAAAAAAAAAAAAAAA", "nobody's")
		set("flask_cache_app.broken_memver", "no version")
		set("flask_cache_abcdefghijklmnopqrstuv", "in one case")
		on.w.Do("HSET", "flask_cache_app.odd_memver", "a", "b")

		c := open(t, inspect.Config{URL: on.url})
		f := flaskOf(t, c)
		if _, err := c.Guess(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		owners := map[string]string{
			"flask_cache_" + square4 + "AAAAAA":      "flask_cache_ app.square ",
			"flask_cache_" + square5 + "AAAAAA":      "flask_cache_ app.square ",
			"my_shop_" + square4 + "CCCCCC":          "my_shop_ app.square ",
			"flask_cache_" + total7 + "EEEEEEFFFFFF": "flask_cache_ __main__.Basket.total main",
		}
		var orphans []string
		for _, name := range names(indexOf(t, c)) {
			o, ok := f.Owner([]byte(name))
			want, owned := owners[name]
			if got := o.Prefix + " " + o.Function + " " + o.Instance; ok != owned || ok && got != want {
				t.Errorf("%s: owner %q, %v, want %q", name, got, ok, want)
			}
			if f.Orphan([]byte(name)) {
				orphans = append(orphans, name)
			}
		}
		want := []string{
			// Not the result of an object that is not known.
			"flask_cache_" + square5 + "BBBBBB", "my_shop_" + square4 + "DDDDDD", "new:" + square4 + "JJJJJJ",
		}
		if !slices.Equal(orphans, want) {
			t.Errorf("orphans %q, want %q", orphans, want)
		}
		if s, _ := f.StaleTotals(); s.Keys != len(want) || f.Entries() != len(owners) {
			t.Errorf("%d orphans, %d entries", s.Keys, f.Entries())
		}
		if p := f.Prefixes(); !slices.Equal(p, []string{"flask_cache_", "my_shop_", "new:"}) {
			t.Errorf("prefixes %q", p)
		}
		if f.Orphan([]byte("flask_cache_" + square4 + "ZZZZZZ")) {
			t.Error("a key that was not in the snapshot is an orphan")
		}
	})
}

func indexOf(t testing.TB, c *inspect.Client) *keyspace.Index {
	t.Helper()
	idx := keyspace.New(0)
	scan := c.NewScan(idx, inspect.ScanOptions{})
	for {
		if _, err := scan.Next(t.Context()); errors.Is(err, io.EOF) {
			return idx
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
