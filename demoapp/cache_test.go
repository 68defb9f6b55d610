package demoapp

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

func newCache(t *testing.T) (*Cache, *miniredis.Miniredis) {
	t.Helper()
	store := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	return NewFlaskCache(rdb, flaskcaching.Default(), nil), store
}

func give(s string) Compute {
	return func(context.Context) (value.Value, error) { return value.NewText(s), nil }
}

func TestMissesAtOnceComputeOnce(t *testing.T) {
	t.Parallel()
	cache, _ := newCache(t)
	const callers = 20
	var computed atomic.Int32
	release := make(chan struct{})
	compute := func(context.Context) (value.Value, error) {
		computed.Add(1)
		<-release
		return value.NewText("slow"), nil
	}
	var origins [callers]Origin
	var started, ended sync.WaitGroup
	for i := range callers {
		started.Add(1)
		ended.Go(func() {
			started.Done()
			a, err := cache.Cached(t.Context(), "x", time.Minute, compute)
			if err != nil || a.Value.Text() != "slow" {
				t.Errorf("got %q, %v", a.Value.Text(), err)
			}
			origins[i] = a.Origin
		})
	}
	started.Wait()
	close(release)
	ended.Wait()
	misses := 0
	for _, o := range origins {
		if o == Miss {
			misses++
		}
	}
	// A caller that came after the answer was stored hits it, so whatever the
	// order, one computes.
	if computed.Load() != 1 || misses != 1 {
		t.Errorf("computed %d times, %d misses: %v", computed.Load(), misses, origins)
	}
}

func TestWorkIsStoredWhenItsCallerLeaves(t *testing.T) {
	t.Parallel()
	cache, store := newCache(t)
	ctx, cancel := context.WithCancel(t.Context())
	compute := func(inner context.Context) (value.Value, error) {
		cancel()
		return value.NewText("kept"), inner.Err()
	}
	if _, err := cache.Cached(ctx, "x", time.Minute, compute); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	cache.wait()
	if !store.Exists("flask_cache_x") {
		t.Error("the work was lost")
	}
}

func TestCachedKeepsNoErrorsAndNoNone(t *testing.T) {
	t.Parallel()
	cache, store := newCache(t)
	boom := errors.New("boom")
	if _, err := cache.Cached(t.Context(), "x", time.Minute, func(context.Context) (value.Value, error) { return value.Nil, boom }); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if store.Exists("flask_cache_x") {
		t.Error("an error was stored")
	}
	none := func(context.Context) (value.Value, error) { return value.Nil, nil }
	for range 2 {
		if a, err := cache.Cached(t.Context(), "none", time.Minute, none); err != nil || a.Origin != Miss {
			t.Errorf("got %v, %v", a.Origin, err)
		}
	}
	if raw, _ := store.Get("flask_cache_none"); raw != "!\x80\x05N." {
		t.Errorf("stored %q", raw)
	}
	if err := store.Set("flask_cache_bad", "!\x80\x05cut"); err != nil {
		t.Fatal(err)
	}
	if a, err := cache.Cached(t.Context(), "bad", flaskcaching.NoTimeout, give("good")); err != nil || a.Origin != Miss {
		t.Errorf("a broken pickle: %v, %v", a.Origin, err)
	}
	if ttl := store.TTL("flask_cache_bad"); ttl != 0 {
		t.Errorf("forever has a ttl of %v", ttl)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	cache, store := newCache(t)
	total := flaskcaching.Function{Name: "app.Basket.total", Params: []flaskcaching.Param{{Name: "self"}, {Name: "n"}}}
	call := func(who string, n int64) flaskcaching.Call {
		return flaskcaching.Call{Args: []value.Value{flaskcaching.Repr(who), value.NewInt(n)}}
	}
	ask := func(who string, n int64) Origin {
		t.Helper()
		a, err := cache.Memoize(t.Context(), total, call(who, n), time.Minute, give("x"))
		if err != nil || a.Err != nil {
			t.Fatal(err, a.Err)
		}
		return a.Origin
	}
	fill := func() {
		for _, who := range []string{"<A>", "<B>"} {
			ask(who, 1)
			ask(who, 2)
		}
	}
	tests := []struct {
		name   string
		forget *flaskcaching.Call
		a1, a2 Origin
		b1     Origin
	}{
		{"one call", new(call("<A>", 1)), Miss, Hit, Hit},
		{"one instance", &flaskcaching.Call{Args: call("<A>", 1).Args[:1]}, Miss, Miss, Hit},
		{"the function", nil, Miss, Miss, Miss},
	}
	for _, tt := range tests {
		fill()
		if err := cache.DeleteMemoized(t.Context(), total, tt.forget); err != nil {
			t.Fatal(err)
		}
		if a1, a2, b1 := ask("<A>", 1), ask("<A>", 2), ask("<B>", 1); a1 != tt.a1 || a2 != tt.a2 || b1 != tt.b1 {
			t.Errorf("%s: %v %v %v, want %v %v %v", tt.name, a1, a2, b1, tt.a1, tt.a2, tt.b1)
		}
	}
	if ttl := store.TTL("flask_cache_app.Basket.total_memver"); ttl != flaskcaching.DefaultTimeout {
		t.Errorf("a version that was reset lives %v", ttl)
	}
	if err := cache.DeleteMemoized(t.Context(), total, &flaskcaching.Call{}); err == nil {
		t.Error("a call of nothing was forgotten")
	}
}

func TestClearTakesItsPrefixLiterally(t *testing.T) {
	t.Parallel()
	store := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	for _, key := range []string{"a*b:1", "a*b:2", "aXb:1", "a", "A*b:1"} {
		if err := store.Set(key, "x"); err != nil {
			t.Fatal(err)
		}
	}
	cache := NewFlaskCache(rdb, flaskcaching.Rules{Prefix: "a*b:"}, nil)
	if n, err := cache.Clear(t.Context()); n != 2 || err != nil {
		t.Errorf("cleared %d, %v", n, err)
	}
	if left := strings.Join(store.Keys(), " "); left != "A*b:1 a aXb:1" {
		t.Errorf("left: %s", left)
	}
	if _, err := NewFlaskCache(rdb, flaskcaching.Rules{}, nil).Clear(t.Context()); err == nil {
		t.Error("an empty prefix was cleared")
	}
}

func TestGuideKeysAreReadable(t *testing.T) {
	t.Parallel()
	store := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	cache := newGuideCache(rdb, guideKeys{prefix: "p_"}, owned{})
	f := flaskcaching.Function{Name: "app.price"}
	call := flaskcaching.Call{
		Args:   []value.Value{value.NewText("tea"), value.NewInt(2)},
		Kwargs: []flaskcaching.Arg{{Name: "unit", Value: value.NewText("kg")}},
	}
	a, err := cache.Memoize(t.Context(), f, call, time.Minute, give("x"))
	if err != nil || a.Key != "p_memoize:price:tea:2:unit='kg'" {
		t.Errorf("key %q, %v", a.Key, err)
	}
	if err := cache.DeleteMemoized(t.Context(), f, &call); err != nil || len(store.Keys()) != 0 {
		t.Errorf("left %q, %v", store.Keys(), err)
	}
	if _, err := cache.Memoize(t.Context(), f, call, time.Minute, give("x")); err != nil {
		t.Fatal(err)
	}
	if err := cache.DeleteMemoized(t.Context(), f, nil); err != nil || len(store.Keys()) != 0 {
		t.Errorf("left %q, %v", store.Keys(), err)
	}
}
