package inspect_test

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// djangoKey is what the app knows of one of its keys.
type djangoKey struct {
	URL      string
	Fragment bool
	Value    bool
	Older    bool
}

// fillByDjango runs the fixture app on a server and returns its keys.
func fillByDjango(t *testing.T, srv *inspecttest.Server) map[string]djangoKey {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), python, "-c", "import django_redis, redis").Run(); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_REDIS") == "1" {
			t.Fatal("python3 with django_redis:", err)
		}
		t.Skip("no python3 with django_redis")
	}
	u, err := url.Parse(srv.URL(0))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/django_app.py", u.Port())
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var truth map[string]djangoKey
	if err := json.Unmarshal(out, &truth); err != nil {
		t.Fatal(err)
	}
	return truth
}

// Pages are found by their address, all variants under every prefix; the address
// of a key is found from the links in cached pages.
func TestDjango_AgainstTheLibrary(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	truth := fillByDjango(t, srv)
	if len(truth) < 18 {
		t.Fatalf("%d keys", len(truth))
	}
	c := open(t, inspect.Config{URL: srv.URL(0)})
	f, err := c.Frameworks(t.Context(), indexOf(t, c).Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]map[string]bool{}
	for key, is := range truth {
		x, err := c.Explain(t.Context(), []byte(key), nil)
		if err != nil {
			t.Fatal(err)
		}
		f.Explain(&x, []string{"/list?page=3&q=a"})
		if is.URL != "" {
			if pages[is.URL] == nil {
				pages[is.URL] = map[string]bool{}
			}
			pages[is.URL][key] = true
			if x.Call != is.URL || !x.Certain || x.Framework != "django" {
				t.Errorf("%s: %q, certain %v, want %q", key, x.Call, x.Certain, is.URL)
			}
		}
		if is.Fragment && (x.Kind != "fragment" || x.Call == "") {
			t.Errorf("%s: %+v", key, x)
		}
		if x.Stale || x.Possible != is.Older {
			t.Errorf("%s: stale %v, possibly left over %v, want %v (%s)", key, x.Stale, x.Possible, is.Older, x.Reason)
		}
	}
	for address, keys := range pages {
		found, ok := f.Find(address)
		if !ok || len(found) != len(keys) {
			t.Errorf("%s: %d keys, want %d", address, len(found), len(keys))
		}
		for _, k := range found {
			if !keys[string(k.Key)] || !k.Grade.Certain() || k.Invalidate == "" {
				t.Errorf("%s: %+v", address, k)
			}
		}
	}
	for _, other := range []string{
		"http://shop.example/about/", "https://shop.example:8443/about/", "https://shop.example/about", "https://shop.example/about/?a=1",
		"https://shop.example/list?q=a&page=2", "https://www.shop.example/about/",
	} {
		if found, _ := f.Find(other); len(found) != 0 {
			t.Errorf("%s: %s", other, found[0].Key)
		}
	}
	// Without its header entry a page is not asked for now; that is no proof.
	w := srv.Dial(0)
	for key := range pages["https://shop.example/"] {
		if x, _ := c.Explain(t.Context(), []byte(key), nil); x.Kind == "cache_header" {
			w.Do("DEL", key)
		}
	}
	if f, err = c.Frameworks(t.Context(), indexOf(t, c).Snapshot()); err != nil {
		t.Fatal(err)
	}
	for key := range pages["https://shop.example/"] {
		x, err := c.Explain(t.Context(), []byte(key), nil)
		if err != nil {
			t.Fatal(err)
		}
		if f.Explain(&x, nil); x.Exists && (x.Stale || !x.Possible) {
			t.Errorf("%s: stale %v, possibly left over %v", key, x.Stale, x.Possible)
		}
	}
}
