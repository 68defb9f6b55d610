package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

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
	for id := range uint32(snap.IDCount()) {
		if snap.Meta(id).Size < 0 {
			open++
		}
	}
	if open > 0 {
		t.Errorf("%d sizes were not read:\n%s", open, d.screen)
	}
}

// TestATypeIsExactWhileKeysChangeIt changes types, and writes and deletes keys,
// while the keys are listed and their types looked for.
func TestATypeIsExactWhileKeysChangeIt(t *testing.T) {
	t.Parallel()
	srv := mixedServer(t, 50_000, 2000)
	d := onRealServer(t, srv.URL(0))
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
	if changed < 40 {
		t.Fatalf("%d changes: nothing was tested", changed)
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
