package human

import (
	"math"
	"testing"
	"time"

	"cacheview/inspect/keyspace"
)

func TestTTL(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	for expiry, want := range map[int64]string{
		now.UnixMilli() - 1:                             "in 0s",
		now.UnixMilli() + 1:                             "in 1s",
		now.UnixMilli() + 187_000:                       "in 3m07s",
		now.UnixMilli() + int64(keyspace.Year):          "in 365d",
		now.UnixMilli() + int64(keyspace.Year) + 1:      "on 2027-01-05",
		now.Add(290 * 365 * 24 * 60 * 60e9).UnixMilli(): "on 2315-10-28",
		now.UnixMilli() + 600*int64(keyspace.Year):      "on 2625-08-13",
		253402300799_000:                                "on 9999-12-31",
		253402300800_000:                                "on year 10000",
		1 << 60:                                         "on year 36536598",
		math.MaxInt64:                                   "on year 292278994",
	} {
		ttl := keyspace.TTLAt(expiry, now)
		if got := ExpiresIn(ttl, now); got != want {
			t.Errorf("%d: %q, want %q", expiry, got, want)
		}
		if got := Expiry(expiry, now); got != want[len("in "):] {
			t.Errorf("%d: %q, want %q", expiry, got, want)
		}
	}
	if got := ExpiresBetween(5_000, keyspace.TTLAt(253402300799_000, now), now); got != "in 5s to 9999-12-31" {
		t.Error(got)
	}
	if got := ExpiresBetween(5_000, 5_001, now); got != "in 5s to 6s" {
		t.Error(got)
	}
	if got := ExpiresBetween(5_001, 5_002, now); got != "in 6s" {
		t.Error(got)
	}
}
