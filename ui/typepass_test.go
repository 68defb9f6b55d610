package ui

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// mixedServer has n strings and some hashes between them.
func mixedServer(t *testing.T, n, hashes int) *inspecttest.Server {
	t.Helper()
	srv := inspecttest.Start(t)
	srv.Fill(0, n, func(i int) string { return fmt.Sprintf("page:%05d", i) }, "x")
	w := srv.Dial(0)
	for i := range hashes {
		w.Send("HSET", fmt.Sprintf("user:%05d", i), "name", "Ada")
	}
	for range hashes {
		w.Receive()
	}
	return srv
}

// atHand is a server that is near however busy the machine is.
type atHand struct{ Backend }

func (s atHand) Ping(ctx context.Context) (time.Duration, error) {
	_, err := s.Backend.Ping(ctx)
	return 0, err
}

// only restricts the list to a type.
func (d *driver) only(of keyspace.Type) {
	for d.m.spec.Query.Type != of {
		d.step(keyMsg("T"))
	}
}

// typed tells whether every key of the type is on the list.
func (d *driver) typed() bool { return !d.m.readingAllMeta() && d.m.progress.Done && d.settled() }

// rowNames are the names of the keys that the filter lets through, in order.
func (d *driver) rowNames() []string {
	var names []string
	for id := range d.m.list.rows.Keys() {
		names = append(names, string(d.m.list.rows.Snapshot().Name(id)))
	}
	slices.Sort(names)
	return names
}

// ofType are the names that a server has of a type, in order.
func ofType(w *inspecttest.Wire, of keyspace.Type) []string {
	var names []string
	for cursor := "0"; ; {
		reply := w.Do("SCAN", cursor, "COUNT", "1000", "TYPE", of.String()).([]any)
		for _, name := range reply[1].([]any) {
			names = append(names, name.(string))
		}
		if cursor = reply[0].(string); cursor == "0" {
			slices.Sort(names)
			return slices.Compact(names)
		}
	}
}

func TestARareTypeIsFoundWithoutALookAtEveryKey(t *testing.T) {
	t.Parallel()
	srv := mixedServer(t, passFrom, 500)
	d := onBackend(t, atHand{realServer(t, srv.URL(0))})
	d.until(func() bool { return !d.listing() })
	before := srv.Calls("type")
	d.only(keyspace.Hash)
	d.until(func() bool {
		if d.m.readingAllMeta() && d.has("500 of 50,500") && !d.has("types") {
			t.Fatalf("looks whole:\n%s", d.screen)
		}
		return d.typed()
	})
	if got := d.rowNames(); len(got) != 500 || !d.has("500 of 50,500") {
		t.Errorf("%d keys are shown:\n%s", len(got), d.screen)
	}
	// Pressing T went past the strings, and some of them were looked at.
	if asked := srv.Calls("type") - before; asked > passFrom/2 {
		t.Errorf("TYPE was asked %d times", asked)
	}
	d.step(keyMsg("s")) // by TTL, which is known of the keys that are shown
	before = srv.Calls("type")
	d.until(d.typed)
	d.step(keyMsg("s"))
	d.until(d.typed)
	if asked := srv.Calls("type") - before; asked > 600 {
		t.Errorf("TYPE was asked %d times to sort 500 keys", asked)
	}
	d.step(keyMsg("esc")) // all keys by size: now every one is asked about
	d.until(d.typed)
	if snap := d.m.idx.Snapshot(); snap.Meta(0).Size < 0 || snap.Meta(uint32(snap.Len()-1)).Size < 0 {
		t.Error("without the filter not all sizes are read")
	}
}

// TestAnotherOrderIsNotMistakenForTheLast asks for sizes while TTLs are being
// read.
func TestAnotherOrderIsNotMistakenForTheLast(t *testing.T) {
	t.Parallel()
	srv := mixedServer(t, 2*metaStep, 0)
	d := onRealServer(t, srv.URL(0))
	d.until(func() bool { return !d.listing() })
	d.step(keyMsg("s"))
	d.step(keyMsg("s"))
	d.until(d.typed)
	snap, open := d.m.idx.Snapshot(), 0
	for id := range uint32(snap.Len()) {
		if snap.Meta(id).Size < 0 {
			open++
		}
	}
	if open > 0 {
		t.Errorf("%d sizes were not read:\n%s", open, d.screen)
	}
}

func TestACommonTypeIsFoundByALookAtEveryKey(t *testing.T) {
	t.Parallel()
	const n = 4 * passFrom // more than a step of the pass comes by
	srv := mixedServer(t, n, 500)
	d := onBackend(t, atHand{realServer(t, srv.URL(0))})
	d.until(func() bool { return !d.listing() })
	d.only(keyspace.String)
	d.until(d.typed)
	if got := d.rowNames(); len(got) != n || d.m.types.ends[keyspace.String] != passUseless {
		t.Errorf("%d keys, %v", len(got), d.m.types.ends)
	}
	// Now the types of all keys are known.
	before := srv.Calls("scan")
	d.only(keyspace.Hash)
	d.until(d.typed)
	if got := d.rowNames(); len(got) != 500 || srv.Calls("scan") != before {
		t.Errorf("%d keys, %d SCANs", len(got), srv.Calls("scan")-before)
	}
}

