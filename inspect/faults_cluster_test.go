package inspect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestReshardingUnderASession lists, reads, deletes and undoes while slots are on
// their way between the nodes of a cluster, each of them with some of its keys
// here and some there.
func TestReshardingUnderASession(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n = 1200
	name := func(i int) string { return fmt.Sprintf("{%d}:%d", i%40, i) }
	cluster.Set(n, name, "value")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0), Timeout: 10 * time.Second})
	if size, err := c.Size(lasting()); err != nil || size != n {
		t.Fatal(size, err)
	}
	settle := cluster.Halfway(40, func(i int) string { return fmt.Sprintf("{%d}", i) }, 2)
	if got := listed(t, c, inspect.ScanOptions{}); len(got) != n {
		t.Errorf("%d keys listed", len(got))
	}
	for i := 0; i < n; i += 5 {
		w, err := c.Read(lasting(), []byte(name(i)), inspect.ReadOptions{})
		if err != nil || string(w.Raw) != "value" {
			t.Fatalf("%s: %q, %v", name(i), w.Raw, err)
		}
	}
	p := plan(t, c, inspect.Selection{Glob: "*"})
	if len(p.Keys) != n || p.Bytes == 0 {
		t.Errorf("%d keys planned, %d bytes", len(p.Keys), p.Bytes)
	}
	half := 0
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{Progress: func(done, _ int) {
		if half++; half == 1 {
			settle() // the rest of the slots arrives between two batches
		}
	}})
	if err != nil || report.Deleted != n || report.Expired != 0 || report.NotUndoable != 0 {
		t.Errorf("%+v, %v", brief(report), err)
	}
	if left := cluster.Size(); left != 0 {
		t.Errorf("%d keys are left", left)
	}
	settle = cluster.Halfway(40, func(i int) string { return fmt.Sprintf("{%d}", i) }, 0)
	undone, err := c.Undo(lasting(), report.Undo, inspect.UndoOptions{Progress: func(done, _ int) {
		if done >= n/2 {
			settle()
			settle = func() {}
		}
	}})
	if err != nil || undone.Restored != n || undone.Failed != 0 {
		t.Errorf("%+v, %v", undone, err)
	}
	settle()
	var got []string
	for _, s := range cluster.Nodes {
		for k, dump := range s.Keys(0) {
			if !strings.Contains(dump, "value") {
				t.Errorf("%s: %q", k, dump)
			}
			got = append(got, k)
		}
	}
	if len(got) != n {
		t.Errorf("%d keys are back", len(got))
	}
}
