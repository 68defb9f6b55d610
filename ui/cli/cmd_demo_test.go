package cli

import (
	"io"
	"net/http"
	"slices"
	"testing"

	"cacheview/demoapp"
	"cacheview/inspect"
)

// TestTheDemoIsLive follows the demo's own store as any server is followed,
// while somebody asks the app for a page and forgets it again.
func TestTheDemoIsLive(t *testing.T) {
	t.Parallel()
	run, err := demoapp.Serve(t.Context(), demoapp.Config{Addr: "127.0.0.1:0", Quiet: true, Work: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	c, err := inspect.Open(t.Context(), inspect.Config{URL: run.RedisURL, StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	f, err := c.Follow(t.Context(), inspect.FollowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !f.UsesTracking() {
		t.Fatal("the store does not tell what changes")
	}
	var told []string
	for _, step := range []struct{ page, want string }{
		{"/square/5", "set flask_cache_memoize:square:5"},
		{"/home", "set homepage"},
		{"/delete-homepage-cache", "gone homepage"},
		{"/clear-cache", "gone flask_cache_memoize:square:5"},
	} {
		resp, err := http.Get(run.URL + step.page)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		for !slices.Contains(told, step.want) {
			events, err := f.Next(t.Context())
			if err != nil {
				t.Fatalf("%v; told %q", err, told)
			}
			for _, e := range events {
				told = append(told, string(e.What)+" "+string(e.Key.Name))
				if e.What == inspect.Set && e.Key.Meta.Expiry <= 0 {
					t.Errorf("%q has no time to live", e.Key.Name)
				}
			}
		}
	}
	if len(told) != 4 {
		t.Errorf("told %q", told)
	}
}
