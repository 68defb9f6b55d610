//go:build scale

package ui

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

// pings measures another client's PING, from a process of its own, while
// nothing else happens, while the program lists the names, and while a bare loop
// does, and how long the server works on a page of either.
func (s *scale) pings() {
	var took [3][]time.Duration
	var pages [3]pageTimes
	w := s.srv.Dial(0)
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
			w.Do("CONFIG", "RESETSTAT")
			took[i] = append(took[i], s.pinging(busy)...)
			pages[i].add(s.t, w)
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
	s.row("a page of names in the server", pages[1].String(), pages[2].String()+" bare SCAN COUNT 1000", "", "")
}

// pageTimes counts the calls of SCAN by how many microseconds of the server they
// took at most, powers of two but for a few per cent, as LATENCY HISTOGRAM has it:
// https://redis.io/docs/latest/commands/latency-histogram/
type pageTimes map[int64]int64

func (p *pageTimes) add(tb testing.TB, w *inspecttest.Wire) {
	if *p == nil {
		*p = pageTimes{}
	}
	reply, _ := w.Do("LATENCY", "HISTOGRAM", "scan").([]any)
	if len(reply) < 2 {
		return // nobody scanned
	}
	scan, _ := reply[1].([]any) // calls, n, histogram_usec, buckets
	if len(scan) < 4 {
		tb.Fatalf("LATENCY HISTOGRAM scan: %v", reply)
	}
	buckets, _ := scan[3].([]any)
	before := int64(0)
	for i := 0; i+1 < len(buckets); i += 2 {
		most, below := buckets[i].(int64), buckets[i+1].(int64)
		(*p)[most] += below - before
		before = below
	}
}

func (p pageTimes) String() string {
	buckets, calls := slices.Sorted(maps.Keys(p)), int64(0)
	for _, n := range p {
		calls += n
	}
	within := func(share int64) time.Duration {
		below := int64(0)
		for _, most := range buckets {
			if below += p[most]; below*1000 >= calls*share {
				return time.Duration(most) * time.Microsecond
			}
		}
		return 0
	}
	return fmt.Sprintf("%d calls, half within %s, 99 %% %s, all %s", calls, within(500), within(990), within(1000))
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
