package insight_test

import (
	"errors"
	"strconv"
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
	s := insight.NewSample(0, nil, insight.Options{})
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
	counted, _ := insight.Between(before, after)
	return s.Report(2*time.Second, counted)
}

func traffic(t *testing.T, list []insight.Traffic, name string) insight.Traffic {
	t.Helper()
	for _, g := range list {
		if g.Name == name {
			return g
		}
	}
	t.Fatalf("there is no %q in %+v", name, list)
	return insight.Traffic{}
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
	if a.All.Reads != 40+90+1+2 || a.All.Hits != 40+60+2 || a.All.Misses != 31 || a.Elsewhere == 0 {
		t.Errorf("all: %+v, elsewhere %d", a.All, a.Elsewhere)
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

func TestMonitorIsOnlySentByMonitor(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	c := open(t, srv.URL(0))
	snapshot(t, c)
	if _, err := insight.Look(t.Context(), c, inspect.Info{}); err != nil {
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
