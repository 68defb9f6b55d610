package keyspace

import (
	"fmt"
	"math"
	"testing"
)

// TestParseType_Modules gives every type of a module its own name, as long as
// there are numbers.
func TestParseType_Modules(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"string", "vectorset", "ReJSON-RL", "MBbloom--", "TSDB-TYPE", "tairhash-", "other"} {
		if got := ParseType(name).String(); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
	if ParseType("MBbloom--") == ParseType("TSDB-TYPE") || !ParseType("MBbloom--").IsModule() || Vector.IsModule() {
		t.Error("types of modules are not told apart")
	}
	for i := range 200 {
		if typ := ParseType(fmt.Sprintf("hostile%d", i)); typ > maxType || typ < Other {
			t.Fatalf("type %d", typ)
		}
	}
	if got := ParseType("one too many"); got != Other {
		t.Errorf("%d", got)
	}
}

// TestPackWhen_RoundTrip keeps expiries, to 128 ms in far future, and their order.
func TestPackWhen_RoundTrip(t *testing.T) {
	t.Parallel()
	last := uint64(0)
	for _, expiry := range []int64{1, 1700000000000, 253402300799_000, farFrom - 1, farFrom, farFrom + 128, 1 << 60, math.MaxInt64 - 128, math.MaxInt64, FieldsExpire, NoExpiry} {
		w := packWhen(expiry, maxType)
		got, typ := unpackWhen(w)
		if typ != maxType || got > expiry || expiry-got >= 128 || (expiry < farFrom && got != expiry) {
			t.Errorf("%d became %d of type %d", expiry, got, typ)
		}
		if key := whenKey(w); key < last || key != expiryKey(expiry) || key > keyNever {
			t.Errorf("%d: key %d, %d before", expiry, key, last)
		} else {
			last = key
		}
	}
}
