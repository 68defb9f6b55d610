package inspect_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// TestScanOfAClusterTellsOfEachNode lists all masters at once: after the first
// page every one has come a part of its way, and in the end all of it.
func TestScanOfAClusterTellsOfEachNode(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n = 12_000
	cluster.Set(n, func(i int) string { return []string{"page:", "user:"}[i%2] + itoa(i) }, "value")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0)})
	for name, tt := range map[string]struct {
		opt  inspect.ScanOptions
		want int
	}{
		"all":    {inspect.ScanOptions{Budget: 1}, n},
		"prefix": {inspect.ScanOptions{Budget: 1, Prefix: []byte("user:")}, n / 2},
	} {
		t.Run(name, func(t *testing.T) {
			idx := keyspace.New(0)
			scan := c.NewScan(idx, tt.opt)
			page, err := scan.Next(lasting())
			before := page.Progress
			if err != nil || len(before.Nodes) != 3 {
				t.Fatalf("%+v, %v", before, err)
			}
			slots, total := 0, int64(0)
			for _, node := range before.Nodes {
				if node.Scanned == 0 || node.Scanned >= node.Total || node.Done {
					t.Errorf("after the first page: %+v", node)
				}
				slots += node.Slots
				total += node.Total
			}
			if slots != 16384 || total != n || before.Total != n {
				t.Errorf("%d slots, %d keys, %+v", slots, total, before)
			}
			for {
				page, err := scan.Next(lasting())
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				for i, node := range page.Progress.Nodes {
					if was := before.Nodes[i]; node.Addr != was.Addr || node.Scanned < was.Scanned || node.Scanned > node.Total {
						t.Errorf("%+v after %+v", node, was)
					}
				}
				before = page.Progress
			}
			for _, node := range before.Nodes {
				if node.Scanned != node.Total || !node.Done {
					t.Errorf("in the end: %+v", node)
				}
			}
			if got := len(names(idx)); got != tt.want || before.Visited != n {
				t.Errorf("%d keys, %+v", got, before)
			}
		})
	}
	single := open(t, inspect.Config{URL: inspecttest.Start(t).URL(0)})
	if page, err := single.NewScan(keyspace.New(0), inspect.ScanOptions{}).Next(lasting()); err != nil || page.Progress.Nodes != nil {
		t.Errorf("a single server: %+v, %v", page.Progress, err)
	}
}

// TestScanOfAClusterEndsWithItsContext has every node answer nobody for a while,
// so that a page of each is asked for in vain.
func TestScanOfAClusterEndsWithItsContext(t *testing.T) {
	cluster := inspecttest.StartCluster(t, 3)
	const n = 6000
	cluster.Set(n, itoa, "value")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0), Timeout: time.Minute})
	idx := keyspace.New(0)
	scan := c.NewScan(idx, inspect.ScanOptions{Budget: time.Hour})
	if _, err := scan.Next(lasting()); err != nil {
		t.Fatal(err)
	}
	for _, s := range cluster.Nodes {
		s.Dial(0).Do("CLIENT", "PAUSE", "2000", "ALL")
	}
	ctx, cancel := context.WithCancel(lasting())
	ended := make(chan error)
	go func() {
		_, err := scan.Next(ctx)
		ended <- err
	}()
	for fetching() < 3 {
		runtime.Gosched()
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for deadline := time.Now().Add(10 * time.Second); fetching() > 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are left", fetching())
		}
	}
	for {
		_, err := scan.Next(lasting())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if idx.Len() != n {
		t.Errorf("%d keys after going on", idx.Len())
	}
}

// fetching is how many goroutines ask a node for pages.
func fetching() int {
	buf := make([]byte, 1<<20)
	return strings.Count(string(buf[:runtime.Stack(buf, true)]), "inspect.nodeScan.fetch(")
}
