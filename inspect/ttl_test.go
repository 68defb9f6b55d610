package inspect_test

import (
	"errors"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

func TestRetimeChangesOnlyTheTTL(t *testing.T) {
	for _, tt := range []struct {
		name          string
		change        inspect.TTLChange
		ttl, never    int64 // of a key with 100 s left, and of one that never expired; in ms
		changed, same int
		failed        int
	}{
		{"to", inspect.TTLChange{To: time.Minute}, 60_000, 60_000, 2, 0, 0},
		{"more", inspect.TTLChange{Add: time.Minute}, 160_000, -1, 1, 1, 0},
		{"less", inspect.TTLChange{Add: -time.Minute}, 40_000, -1, 1, 1, 0},
		{"less than nothing", inspect.TTLChange{Add: -time.Hour}, 100_000, -1, 0, 1, 1},
		{"never", inspect.TTLChange{Persist: true}, -1, -1, 1, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			contract(t, func(t *testing.T, on target) {
				on.w.Do("SET", "ttl", "v\x00", "PX", "100000")
				on.w.Do("SET", "never", "w")
				on.w.Do("SET", "gone", "v")
				on.w.Do("SET", "other", "v", "PX", "100000")
				c := open(t, inspect.Config{URL: on.url})
				p := plan(t, c, inspect.Selection{Keys: byteSlices("ttl", "never", "gone")})
				on.w.Do("DEL", "gone")
				var told []int
				r, err := c.ChangeTTL(t.Context(), p, tt.change, func(done, total int) { told = append(told, done, total) })
				if err != nil {
					t.Fatal(err)
				}
				if r.Planned != 3 || r.Changed != tt.changed || r.Unchanged != tt.same || r.Failed != tt.failed || len(r.Errors) != tt.failed || r.Gone != 1 || r.Expired != 0 {
					t.Errorf("%+v", r)
				}
				if len(told) != 2 || told[0] != 3 || told[1] != 3 {
					t.Errorf("progress %v", told)
				}
				near(t, "ttl", on.w.Int("PTTL", "ttl"), tt.ttl)
				near(t, "never", on.w.Int("PTTL", "never"), tt.never)
				near(t, "other", on.w.Int("PTTL", "other"), 100_000)
				if on.w.Text("GET", "ttl") != "v\x00" || on.w.Text("GET", "never") != "w" || on.w.Int("EXISTS", "gone") != 0 {
					t.Error("something else changed")
				}
			})
		})
	}
}

// near fails unless ms is what was wanted, or up to a slow test's time less.
func near(t *testing.T, key string, ms, want int64) {
	t.Helper()
	if want < 0 && ms != want || want >= 0 && (ms > want || ms < want-20_000) {
		t.Errorf("%s has %d ms, want %d", key, ms, want)
	}
}

func TestRetimeRefuses(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "k", "v")
		on.w.Do("SET", "keep:k", "v")
		c := open(t, inspect.Config{URL: on.url, Protected: []string{"keep:"}})
		p := plan(t, c, inspect.Selection{Keys: byteSlices("k")})
		for name, change := range map[string]inspect.TTLChange{
			"nothing":  {},
			"a moment": {To: time.Microsecond},
			"the past": {To: -time.Second},
		} {
			if _, err := c.ChangeTTL(t.Context(), p, change, nil); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		minute := inspect.TTLChange{To: time.Minute}
		kept := *p
		kept.Keys = byteSlices("keep:k")
		if _, err := c.ChangeTTL(t.Context(), &kept, minute, nil); !isProtected(err) {
			t.Errorf("protected: %v", err)
		}
		elsewhere := *p
		elsewhere.Server.DB = 3
		if _, err := c.ChangeTTL(t.Context(), &elsewhere, minute, nil); !isTarget(err) {
			t.Errorf("another database: %v", err)
		}
		for _, k := range []string{"k", "keep:k"} {
			if on.w.Int("PTTL", k) != -1 {
				t.Errorf("%s was changed", k)
			}
		}
	})
}

func isTarget(err error) bool {
	_, ok := errors.AsType[*inspect.TargetError](err)
	return ok
}

// TestRetime_NeverAndRewritten has keys never expire, one of which is then written
// without an expiry: the undo leaves that one, for its TTL is not the one that was
// taken away.
func TestRetime_NeverAndRewritten(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for _, rules := range [][]string{{"~*", "+@all"}, {"~*", "+@all", "-eval", "-evalsha"}} {
		w.Do("FLUSHALL")
		w.Do("SET", "same", "v", "PX", "9000000")
		w.Do("SET", "rewritten", "v", "PX", "9000000")
		c := restricted(t, srv, rules...)
		r, err := c.ChangeTTL(lasting(), plan(t, c, inspect.Selection{Glob: "*"}), inspect.TTLChange{Persist: true}, nil)
		if err != nil || r.Changed != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
		w.Do("SET", "rewritten", "other")
		undone, err := c.Undo(lasting(), r.Undo, inspect.UndoOptions{})
		if err != nil || undone.Restored != 1 || undone.Changed != 1 {
			t.Errorf("%+v, %v", undone, err)
		}
		if w.Int("PTTL", "rewritten") != -1 || w.Int("PTTL", "same") <= 0 {
			t.Errorf("%d and %d ms are left", w.Int("PTTL", "rewritten"), w.Int("PTTL", "same"))
		}
	}
}

// TestRetime_ReplacedSince shortens a TTL, after which another value is written: an
// undo that overwrites has the value and the expiry back.
func TestRetime_ReplacedSince(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SET", "k", "v", "PX", "9000000")
	before := state(srv, 0)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	r, err := c.ChangeTTL(lasting(), plan(t, c, inspect.Selection{Glob: "*"}), inspect.TTLChange{To: time.Minute}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Do("SET", "k", "other")
	if undone, err := c.Undo(lasting(), r.Undo, inspect.UndoOptions{}); err != nil || undone.Changed != 1 || w.Text("GET", "k") != "other" {
		t.Errorf("%+v, %v", undone, err)
	}
	undone, err := c.Undo(lasting(), r.Undo, inspect.UndoOptions{Replace: true})
	if err != nil || undone.Restored != 1 || undone.Overwritten == "" {
		t.Errorf("%+v, %v", undone, err)
	}
	sameKeys(t, before, state(srv, 0))
	if undone, err := c.Undo(lasting(), undone.Overwritten, inspect.UndoOptions{}); err != nil || undone.Restored != 1 || w.Text("GET", "k") != "other" {
		t.Errorf("%+v, %v", undone, err)
	}
}
