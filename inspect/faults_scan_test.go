package inspect_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// crawl begins a scan that gathers one page with each Next.
func crawl(t *testing.T, c *inspect.Client) (*inspect.Scan, *keyspace.Index) {
	t.Helper()
	idx := keyspace.New(0)
	scan := c.NewScan(idx, inspect.ScanOptions{Budget: 1})
	if page, err := scan.Next(lasting()); err != nil || page.Progress.Done {
		t.Fatalf("%+v, %v", page.Progress, err)
	}
	return scan, idx
}

// TestScanIsNotWholeWhenTheServerRestarted kills a server behind a scan and
// starts it again with the same keys, so quickly that no connection is in use.
func TestScanIsNotWholeWhenTheServerRestarted(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 5000, itoa, "value")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	scan, _ := crawl(t, c)
	srv.Dial(0).Do("SAVE")
	srv.Restart()
	var page inspect.ScanBatch
	var err error
	for err == nil {
		page, err = scan.Next(lasting())
	}
	if errors.Is(err, io.EOF) || page.Progress.Done || !inspect.IsDisconnected(err) {
		t.Errorf("%+v, %v", page.Progress, err)
	}
	// It does not become whole by being asked again, and another scan does.
	for i := 0; i < 200 && inspect.IsDisconnected(err); i++ {
		page, err = scan.Next(lasting())
	}
	if page.Progress.Done || err != nil && !inspect.IsDisconnected(err) {
		t.Errorf("%+v, %v", page.Progress, err)
	}
	if found := listed(t, c, inspect.ScanOptions{}); len(found) != 5000 {
		t.Errorf("%d keys", len(found))
	}
}

// TestScanSeesEveryKeyOfASlotThatMoves moves slots, between two pages, from one
// node to another, where most of their keys come to lie behind the cursor.
func TestScanSeesEveryKeyOfASlotThatMoves(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n = 3000
	cluster.Set(n, func(i int) string { return fmt.Sprintf("{%d}:%d", i%60, i) }, "value")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0)})
	first, last := 0, 0
	for i, s := range cluster.Nodes {
		if s.Addr < cluster.Nodes[first].Addr {
			first = i
		}
		if s.Addr > cluster.Nodes[last].Addr {
			last = i
		}
	}
	scan, idx := crawl(t, c) // into each of the nodes
	moved := 0
	for tag := range 60 {
		moved += cluster.Move(fmt.Sprintf("{%d}", tag), last, first)
	}
	if moved < 100 {
		t.Fatalf("only %d keys moved", moved)
	}
	for {
		page, err := scan.Next(lasting())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || page.Progress.Scanned > n {
			t.Fatalf("%+v, %v", page.Progress, err)
		}
	}
	if got := len(names(idx)); got != n {
		t.Errorf("%d of %d keys, %d moved", got, n, moved)
	}
}
