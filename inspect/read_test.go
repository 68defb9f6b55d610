package inspect_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// readAll reads a value window by window.
func readAll(t *testing.T, c *inspect.Client, name string, opt inspect.ReadOptions) (raw []byte, rows []inspect.Member, windows int) {
	t.Helper()
	for {
		w, err := c.Read(t.Context(), []byte(name), opt)
		if err != nil {
			t.Fatal(err)
		}
		raw, rows = append(raw, w.Raw...), append(rows, w.Rows...)
		windows++
		if !w.More {
			if windows > 1 && !w.Truncated {
				t.Errorf("%s: a part is shown as the whole", name)
			}
			return raw, rows, windows
		}
		if !w.Truncated {
			t.Errorf("%s: a part is shown as the whole", name)
		}
		opt.From = w.Next
	}
}

func TestReadSmallValues(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "string", "a\x00\xffb")
		on.w.Do("SET", "empty", "")
		on.w.Do("HSET", "hash", "f", "v\x00", "", "")
		on.w.Do("RPUSH", "list", "a", "", "c")
		on.w.Do("SADD", "set", "m\xff")
		on.w.Do("ZADD", "zset", "1.5", "b", "-inf", "a", "+inf", "c")
		on.w.Do("XADD", "stream", "1-1", "f", "v", "g", "\x00")
		on.w.Do("XADD", "stream", "1-2", "f", "w")
		tests := []struct {
			name  string
			typ   keyspace.Type
			total int64
			raw   string
			rows  []inspect.Member
		}{
			{"string", keyspace.String, 4, "a\x00\xffb", nil},
			{"empty", keyspace.String, 0, "", nil},
			{"hash", keyspace.Hash, 2, "", []inspect.Member{
				{Field: []byte(""), Value: []byte("")},
				{Field: []byte("f"), Value: []byte("v\x00")},
			}},
			{"list", keyspace.List, 3, "", []inspect.Member{
				{Value: []byte("a")}, {Value: []byte(""), Index: 1}, {Value: []byte("c"), Index: 2},
			}},
			{"set", keyspace.Set, 1, "", []inspect.Member{{Value: []byte("m\xff")}}},
			{"zset", keyspace.ZSet, 3, "", []inspect.Member{
				{Value: []byte("a"), Score: negInf}, {Value: []byte("b"), Score: 1.5}, {Value: []byte("c"), Score: -negInf},
			}},
			{"stream", keyspace.Stream, 2, "", []inspect.Member{
				{Field: []byte("1-1"), Pairs: byteSlices("f", "v", "g", "\x00")},
				{Field: []byte("1-2"), Pairs: byteSlices("f", "w")},
			}},
		}
		c := open(t, inspect.Config{URL: on.url})
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				w, err := c.Read(t.Context(), []byte(tt.name), inspect.ReadOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if w.Type != tt.typ || w.Total != tt.total || string(w.Raw) != tt.raw || w.Truncated || w.More {
					t.Errorf("%+v", w)
				}
				sortRows(tt.typ, w.Rows)
				if diff := cmp.Diff(tt.rows, w.Rows); diff != "" {
					t.Error(diff)
				}
				if w.Key.Meta.Expiry != keyspace.NoExpiry || !w.Key.Exists {
					t.Errorf("%+v", w.Key)
				}
			})
		}
	})
}

func TestReadInWindowsMissesNothing(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	const n = 1000
	var long strings.Builder
	for i := range n {
		s := strconv.Itoa(i)
		long.WriteString(s + ",")
		w.Send("HSET", "hash", "f"+s, s)
		w.Send("RPUSH", "list", s)
		w.Send("SADD", "set", "m"+s)
		w.Send("ZADD", "zset", s, "m"+s)
		w.Send("XADD", "stream", fmt.Sprintf("%d-%d", 1+i/2, i%2), "f", s)
		for range 5 {
			w.Receive()
		}
	}
	w.Do("XADD", "stream", "600-18446744073709551615", "f", "last")
	w.Do("XADD", "stream", "601-0", "f", "behind the last")
	w.Do("SET", "string", long.String())
	c := open(t, inspect.Config{URL: srv.URL(0)})

	raw, _, windows := readAll(t, c, "string", inspect.ReadOptions{Limit: 1000})
	if string(raw) != long.String() || windows != (long.Len()+999)/1000 {
		t.Errorf("%d bytes in %d windows", len(raw), windows)
	}
	for name, want := range map[string]int{"hash": n, "list": n, "set": n, "zset": n, "stream": n + 2} {
		_, rows, windows := readAll(t, c, name, inspect.ReadOptions{Rows: 50})
		seen := map[string]bool{}
		for i, r := range rows {
			seen[string(r.Field)+"="+string(r.Value)] = true
			if name == "list" && (r.Index != int64(i) || string(r.Value) != strconv.Itoa(i)) {
				t.Fatalf("list: row %d is %+v", i, r)
			}
			if name == "zset" && r.Score != float64(i) {
				t.Fatalf("zset: row %d is %+v", i, r)
			}
		}
		if len(seen) != want || windows < 10 {
			t.Errorf("%s: %d of %d members in %d windows", name, len(seen), want, windows)
		}
	}
}

