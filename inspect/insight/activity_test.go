package insight_test

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/inspect/inspecttest"
)

// watched runs a load while the commands are watched. The load is over when the
// command that ends it was seen.
func watched(t *testing.T, c *inspect.Client, w *inspecttest.Wire, load func()) *insight.Activity {
	t.Helper()
	return watching(t, c, w, insight.NewSample(0, nil, insight.Options{}), load)
}

func watching(t *testing.T, c *inspect.Client, w *inspecttest.Wire, s *insight.Sample, load func()) *insight.Activity {
	t.Helper()
	before := info(t, c)
	begun, ended := make(chan struct{}), false
	done := make(chan error, 1)
	go func() {
		first := true
		done <- c.Monitor(t.Context(), 2*time.Second, func(cmd inspect.Command) {
			switch {
			case first:
				first = false
				close(begun)
			case string(cmd.Args[0]) == "ECHO" && len(cmd.Args) == 2 && string(cmd.Args[1]) == "end":
				ended = true
			case !ended && string(cmd.Args[0]) != "ECHO":
				s.Add(cmd)
			}
		})
	}()
	for started := false; !started; { // until MONITOR is on
		w.Do("ECHO", "begin")
		select {
		case <-begun:
			started = true
		default:
		}
	}
	load()
	w.Do("ECHO", "end")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !ended {
		t.Fatal("the load was not seen to its end")
	}
	after := info(t, c)
	counted, _ := insight.RatesBetween(before, after)
	return s.Report(2*time.Second, counted)
}

func traffic(t *testing.T, list []insight.KeyTraffic, name string) insight.KeyTraffic {
	t.Helper()
	for _, g := range list {
		if g.Name == name {
			return g
		}
	}
	t.Fatalf("there is no %q in %+v", name, list)
	return insight.KeyTraffic{}
}

func TestHitsAndMissesOfAKnownLoad(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for i := range 20 {
		w.Do("SET", "warm:"+strconv.Itoa(i), "1")
	}
	c := open(t, srv.URL(0))
	other := srv.Dial(3)
	a := watched(t, c, w, func() {
		for i := range 20 { // there from before: 40 hits
			w.Do("GET", "warm:"+strconv.Itoa(i))
			w.Do("GET", "warm:"+strconv.Itoa(i))
		}
		for i := range 30 { // asked for, worked out, asked for again: 30 misses, 60 hits
			key := "flask_cache_memoize:square:" + strconv.Itoa(i)
			w.Do("GET", key)
			w.Do("SETEX", key, "60", "a\x00\"\\\n\xff")
			w.Do("GET", key)
			w.Do("GET", key)
		}
		w.Do("DEL", "warm:1")
		w.Do("GET", "warm:1") // a miss that nobody fills
		w.Do("MGET", "warm:2", "warm:3")
		if _, err := c.Meta(t.Context(), [][]byte{[]byte("warm:4")}, true); err != nil { // ours: not counted
			t.Error(err)
		}
		other.Do("GET", "warm:1")
	})
	if a.All.Reads != 40+90+1+2 || a.All.Hits != 40+60+2 || a.All.Misses != 31 || a.OtherDatabases == 0 {
		t.Errorf("all: %+v, elsewhere %d", a.All, a.OtherDatabases)
	}
	if g := traffic(t, a.Functions, "square"); g.Hits != 60 || g.Misses != 30 || g.Writes != 30 {
		t.Errorf("square: %+v", g)
	}
	if g := traffic(t, a.Prefixes, "warm:"); g.Hits != 42 || g.Misses != 1 || g.Deletes != 1 {
		t.Errorf("warm: %+v", g)
	}
	// The server counts the same, and one miss in the other database.
	if a.Counted.Hits != int64(a.All.Hits) || a.Counted.Misses != int64(a.All.Misses)+1 {
		t.Errorf("the server counted %d and %d, estimated %d and %d", a.Counted.Hits, a.Counted.Misses, a.All.Hits, a.All.Misses)
	}
	if len(a.Clients) != 1 || a.Kinds[0].Name != "get" {
		t.Errorf("clients %v, kinds %v", a.Clients, a.Kinds)
	}
	for _, k := range a.Kinds {
		if k.Name == "type" {
			t.Error("our own commands are in the sample")
		}
	}
}

