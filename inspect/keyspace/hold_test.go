package keyspace_test

import (
	"testing"

	"cacheview/inspect/keyspace"
)

// TestHold_RemovedKey keeps the key that somebody looks at until they look at
// another, and forgets that it was removed when it comes back.
func TestHold_RemovedKey(t *testing.T) {
	t.Parallel()
	x := keyspace.New(0)
	x.Add([]byte("a"), []byte("b"))
	x.Hold([]byte("a"))
	id, _ := x.Lookup([]byte("a"))
	x.Remove(id)
	if _, ok := x.Lookup([]byte("a")); !ok || !x.HeldGone() || x.Snapshot().Meta(id).Expiry != 1 {
		t.Fatalf("not held: %v", x.Snapshot().Meta(id))
	}
	x.Upsert([]byte("a"), keyspace.Meta{Type: keyspace.String, Expiry: keyspace.NoExpiry})
	if x.HeldGone() || x.Hold([]byte("b")) {
		t.Fatal("it came back")
	}
	if _, ok := x.Lookup([]byte("a")); !ok {
		t.Fatal("a key that came back left the index")
	}
	id, _ = x.Lookup([]byte("b"))
	x.Remove(id)
	if !x.Hold(nil) || x.Len() != 1 {
		t.Errorf("%d keys", x.Len())
	}
}
