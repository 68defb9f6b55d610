package demoapp

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"cacheview/decode"
	"cacheview/decode/keyname"
	"cacheview/inspect/inspecttest"
)

// TestEveryValueOfFlaskCachingIsRead runs a real Flask app that stores one of
// each, and reads all of it.
func TestEveryValueOfFlaskCachingIsRead(t *testing.T) {
	t.Parallel()
	binary := findPython(t)
	server := inspecttest.Start(t)
	cmd := exec.CommandContext(t.Context(), binary, "testdata/guide_app.py", server.URL(0))
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	opts, err := redis.ParseURL(server.URL(0))
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(opts)
	t.Cleanup(func() { _ = rdb.Close() })
	seen, kinds := 0, map[string]int{}
	for line := range bytes.Lines(out) {
		var told struct{ Key, Kind, Type, Repr string }
		if err := json.Unmarshal(line, &told); err != nil {
			t.Fatal(err)
		}
		seen++
		kinds[told.Kind]++
		if k := keyname.Explain([]byte(told.Key), keyname.Sample{}); k.Framework != "flask-caching" || k.Kind != told.Kind {
			t.Errorf("%s: explained as %s %s, want %s", told.Key, k.Framework, k.Kind, told.Kind)
		}
		raw, err := rdb.Get(t.Context(), told.Key).Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got := decode.Decode(raw, decode.Options{Key: []byte(told.Key)})
		want := "flask-caching pickle5"
		if told.Key == "flask_cache_counter" { // INCRBY writes digits
			want = "flask-caching ascii-int"
		}
		if got.Err != nil || got.TrailingBytes != 0 || strings.Join(got.Names(), " ") != want {
			t.Errorf("%s (%s %s): layers %v, %d left, %v", told.Key, told.Type, told.Repr, got.Names(), got.TrailingBytes, got.Err)
		}
	}
	if seen < 60 || len(kinds) != 7 {
		t.Errorf("%d keys, kinds %v", seen, kinds)
	}
}
