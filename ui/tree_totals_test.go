package ui

import (
	"fmt"
	"testing"

	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// TestSizesStayWithoutMemoryUsage opens a small database as a user who may not
// ask for MEMORY USAGE: the lengths that stand in for it are known of every key,
// also of the one whose value is read, and add up at their prefix.
func TestSizesStayWithoutMemoryUsage(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 200, func(i int) string { return fmt.Sprintf("page:%03d", i) }, "three")
	srv.Dial(0).Do("ACL", "SETUSER", "guest", "on", "nopass", "~*", "&*", "+@all", "-memory")
	d := onBackend(t, realServer(t, "redis://guest:x@"+srv.Addr))
	d.until(func() bool {
		return d.m.progress.Done && d.settled() && d.m.value.content != nil && !d.m.readingAllMeta() && int(d.m.metaNext) == d.m.idx.Len() && !d.m.metaAll.on
	})
	d.step(keyMsg("h")) // from the key to its prefix, whose sum is drawn anew
	d.until(d.settled)
	snap := d.m.idx.Snapshot()
	for id := range uint32(snap.IDCount()) {
		if m := snap.Meta(id); m.Size != 5 || m.Expiry != keyspace.NoExpiry {
			t.Errorf("%s: %+v, want 5 bytes and no expiry", snap.Name(id), m)
		}
	}
}
