package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
)

// docScripts writes the scripts of docs/scripts.md, as they stand there, into a
// directory under the names that their comments begin with.
func docScripts(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "scripts.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, m := range regexp.MustCompile("(?s)```sh\n(#!/bin/sh\n# ([a-z-]+).*?)```").FindAllSubmatch(text, -1) {
		if err := os.WriteFile(filepath.Join(dir, string(m[2])), m[1], 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestDocumentedScripts runs them on a server that gives them something to do.
func TestDocumentedScripts(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	dir := docScripts(t)
	sh := newShell(t, s.URL(0))
	run := func(status int, out, errs string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, args[0]), args[1:]...)
		cmd.Env = sh.env
		var o, e bytes.Buffer
		cmd.Stdout, cmd.Stderr = &o, &e
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != status {
			t.Errorf("%q: exit status %d, want %d\n%s%s", args, got, status, o.String(), e.String())
		}
		for _, text := range []struct{ got, want string }{{o.String(), out}, {e.String(), errs}} {
			if !strings.Contains(text.got, text.want) || text.want == "" && text.got != "" {
				t.Errorf("%q wrote %q, want %q", args, text.got, text.want)
			}
		}
	}

	w.Do("SET", "session:1", "x")
	run(0, "there is no maxmemory", "", "cache-health")
	w.Do("CONFIG", "SET", "maxmemory", "1gb", "maxmemory-policy", "allkeys-lru")
	run(0, "", "", "cache-health")

	run(1, "", "there is no key page", "cached", "page")
	w.Do("SET", "page", "x", "EX", "100")
	run(0, "page is cached", "", "cached", "page", "60")
	run(1, "", "less than 600 s", "cached", "page", "600")
	run(0, "session:1 is cached", "", "cached", "session:1", "600")

	run(0, "there was nothing to clear", "no key matches", "clear-pages")
	w.Do("MSET", "flask_cache_view//", "x", "flask_cache_view//about", "x", "flask_cache_app.square_memver", "!\x80\x04\x8c\x06AAAAAA.")
	run(0, "to undo: cacheview undo 2", "", "clear-pages")
	if left := s.Keys(0); len(left) != 2 || left["session:1"] == "" || left["page"] == "" {
		t.Errorf("%d keys are left, want session:1 and page", len(left))
	}

	for _, script := range []string{"cache-health", "clear-pages"} {
		dead := newShell(t, "redis://127.0.0.1:1")
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, script))
		cmd.Env = dead.env
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "refused") {
			t.Errorf("%s without a server: %v, %s", script, err, out)
		}
	}
}
