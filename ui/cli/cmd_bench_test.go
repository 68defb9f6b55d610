package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

func TestBenchMeasuresTheUsersOwnApp(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0) // requests come one at a time
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		if w.Do("GET", "homepage") == nil {
			<-time.After(50 * time.Millisecond) // what the page pretends to work
			w.Do("SET", "homepage", "hello", "EX", "30")
		}
		fmt.Fprint(rw, "hello")
	}))
	defer app.Close()
	other := srv.Dial(0)
	other.Do("SET", "other", "untouched")
	run := func(status int, args ...string) (out, errs string) {
		t.Helper()
		cmd := exec.Command("cacheview", append([]string{"bench"}, args...)...)
		cmd.Env = append(cmd.Environ(), "CACHEVIEW_URL="+srv.URL(0), "XDG_STATE_HOME="+t.TempDir())
		var o, e bytes.Buffer
		cmd.Stdout, cmd.Stderr = &o, &e
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != status {
			t.Fatalf("%q: exit status %d, want %d\n%s%s", args, got, status, o.String(), e.String())
		}
		return o.String(), e.String()
	}
	out, errs := run(0, "--json", "--yes", "--cold", "2", "--warm", "4", "--rate", "50", app.URL)
	var r struct {
		Cold, Warm struct {
			Requests int
			Min      float64 `json:"min_ms"`
		}
		Keys []struct {
			Key      string
			Appeared int
			TTL      int64 `json:"ttl_ms"`
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Cold.Requests != 2 || r.Warm.Requests != 4 || r.Cold.Min < 50 || r.Warm.Min >= r.Cold.Min {
		t.Errorf("%+v", r)
	}
	if len(r.Keys) != 1 || r.Keys[0].Key != "homepage" || r.Keys[0].Appeared != 2 || r.Keys[0].TTL <= 0 || r.Keys[0].TTL > 30_000 {
		t.Errorf("%+v", r.Keys)
	}
	if !strings.Contains(errs, "deleting 1 key that appeared") {
		t.Errorf("it does not say what it deletes: %q", errs)
	}
	if _, errs = run(0, "--no-delete", "--warm", "2", "--rate", "50", app.URL); !strings.Contains(errs, "was cached already") {
		t.Errorf("%q", errs)
	}
	other.Do("DEL", "homepage")
	// Nobody to ask: one cold request, and nothing is deleted.
	out, errs = run(0, "--warm", "2", "--rate", "50", app.URL)
	if !strings.Contains(out, "times as fast from the cache") || !strings.Contains(errs, "nothing is deleted") || other.Int("EXISTS", "homepage", "other") != 2 {
		t.Errorf("%s%s", out, errs)
	}
	run(2, "http://192.0.2.1/")
	run(2, "--rate", "500", app.URL)
	run(1, "--read-only", "--key", "homepage", app.URL)
}
