package keyspace_test

import (
	"math"
	"testing"
	"time"

	"cacheview/inspect/keyspace"
)

// TestTTL_LongerThanADuration follows TTLs that no time.Duration can hold.
func TestTTL_LongerThanADuration(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	for _, expiry := range []int64{
		now.UnixMilli() + 1, 253402300799_000, 1 << 60, math.MaxInt64 - 1, math.MaxInt64,
	} {
		left := keyspace.TTLAt(expiry, now)
		if left <= 0 || left.Duration() <= 0 {
			t.Errorf("%d: %d left, %s", expiry, left, left.Duration())
		}
		if got := left.Expiry(now); got != expiry {
			t.Errorf("%d became %d", expiry, got)
		}
		// The server's clock may be behind ours.
		if got := left.Expiry(now.Add(time.Hour)); got < expiry {
			t.Errorf("%d became %d an hour later", expiry, got)
		}
	}
	if left := keyspace.TTLAt(now.UnixMilli()-1500, now); left != -1500 || left.Duration() != -1500*time.Millisecond {
		t.Errorf("expired: %d", left)
	}
	if left := keyspace.TTLAt(math.MaxInt64, time.UnixMilli(-5)); left != math.MaxInt64 {
		t.Errorf("a clock before 1970: %d", left)
	}
}