func TestExpiryIsAMiss(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	s := insight.NewSample(0, nil, insight.Options{})
	send := func(after time.Duration, args ...string) {
		cmd := inspect.Command{At: at.Add(after), Client: "a"}
		for _, a := range args {
			cmd.Args = append(cmd.Args, []byte(a))
		}
		s.Add(cmd)
	}
	send(0, "GET", "page")                                      // long before the write: a hit
	send(20*time.Second, "GET", "page")                         // both asked while nobody had it: a stampede
	send(20*time.Second+time.Millisecond, "GET", "page")        // of two
	send(22*time.Second, "SET", "page", "x", "EX", "10")        //
	send(31*time.Second, "GET", "page")                         // a hit
	send(32*time.Second, "GET", "page")                         // expired
	send(33*time.Second, "set", "page", "x", "NX", "PX", "500") // fills: it was gone
	send(33*time.Second, "GET", "page")                         // a hit
	send(34*time.Second, "GET", "page")                         // expired
	send(35*time.Second, "FLUSHDB")
	send(35*time.Second, "GET", "page")
	send(36*time.Second, "GET", "new") // too late to be certain
	a := s.Report(36*time.Second, insight.Rates{})
	if a.All.Hits != 4 || a.All.Misses != 5 || a.All.Unsure != 1 {
		t.Errorf("%+v", a.All)
	}
}

// What is known of the keys before the sample makes reads certain that a write
// follows, as of a session that is read and written again by each request.
func TestKnownKeysMakeReadsCertain(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for i := range 10 {
		w.Do("SET", "session:"+strconv.Itoa(i), "x", "EX", "100")
	}
	w.Do("SET", "short", "x")
	c := open(t, srv.URL(0))
	snap := snapshot(t, c)
	run := func(t *testing.T, know bool) *insight.Activity {
		s := insight.NewSample(0, nil, insight.Options{})
		if know {
			if _, err := insight.Survey(t.Context(), c, snap, nil, insight.Options{Seen: s.Knows}); err != nil {
				t.Fatal(err)
			}
		}
		return watching(t, c, w, s, func() {
			for i := range 10 { // 10 hits, each with a write after it
				w.Do("GET", "session:"+strconv.Itoa(i))
				w.Do("SET", "session:"+strconv.Itoa(i), "y", "EX", "100")
			}
			if know {
				w.Do("GET", "short")
				for w.Int("DBSIZE") > 10 { // until it has expired
					continue
				}
				w.Do("GET", "short")
			}
		})
	}
	if a := run(t, false); a.All.Hits != 0 || a.All.Misses != 10 { // nothing else can be said
		t.Errorf("of unknown keys: %+v", a.All)
	}
	for i := range 10 {
		w.Do("PERSIST", "session:"+strconv.Itoa(i))
	}
	w.Do("PEXPIRE", "short", "1000")
	a := run(t, true)
	if g := traffic(t, a.Prefixes, "session:"); g.Hits != 10 || g.Misses != 0 {
		t.Errorf("session: %+v", g)
	}
	if g := traffic(t, a.Prefixes, ""); g.Hits != 1 || g.Misses != 1 {
		t.Errorf("short: %+v", g)
	}
	if a.Counted.Hits != int64(a.All.Hits) || a.Counted.Misses != int64(a.All.Misses) {
		t.Errorf("the server counted %d and %d, estimated %+v", a.Counted.Hits, a.Counted.Misses, a.All)
	}
}

