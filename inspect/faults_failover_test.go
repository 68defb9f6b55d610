package inspect_test

import (
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestFailoverInTheMiddleOfADelete kills the master between two batches and waits
// until the sentinel has made a master of its replica. The report is of what is
// gone there, the session goes on, and the undo brings all of it back.
func TestFailoverInTheMiddleOfADelete(t *testing.T) {
	t.Parallel()
	master := inspecttest.Start(t)
	replica := master.StartReplica()
	addr := master.StartSentinel("cache")
	master.WatchedClosely(addr, "cache")
	master.Fill(0, 3000, itoa, "value")
	before := state(master, 0)
	dir := t.TempDir()
	c := open(t, inspect.Config{
		Sentinel: &inspect.Sentinel{Master: "cache", Addrs: []string{addr}}, StateDir: dir, Timeout: 2 * time.Second,
	})
	scan, _ := crawl(t, c)
	p := plan(t, c, inspect.Selection{Glob: "*"})
	failed := false
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{Progress: func(int, int) {
		if !failed {
			failed = true
			// What the replica has not heard of no report could know.
			master.Dial(0).Do("WAIT", "1", "10000")
			master.Kill()
			replica.Promoted(addr, "cache")
		}
	}})
	audit(t, before, state(replica, 0), report, err)
	if report.Deleted == 0 || err != nil && !inspect.IsDisconnected(err) {
		t.Errorf("%+v, %v", brief(report), err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		if _, err = c.Ping(lasting()); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if err != nil {
		t.Fatalf("the session does not find the new master: %v", err)
	}
	// The listing that was begun at the old master is not called whole.
	var page inspect.ScanBatch
	for err == nil && !page.Progress.Done {
		page, err = scan.Next(lasting())
	}
	if page.Progress.Done || !inspect.IsDisconnected(err) {
		t.Errorf("%+v, %v", page.Progress, err)
	}
	left := listed(t, c, inspect.ScanOptions{})
	rest := inspect.DeleteReport{}
	if len(left) > 0 {
		rest = remove(t, c, inspect.Selection{Glob: "*"})
		if rest.Deleted != len(left) {
			t.Errorf("%+v of %d", brief(rest), len(left))
		}
	}
	for _, id := range []string{report.Undo, rest.Undo} {
		if id == "" {
			continue
		}
		if r, err := c.Undo(lasting(), id, inspect.UndoOptions{}); err != nil || r.Failed != 0 {
			t.Errorf("undo: %+v, %v", r, err)
		}
	}
	sameKeys(t, before, state(replica, 0))
}
