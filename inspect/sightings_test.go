package inspect_test

import (
	"os"
	"path/filepath"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/flask"
	"cacheview/inspect/inspecttest"
)

// statusOf is what a new session with a state directory knows of a key.
func statusOf(t *testing.T, cfg inspect.Config, key string) flask.Status {
	t.Helper()
	return flaskOf(t, open(t, cfg)).Status([]byte(key))
}

// TestSightings_ProveStale has versions that an earlier session saw live, and
// those in undo journals, prove that a result is stale. Another state directory
// knows neither.
func TestSightings_ProveStale(t *testing.T) {
	t.Parallel()
	const version, result = "flask_cache_app.square_memver", "flask_cache_4hT0kq9sXwLm2bV7AbCdEf"
	pickled := func(v string) string { return "!\x80\x04\x8c\x06" + v + "." }
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("MSET", version, pickled("AbCdEf"), result, "!\x80\x04K\x10.")
	dir, empty := t.TempDir(), t.TempDir()
	cfg := inspect.Config{URL: srv.URL(0), StateDir: dir}
	if s := statusOf(t, cfg, result); s.State != flask.Live {
		t.Fatalf("before: %+v", s)
	}
	w.Do("SET", version, pickled("ZyXwVu"))
	if s := statusOf(t, cfg, result); s.State != flask.Stale {
		t.Errorf("an earlier session saw the version: %+v", s)
	}
	if s := statusOf(t, inspect.Config{URL: srv.URL(0), StateDir: empty}, result); s.State != flask.Possible {
		t.Errorf("no session saw the version: %+v", s)
	}
	if s := statusOf(t, inspect.Config{URL: srv.URL(1), StateDir: dir}, result); s.State == flask.Stale {
		t.Errorf("in another database: %+v", s)
	}
	// A version that is live again is no proof.
	w.Do("SET", version, pickled("AbCdEf"))
	if s := statusOf(t, cfg, result); s.State != flask.Live {
		t.Errorf("the version is back: %+v", s)
	}

	// The journal of a delete alone.
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: empty})
	plan, err := c.Plan(t.Context(), inspect.Selection{Keys: [][]byte{[]byte(version)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Delete(t.Context(), plan, inspect.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(empty, "flask")); err != nil {
		t.Fatal(err)
	}
	if s := statusOf(t, inspect.Config{URL: srv.URL(0), StateDir: empty}, result); s.State != flask.Stale {
		t.Errorf("a journal has the version: %+v", s)
	}

	// A file that is damaged proves nothing, and is no error.
	w.Do("SET", version, pickled("ZyXwVu"))
	files, err := filepath.Glob(filepath.Join(dir, "flask", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if err := os.WriteFile(file, []byte(`{"cacheview_versions":1,"versions":[{`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if s := statusOf(t, cfg, result); s.State != flask.Possible {
		t.Errorf("damaged: %+v", s)
	}
}
