package inspect_test

import (
	"testing"

	"github.com/alicebob/miniredis/v2"

	"cacheview/decode/flaskcaching"
	"cacheview/inspect"
)

// FuzzFlask stores a key with any name and any value among those of an app, and
// asks for all that can be said of it.
func FuzzFlask(f *testing.F) {
	m := miniredis.RunT(f)
	c := open(f, inspect.Config{URL: "redis://" + m.Addr()})
	f.Add("flask_cache_"+square4+"AAAAAA", "!\x80\x04K\x01.", "app.square(4)")
	f.Add("x_.y_memver", version("BBBBBB"), "/a?b=c")
	f.Add("__main__._memver", version("AAAAAA"), "f(<a>)")
	f.Add("flask_cache_view//_memver", version("CCCCCC"), "y(1, b=2)")
	f.Fuzz(func(t *testing.T, name, val, typed string) {
		m.FlushAll()
		for _, kv := range append(flaskKeys[:len(flaskKeys):len(flaskKeys)], [2]string{name, val}) {
			if err := m.Set(kv[0], kv[1]); err != nil {
				t.Fatal(err)
			}
		}
		flask := flaskOf(t, c)
		key := []byte(name)
		owner, owned := flask.Owner(key)
		if orphan := flask.Orphan(key); owned && orphan {
			t.Errorf("%q is an orphan and of %+v", name, owner)
		}
		if shown := flask.Display(key); owned && shown == "" {
			t.Errorf("%q of %+v is not shown", name, owner)
		}
		for _, fn := range flask.Functions() {
			k, ok := flaskcaching.Parse(fn.Memver, fn.Prefix)
			if !ok || k.Prefix != fn.Prefix || fn.Name == "" {
				t.Errorf("function %+v", fn)
			}
		}
		if _, err := c.Explain(t.Context(), key, flask); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if list, err := flask.Find(typed); err == nil {
			for _, found := range list {
				if found.Exists != m.Exists(string(found.Key)) {
					t.Errorf("%q: %+v", typed, found)
				}
			}
		}
	})
}
