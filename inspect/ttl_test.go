package inspect_test

import (
	"errors"
	"testing"
	"time"

	"cacheview/inspect"
)

func TestExpireAndPersistChangeOnlyTheTTL(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "k", "v\x00")
		on.w.Do("SET", "other", "v")
		c := open(t, inspect.Config{URL: on.url})
		if err := c.Expire(t.Context(), []byte("k"), time.Minute); err != nil {
			t.Fatal(err)
		}
		if ttl := on.w.Int("PTTL", "k"); ttl < 50_000 || ttl > 60_000 {
			t.Errorf("%d ms", ttl)
		}
		for range 2 { // the second time there is nothing to take away
			if err := c.Persist(t.Context(), []byte("k")); err != nil {
				t.Fatal(err)
			}
		}
		if ttl := on.w.Int("PTTL", "k"); ttl != -1 {
			t.Errorf("%d ms", ttl)
		}
		if on.w.Text("GET", "k") != "v\x00" || on.w.Int("PTTL", "other") != -1 {
			t.Error("something else changed")
		}
		for _, err := range []error{
			c.Expire(t.Context(), []byte("nobody"), time.Minute),
			c.Persist(t.Context(), []byte("nobody")),
		} {
			if !errors.Is(err, inspect.ErrNoKey) {
				t.Error(err)
			}
		}
		if err := c.Expire(t.Context(), []byte("k"), 0); err == nil || on.w.Int("EXISTS", "k") != 1 {
			t.Error("a time to live of nothing deletes the key")
		}
	})
}
