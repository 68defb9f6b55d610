package inspect_test

import (
	"fmt"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

func TestMetaTellsTypeTTLAndSize(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "plain", "12345")
		on.w.Do("SET", "timed", "x", "PX", "60000")
		on.w.Do("HSET", "hash", "a", "1", "b", "2")
		on.w.Do("RPUSH", "list", "a", "b", "c")
		on.w.Do("SADD", "set", "a")
		on.w.Do("ZADD", "zset", "1", "a")
		on.w.Do("XADD", "stream", "1-1", "f", "v")
		tests := []struct {
			name   string
			typ    keyspace.Type
			length int64 // where there is no MEMORY USAGE
			exists bool
		}{
			{"plain", keyspace.String, 5, true},
			{"timed", keyspace.String, 1, true},
			{"missing", keyspace.UnknownType, 0, false},
			{"hash", keyspace.Hash, 2, true},
			{"list", keyspace.List, 3, true},
			{"set", keyspace.Set, 1, true},
			{"zset", keyspace.ZSet, 1, true},
			{"stream", keyspace.Stream, 1, true},
		}
		var ask [][]byte
		for _, tt := range tests {
			ask = append(ask, []byte(tt.name))
		}
		c := open(t, inspect.Config{URL: on.url})
		keys, err := c.Meta(t.Context(), ask, true)
		if err != nil || len(keys) != len(tests) {
			t.Fatal(len(keys), err)
		}
		for i, tt := range tests {
			k := keys[i]
			if string(k.Name) != tt.name || k.Meta.Type != tt.typ || k.Exists != tt.exists || k.Err != nil {
				t.Errorf("%s: %+v", tt.name, k)
			}
			switch {
			case !tt.exists:
			case k.ByLength && k.Meta.Size != tt.length, k.Meta.Size <= 0:
				t.Errorf("%s: size %d, by length %v", tt.name, k.Meta.Size, k.ByLength)
			}
			switch left := k.Meta.Expiry - time.Now().UnixMilli(); {
			case tt.name == "timed":
				if left < 50_000 || left > 60_100 {
					t.Errorf("%d ms left", left)
				}
			case tt.exists && k.Meta.Expiry != keyspace.NoExpiry:
				t.Errorf("%s: expiry %d", tt.name, k.Meta.Expiry)
			}
		}
	})
}

func TestMetaOfManyKeysKeepsTheirOrder(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	const n = 1234
	var ask [][]byte
	for i := range n {
		ask = append(ask, fmt.Appendf(nil, "k%d", i))
	}
	w := srv.Dial(0)
	for i := 0; i < n; i += 2 {
		w.Do("SET", string(ask[i]), "x")
	}
	c := open(t, inspect.Config{URL: srv.URL(0)})
	keys, err := c.Meta(t.Context(), ask, false)
	if err != nil || len(keys) != n {
		t.Fatal(len(keys), err)
	}
	for i, k := range keys {
		if string(k.Name) != string(ask[i]) || k.Exists != (i%2 == 0) || k.Meta.Size != -1 {
			t.Fatalf("%d: %+v", i, k)
		}
	}
}
