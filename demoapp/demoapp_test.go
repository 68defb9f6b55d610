package demoapp

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// newApp returns an app that does not work, on a store of its own.
func newApp(t *testing.T, layout Layout) (*App, *miniredis.Miniredis) {
	t.Helper()
	store := miniredis.RunT(t)
	app, err := New(Config{RedisURL: "redis://" + store.Addr(), Layout: layout, Work: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	return app, store
}

// get asks the app and returns the answer with its body read.
func get(t *testing.T, h http.Handler, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), strings.TrimSpace(string(body))
}

func TestSquareIsComputedOnceAndThenServed(t *testing.T) {
	t.Parallel()
	app, store := newApp(t, Guide)
	for _, want := range []string{"MISS", "HIT", "HIT"} {
		resp, body := get(t, app.Handler(), "/square/4")
		if body != "Square of 4 is 16" || resp.Header.Get("X-Cache") != want {
			t.Errorf("got %q, %s, want %s", body, resp.Header.Get("X-Cache"), want)
		}
		if key := resp.Header.Get("X-Cache-Key"); key != "flask_cache_memoize:square:4" {
			t.Errorf("key %q", key)
		}
		if resp.Header.Get("X-Cache-Ms") == "" {
			t.Error("no time in the headers")
		}
	}
	raw, err := store.Get("flask_cache_memoize:square:4")
	if want := "!\x80\x05\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x11Square of 4 is 16\x94."; err != nil || raw != want {
		t.Errorf("stored %q, %v", raw, err)
	}
	if ttl := store.TTL("flask_cache_memoize:square:4"); ttl != time.Minute {
		t.Errorf("ttl %v", ttl)
	}
}

func TestSquareTakesWholeNumbers(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, Guide)
	tests := []struct {
		n, body, key string
		status       int
	}{
		{"007", "Square of 7 is 49", "flask_cache_memoize:square:7", 200},
		{"-3", "Square of -3 is 9", "flask_cache_memoize:square:-3", 200},
		{"99999999999", "Square of 99999999999 is 9999999999800000000001", "flask_cache_memoize:square:99999999999", 200},
		{"x", "", "", 404},
		{"1.5", "", "", 404},
		{"+1", "", "", 404},
		{"1_0", "", "", 404},
		{strings.Repeat("9", 41), "", "", 404},
		{"%0d%0a", "", "", 404},
	}
	for _, tt := range tests {
		resp, body := get(t, app.Handler(), "/square/"+tt.n)
		if resp.StatusCode != tt.status || resp.Header.Get("X-Cache-Key") != tt.key || tt.body != "" && body != tt.body {
			t.Errorf("%s: %d %q %q", tt.n, resp.StatusCode, body, resp.Header.Get("X-Cache-Key"))
		}
	}
}

