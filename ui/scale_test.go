//go:build scale

// These tests measure rather than check, take minutes, and have a command of
// their own: make bench-scale, or KEYS=10000000 make bench-scale.
package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

const rounds = 5

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

// TestScale prints the table of docs/performance.md.
func TestScale(t *testing.T) {
	s := &scale{t: t, keys: 1_000_000, srv: inspecttest.Start(t)}
	if n, err := strconv.Atoi(os.Getenv("KEYS")); err == nil {
		s.keys = n
	}
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
	fmt.Printf("\n%d keys, %d CPUs, %s, Redis %s, medians of %d rounds that take turns\n\n", s.keys, runtime.NumCPU(), runtime.Version(), s.c.Server().Version, rounds)
	s.row("what", "cacheview", "beside it", "ratio", "goal")
	s.row("---", "---:", "---:", "---:", "---")
	s.names()
	s.memory()
	s.metadata()
	s.filters()
	s.view()
	s.pings()
	s.firstRows()
	s.idle()
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

// list indexes all names.
func (s *scale) list() *keyspace.Index {
	n, err := s.c.Size(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	idx := keyspace.New(int(n))
	scan := s.c.NewScan(idx, inspect.ScanOptions{})
	for {
		if _, err := scan.Next(s.t.Context()); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			s.t.Fatal(err)
		}
	}
	if idx.Len() != s.keys {
		s.t.Fatalf("%d keys", idx.Len())
	}
	return idx
}

// bareScan is the floor of a listing: the names, back to back in one slice,
// from a loop over a connection.
func (s *scale) bareScan() {
	w := s.srv.Dial(0)
	arena := make([]byte, 0, 40*s.keys)
	n := 0
	for cursor := "0"; ; {
		reply := w.Do("SCAN", cursor, "COUNT", "1000").([]any)
		for _, name := range reply[1].([]any) {
			arena = append(arena, name.(string)...)
			n++
		}
		if cursor = reply[0].(string); cursor == "0" {
			break
		}
	}
	if n < s.keys {
		s.t.Fatalf("%d keys", n)
	}
}

func (s *scale) cli(args ...string) func() {
	host, port, _ := strings.Cut(s.srv.Addr, ":")
	return func() {
		cmd := exec.Command("redis-cli", append([]string{"-h", host, "-p", port}, args...)...)
		cmd.Stdout = io.Discard
		if err := cmd.Run(); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *scale) names() {
	took := median(rounds, func() { s.idx = s.list() }, s.bareScan, s.cli("--scan"))
	s.row("all names indexed", round(took[0]), round(took[1])+" bare SCAN COUNT 1000", times(took[0], took[1]), "at most 1.3x")
	s.row("the same", round(took[0]), round(took[2])+" redis-cli --scan", times(took[0], took[2]), "at most 0.33x")
}

func (s *scale) memory() {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	s.idx = nil
	before := heap()
	s.idx = s.list()
	after := heap()
	names := 0
	snap := s.idx.Snapshot()
	for id := range uint32(snap.Len()) {
		names += len(snap.Name(id))
	}
	each := float64(after-before-uint64(names)) / float64(s.keys)
	s.row("memory of the index", fmt.Sprintf("%.1f B a key", float64(after-before)/float64(s.keys)),
		fmt.Sprintf("%.1f B of names", float64(names)/float64(s.keys)), fmt.Sprintf("+%.1f B", each), "at most +24 B")
}

func (s *scale) metadata() {
	snap := s.idx.Snapshot()
	all := min(snap.Len(), 1_000_000)
	names := make([][]byte, 0, all)
	for id := range uint32(all) {
		names = append(names, snap.Name(id))
	}
	ours := func() {
		for batch := range slices.Chunk(names, metaStep) {
			keys, err := s.c.Meta(s.t.Context(), batch, false)
			if err != nil {
				s.t.Fatal(err)
			}
			note(s.idx, keys)
		}
	}
	bare := func() {
		w := s.srv.Dial(0)
		for batch := range slices.Chunk(names, 300) {
			for _, name := range batch {
				w.Send("TYPE", string(name))
				w.Send("PTTL", string(name))
			}
			for range 2 * len(batch) {
				w.Receive()
			}
		}
	}
	took := median(3, ours, bare)
	s.row(fmt.Sprintf("type and TTL of %d keys", all), round(took[0]), round(took[1])+" bare TYPE+PTTL pipeline", times(took[0], took[1]), "at most 1.2x")
}

// filters times what a keystroke starts: the first screenful and the whole.
func (s *scale) filters() {
	snap := s.idx.Snapshot()
	plain := keyspace.Spec{Order: keyspace.ByName}
	base, err := keyspace.Build(s.t.Context(), snap, plain, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range []struct {
		mode keyspace.Mode
		text string
	}{
		{keyspace.Prefix, "flask_cache_view//page/%02d"},
		{keyspace.Substring, "e/%02d"},
		{keyspace.Glob, "*page/%02d*"},
		{keyspace.Fuzzy, "fpag%02d"},
	} {
		var first, whole []time.Duration
		for i := range 40 {
			spec := plain
			spec.Query = keyspace.Query{Mode: f.mode, Text: fmt.Sprintf(f.text, i)}
			ctx, cancel := context.WithTimeout(s.t.Context(), firstTime)
			start := time.Now()
			if _, err := keyspace.First(ctx, snap, spec, base, 100); err != nil {
				s.t.Fatal(err)
			}
			first = append(first, time.Since(start))
			cancel()
			start = time.Now()
			if _, err := keyspace.Build(s.t.Context(), snap, spec, base); err != nil {
				s.t.Fatal(err)
			}
			whole = append(whole, time.Since(start))
		}
		slices.Sort(first)
		slices.Sort(whole)
		goal := "50 ms"
		if f.mode == keyspace.Fuzzy {
			goal = "150 ms"
		}
		worst := first[len(first)-1-len(first)/100]
		s.row("filter by "+modeName(f.mode), fmt.Sprintf("first rows p99 %s, all %s", round(worst), round(whole[len(whole)/2])), "16.7 ms a frame", times(worst, 16700*time.Microsecond), "16 ms; all in "+goal)
	}
	r := rand.New(rand.NewPCG(1, 2))
	now := time.Now().UnixMilli()
	for id := range uint32(snap.Len()) {
		s.idx.SetMeta(id, keyspace.Meta{Type: keyspace.String, Size: r.Int64N(100_000), Expiry: now + r.Int64N(1e9)})
	}
	snap = s.idx.Snapshot()
	for _, order := range []keyspace.Order{keyspace.ByTTL, keyspace.BySize} {
		spec := plain
		spec.Order = order
		ids := make([]uint32, snap.Len())
		for i := range ids {
			ids[i] = uint32(i)
		}
		took := median(rounds, func() {
			if _, err := keyspace.Build(s.t.Context(), snap, spec, base); err != nil {
				s.t.Fatal(err)
			}
		}, func() {
			some := slices.Clone(ids)
			slices.SortFunc(some, func(a, b uint32) int { return cmp.Compare(snap.Meta(a).Expiry, snap.Meta(b).Expiry) })
		})
		s.row("sort by "+order.String(), round(took[0]), round(took[1])+" slices.SortFunc", times(took[0], took[1]), "at most 0.15x")
	}
}

// view times a move of the cursor and the drawing of the screen after it.
func (s *scale) view() {
	m := newModel(s.t.Context(), Options{})
	m.resize(200, 50)
	rows, err := keyspace.Build(s.t.Context(), s.idx.Snapshot(), keyspace.Spec{Order: keyspace.ByName}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	m.idx = s.idx
	m.list.SetRows(rows)
	for _, step := range []string{"j", "pgdown", "G", "g"} {
		msg := keyMsg(step)
		r := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.list.HandleKey(order{KeyPressMsg: msg})
				_ = m.View()
			}
		})
		s.row("key "+step+" and View", round(time.Duration(r.NsPerOp())), fmt.Sprintf("%d allocations, %d B", r.AllocsPerOp(), r.AllocedBytesPerOp()), "", "at most 1 ms")
	}
}

// pings measures another client's PING while nothing else happens, while we
// list names, and while we read metadata.
func (s *scale) pings() {
	measure := func(busy func()) (p99, most time.Duration) {
		w := s.srv.Dial(0)
		done := make(chan struct{})
		go func() { defer close(done); busy() }()
		var took []time.Duration
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			start := time.Now()
			w.Do("PING")
			took = append(took, time.Since(start))
			time.Sleep(time.Millisecond)
		}
		slices.Sort(took)
		return took[len(took)*99/100], took[len(took)-1]
	}
	p99, most := measure(func() { time.Sleep(2 * time.Second) })
	loaded, worst := measure(func() { s.list() })
	s.row("others' PING while names are listed", fmt.Sprintf("p99 %s, max %s", round(loaded), round(worst)), fmt.Sprintf("p99 %s, max %s", round(p99), round(most)),
		fmt.Sprintf("%+.2f ms, %+.2f ms", float64(loaded-p99)/1e6, float64(worst-most)/1e6), "at most +2 ms, +5 ms")
}

