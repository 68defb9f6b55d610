package inspect_test

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// laravelKey is what the script knows of one of its keys.
type laravelKey struct {
	Call                string
	Tagged, Stale, Lock bool
}

// fillByLaravel runs the fixture script on a server and returns its keys.
func fillByLaravel(t *testing.T, srv *inspecttest.Server) map[string]laravelKey {
	t.Helper()
	if err := exec.CommandContext(t.Context(), "php", "-r", `require "/usr/share/php/Illuminate/Cache/autoload.php"; new Redis();`).Run(); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_REDIS") == "1" {
			t.Fatal("php with redis and illuminate:", err)
		}
		t.Skip("no php with redis and illuminate")
	}
	u, err := url.Parse(srv.URL(0))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "php", "testdata/laravel_cache.php", u.Port())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var truth map[string]laravelKey
	if err := json.Unmarshal(out, &truth); err != nil {
		t.Fatal(err)
	}
	return truth
}

// The tags of an item are found from its hash, the item from its tags, and an item
// whose tag has a new identifier is stale.
func TestLaravel_AgainstTheLibrary(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	truth := fillByLaravel(t, srv)
	if len(truth) < 12 {
		t.Fatalf("%d keys", len(truth))
	}
	c := open(t, inspect.Config{URL: srv.URL(0)})
	f, err := c.Frameworks(t.Context(), indexOf(t, c).Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	items := 0
	for key, is := range truth {
		x, err := c.Explain(t.Context(), []byte(key), nil)
		if err != nil {
			t.Fatal(err)
		}
		f.Explain(&x, nil)
		if x.Framework != "laravel" || is.Lock != (x.Kind == "lock") {
			t.Errorf("%s: %s %s", key, x.Framework, x.Kind)
		}
		if x.Kind == "tagged" {
			items++
			if x.Call != is.Call || x.Stale != is.Stale || !x.Certain {
				t.Errorf("%s: %q, stale %v, certain %v, want %q, %v", key, x.Call, x.Stale, x.Certain, is.Call, is.Stale)
			}
			if want := strings.Replace(is.Call, "->get(", "->forget(", 1); !is.Stale && x.Invalidate != want+";" {
				t.Errorf("%s: %s, want %s", key, x.Invalidate, want)
			}
		} else if x.Stale || x.Possible {
			t.Errorf("%s is called stale", key)
		}
		if is.Call == "" || !strings.HasSuffix(is.Call, ")") || x.Kind != "tagged" && x.Kind != "value" {
			continue
		}
		found, ok := f.Find(is.Call)
		if !ok || len(found) != 1 || string(found[0].Key) != key || !found[0].Exists {
			t.Errorf("%s: %v, %+v", is.Call, ok, found)
		}
	}
	if items != 4 {
		t.Errorf("%d items with tags", items)
	}
	found, ok := f.Find(`Cache::tags(["artists", "people"])->get('John')`)
	if !ok || len(found) != 1 || found[0].Exists || found[0].Grade.Certain() {
		t.Errorf("another order of tags: %+v", found)
	}
}