func TestHomePage(t *testing.T) {
	t.Parallel()
	app, store := newApp(t, Guide)
	resp, page := get(t, app.Handler(), "/", "Accept", "text/html")
	if resp.Header.Get("X-Cache") != "MISS" || resp.Header.Get("X-Cache-Key") != "homepage" {
		t.Errorf("headers %v", resp.Header)
	}
	for _, want := range []string{"Landing page rendered at", "cache miss", "<code>homepage</code>", `href="/square/4"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if ttl := store.TTL("homepage"); ttl != 30*time.Second {
		t.Errorf("ttl %v", ttl)
	}
	_, part := get(t, app.Handler(), "/home", "Accept", "text/html")
	if !strings.HasPrefix(part, "Landing page rendered at") || !strings.Contains(page, part) {
		t.Errorf("/home is %q", part)
	}
	_, page = get(t, app.Handler(), "/", "Accept", "text/html")
	if !strings.Contains(page, "cache hit") || !strings.Contains(page, part) {
		t.Error("the second visit is no hit")
	}
}

func TestDeleteAndClear(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{Guide, FlaskCaching} {
		t.Run(string(layout), func(t *testing.T) {
			t.Parallel()
			app, store := newApp(t, layout)
			h := app.Handler()
			foreign := []string{"flask_cache_other", "homepage2", "flask_cache_memoize:squared:4", "demo:other"}
			for _, key := range foreign {
				if err := store.Set(key, "x"); err != nil {
					t.Fatal(err)
				}
			}
			fill := func() {
				get(t, h, "/home")
				get(t, h, "/square/4")
				get(t, h, "/square/5")
			}
			fill()
			if _, body := get(t, h, "/delete-homepage-cache"); body != "Homepage cache deleted" {
				t.Errorf("got %q", body)
			}
			if resp, _ := get(t, h, "/square/4"); resp.Header.Get("X-Cache") != "HIT" {
				t.Error("deleting the home page deleted a square")
			}
			if _, body := get(t, h, "/delete-homepage-cache"); body == "Homepage cache deleted" {
				t.Error("deleted twice")
			}
			fill()
			want := "Cache cleared: 3 keys deleted"
			if layout == FlaskCaching {
				want = "Cache cleared: 4 keys deleted" // the version too
			}
			if _, body := get(t, h, "/clear-cache"); body != want {
				t.Errorf("got %q, want %q", body, want)
			}
			if keys := store.Keys(); !slices.Equal(keys, slices.Sorted(slices.Values(foreign))) {
				t.Errorf("left: %q", keys)
			}
		})
	}
}

// TestServe_OnlyThisMachine asks a running demo as pages of other sites do.
func TestServe_OnlyThisMachine(t *testing.T) {
	t.Parallel()
	store := miniredis.RunT(t)
	r, err := Serve(t.Context(), Config{RedisURL: "redis://" + store.Addr(), Addr: "127.0.0.1:0", Work: -1, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fetch(t, r.URL+"/home")
	port := r.URL[strings.LastIndexByte(r.URL, ':'):]
	for _, tt := range []struct {
		host, name, value string
		status            int
	}{
		{"127.0.0.1" + port, "", "", 200},
		{"localhost" + port, "Sec-Fetch-Site", "same-origin", 200},
		{"[::1]" + port, "Sec-Fetch-Site", "none", 200},
		{"localhost" + port, "Referer", "http://localhost" + port + "/", 200},
		{"localhost" + port, "Sec-Fetch-Site", "cross-site", 403},
		{"localhost" + port, "Sec-Fetch-Site", "same-site", 403},
		{"localhost" + port, "Origin", "http://evil.example", 403},
		{"localhost" + port, "Origin", "null", 403},
		{"localhost" + port, "Referer", "http://localhost:1/", 403},
		{"evil.example" + port, "", "", 403},
		{"127.0.0.1.evil.example", "", "", 403},
		{"localhost.evil.example" + port, "", "", 403},
		{"10.0.0.1", "", "", 403},
	} {
		for _, path := range []string{"/", "/home", "/square/4", "/delete-homepage-cache", "/clear-cache"} {
			if tt.status == 200 && path != "/home" {
				continue
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if req.Host = tt.host; tt.name != "" {
				req.Header.Set(tt.name, tt.value)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("%s of %s, %s %s: %d", path, tt.host, tt.name, tt.value, resp.StatusCode)
			}
		}
	}
	if keys := store.Keys(); !slices.Equal(keys, []string{"cacheview-demo:homepage"}) {
		t.Errorf("%q", keys)
	}
}

// TestServe_TakesNoNames runs on a server that has keys of the names that the demo
// uses: none is served, changed or deleted.
func TestServe_TakesNoNames(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{Guide, FlaskCaching} {
		store := miniredis.RunT(t)
		foreign := []string{"homepage", "flask_cache_homepage", "flask_cache_memoize:square:4", "demo:user:42", "session:1"}
		for _, key := range foreign {
			if err := store.Set(key, "theirs"); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Serve(t.Context(), Config{RedisURL: "redis://" + store.Addr(), Layout: layout, Addr: "127.0.0.1:0", Work: -1, Remove: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/home", "/square/4", "/delete-homepage-cache", "/clear-cache", "/home"} {
			if body := fetch(t, r.URL+path); strings.Contains(body, "theirs") {
				t.Errorf("%s: %s", path, body)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if keys := store.Keys(); !slices.Equal(keys, slices.Sorted(slices.Values(foreign))) {
			t.Errorf("%s: %q", layout, keys)
		}
		for _, key := range foreign {
			if v, _ := store.Get(key); v != "theirs" {
				t.Errorf("%s is %q", key, v)
			}
		}
	}
}

func TestAnswersWithoutRedis(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{Guide, FlaskCaching} {
		app, store := newApp(t, layout)
		store.Close()
		resp, body := get(t, app.Handler(), "/square/4")
		if resp.StatusCode != 200 || body != "Square of 4 is 16" || resp.Header.Get("X-Cache") != "BYPASS" || resp.Header.Get("X-Cache-Error") == "" {
			t.Errorf("%s: %d %q %v", layout, resp.StatusCode, body, resp.Header)
		}
		if _, page := get(t, app.Handler(), "/", "Accept", "text/html"); !strings.Contains(page, "not cached: Redis does not answer") {
			t.Errorf("%s: the page does not say so", layout)
		}
		if resp, _ := get(t, app.Handler(), "/clear-cache"); resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: clear answers %d", layout, resp.StatusCode)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, cfg := range []Config{{}, {RedisURL: "http://x"}, {RedisURL: "redis://:s3cret@host:bad/0"}, {RedisURL: "redis://h", Layout: "rails"}} {
		app, err := New(cfg)
		if err == nil {
			_ = app.Close()
			t.Errorf("%+v was taken", cfg)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestServeBringsAStoreWhoseKeysExpire(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := Serve(ctx, Config{Addr: "127.0.0.1:0", Work: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	body := fetch(t, r.URL+"/square/4")
	if body != "Square of 4 is 16" {
		t.Errorf("got %q", body)
	}
	opts, err := redis.ParseURL(r.RedisURL)
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(opts)
	defer rdb.Close()
	ttl := func() time.Duration { return rdb.PTTL(ctx, "flask_cache_memoize:square:4").Val() }
	first := ttl()
	if first <= 0 || first > time.Minute {
		t.Fatalf("ttl %v", first)
	}
	r.store.Advance(20 * time.Second)
	if got := ttl(); got <= 0 || got > 41*time.Second {
		t.Errorf("after 20 s the ttl is %v", got)
	}
	r.store.Advance(50 * time.Second)
	if n := rdb.Exists(ctx, "flask_cache_memoize:square:4").Val(); n != 0 {
		t.Error("the key outlived its ttl")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Error("second close:", err)
	}
	if _, err := net.DialTimeout("tcp", opts.Addr, time.Second); err == nil {
		t.Error("the store still listens")
	}
}

func TestCloseDoesNotWaitForSlowWork(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	now := func() time.Time {
		asked <- struct{}{}
		return time.Now()
	}
	r, err := Serve(t.Context(), Config{Addr: "127.0.0.1:0", Work: time.Hour, Quiet: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan string, 1)
	go func() { answered <- fetch(t, r.URL+"/square/4") }()
	<-asked
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if body := <-answered; body != errClosed.Error() {
		t.Errorf("the answer was %q", body)
	}
}

func TestServeTakesTheNextPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := Serve(t.Context(), Config{Addr: l.Addr().String(), Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if !strings.Contains(r.Note, "is taken, using") || strings.HasSuffix(r.URL, l.Addr().String()) {
		t.Errorf("note %q, url %s", r.Note, r.URL)
	}
}

func TestServeRemovesWhatItWrote(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{Guide, FlaskCaching} {
		t.Run(string(layout), func(t *testing.T) {
			t.Parallel()
			store := miniredis.RunT(t)
			foreign := []string{"demo:mine", "flask_cache_x", "user:1"}
			for _, key := range foreign {
				if err := store.Set(key, "x"); err != nil {
					t.Fatal(err)
				}
			}
			r, err := Serve(t.Context(), Config{RedisURL: "redis://" + store.Addr(), Layout: layout, Addr: "127.0.0.1:0", Work: -1, Remove: true})
			if err != nil {
				t.Fatal(err)
			}
			fetch(t, r.URL+"/square/4")
			fetch(t, r.URL+"/home")
			more := *r.traffic // beside its own, which goes on
			more.rng = rand.New(rand.NewPCG(1, 2))
			for range 50 {
				more.next()(t.Context())
			}
			for _, key := range store.Keys() {
				if !slices.Contains(foreign, key) && !strings.HasPrefix(key, realPrefix) {
					t.Errorf("it wrote %q", key)
				}
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			if keys := store.Keys(); !slices.Equal(keys, foreign) {
				t.Errorf("left: %q", keys)
			}
		})
	}
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(body))
}
