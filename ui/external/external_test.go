package external_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"cacheview/decode"
	"cacheview/ui/external"
)

func sh(script string) external.Decoder {
	return external.Decoder{Match: "*", Command: []string{"/bin/sh", "-c", script}, Timeout: 10 * time.Second}
}

func TestDecode(t *testing.T) {
	t.Setenv("CACHEVIEW_PASSWORD", "secret")
	t.Setenv("REDIS_URL", "redis://:secret@host")
	for _, tt := range []struct {
		name, script, raw, want, layers string
	}{
		{"text", "cat", "a\x1b[1m", `"a\u001b[1m"`, "external text"},
		{"JSON", "cat", `{"a":1}`, `{"a": 1}`, "external json"},
		{"JSON and more is text", "cat", "1 x", `"1 x"`, "external text"},
		{"exact bytes on standard input", "od -An -tx1 | tr -d ' \\n'", "\x00\xff\n", `"00ff0a"`, "external text"},
		{"input that nobody reads", "echo done", strings.Repeat("x", 1<<20), `"done\n"`, "external text"},
		{"no password in the environment", "env | grep -c secret; true", "", "0", "external json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := sh(tt.script).Decode(t.Context(), []byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if got := decode.Literal(r.Value, 80); got != tt.want || strings.Join(r.Names(), " ") != tt.layers {
				t.Errorf("%s by %q, want %s by %s", got, r.Names(), tt.want, tt.layers)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, script string
		is           error
		says         string
	}{
		{"exit status", "echo one >&2; echo 'no \x1b schema' >&2; exit 3", nil, `exit status 3: no \x1b schema`},
		{"too slow", "sleep 60", external.ErrTimeout, "took too long"},
		{"too much", "yes", external.ErrOutput, "more than 4 MiB"},
		{"too many complaints", "head -c 100000 /dev/zero >&2; exit 1", nil, "exit status 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := sh(tt.script)
			if tt.name == "too slow" {
				d.Timeout = 50 * time.Millisecond
			}
			_, err := d.Decode(t.Context(), nil)
			if e, ok := errors.AsType[*external.Error](err); !ok || !strings.Contains(e.Error(), tt.says) || tt.is != nil && !errors.Is(err, tt.is) || len(e.Error()) > 30_000 {
				t.Errorf("%.300v, want %s", err, tt.says)
			}
		})
	}
	missing := external.Decoder{Command: []string{"/no/such/program"}, Timeout: time.Second}
	if _, err := missing.Decode(t.Context(), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sh("cat").Decode(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// What the program started dies with it.
func TestTheWholeGroupIsKilled(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	d := sh("sleep 600 & echo $! > " + file + "; wait")
	d.Timeout = 300 * time.Millisecond
	if _, err := d.Decode(t.Context(), nil); !errors.Is(err, external.ErrTimeout) {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); alive(pid); {
		if time.Now().After(end) {
			t.Fatal("the child is alive")
		}
	}
}

// alive tells whether a process runs; one that only waits to be reaped does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestFor(t *testing.T) {
	t.Parallel()
	list := []external.Decoder{{Match: "proto:*", Command: []string{"a"}}, {Match: "*", Command: []string{"b"}}}
	for key, want := range map[string]string{"proto:1": "a", "x": "b"} {
		if d, ok := external.Match(list, []byte(key)); !ok || d.String() != want {
			t.Errorf("%s: %s", key, d)
		}
	}
	if _, ok := external.Match(list[:1], []byte("x")); ok {
		t.Error("a decoder for a key that it is not for")
	}
}
