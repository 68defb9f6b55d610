package inspect_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

func TestScanListsEveryKeyOnce(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		want := oddNames()
		for _, n := range want {
			on.w.Do("SET", n, "x")
		}
		for i := range 3000 {
			n := fmt.Sprintf("page:%d", i)
			want = append(want, n)
			on.w.Do("SET", n, "x")
		}
		slices.Sort(want)
		c := open(t, inspect.Config{URL: on.url})
		if diff := cmp.Diff(want, listed(t, c, inspect.ScanOptions{})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestScanTakesAPrefixLiterally(t *testing.T) {
	tests := []struct {
		name, prefix string
		want         []string
	}{
		{"brackets", "user[1]:", []string{"user[1]:a", "user[1]:b"}},
		{"star", "user*", []string{"user*"}},
		{"backslash", `back\`, []string{`back\slash`}},
		{"question mark", "?", []string{"?"}},
		{"caret", "user^", []string{"user^"}},
		{"not UTF-8", "\xff", []string{"\xff\xfe"}},
		{"nul", "\x00\x00\x00", []string{string(make([]byte, 300))}},
		{"nothing", "user[2]", nil},
	}
	contract(t, func(t *testing.T, on target) {
		for _, n := range oddNames() {
			on.w.Do("SET", n, "x")
		}
		c := open(t, inspect.Config{URL: on.url})
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				got := listed(t, c, inspect.ScanOptions{Prefix: []byte(tt.prefix)})
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

func TestScanMatchesAGlobAndAType(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "a:1", "x")
		on.w.Do("SET", "b:1", "x")
		on.w.Do("RPUSH", "a:list", "x")
		c := open(t, inspect.Config{URL: on.url})
		if diff := cmp.Diff([]string{"a:1", "a:list"}, listed(t, c, inspect.ScanOptions{Match: "a:*"})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"a:list"}, listed(t, c, inspect.ScanOptions{Type: keyspace.List})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestScanIsHonestOnItsWay(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	const n = 50_000
	srv.Fill(0, n, func(i int) string { return "k:" + strconv.Itoa(i) }, "x")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	for name, opt := range map[string]inspect.ScanOptions{
		"all":    {Budget: time.Millisecond},
		"prefix": {Budget: time.Millisecond, Prefix: []byte("k:1234")},
	} {
		t.Run(name, func(t *testing.T) {
			idx := keyspace.New(0)
			scan := c.NewScan(idx, opt)
			page, err := scan.Next(lasting())
			if err != nil {
				t.Fatal(err)
			}
			if p := page.Progress; p.Done || p.Total != n || p.Visited > 2000 {
				t.Errorf("first page: %+v", p)
			}
			steps, before := 1, page.Progress
			for {
				page, err = scan.Next(lasting())
				if err != nil {
					break
				}
				steps++
				p := page.Progress
				if p.Visited < before.Visited || p.Scanned != idx.Len() {
					t.Errorf("%+v after %+v, %d in the index", p, before, idx.Len())
				}
				if !p.Done && p.Visited >= n {
					t.Errorf("partial is shown as complete: %+v", p)
				}
				before = p
			}
			if !errors.Is(err, io.EOF) || !before.Done || before.Visited != n || steps < 3 {
				t.Errorf("%d steps, last %+v, %v", steps, before, err)
			}
		})
	}
}

func TestScanFindsWhatStaysWhileOthersComeAndGo(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	const n = 20_000
	srv.Fill(0, n, func(i int) string { return "stay:" + strconv.Itoa(i) }, "x")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	idx := keyspace.New(0)
	scan := c.NewScan(idx, inspect.ScanOptions{Budget: time.Microsecond})
	w := srv.Dial(0)
	for step := 0; ; step++ {
		_, err := scan.Next(lasting())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range 200 { // grows the table while it is walked
			w.Send("SET", fmt.Sprintf("come:%d:%d", step, i), "x", "PX", "1")
		}
		for range 200 {
			w.Receive()
		}
	}
	stay := 0
	for _, name := range names(idx) {
		if name[:5] == "stay:" {
			stay++
		}
	}
	if stay != n {
		t.Errorf("%d of %d keys listed", stay, n)
	}
}

func TestScanEndsWithItsContext(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 5000, strconv.Itoa, "x")
	proxy := inspecttest.NewProxy(t, srv.Addr)
	c := open(t, inspect.Config{URL: "redis://" + proxy.Addr, Timeout: time.Minute})
	scan := c.NewScan(keyspace.New(0), inspect.ScanOptions{})
	if _, err := scan.Next(lasting()); err != nil {
		t.Fatal(err)
	}
	proxy.Delay(10 * time.Second)
	ctx, cancel := context.WithCancel(lasting())
	cancel()
	start := time.Now()
	_, err := scan.Next(ctx)
	if !errors.Is(err, context.Canceled) || time.Since(start) > time.Second || inspect.IsDisconnected(err) {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	proxy.Delay(0)
}

func TestScanGoesOnAfterALostConnection(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 5000, strconv.Itoa, "x")
	proxy := inspecttest.NewProxy(t, srv.Addr)
	c := open(t, inspect.Config{URL: "redis://" + proxy.Addr})
	idx := keyspace.New(0)
	scan := c.NewScan(idx, inspect.ScanOptions{Budget: time.Microsecond})
	if _, err := scan.Next(lasting()); err != nil {
		t.Fatal(err)
	}
	proxy.Refuse(true)
	proxy.Cut()
	if _, err := scan.Next(lasting()); !inspect.IsDisconnected(err) {
		t.Fatalf("not lost: %v", err)
	}
	proxy.Refuse(false)
	for {
		_, err := scan.Next(lasting())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if idx.Len() != 5000 {
		t.Errorf("%d keys", idx.Len())
	}
}

// TestScanOfAFarServer asks it how much a page costs, and does without where
// that is not told.
func TestScanOfAFarServer(t *testing.T) {
	t.Parallel()
	for name, rules := range map[string]string{"tells": "+@all", "does not": "+@all -info"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			const n = 20_000
			srv.Fill(0, n, strconv.Itoa, "x")
			srv.Dial(0).Do(append([]string{"ACL", "SETUSER", "far", "on", "nopass", "~*", "&*"}, strings.Fields(rules)...)...)
			proxy := inspecttest.NewProxy(t, srv.Addr)
			proxy.Delay(2 * time.Millisecond)
			c := open(t, inspect.Config{URL: "redis://far:x@" + proxy.Addr})
			if got := len(listed(t, c, inspect.ScanOptions{})); got != n {
				t.Errorf("%d keys", got)
			}
		})
	}
}