// firstRows times the program from its start to the first keys on a terminal.
func (s *scale) firstRows() {
	took := median(rounds, func() {
		p := s.start(nil)
		p.until("page/")
		p.stop()
	}, s.cli("PING"))
	s.row("first rows on a terminal", round(took[0]), round(took[1])+" redis-cli PING", fmt.Sprintf("%+.0f ms", float64(took[0]-took[1])/1e6), "at most +100 ms")
	p := s.start(nil)
	p.until("live")
	time.Sleep(time.Second)
	s.row("memory of the whole process", fmt.Sprintf("%.0f MB", float64(p.peak())/1024), "", "", "below 150 MB at 1M")
	p.stop()
}

// idle compares the CPU of a screen with times to live that count down with
// that of the framework alone.
func (s *scale) idle() {
	w := s.srv.Dial(0)
	for i := range 60 {
		w.Do("SET", fmt.Sprintf("a:%02d", i), "x", "EX", "500")
	}
	const watch = 10 * time.Second
	measure := func(p *ptyProcess) float64 {
		time.Sleep(2 * time.Second)
		before := p.cpu()
		time.Sleep(watch)
		used := p.cpu() - before
		p.stop()
		return 100 * used.Seconds() / watch.Seconds()
	}
	p := s.start(nil)
	p.until("a:")
	ours := measure(p)
	bare := measure(startPty(s.t, exec.Command(os.Args[0], "-test.run", "^TestBareProgram$"), "CACHEVIEW_BARE=1"))
	s.row("CPU with TTLs ticking", fmt.Sprintf("%.2f %%", ours), fmt.Sprintf("%.2f %% Bubble Tea alone", bare), fmt.Sprintf("%+.2f %%", ours-bare), "at most +0.5 %")
}

func (s *scale) start(env []string) *ptyProcess {
	return startPty(s.t, exec.Command(s.bin, s.srv.URL(0)), append(env, "HOME="+s.t.TempDir())...)
}

// bareProgram is the framework with nothing in it.
type bareProgram struct{}

func (bareProgram) Init() tea.Cmd                         { return nil }
func (m bareProgram) Update(tea.Msg) (tea.Model, tea.Cmd) { return m, nil }
func (bareProgram) View() tea.View                        { return tea.NewView("bare") }

// TestBareProgram is the other process of idle.
func TestBareProgram(t *testing.T) {
	if os.Getenv("CACHEVIEW_BARE") == "" {
		return
	}
	_, err := tea.NewProgram(bareProgram{}, tea.WithContext(t.Context())).Run()
	if err != nil && !errors.Is(err, tea.ErrProgramKilled) {
		t.Fatal(err)
	}
}
