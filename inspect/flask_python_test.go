package inspect_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// result is one memoized result as the library knows it.
type result struct {
	Key, Function, Call string
	Orphan, Easy        bool
}

// fillByPython runs the fixture app on a server and returns its results.
func fillByPython(t *testing.T, srv *inspecttest.Server, prefix string, scale int) []result {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), python, "-c", "import flask_caching, redis").Run(); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_REDIS") == "1" {
			t.Fatal("python3 with flask_caching and redis:", err)
		}
		t.Skip("no python3 with flask_caching and redis")
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/flask_shop.py", srv.URL(0), prefix, strconv.Itoa(scale))
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []result
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// TestFlaskAgainstTheLibrary fills a cache with Flask-Caching itself and asks
// for what the library knows of each of its keys.
func TestFlaskAgainstTheLibrary(t *testing.T) {
	t.Parallel()
	for prefix, scale := range map[string]int{"flask_cache_": 100, "my_shop_": 10, "": 10} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			results := fillByPython(t, srv, prefix, scale)
			if len(results) < 100*scale {
				t.Fatalf("%d results", len(results))
			}
			w := srv.Dial(0)
			w.Do("SET", "session:WZuvePfNJeiKltXUAAAAAA", "nobody's")
			c := open(t, inspect.Config{URL: srv.URL(0)})
			snap := indexOf(t, c).Snapshot()

			w.Do("CONFIG", "RESETSTAT")
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			start := time.Now()
			f, err := c.Flask(ctx, snap, nil)
			if err != nil {
				t.Fatal(err)
			}
			joined := time.Since(start)
			n, err := c.Guess(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d keys: joined in %v, %d calls found in %v", snap.KeyCount(), joined, n, time.Since(start)-joined)
			// What was sent costs the same however large the database is.
			for line := range strings.Lines(w.Text("INFO", "commandstats")) {
				switch name, _, _ := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":"); name {
				case "getrange", "config|resetstat", "info":
				default:
					if strings.HasPrefix(line, "cmdstat_") {
						t.Errorf("the server was asked for %s", strings.TrimSpace(line))
					}
				}
			}
			checkResults(t, f, results)
		})
	}
}

// checkResults compares owners, orphans and calls with what the library said.
func checkResults(t *testing.T, f *inspect.FlaskIndex, results []result) {
	t.Helper()
	orphans, easy, hard, hardFound := 0, 0, 0, 0
	for _, r := range results {
		owner, ok := f.Owner([]byte(r.Key))
		if ok == r.Orphan || ok && owner.Function != "__main__."+r.Function {
			t.Fatalf("%s of %s: owner %+v, %v", r.Key, r.Call, owner, ok)
		}
		if f.Orphan([]byte(r.Key)) != r.Orphan {
			t.Fatalf("%s of %s: orphan is %v", r.Key, r.Call, !r.Orphan)
		}
		if r.Orphan {
			orphans++
		}
		call, ok := f.Call([]byte(r.Key))
		if ok && call != r.Call {
			t.Fatalf("%s: %s, want %s", r.Key, call, r.Call)
		}
		switch {
		case r.Easy:
			easy++
			if !ok {
				t.Fatalf("%s: %s was not found", r.Key, r.Call)
			}
		default:
			hard++
			if ok {
				hardFound++
			}
		}
	}
	if s, _ := f.StaleTotals(); s.Keys != orphans {
		t.Errorf("%d orphans, want %d", s.Keys, orphans)
	}
	t.Logf("%d calls with one likely argument, all found; of %d others, %d found", easy, hard, hardFound)
}
