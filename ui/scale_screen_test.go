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

	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// view times a move of the cursor and the drawing of the screen after it.
func (s *scale) view() {
	m := newModel(s.t.Context(), Options{})
	m.resize(200, 50)
	rows, err := keyspace.Build(s.t.Context(), s.index().Snapshot(), keyspace.RowSpec{Order: keyspace.ByName}, nil)
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
	const ticking = 40 // all of them have a row on the terminal of startPty
	for i := range ticking {
		w.Do("SET", fmt.Sprintf("a%02d", i), "x", "EX", "500")
	}
	ours := s.start()
	ours.listed(s.keys + ticking)
	ours.shows(fmt.Sprintf("a%02d", ticking-1))
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
