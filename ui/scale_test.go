//go:build scale

// These tests measure rather than check, take minutes, and have a command of
// their own: make bench-scale, or KEYS=10000000 make bench-scale.
package ui

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// rounds is how often each thing is measured: ROUNDS=1 for a look whether all goes
// well.
var rounds = number("ROUNDS", 5)

// number is what a variable of the environment says, or else what is usual.
func number(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return usual
}

// scale is one run of the measurements and the table that it makes.
type scale struct {
	t    *testing.T
	srv  *inspecttest.Server
	keys int
	c    *inspect.Client
	idx  *keyspace.Index
	bin  string
	rows []string
}

func (s *scale) row(what, ours, floor, ratio, goal string) {
	s.rows = append(s.rows, fmt.Sprintf("| %s | %s | %s | %s | %s |", what, ours, floor, ratio, goal))
	fmt.Println(s.rows[len(s.rows)-1])
}

// TestScale prints the table of docs/performance.md; one of its parts alone has
// a name after a slash, as in -run TestScale/filters.
func TestScale(t *testing.T) {
	s := &scale{t: t, keys: number("KEYS", 1_000_000), srv: inspecttest.Start(t)}
	s.srv.Fill(0, s.keys, func(i int) string { return fmt.Sprintf("flask_cache_view//page/%07d?q=abc", i) }, "x")
	var err error
	if s.c, err = inspect.Open(t.Context(), inspect.Config{URL: s.srv.URL(0), StateDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.c.Close() })
	s.bin = filepath.Join(t.TempDir(), "cacheview")
	if out, err := exec.Command("go", "build", "-o", s.bin, "cacheview").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.row("what", "cacheview", "beside it", "ratio", "goal")
	s.row("---", "---:", "---:", "---:", "---")
	for _, part := range []struct {
		name    string
		measure func()
	}{
		{"names", s.names},
		{"memory", s.memory},
		{"metadata", s.metadata},
		{"filters", s.filters},
		{"sorts", s.sorts},
		{"view", s.view},
		{"pings", s.pings},
		{"first", s.firstRows},
		{"all", s.allRows},
		{"idle", s.idle},
	} {
		t.Run(part.name, func(t *testing.T) {
			s.t = t
			part.measure()
		})
	}
	fmt.Printf("\n%d keys, %d CPUs, %s, Redis %s, medians of %d rounds that take turns\n\n%s\n\n",
		s.keys, runtime.NumCPU(), runtime.Version(), s.c.Server().Version, rounds, strings.Join(s.rows, "\n"))
}

// median runs some functions in turns and returns the median time of each.
func median(n int, run ...func()) []time.Duration {
	took := make([][]time.Duration, len(run))
	for range n {
		for i, fn := range run {
			runtime.GC()
			start := time.Now()
			fn()
			took[i] = append(took[i], time.Since(start))
		}
	}
	out := make([]time.Duration, len(run))
	for i := range took {
		slices.Sort(took[i])
		out[i] = took[i][len(took[i])/2]
	}
	return out
}

func round(d time.Duration) string {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d > 10*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(100 * time.Nanosecond).String()
}

func times(a, b time.Duration) string { return fmt.Sprintf("%.2fx", float64(a)/float64(b)) }
