package inspect_test

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// target is a server that the contract is tested on.
type target struct {
	url string
	w   *inspecttest.Wire
	srv *inspecttest.Server // nil for miniredis
}

// contract runs a test on a real server and on miniredis.
func contract(t *testing.T, test func(t *testing.T, on target)) {
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		srv := inspecttest.Start(t)
		test(t, target{srv.URL(0), srv.Dial(0), srv})
	})
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		m := miniredis.RunT(t)
		test(t, target{"redis://" + m.Addr(), inspecttest.Dial(t, "tcp", m.Addr(), 0), nil})
	})
}

func open(t testing.TB, cfg inspect.Config) *inspect.Client {
	t.Helper()
	leaks(t)
	if cfg.StateDir == "" {
		cfg.StateDir = t.TempDir()
	}
	c, err := inspect.Open(lasting(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// listed runs a scan to its end and returns the sorted names.
func listed(t testing.TB, c *inspect.Client, opt inspect.ScanOptions) []string {
	t.Helper()
	idx := keyspace.New(0)
	scan := c.NewScan(idx, opt)
	for {
		page, err := scan.Next(lasting())
		if errors.Is(err, io.EOF) {
			return names(idx)
		}
		if err != nil {
			t.Fatal(err)
		}
		if p := page.Progress; p.Total >= 0 && p.Visited > p.Total {
			t.Errorf("walked %d of %d", page.Progress.Visited, page.Progress.Total)
		}
	}
}

func names(idx *keyspace.Index) []string {
	snap := idx.Snapshot()
	var out []string
	for id := range uint32(snap.IDCount()) {
		if snap.IsAlive(id) {
			out = append(out, string(snap.Name(id)))
		}
	}
	slices.Sort(out)
	return out
}

func byteSlices(names ...string) [][]byte {
	out := make([][]byte, len(names))
	for i, n := range names {
		out[i] = []byte(n)
	}
	return out
}

// oddNames are keys that a careless program loses or mistakes for others.
func oddNames() []string {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return []string{
		"", " ", "a b", "\x00", "\xff\xfe", string(all), "new\nline\r\n", "$5\r\nhello\r\n",
		"*", "?", "[a]", `back\slash`, "user[1]:a", "user[1]:b", "user1:a", "user*", "user^",
		"\x1b[31mred", "ключ", strings.Repeat("k", 100_000), string(bytes.Repeat([]byte{0}, 300)),
	}
}

var negInf = math.Inf(-1)

// sortRows gives the members of unordered types an order.
func sortRows(typ keyspace.Type, rows []inspect.Member) {
	if typ == keyspace.Hash || typ == keyspace.Set {
		slices.SortFunc(rows, func(a, b inspect.Member) int {
			return cmp.Or(bytes.Compare(a.Field, b.Field), bytes.Compare(a.Value, b.Value))
		})
	}
}

func itoa(i int) string { return strconv.Itoa(i) }

func asConnError(err error) (*inspect.ConnError, bool) {
	return errors.AsType[*inspect.ConnError](err)
}
