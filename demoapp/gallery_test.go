package demoapp

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"cacheview/decode"
	"cacheview/decode/keyname"
)

func TestSeed(t *testing.T) {
	t.Parallel()
	store := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	var keys []string
	for range 2 { // a second time changes nothing
		var err error
		if keys, err = Seed(t.Context(), rdb, "demo:"); err != nil {
			t.Fatal(err)
		}
	}
	if got := store.Keys(); len(got) != len(keys) || len(slices.Compact(slices.Sorted(slices.Values(keys)))) != len(keys) {
		t.Errorf("%d keys written, %d named", len(got), len(keys))
	}
	types := map[string]int{}
	large, expiring, control, binary := 0, 0, 0, 0
	for _, key := range keys {
		if !strings.HasPrefix(key, "demo:") {
			t.Errorf("key %q", key)
		}
		kind := store.Type(key)
		types[kind]++
		if kind == "string" {
			if raw, _ := store.Get(key); len(raw) > 500_000 {
				large++
			}
		}
		if store.TTL(key) > 0 {
			expiring++
		}
		if strings.ContainsRune(key, '\x1b') {
			control++
		}
		if !bytes.Equal([]byte(key), []byte(strings.ToValidUTF8(key, ""))) {
			binary++
		}
	}
	for _, kind := range []string{"string", "hash", "list", "set", "zset", "stream"} {
		if types[kind] == 0 {
			t.Errorf("no %s", kind)
		}
	}
	if large == 0 || expiring == 0 || expiring == len(keys) || control == 0 || binary == 0 {
		t.Errorf("large %d, expiring %d, control %d, binary %d", large, expiring, control, binary)
	}
	if fields, _ := store.HKeys("demo:user:42"); len(fields) != 5 {
		t.Errorf("%d fields", len(fields))
	}
	if l, _ := store.List("demo:queue:emails"); len(l) != 12 { // not doubled
		t.Errorf("%d jobs", len(l))
	}
}

func TestGalleryFilesAreAllUsed(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile("gallery/index.json")
	if err != nil {
		t.Fatal(err)
	}
	files, err := gallery.ReadDir("gallery")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() != "index.json" && !bytes.Contains(index, []byte(`"`+f.Name()+`"`)) {
			t.Errorf("%s is in no entry", f.Name())
		}
	}
}

func TestTrafficLeavesTheGuideAlone(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{Guide, FlaskCaching} {
		app, store := newApp(t, layout)
		traffic := newTraffic(app, "demo:")
		for range 300 {
			traffic.next()(t.Context())
		}
		keys := store.Keys()
		if len(keys) < 20 {
			t.Errorf("%s: only %d keys", layout, len(keys))
		}
		for _, key := range keys {
			if !strings.HasPrefix(key, "demo:") || strings.Contains(key, "square") || store.TTL(key) <= 0 || store.TTL(key) > 2*time.Minute {
				t.Errorf("%s: key %q, ttl %v", layout, key, store.TTL(key))
			}
		}
	}
}

// TestGalleryIsRead decodes every value of the gallery. Only the damaged one
// may end in an error.
func TestGalleryIsRead(t *testing.T) {
	t.Parallel()
	store := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	keys, err := Seed(t.Context(), rdb, "")
	if err != nil {
		t.Fatal(err)
	}
	layers := map[string]bool{}
	frameworks := map[string]bool{}
	for _, key := range keys {
		if store.Type(key) != "string" {
			frameworks[keyname.Explain([]byte(key), keyname.Sample{}).Framework] = true
			continue
		}
		raw, err := store.Get(key)
		if err != nil {
			t.Fatal(err)
		}
		got := decode.Decode([]byte(raw), decode.Options{Key: []byte(key)})
		if (got.Err != nil) != (key == "pickle:cut-off") {
			t.Errorf("%q: %v: %v", key, got.Names(), got.Err)
		}
		unsafe := slices.ContainsFunc(got.Flags, func(f string) bool { return strings.HasPrefix(f, "unsafe-global:") })
		if key == "pickle:untrusted" && !unsafe {
			t.Errorf("%s has flags %v", key, got.Flags)
		}
		for _, name := range got.Names() {
			layers[name] = true
		}
		frameworks[keyname.Explain([]byte(key), keyname.Sample{Layers: got.Names()}).Framework] = true
	}
	for _, name := range []string{
		"flask-caching", "pickle0", "pickle1", "pickle2", "pickle3", "pickle4", "pickle5", "json", "gzip", "zlib", "zstd",
		"php-serialize", "php-session", "ruby-marshal", "java-serialized", "msgpack", "cbor", "ascii-int", "text", "empty", "binary",
	} {
		if !layers[name] {
			t.Errorf("no value shows %s", name)
		}
	}
	if len(frameworks) < 15 {
		t.Errorf("only %d frameworks: %v", len(frameworks), frameworks)
	}
}
