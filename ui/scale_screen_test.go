//go:build scale

package ui

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// view times a move of the cursor and the drawing of the screen after it.
func (s *scale) view() {
	m := newModel(s.t.Context(), Options{})
	m.resize(200, 50)
	rows, err := keyspace.Build(s.t.Context(), s.index().Snapshot(), keyspace.Spec{Order: keyspace.ByName}, nil)
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

// pings measures another client's PING, from a process of its own, while
// nothing else happens, while the program lists the names, and while a bare loop
// does.
func (s *scale) pings() {
	var took [3][]time.Duration
	for range 3 {
		for i, busy := range []func(){
			func() { time.Sleep(time.Second) },
			func() {
				p := s.start()
				p.listed(s.keys)
				p.stop()
			},
			s.otherScan,
		} {
			took[i] = append(took[i], s.pinging(busy)...)
		}
	}
	p99 := func(i int) time.Duration { return took[i][len(took[i])*99/100] }
	most := func(i int) time.Duration { return took[i][len(took[i])-1] }
	for i := range took {
		slices.Sort(took[i])
	}
	figures := func(i int) string { return fmt.Sprintf("p99 %s, max %s", round(p99(i)), round(most(i))) }
	more := func(d time.Duration) string { return fmt.Sprintf("%+.2f ms", d.Seconds()*1000) }
	s.row("others' PING while names are listed", figures(1), figures(0)+" alone", more(p99(1)-p99(0))+", "+more(most(1)-most(0)), "at most +2 ms, +5 ms")
	s.row("the same", figures(1), figures(2)+" bare SCAN COUNT 1000", times(p99(1), p99(2)), "at most 1x")
}

// pinging returns how long each PING of another process took while busy ran.
func (s *scale) pinging(busy func()) []time.Duration {
	var out strings.Builder
	cmd := s.other("TestOtherPing")
	cmd.Stdout = &out
	stop, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	busy()
	_ = stop.Close()
	if err := cmd.Wait(); err != nil {
		s.t.Fatal(err)
	}
	var took []time.Duration
	for field := range strings.FieldsSeq(out.String()) {
		if us, err := strconv.Atoi(field); err == nil {
			took = append(took, time.Duration(us)*time.Microsecond)
		}
	}
	if len(took) < 20 {
		s.t.Fatalf("%d pings", len(took))
	}
	return took
}

func (s *scale) otherScan() {
	if out, err := s.other("TestOtherScan").CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
}

// other is one of the tests below in a process of its own, as another client.
func (s *scale) other(test string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run", "^"+test+"$")
	cmd.Env = append(os.Environ(), "CACHEVIEW_OTHER="+s.srv.Addr)
	return cmd
}

// TestOtherPing writes how many microseconds each PING takes, until its standard
// input ends.
func TestOtherPing(t *testing.T) {
	addr := os.Getenv("CACHEVIEW_OTHER")
	if addr == "" {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = os.Stdin.Read(make([]byte, 1))
	}()
	w := inspecttest.Dial(t, "tcp", addr, 0)
	tick := time.NewTicker(time.Millisecond)
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			start := time.Now()
			w.Do("PING")
			fmt.Println(time.Since(start).Microseconds())
		}
	}
}

// TestOtherScan lists all names with a bare loop.
func TestOtherScan(t *testing.T) {
	if addr := os.Getenv("CACHEVIEW_OTHER"); addr != "" {
		scanBare(inspecttest.Dial(t, "tcp", addr, 0), nil)
	}
}

// firstRows times the program from its start to the first keys on a terminal.
func (s *scale) firstRows() {
	took := median(rounds, func() {
		p := s.start()
		p.until("page/")
		p.stop()
	}, s.cli("PING"))
	s.row("first rows on a terminal", round(took[0]), round(took[1])+" redis-cli PING", fmt.Sprintf("%+.0f ms", float64(took[0]-took[1])/1e6), "at most +100 ms")
}

// allRows times the program from its start to a list that says it is whole,
// beside what people do without it.
func (s *scale) allRows() {
	var peaks []int
	ours := func() {
		p := s.start()
		p.listed(s.keys)
		peaks = append(peaks, p.peak())
		p.stop()
	}
	if _, err := exec.LookPath("fzf"); err != nil {
		ours()
		s.t.Log("no fzf to compare with")
	} else {
		host, port, _ := strings.Cut(s.srv.Addr, ":")
		took := median(3, ours, func() {
			p := startPty(s.t, exec.Command("sh", "-c", "redis-cli -h "+host+" -p "+port+" --scan | fzf"))
			all := strconv.Itoa(s.keys)
			p.shows(all + "/" + all)
			p.stop()
		})
		s.row("all names on a terminal", round(took[0]), round(took[1])+" redis-cli --scan piped to fzf", times(took[0], took[1]), "below 1x")
	}
	slices.Sort(peaks)
	s.row("memory of the whole process", fmt.Sprintf("%.0f MB", float64(peaks[len(peaks)/2])/1024), "", "", "below 150 MB at 1M")
}

// idle compares the CPU of a screen with times to live that count down with
// that of the framework alone, both at the same time.
func (s *scale) idle() {
	w := s.srv.Dial(0)
	for i := range 60 {
		w.Do("SET", fmt.Sprintf("a%02d", i), "x", "EX", "500")
	}
	ours := s.start()
	ours.listed(s.keys + 60)
	ours.shows("a59")
	bare := startPty(s.t, exec.Command(os.Args[0], "-test.run", "^TestBareProgram$"), "CACHEVIEW_BARE=1")
	bare.shows("bare")
	ours.calm()
	const watch = 20 * time.Second
	before := [2]time.Duration{ours.cpu(), bare.cpu()}
	time.Sleep(watch)
	share := func(used time.Duration) float64 { return 100 * used.Seconds() / watch.Seconds() }
	us, them := share(ours.cpu()-before[0]), share(bare.cpu()-before[1])
	ours.stop()
	bare.stop()
	s.row("CPU with TTLs ticking", fmt.Sprintf("%.2f %%", us), fmt.Sprintf("%.2f %% Bubble Tea alone", them), fmt.Sprintf("%+.2f %%", us-them), "at most +0.5 %")
}

func (s *scale) start() *ptyProcess {
	home := s.t.TempDir()
	return startPty(s.t, exec.Command(s.bin, s.srv.URL(0)), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home)
}

// listed waits for a list that says that it is all of the keys.
func (p *ptyProcess) listed(keys int) {
	p.t.Helper()
	p.wait("the whole list", func(screen string) bool {
		return strings.Contains(screen, human.Count(keys)+" ─╮") && !strings.Contains(screen, "scanned")
	})
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
