package inspect_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestChangesOnAClusterFollowTheirSlot edits keys, changes their time to live and
// renames them where their slots are at rest, on their way with some keys here
// and some there, and gone to a node that the session does not know of.
func TestChangesOnAClusterFollowTheirSlot(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n, tags = 20, 5 // fewer edits than journals are kept of
	name := func(i int) string { return fmt.Sprintf("{%d}:%d", i%tags, i) }
	tag := func(i int) string { return fmt.Sprintf("{%d}", i) }
	cluster.Set(n, name, "0")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0), Timeout: 10 * time.Second})
	value := "0"
	edit := func(now string) []string {
		t.Helper()
		var undo []string
		for i := range n {
			id, err := c.Replace(lasting(), []byte(name(i)), []byte(value), []byte(now))
			if err != nil || id == "" {
				t.Errorf("edit of %s: %q, %v", name(i), id, err)
			}
			undo = append(undo, id)
			if _, err := c.Replace(lasting(), []byte(name(i)), []byte("unread"), []byte("lost")); !errors.Is(err, inspect.ErrChanged) {
				t.Errorf("edit of %s, which holds something else: %v", name(i), err)
			}
		}
		value = now
		return undo
	}
	takeBack := func(ids []string, was string) {
		t.Helper()
		for _, id := range ids {
			if r, err := c.Undo(lasting(), id, inspect.UndoOptions{}); err != nil || r.Restored != 1 {
				t.Errorf("undo: %+v, %v", r, err)
			}
		}
		value = was
	}
	retime := func(ttl time.Duration) {
		t.Helper()
		p := plan(t, c, inspect.Selection{Glob: "*"})
		if r, err := c.ChangeTTL(lasting(), p, inspect.TTLChange{To: ttl}, nil); err != nil || r.Changed != n {
			t.Errorf("%+v, %v", r, err)
		}
	}
	check := func(ttl time.Duration) {
		t.Helper()
		for i := range n {
			got := cluster.Ask("GET", name(i))
			left, _ := cluster.Ask("PTTL", name(i)).(int64)
			if got != value || left > ttl.Milliseconds() || left < ttl.Milliseconds()-60_000 {
				t.Errorf("%s holds %v for %d ms, not %s for %s", name(i), got, left, value, ttl)
			}
		}
		if size := cluster.Size(); size != n {
			t.Errorf("%d keys", size)
		}
	}

	edit("at rest")
	retime(time.Hour)
	check(time.Hour)

	settle := cluster.Halfway(tags, tag, 2)
	takeBack(edit("on its way"), "at rest")
	undo := edit("on its way")
	retime(2 * time.Hour)
	refused := 0
	for i := range n {
		to := name(i) + " renamed"
		switch _, err := c.Rename(lasting(), []byte(name(i)), []byte(to)); {
		case err == nil: // its slot was at the third node before
			if _, err := c.Rename(lasting(), []byte(to), []byte(name(i))); err != nil {
				t.Errorf("rename %s back: %v", name(i), err)
			}
		case strings.Contains(err.Error(), "moved to another node: try again"):
			refused++
		default:
			t.Errorf("rename %s: %v", name(i), err)
		}
	}
	if refused < n/tags || refused == n {
		t.Errorf("%d of %d keys could not be renamed", refused, n)
	}
	settle()
	check(2 * time.Hour)

	takeBack(undo, "at rest")
	check(2 * time.Hour) // the undo of an edit leaves the TTL that was set since
	cluster.Move("{0}", 2, 0)
	edit("moved")
	cluster.Move("{0}", 0, 1)
	retime(3 * time.Hour)
	cluster.Move("{0}", 1, 2)
	if _, err := c.Rename(lasting(), []byte("{0}:0"), []byte("{0}:x")); err != nil {
		t.Error(err)
	}
	cluster.Move("{0}", 2, 0)
	if _, err := c.Rename(lasting(), []byte("{0}:x"), []byte("{0}:0")); err != nil {
		t.Error(err)
	}
	if _, err := c.Rename(lasting(), []byte("{0}:0"), []byte("{1}:new")); err == nil || !strings.Contains(err.Error(), "same {tag}") {
		t.Errorf("into another slot: %v", err)
	}
	check(3 * time.Hour)
}

// TestChangeOnAClusterIsNotSentTwice loses each packet on the way from a node
// that is all of a cluster. What a connection took with it may have been done,
// and another client may have written since.
func TestChangeOnAClusterIsNotSentTwice(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 1)
	node := cluster.Nodes[0]
	proxy := inspecttest.NewProxy(t, node.Addr)
	_, port, _ := net.SplitHostPort(proxy.Addr)
	w := node.Dial(0)
	w.Do("CONFIG", "SET", "cluster-announce-port", port)
	ended := false
	for cut := 1; cut < cutMost && !ended; cut++ {
		w.Do("FLUSHALL")
		w.Do("SET", "key", "old", "PX", "1000000")
		c := openShort(t, proxy.Addr, t.TempDir())
		w.Do("CONFIG", "RESETSTAT")
		proxy.CutAt(cut, inspecttest.LoseReply, false)
		undo, err := c.Replace(lasting(), []byte("key"), []byte("old"), []byte("new"))
		ended = proxy.Pending()
		proxy.CutAt(0, 0, false)
		sets, done := node.Calls("set"), w.Text("GET", "key") == "new"
		if sets > 1 || done != (sets == 1) {
			t.Errorf("cut %d: sent %d times, done: %v", cut, sets, done)
		}
		switch {
		case err == nil && !done, err != nil && !inspect.IsDisconnected(err), err == nil && !ended && undo == "":
			t.Errorf("cut %d: done: %v, %v", cut, done, err)
		case done && err != nil && (!errors.Is(err, inspect.ErrOutcomeUnknown) || undo == ""):
			t.Errorf("cut %d: it was done: %v, undo %q", cut, err, undo)
		}
		_ = c.Close()
	}
	if !ended {
		t.Error("it never came to an end")
	}
}