func TestReadCutsLargeFields(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	big := strings.Repeat("0123456789", 300_000)
	w.Do("HSET", "hash", "big", big, "small", "x")
	w.Do("XADD", "stream", "1-1", "big", big)
	for range 100 {
		w.Do("RPUSH", "list", big)
	}
	c := open(t, inspect.Config{URL: srv.URL(0)})
	opt := inspect.ReadOptions{Limit: 1000}

	win, err := c.Read(t.Context(), []byte("hash"), opt)
	if err != nil || len(win.Rows) == 0 {
		t.Fatal(win.Rows, err)
	}
	for _, r := range win.Rows {
		if string(r.Field) == "big" && (string(r.Value) != big[:1000] || r.Cut != int64(len(big)-1000)) {
			t.Errorf("%d bytes, %d cut", len(r.Value), r.Cut)
		}
	}
	win, err = c.Read(t.Context(), []byte("stream"), opt)
	if err != nil || len(win.Rows) != 1 || !win.Truncated || win.Rows[0].Cut != int64(len(big)-1000) {
		t.Errorf("stream: %v", err)
	}
	win, err = c.Read(t.Context(), []byte("list"), opt)
	if err != nil || !win.Truncated || !win.More || win.Total != 100 {
		t.Fatal(win.Total, err)
	}
	if got := len(win.Rows); got < 1 || got > 8 {
		t.Errorf("%d rows of 3 MB asked for at once", got)
	}
	kept := 0
	for _, r := range win.Rows {
		kept += len(r.Value)
	}
	if kept > 5000 {
		t.Errorf("%d bytes kept", kept)
	}
}

func TestReadOddNames(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for _, n := range oddNames() {
		w.Do("SET", n, "value of "+n)
	}
	c := open(t, inspect.Config{URL: srv.URL(0)})
	for _, n := range oddNames() {
		win, err := c.Read(t.Context(), []byte(n), inspect.ReadOptions{})
		if err != nil || !bytes.Equal(win.Raw, []byte("value of "+n)) {
			t.Errorf("%.20q: %v", n, err)
		}
	}
}

func TestReadMissingKey(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		c := open(t, inspect.Config{URL: on.url})
		_, err := c.Read(t.Context(), []byte("nobody"), inspect.ReadOptions{})
		if !errors.Is(err, inspect.ErrNoKey) || inspect.IsDisconnected(err) {
			t.Error(err)
		}
		if e, ok := errors.AsType[inspect.KeyError](err); !ok || string(e.Key) != "nobody" {
			t.Errorf("%#v", err)
		}
	})
}

// TestAClusterIsNotAskedForNoTouch holds that no node is asked for what makes
// Redis 8.0 crash while slots move. A server that does not know it counts an error
// for the question.
func TestAClusterIsNotAskedForNoTouch(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	cluster.Set(30, itoa, "value")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0), Cluster: true})
	for i := range 30 {
		if _, err := c.Read(lasting(), []byte(itoa(i)), inspect.ReadOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, node := range cluster.Nodes {
		told := node.Dial(0).Text("INFO", "everything")
		if strings.Contains(told, "cmdstat_client|no-touch") || strings.Contains(told, "errorstat_ERR:") {
			t.Errorf("a node was asked:\n%s", told)
		}
	}
	if !slices.ContainsFunc(c.Server().Missing, func(m inspect.MissingCommand) bool { return m.Command == "CLIENT NO-TOUCH" }) {
		t.Error("nobody is told that looking counts as a use")
	}
}

func TestReadDoesNotTouch(t *testing.T) {
	t.Parallel()
	// Each use counts, and is not forgotten.
	srv := inspecttest.Start(t, "--maxmemory-policy", "allkeys-lfu", "--lfu-log-factor", "0", "--lfu-decay-time", "0")
	w := srv.Dial(0)
	w.Do("SET", "k", "v", "EX", "100")
	before := srv.Keys(0)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	was := w.Int("OBJECT", "FREQ", "k")
	for range 20 {
		if _, err := c.Read(t.Context(), []byte("k"), inspect.ReadOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	freq := w.Int("OBJECT", "FREQ", "k")
	if diff := cmp.Diff(before, srv.Keys(0)); diff != "" {
		t.Error(diff)
	}
	noTouch := true
	for _, m := range c.Server().Missing {
		noTouch = noTouch && m.Command != "CLIENT NO-TOUCH"
	}
	if noTouch && freq != was {
		t.Errorf("looking made the key popular: %d, was %d", freq, was)
	}
}
