package inspect_test

import (
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// noneStale fails if a live key is called stale, or planned to be deleted as such.
func noneStale(t *testing.T, c *inspect.Client, live []string) {
	t.Helper()
	f := flaskOf(t, c)
	p, err := c.PlanStale(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan := map[string]bool{}
	for _, key := range p.Keys {
		plan[string(key)] = true
	}
	for _, key := range live {
		x, err := c.Explain(t.Context(), []byte(key), f)
		if err != nil || x.Stale || plan[key] {
			t.Errorf("%s: stale %v, planned %v, %v (%s)", key, x.Stale, plan[key], err, x.Why)
		}
	}
}

// TestStale_SiblingPrefixes has two apps whose prefixes begin alike, with results of
// the same calls and an ID that is as long as a result.
func TestStale_SiblingPrefixes(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	live := []string{
		"shop" + square4 + "AAaa01", "shop" + square5 + "AAaa01",
		"shop_v2_" + square4 + "BBbb02", "shop_v2_" + square5 + "BBbb02",
		"shopAa00Bb11Cc22Dd33Ee44Ff", "shop_v2_Aa00Bb11Cc22Dd33Ee44Ff",
	}
	for _, key := range live {
		w.Do("SET", key, "16")
	}
	w.Do("SET", "shopapp.square_memver", version("AAaa01"))
	w.Do("SET", "shop_v2_app.square_memver", version("BBbb02"))
	noneStale(t, open(t, inspect.Config{URL: srv.URL(0)}), live)
}

// TestStale_VersionsThatTheUserMayNotRead has users who may not read version keys.
func TestStale_VersionsThatTheUserMayNotRead(t *testing.T) {
	t.Parallel()
	for name, rules := range map[string][]string{
		"no command that reads":   {"~*", "+@all", "-get", "-mget", "-getrange", "-substr", "-dump", "-eval"},
		"results and no versions": {"+@all", "~flask_cache_??????????????????????"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			w := srv.Dial(0)
			live := []string{"flask_cache_" + square4 + "AAaa01", "flask_cache_" + square5 + "AAaa01"}
			for _, key := range live {
				w.Do("SET", key, "16")
			}
			w.Do("SET", "flask_cache_app.square_memver", version("AAaa01"))
			noneStale(t, restricted(t, srv, rules...), live)
		})
	}
}

// TestCalls_ValueVetoesTheNameOfAVersion has keys that are named like version keys and
// hold none.
func TestCalls_ValueVetoesTheNameOfAVersion(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("HSET", "flask_cache_app.f_memver", "a", "b")
	w.Do("SET", "flask_cache_app.g_memver", "hello there")
	w.Do("SET", "flask_cache_app.h_memver", version("AAaa01"))
	c := open(t, inspect.Config{URL: srv.URL(0)})
	f := flaskOf(t, c)
	calls, err := c.Calls(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"flask_cache_app.f_memver": "", "flask_cache_app.g_memver": "", "flask_cache_app.h_memver": "app.h"} {
		if got := calls.Of([]byte(key), -1).Function; got != want {
			t.Errorf("%s: function %q, want %q", key, got, want)
		}
		if named := f.Display([]byte(key)) != ""; named != (want != "") {
			t.Errorf("%s is displayed as %q", key, f.Display([]byte(key)))
		}
	}
}
