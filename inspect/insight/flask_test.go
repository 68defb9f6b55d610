package insight_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/inspect/inspecttest"
)

// loaded is a load of the real library: how often each function was called, and
// how often it ran.
type loaded struct{ Called, Ran map[string]int }

// flaskApp starts the fixture app; load runs a load of so many rounds.
func flaskApp(t *testing.T, url string) (load func(rounds int) loaded) {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), python, "-c", "import flask_caching, redis").Run(); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_REDIS") == "1" {
			t.Fatal("python3 with flask_caching and redis:", err)
		}
		t.Skip("no python3 with flask_caching and redis")
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/flask_load.py", url)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatal("the app does not begin")
	}
	return func(rounds int) (l loaded) {
		fmt.Fprintln(in, rounds)
		if !lines.Scan() {
			t.Fatal("the app has ended")
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		return l
	}
}

// TestEstimateOfARealFlaskApp compares the estimate with what the app itself
// knows: a function that ran was not in the cache.
func TestEstimateOfARealFlaskApp(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	load := flaskApp(t, srv.URL(0))
	load(100) // what was in the cache before
	c := open(t, srv.URL(0))
	s := insight.NewSample(0, nil, insight.Options{})
	snap := snapshot(t, c)
	apps, err := c.Flask(t.Context(), snap, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := insight.Survey(t.Context(), c, snap, apps, insight.Options{Seen: s.Knows}); err != nil {
		t.Fatal(err)
	}
	s.Know(apps)
	var truth loaded
	a := watching(t, c, srv.Dial(0), s, func() { truth = load(200) })
	// The new version of a function becomes known to a later look.
	if apps, err = c.Flask(t.Context(), snapshot(t, c), nil); err != nil {
		t.Fatal(err)
	}
	s.Know(apps)
	a = s.Report(a.Over, a.Counted)
	if hits, misses := a.All.Hits+a.Versions.Hits, a.All.Misses+a.Versions.Misses; a.Counted.Hits != int64(hits) || a.Counted.Misses != int64(misses) {
		t.Errorf("the server counted %d hits and %d misses, estimated %+v and %+v", a.Counted.Hits, a.Counted.Misses, a.All, a.Versions)
	}
	if a.Versions.Reads == 0 {
		t.Error("no version was read")
	}
	for _, name := range []string{"price", "search", "clock"} {
		g := traffic(t, a.Functions, "__main__."+name)
		called, ran := truth.Called[name], truth.Ran[name]
		if g.Reads != called || g.Misses != ran {
			t.Errorf("%s: %d reads and %d misses; it was called %d times and ran %d times", name, g.Reads, g.Misses, called, ran)
		}
	}
	if truth.Ran["search"] < 150 || truth.Ran["price"] > 20 {
		t.Errorf("the load is not as it should be: %+v", truth)
	}
	if home := traffic(t, a.Prefixes, "flask_cache_"); home.Reads == 0 {
		t.Errorf("the page is not in %+v", a.Prefixes)
	}
}

// TestMonitorIsOverWhenItIsOver looks for the connection that watched, after its
// time and after it was given up.
func TestMonitorIsOverWhenItIsOver(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	c := open(t, srv.URL(0))
	w := srv.Dial(0)
	watching := func() bool { return monitors(w) > 0 }
	begun := time.Now()
	if err := c.Monitor(t.Context(), 300*time.Millisecond, func(inspect.Command) {}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < 300*time.Millisecond {
		t.Errorf("it watched for %v", took)
	}
	for watching() { // until the server has noticed
		continue
	}
	ctx, stop := withCancel(t)
	done := make(chan error, 1)
	go func() { done <- c.Monitor(ctx, time.Minute, func(inspect.Command) {}) }()
	for !watching() {
		continue
	}
	stop()
	if err := <-done; err == nil {
		t.Error("no error though it was given up")
	}
	for watching() {
		continue
	}
	if w.Int("EXISTS", "nothing") != 0 {
		t.Error("the server is not as it was")
	}
}
