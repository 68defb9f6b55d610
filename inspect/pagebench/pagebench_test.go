package pagebench_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
	"cacheview/inspect/pagebench"
)

// store is a real server; forget says whether keys may go.
type store struct {
	c      *inspect.Client
	forget bool
	gone   [][]byte
}

func (s *store) Names(ctx context.Context) ([][]byte, error) {
	idx := keyspace.New(0)
	for scan := s.c.NewScan(idx, inspect.ScanOptions{}); ; {
		if _, err := scan.Next(ctx); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	snap := idx.Snapshot()
	var names [][]byte
	for id := range uint32(snap.IDCount()) {
		names = append(names, snap.Name(id))
	}
	slices.SortFunc(names, bytes.Compare)
	return names, nil
}

func (s *store) Look(ctx context.Context, names [][]byte) ([]inspect.Key, error) {
	return s.c.Meta(ctx, names, true)
}

func (s *store) Forget(ctx context.Context, names [][]byte) (bool, error) {
	if !s.forget {
		return false, nil
	}
	plan, err := s.c.Plan(ctx, inspect.Selection{Keys: names}, nil)
	if err != nil {
		return false, err
	}
	s.gone = append(s.gone, names...)
	_, err = s.c.Delete(ctx, plan, inspect.DeleteOptions{})
	return err == nil, err
}

const work = 60 * time.Millisecond

// cachedPage is an app that works for a while unless its answer is cached.
func cachedPage(t *testing.T, srv *inspecttest.Server) (url string, made *atomic.Int32) {
	made = new(atomic.Int32)
	w := srv.Dial(0) // requests come one at a time
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/broken":
			http.Error(rw, "no", http.StatusInternalServerError)
			return
		case "/away":
			http.Redirect(rw, r, "http://192.0.2.1/", http.StatusFound)
			return
		}
		if w.Do("GET", "page:"+r.URL.Path) == nil {
			made.Add(1)
			<-time.After(work) // what the page pretends to work
			w.Do("SET", "page:"+r.URL.Path, "x", "EX", "100")
		}
		fmt.Fprint(rw, "hello")
	}))
	t.Cleanup(app.Close)
	return app.URL, made
}

