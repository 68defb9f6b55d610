package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/ui/human"
)

// onRealServer drives a session with a real server.
func onRealServer(t *testing.T, url string) *driver {
	t.Helper()
	return onBackend(t, realServer(t, url))
}

func realServer(t *testing.T, url string) Backend {
	t.Helper()
	c, err := inspect.Open(t.Context(), inspect.Config{URL: url, StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return NewBackend(c)
}

func onBackend(t *testing.T, be Backend) *driver {
	t.Helper()
	d := drive(t, be, Options{})
	t.Cleanup(d.m.end)
	return d
}

// listed are the names of all keys that the list has, in order.
func (d *driver) listed() []string {
	var names []string
	snap := d.m.idx.Snapshot()
	for id := range uint32(snap.IDCount()) {
		if snap.IsAlive(id) {
			names = append(names, string(snap.Name(id)))
		}
	}
	slices.Sort(names)
	return names
}

func (d *driver) has(text string) bool { return strings.Contains(d.screen, text) }

func (d *driver) listing() bool { return !d.m.progress.Done || !d.settled() }

// readAgain makes up for changes that were missed.
func (d *driver) readAgain() {
	d.until(func() bool {
		if d.m.behind == behind && !d.m.scan.on {
			d.step(keyMsg("r"))
		}
		return !d.listing() && !d.m.rescan && d.m.behind == upToDate
	})
}

// TestNothingIsCompleteBeforeItIs lists a database while its keys are written,
// renamed and expire, and looks at every screen on the way.
func TestNothingIsCompleteBeforeItIs(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	const n = 60_000
	srv.Fill(0, n, func(i int) string { return fmt.Sprintf("stay:%05d", i) }, "x")
	d := onRealServer(t, srv.URL(0))
	w := srv.Dial(0)
	steps := 0
	for !d.m.progress.Done {
		for i := range 20 {
			w.Send("SET", fmt.Sprintf("new:%d:%d", steps, i), "x")
			w.Send("SET", fmt.Sprintf("brief:%d:%d", steps, i), "x", "PX", "1")
			w.Send("RENAME", fmt.Sprintf("stay:%05d", steps*20+i), fmt.Sprintf("moved:%d:%d", steps, i))
		}
		for range 3 * 20 {
			w.Receive()
		}
		d.step(<-d.msgs)
		partial := d.screen == "" || d.has("scanned") || d.has("so far") || d.has("searching…") || d.has("reading the keys…") || d.has("connecting…")
		if !d.m.progress.Done && !partial {
			t.Fatalf("after %d of %d keys the list looks whole:\n%s", d.m.idx.Len(), n, d.screen)
		}
		steps++
	}
	if steps < 3 {
		t.Fatalf("listed in %d steps: nothing was tested", steps)
	}
	if d.has("behind") { // a busy machine
		d.readAgain()
	}
	// What was changed on the way is there once it was told.
	want := func() []string {
		var names []string
		for _, name := range w.Do("KEYS", "*").([]any) {
			names = append(names, name.(string))
		}
		slices.Sort(names)
		return names
	}
	for end := time.Now().Add(time.Minute); !slices.Equal(d.listed(), want()); d.step(<-d.msgs) {
		if time.Now().After(end) {
			t.Fatalf("%d keys are listed, the server has %d", len(d.listed()), len(want()))
		}
		if d.m.idx.HeldGone() { // the row of the open value stays until the cursor leaves it
			d.step(keyMsg("end"))
		}
	}
}

// TestAStormOfWritesIsFollowedAsFarAsItGoes writes faster than anybody can
// follow, and then slowly.
func TestAStormOfWritesIsFollowedAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 2*smallKeyspace, func(i int) string { return fmt.Sprintf("old:%d", i) }, "x")
	d := onRealServer(t, srv.URL(0))
	d.until(func() bool { return !d.listing() && d.has("live") })

	w := srv.Dial(0)
	for i := range 10 {
		w.Do("SET", fmt.Sprintf("slow:%d", i), "x")
		d.until(func() bool { _, ok := d.m.idx.Lookup(fmt.Appendf(nil, "slow:%d", i)); return ok })
	}
	if d.has("behind") {
		t.Error("behind after ten writes")
	}

	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Fill(0, 200_000, func(i int) string { return fmt.Sprintf("storm:%d", i) }, "x")
	}()
	start, told := time.Now(), 0
	d.until(func() bool {
		select {
		case msg := <-d.msgs:
			if s, ok := msg.(ofSession); ok {
				if c, ok := s.msg.(changedMsg); ok {
					told++
					if len(c.changes.Names) > 10_000 {
						t.Errorf("%d names are kept", len(c.changes.Names))
					}
				}
			}
			d.step(msg)
		case <-done:
			done = nil
		}
		return done == nil && d.has("behind")
	})
	if most := 1 + int(time.Since(start)/(50*time.Millisecond)); told > most {
		t.Errorf("changes were shown %d times in %v", told, time.Since(start))
	}
	// The list has not all keys, and the top line does not say that it has.
	d.until(func() bool { return d.has(human.Count(int(w.Int("DBSIZE"))) + " keys") })
	d.readAgain()
	if size := int(w.Int("DBSIZE")); d.m.idx.Len() != size || d.has("behind") {
		t.Errorf("%d keys are listed after reading again, the server has %d", d.m.idx.Len(), size)
	}
}

// TestAClusterIsListedWhole lists what three masters have, while keys of all of
// them are written, deleted and expire.
func TestAClusterIsListedWhole(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n = 30_000
	cluster.Set(n, func(i int) string { return fmt.Sprintf("stay:%d", i) }, "x")
	var nodes []*inspecttest.Wire
	for _, s := range cluster.Nodes {
		nodes = append(nodes, s.Dial(0))
	}
	everywhere := func(args ...string) { // the key's own node does it, the others refuse
		for _, w := range nodes {
			w.Do(args...)
		}
	}
	d := onRealServer(t, cluster.Nodes[0].URL(0))
	steps := 0
	for ; !d.m.progress.Done; steps++ {
		for i := range 10 {
			everywhere("SET", fmt.Sprintf("new:%d:%d", steps, i), "x")
			everywhere("SET", fmt.Sprintf("brief:%d:%d", steps, i), "x", "PX", "1")
			everywhere("DEL", fmt.Sprintf("stay:%d", 10*steps+i))
		}
		d.step(<-d.msgs)
		if !d.m.progress.Done && d.m.idx.Len() > 0 && d.settled() && !d.has("scanned") {
			t.Fatalf("%d keys look like all:\n%s", d.m.idx.Len(), d.screen)
		}
	}
	if steps < 3 {
		t.Fatalf("listed in %d steps: nothing was tested", steps)
	}
	if d.has("behind") { // a busy machine
		d.readAgain()
	}
	want := func() []string {
		var names []string
		for _, w := range nodes {
			for _, name := range w.Do("KEYS", "*").([]any) {
				names = append(names, name.(string))
			}
		}
		slices.Sort(names)
		return names
	}
	same := func() bool {
		names := want()
		return slices.Equal(d.listed(), names) && d.has(human.Count(len(names))+" keys")
	}
	for end := time.Now().Add(time.Minute); !same(); d.step(<-d.msgs) {
		if time.Now().After(end) {
			t.Fatalf("%d keys are listed, the masters have %d:\n%s", len(d.listed()), len(want()), d.screen)
		}
	}
}