func TestOtherTimesToLive(t *testing.T) {
	t.Parallel()
	const second = time.Second
	tests := []struct {
		name         string
		commands     []string // each "seconds command"
		hits, misses int
	}{
		{"EXPIRE makes longer", []string{"0 SET k v EX 2", "1 EXPIRE k 10", "5 GET k", "12 GET k"}, 1, 1},
		{"EXPIRE makes shorter", []string{"0 SET k v", "1 PEXPIRE k 1000", "3 GET k"}, 0, 1},
		{"PERSIST", []string{"0 SET k v EX 2", "1 PERSIST k", "5 GET k"}, 1, 0},
		{"KEEPTTL", []string{"0 SET k v EX 2", "1 SET k w KEEPTTL", "3 GET k"}, 0, 1},
		{"GETEX", []string{"0 SET k v EX 2", "1 GETEX k EX 9", "5 GETEX k", "11 GET k"}, 2, 1},
		{"EXPIREAT", []string{"0 SET k v", "1 EXPIREAT k 1700000003", "2 GET k", "4 GET k"}, 1, 1},
		{"INCR keeps", []string{"0 SET k 1 EX 2", "1 INCR k", "3 GET k"}, 0, 1},
		{"INCR anew", []string{"0 SET k 1 EX 2", "3 GET k", "4 INCR k", "9 GET k"}, 1, 1},
		{"deleted before", []string{"0 DEL k", "1 GET k", "2 GET k"}, 0, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := insight.NewSample(0, nil, insight.Options{})
			for _, line := range tt.commands {
				words := strings.Fields(line)
				at, _ := strconv.Atoi(words[0])
				cmd := inspect.Command{At: time.Unix(1_700_000_000, 0).Add(time.Duration(at) * second)}
				for _, a := range words[1:] {
					cmd.Args = append(cmd.Args, []byte(a))
				}
				s.Add(cmd)
			}
			if a := s.Report(second, insight.Rates{}).All; a.Hits != tt.hits || a.Misses != tt.misses {
				t.Errorf("%+v", a)
			}
		})
	}
}

// TestTheMarginOfARatioHolds draws reads with a known chance of a hit: the margin
// must hold for at least 93 of 100 samples.
func TestTheMarginOfARatioHolds(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, p := range []float64{0.02, 0.3, 0.5, 0.8, 0.97, 1} {
		for _, reads := range []int{20, 100, 300} {
			const samples = 1000
			held := 0
			for range samples {
				g := insight.KeyTraffic{Reads: reads}
				for range reads {
					if rng.Float64() < p {
						g.Hits++
					}
				}
				up, down := g.Margin()
				ratio, _ := g.HitRatio()
				if p <= ratio+up+1e-9 && p >= ratio-down-1e-9 {
					held++
				}
			}
			if held < samples*93/100 {
				t.Errorf("a chance of %v and %d reads: held in %d of %d samples", p, reads, held, samples)
			}
		}
	}
	if up, down := (insight.KeyTraffic{}).Margin(); up != 1 || down != 1 {
		t.Errorf("of no reads: %v, %v", up, down)
	}
	// Hits that may be misses widen it downwards.
	sure, unsure := insight.KeyTraffic{Reads: 100, Hits: 90}, insight.KeyTraffic{Reads: 100, Hits: 90, Unsure: 30}
	_, a := sure.Margin()
	_, b := unsure.Margin()
	if b < a+0.29 {
		t.Errorf("down %v of what is sure, %v of what is not", a, b)
	}
}

func TestMonitorIsOnlySentByMonitor(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	c := open(t, srv.URL(0))
	snapshot(t, c)
	if _, err := insight.ReadVitals(t.Context(), c, inspect.Info{}); err != nil {
		t.Fatal(err)
	}
	if n := srv.Calls("monitor"); n != 0 {
		t.Fatalf("MONITOR was sent %d times", n)
	}
	if err := c.Monitor(t.Context(), 50*time.Millisecond, func(inspect.Command) {}); err != nil {
		t.Fatal(err)
	}
	if n := srv.Calls("monitor"); n != 1 {
		t.Fatalf("MONITOR was sent %d times", n)
	}
	srv.Dial(0).Do("ACL", "SETUSER", "someone", "on", ">pw", "~*", "+@all", "-monitor")
	r := open(t, "redis://someone:pw@"+srv.Addr)
	if err := r.Monitor(t.Context(), time.Second, func(inspect.Command) {}); !errors.Is(err, inspect.ErrNoMonitor) {
		t.Errorf("%v, want ErrNoMonitor", err)
	}
}