func TestColdAndWarm(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Dial(0).Do("SET", "other", "untouched")
	url, made := cachedPage(t, srv)
	c, err := inspect.Open(t.Context(), inspect.Config{URL: srv.URL(0), StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := &store{c: c, forget: true}
	r, err := pagebench.Run(t.Context(), pagebench.Options{URL: url + "/a", Cold: 3, Warm: 5, Rate: 50}, s)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Cold) != 3 || len(r.Warm) != 5 || made.Load() != 3 || r.Cached {
		t.Fatalf("%d cold, %d warm, made %d times", len(r.Cold), len(r.Warm), made.Load())
	}
	if r.Cold.Min() < work || r.Warm.Min() >= r.Cold.Min() {
		t.Errorf("cold %v, warm %v", r.Cold, r.Warm)
	}
	if len(r.Keys) != 1 || string(r.Keys[0].Name) != "page:/a" || r.Keys[0].Times != 3 || r.Keys[0].Meta.Expiry <= 0 {
		t.Errorf("keys %+v", r.Keys)
	}
	for _, k := range s.gone {
		if string(k) != "page:/a" {
			t.Errorf("%q was deleted", k)
		}
	}
	// Cached by now: without a key to forget nothing is cold, and nothing dies.
	s.gone = nil
	r, err = pagebench.Run(t.Context(), pagebench.Options{URL: url + "/a", Cold: 3, Warm: 2, Rate: 50}, s)
	if err != nil || !r.Cached || len(r.Cold) != 0 || len(s.gone) != 0 {
		t.Errorf("%+v, %v, deleted %q", r, err, s.gone)
	}
	// Named, it is forgotten first.
	r, err = pagebench.Run(t.Context(), pagebench.Options{URL: url + "/a", Cold: 1, Warm: 2, Rate: 50, Keys: [][]byte{[]byte("page:/a")}}, s)
	if err != nil || len(r.Cold) != 1 || r.Cold[0] < work {
		t.Errorf("%+v, %v", r, err)
	}
	// Not allowed to forget: one cold request, the first.
	s.forget, s.gone = false, nil
	r, err = pagebench.Run(t.Context(), pagebench.Options{URL: url + "/b", Cold: 3, Warm: 2, Rate: 50}, s)
	if err != nil || len(r.Cold) != 1 || len(r.Warm) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	var status *pagebench.StatusError
	if _, err = pagebench.Run(t.Context(), pagebench.Options{URL: url + "/broken", Cold: 1, Warm: 1, Rate: 50}, s); !errors.As(err, &status) {
		t.Errorf("broken: %v", err)
	}
	if _, err = pagebench.Run(t.Context(), pagebench.Options{URL: url + "/away", Cold: 1, Warm: 1, Rate: 50}, s); !errors.Is(err, pagebench.ErrRemote) {
		t.Errorf("a redirect to another machine: %v", err)
	}
}

// An app is asked at most as often as was said, however fast it answers.
func TestTheRateIsHeld(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	var mu sync.Mutex
	var asked []time.Time
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, time.Now())
	}))
	defer app.Close()
	c, err := inspect.Open(t.Context(), inspect.Config{URL: srv.URL(0), StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const rate = 20
	if _, err := pagebench.Run(t.Context(), pagebench.Options{URL: app.URL, Cold: 1, Warm: 8, Rate: rate}, &store{c: c}); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 9 {
		t.Fatalf("asked %d times", len(asked))
	}
	least := time.Duration(len(asked)-2) * time.Second / rate // the first may have come late
	if took := asked[len(asked)-1].Sub(asked[0]); took < least {
		t.Errorf("%d requests in %v, want at least %v", len(asked), took, least)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	good := pagebench.Options{URL: "http://127.0.0.1:5000/", Cold: 1, Warm: 10, Rate: 5}
	tests := []struct {
		name   string
		change func(*pagebench.Options)
		ok     bool
	}{
		{"loopback", func(*pagebench.Options) {}, true},
		{"localhost", func(o *pagebench.Options) { o.URL = "http://localhost/x?y=1" }, true},
		{"loopback of IPv6", func(o *pagebench.Options) { o.URL = "https://[::1]:8000/" }, true},
		{"another machine", func(o *pagebench.Options) { o.URL = "http://192.0.2.1/" }, false},
		{"a name that only looks local", func(o *pagebench.Options) { o.URL = "http://localhost.example.com/" }, false},
		{"another machine, allowed", func(o *pagebench.Options) { o.URL, o.Remote = "http://192.0.2.1/", true }, true},
		{"a file", func(o *pagebench.Options) { o.URL = "file:///etc/passwd" }, false},
		{"no host", func(o *pagebench.Options) { o.URL = "http:///x" }, false},
		{"too many", func(o *pagebench.Options) { o.Warm = 1000 }, false},
		{"too fast", func(o *pagebench.Options) { o.Rate = 51 }, false},
		{"none", func(o *pagebench.Options) { o.Cold = 0 }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			opt := good
			tt.change(&opt)
			if err := opt.Check(); (err == nil) != tt.ok {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	var hundred pagebench.Times
	for i := range 100 {
		hundred = append(hundred, time.Duration(100-i)*time.Millisecond)
	}
	if hundred.Min() != time.Millisecond || hundred.Median() != 50*time.Millisecond || hundred.P95() != 95*time.Millisecond || hundred.Max() != 100*time.Millisecond {
		t.Errorf("%v %v %v %v", hundred.Min(), hundred.Median(), hundred.P95(), hundred.Max())
	}
	if h := hundred.Histogram(); h[0] != 1 || h[3] != 5 || h[6] != 50 || h[7] != 0 {
		t.Errorf("%v", h)
	}
	if none := pagebench.Times(nil); none.Median() != 0 {
		t.Error("the median of nothing")
	}
}
