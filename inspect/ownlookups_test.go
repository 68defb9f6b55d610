package inspect_test

import (
	"fmt"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// Looking at a cache must not make its hit ratio look better, or worse.
func TestHitRatioLeavesOutWhatThisSessionLookedUp(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	app := srv.Dial(0)
	for i := range 10 {
		app.Do("SET", fmt.Sprint("key:", i), "value")
	}
	app.Do("HSET", "hash", "field", "value")
	app.Do("XADD", "stream", "*", "field", "value")
	app.Do("XGROUP", "CREATE", "stream", "group", "0")
	app.Do("ZADD", "zset", "1", "member")
	for i := range 40 {
		app.Do("GET", fmt.Sprint("key:", i)) // 10 hits, 30 misses
	}
	c, err := inspect.Open(t.Context(), inspect.Config{URL: srv.URL(0), StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	names := [][]byte{[]byte("key:1"), []byte("hash"), []byte("key:2"), []byte("stream"), []byte("zset"), []byte("gone")}
	for range 20 {
		for _, withSize := range []bool{true, false} {
			if _, err := c.Meta(t.Context(), names, withSize); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range names {
			_, _ = c.Read(t.Context(), n, inspect.ReadOptions{})
		}
	}
	info, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Hits != 10 || info.Misses != 30 {
		t.Fatalf("%d hits and %d misses, want the app's 10 and 30", info.Hits, info.Misses)
	}
}
