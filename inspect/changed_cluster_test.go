package inspect_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// onCluster is all keys of a cluster with their dumps.
func onCluster(cluster *inspecttest.Cluster) map[string]string {
	all := map[string]string{}
	for _, s := range cluster.Nodes {
		for k, dump := range s.Keys(0) {
			all[k] = dump
		}
	}
	return all
}

// TestDeleteOnAClusterTakesExactlyWhatWasPlanned is of keys alone in their slot,
// keys that share one, and names that are hard to tell the slot of.
func TestDeleteOnAClusterTakesExactlyWhatWasPlanned(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	odd := oddNames()
	cluster.Set(len(odd), func(i int) string { return odd[i] }, "value")
	cluster.Set(2000, func(i int) string { return "alone:" + itoa(i) }, "value")
	cluster.Set(2000, func(i int) string { return fmt.Sprintf("{%d}:%d", i%3, i) }, "value")
	cluster.Set(100, func(i int) string { return fmt.Sprintf("kept:{%d}:%d", i%3, i) }, "value")
	before := onCluster(cluster)
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0)})
	var doomed []string
	for k := range before {
		if !strings.HasPrefix(k, "kept:") {
			doomed = append(doomed, k)
		}
	}
	p := plan(t, c, inspect.Selection{Keys: byteSlices(doomed...)})
	steps := 0
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{Progress: func(done, total int) {
		if steps++; total != len(doomed) || done > total {
			t.Errorf("%d of %d", done, total)
		}
	}})
	if err != nil || report.Deleted != len(doomed) || report.Expired+report.Changed+report.Failed+report.NotUndoable != 0 || steps < 2 {
		t.Errorf("%+v, %v, %d steps", brief(report), err, steps)
	}
	if left := onCluster(cluster); len(left) != 100 {
		t.Errorf("%d keys left", len(left))
	}
	undone, err := c.Undo(lasting(), report.Undo, inspect.UndoOptions{})
	if err != nil || undone.Restored != len(doomed) {
		t.Errorf("%+v, %v", undone, err)
	}
	after := onCluster(cluster)
	for k, dump := range before {
		if after[k] != dump {
			t.Errorf("%.40q is not what it was", k)
		}
	}
}

// TestDeleteOnAClusterLeavesAloneWhatChanged rewrites keys of slots that they
// have to themselves, and of slots that they share.
func TestDeleteOnAClusterLeavesAloneWhatChanged(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	name := func(i int) string {
		if i%2 == 0 {
			return "alone:" + itoa(i)
		}
		return fmt.Sprintf("{%d}:%d", i%5, i)
	}
	const n = 1000
	cluster.Set(n, name, "value")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0)})
	p := plan(t, c, inspect.Selection{Glob: "*"})
	cluster.Set(50, name, "VALUE") // as long as before
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
	if err != nil || report.Deleted != n-50 || report.Changed != 50 || report.Failed != 0 {
		t.Errorf("%+v, %v", brief(report), err)
	}
	left := onCluster(cluster)
	for i := range 50 {
		if !strings.Contains(left[name(i)], "VALUE") {
			t.Errorf("%q was rewritten, and is gone", name(i))
		}
	}
	if len(left) != 50 {
		t.Errorf("%d keys left", len(left))
	}
	p = plan(t, c, inspect.Selection{Glob: "*"})
	cluster.Set(50, name, "value")
	report, err = c.Delete(lasting(), p, inspect.DeleteOptions{IncludeChanged: true})
	if err != nil || report.Deleted != 50 || cluster.Size() != 0 {
		t.Errorf("%+v, %v", brief(report), err)
	}
}

// TestDeleteOnAClusterNeverTakesWhatWasWrittenMeanwhile has each node written to
// all the time, from the plan to the end of the delete, and only over keys that
// exist. No key may be gone that a node took a write to.
func TestDeleteOnAClusterNeverTakesWhatWasWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n = 6000
	cluster.Set(n, func(i int) string { return fmt.Sprintf("{%d}:%d", i%300, i) }, "value 0")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0), Timeout: 10 * time.Second})
	p := plan(t, c, inspect.Selection{Glob: "*"})

	type writer struct {
		keys    []string
		written map[string]bool
		stopped chan struct{}
	}
	stop := make(chan struct{})
	var writers []*writer
	for i, s := range cluster.Nodes {
		w := &writer{written: map[string]bool{}, stopped: make(chan struct{})}
		for k := range s.Keys(0) {
			w.keys = append(w.keys, k)
		}
		writers = append(writers, w)
		wire, rnd, begun := s.Dial(0), rand.New(rand.NewPCG(1, uint64(i))), make(chan struct{})
		go func() {
			defer close(w.stopped)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				key := w.keys[rnd.IntN(len(w.keys))]
				if wire.Do("SET", key, "value "+strconv.Itoa(1+i%9), "XX") != nil {
					w.written[key] = true
				}
				if i == 20 {
					close(begun)
				}
			}
		}()
		<-begun
	}
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
	close(stop)
	for _, w := range writers {
		<-w.stopped
	}
	left := onCluster(cluster)
	if err != nil || report.Deleted+report.Changed != n || report.Deleted != n-len(left) || report.Deleted == 0 || report.Changed == 0 {
		t.Errorf("%+v, %v, %d left", brief(report), err, len(left))
	}
	for _, w := range writers {
		for key := range w.written {
			if left[key] == "" {
				t.Errorf("%q was written after the plan, and is gone", key)
			}
		}
	}
}

// TestUndo_AnotherSeed deletes, renames and changes TTLs in a cluster, and undoes
// all of it by another of its nodes.
func TestUndo_AnotherSeed(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n = 60
	name := func(i int) string { return fmt.Sprintf("{%d}:%d", i%7, i) }
	cluster.Set(n, name, "v")
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0), StateDir: dir})
	renamed, err := c.Rename(lasting(), []byte(name(3)), []byte(name(3)+":new"))
	if err != nil {
		t.Fatal(err)
	}
	ttl, err := c.ChangeTTL(lasting(), plan(t, c, inspect.Selection{Prefix: []byte("{1}:")}), inspect.TTLChange{To: time.Hour}, nil)
	if err != nil || ttl.Changed == 0 {
		t.Fatalf("%+v, %v", ttl, err)
	}
	deleted := remove(t, c, inspect.Selection{Glob: "*"})
	if cluster.Size() != 0 {
		t.Fatal("keys are left")
	}
	other := open(t, inspect.Config{URL: cluster.Nodes[2].URL(0), StateDir: dir})
	for _, id := range []string{"", ttl.Undo, renamed} {
		if r, err := other.Undo(lasting(), id, inspect.UndoOptions{}); err != nil || !r.Complete() || r.Restored == 0 || !r.Marked {
			t.Errorf("undo %s: %+v, %v", id, r, err)
		}
	}
	if deleted.Deleted != n || cluster.Size() != n {
		t.Errorf("%d keys of %d", cluster.Size(), deleted.Deleted)
	}
	for i := range n {
		if cluster.Ask("GET", name(i)) != "v" || cluster.Ask("PTTL", name(i)) != int64(-1) {
			t.Errorf("%s: %v, %v", name(i), cluster.Ask("GET", name(i)), cluster.Ask("PTTL", name(i)))
		}
	}
}