// TestATypeIsExactWhileKeysChangeIt changes types, and writes and deletes keys,
// while the keys are listed and their types looked for.
func TestATypeIsExactWhileKeysChangeIt(t *testing.T) {
	t.Parallel()
	srv := mixedServer(t, passFrom, 2000)
	d := onBackend(t, atHand{realServer(t, srv.URL(0))})
	d.until(func() bool { return d.m.idx.Len() > 0 })
	if d.m.progress.Done {
		t.Fatal("listed at once: nothing is tested")
	}
	d.only(keyspace.Hash)
	w := srv.Dial(0)
	changed := 0
	for ; !d.typed(); changed += 4 {
		if changed < 2000 {
			w.Do("HSET", fmt.Sprintf("new:%d", changed), "a", "b")
			w.Do("DEL", fmt.Sprintf("user:%05d", changed))
			w.Do("SET", fmt.Sprintf("user:%05d", changed+1), "a string now")
			w.Do("DEL", fmt.Sprintf("page:%05d", changed))
			w.Do("HSET", fmt.Sprintf("page:%05d", changed), "a", "hash now")
		}
		d.step(<-d.msgs)
	}
	if d.m.types.ends[keyspace.Hash] != passWhole || changed < 40 {
		t.Fatalf("%v after %d changes: nothing was tested", d.m.types.ends, changed)
	}
	if d.has("behind") {
		d.readAgain()
	}
	for end := time.Now().Add(time.Minute); !slices.Equal(d.rowNames(), ofType(w, keyspace.Hash)) || !d.typed(); d.step(<-d.msgs) {
		if time.Now().After(end) {
			t.Fatalf("%d hashes are shown, the server has %d", len(d.rowNames()), len(ofType(w, keyspace.Hash)))
		}
	}
}

func TestATypeIsFoundOnAllMastersOfACluster(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	cluster.Set(passFrom, func(i int) string { return fmt.Sprintf("page:%d", i) }, "x")
	want := 0
	for _, s := range cluster.Nodes {
		w := s.Dial(0)
		for i := range 300 {
			if _, moved := w.Do("HSET", fmt.Sprintf("user:%d", i), "a", "b").(error); !moved {
				want++
			}
		}
	}
	d := onBackend(t, atHand{realServer(t, cluster.Nodes[0].URL(0))})
	d.until(func() bool { return !d.listing() })
	d.only(keyspace.Hash)
	d.until(d.typed)
	if got := d.rowNames(); len(got) != want || want != 300 || d.m.types.ends[keyspace.Hash] != passWhole {
		t.Errorf("%d of %d keys, %v", len(got), want, d.m.types.ends)
	}
}

// TestATypeIsFoundWhereScanCannotTellIt has a server that is too old for SCAN
// TYPE, one that is too far away for it, and one that refuses.
func TestATypeIsFoundWhereScanCannotTellIt(t *testing.T) {
	for name, tt := range map[string]struct {
		version string
		away    time.Duration
		asked   int
	}{"old": {"5.0.14", 0, 0}, "far": {"7.0.15", 3 * passNear, 0}, "refuses": {"7.0.15", 0, 1}} {
		t.Run(name, func(t *testing.T) {
			playing(t, func(t *testing.T) {
				f := newFake()
				f.version, f.away, f.noTypes = tt.version, tt.away, true
				for i := range passFrom {
					f.str(fmt.Sprintf("page:%05d", i), "x", 0)
				}
				f.put("queue", inspect.Window{Type: keyspace.List}, 0)
				p := play(t, f, 120, 40, Options{})
				p.wait(time.Second).press("T", "T", "T").wait(time.Second).shows("1 of 50,001", "queue").hides("types")
				if f.typeScans != tt.asked {
					t.Errorf("asked %d times", f.typeScans)
				}
			})
		})
	}
}

// TestKeysThatChangeTheListNeedNoRows has a search that finds nothing for long: it
// can be changed and left.
func TestKeysThatChangeTheListNeedNoRows(t *testing.T) {
	for key, shown := range map[string]func(m *model) bool{
		"/": func(m *model) bool { return m.filter.editing },
		"?": func(m *model) bool { return m.dialog != nil },
		"T": func(m *model) bool { return m.spec.Query.Type != keyspace.UnknownType },
	} {
		playing(t, func(t *testing.T) {
			p := play(t, guideKeys(), 80, 24, Options{})
			p.m.dirty, p.m.spec.Query.Text = true, "nothing has this name"
			if !p.m.awaiting() {
				t.Fatal("nothing is awaited")
			}
			p.send(keyMsg("d"))
			if len(p.m.ahead) != 1 {
				t.Error("d did not wait for the list")
			}
			p.m.ahead = nil
			p.send(keyMsg(key))
			if len(p.m.ahead) > 0 || !shown(p.m) {
				t.Errorf("%s waits for a row", key)
			}
		})
	}
}
