package inspect_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

func watch(t *testing.T, c *inspect.Client) *inspect.Watch {
	t.Helper()
	w, err := c.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// until gathers changes until they satisfy done.
func until(t *testing.T, w *inspect.Watch, done func(inspect.ChangeSet) bool) inspect.ChangeSet {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var all inspect.ChangeSet
	for {
		ch, err := w.Next(ctx)
		if err != nil {
			t.Fatalf("%v, after %q", err, all.Names)
		}
		all.Names = append(all.Names, ch.Names...)
		all.Flushed, all.Missed = all.Flushed || ch.Flushed, all.Missed || ch.Missed
		if done(all) {
			return all
		}
	}
}

func hasAll(want ...string) func(inspect.ChangeSet) bool {
	return func(ch inspect.ChangeSet) bool {
		for _, n := range want {
			if !slices.ContainsFunc(ch.Names, func(b []byte) bool { return string(b) == n }) {
				return false
			}
		}
		return true
	}
}

func TestWatchTellsWhatChanges(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	wire := srv.Dial(0)
	wire.Do("SET", "old", "x")
	wire.Do("SET", "dies", "x", "PX", "300")
	w := watch(t, open(t, inspect.Config{URL: srv.URL(0)}))
	wire.Do("SET", "new", "x")
	wire.Do("DEL", "old")
	wire.Do("RPUSH", "odd\x00\xff\n", "x")
	ch := until(t, w, hasAll("new", "old", "odd\x00\xff\n", "dies"))
	if ch.Flushed || ch.Missed {
		t.Errorf("%+v", ch)
	}
}

func TestWatchTellsAFlush(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 10, itoa, "x")
	srv.Fill(1, 10, itoa, "x")
	zero, one := watch(t, open(t, inspect.Config{URL: srv.URL(0)})), watch(t, open(t, inspect.Config{URL: srv.URL(1)}))
	srv.Dial(0).Do("FLUSHDB")
	if ch := until(t, zero, func(ch inspect.ChangeSet) bool { return ch.Flushed || ch.Missed }); !ch.Flushed || ch.Missed {
		t.Errorf("the emptied database: %+v", ch)
	}
	if ch := until(t, one, func(ch inspect.ChangeSet) bool { return ch.Flushed || ch.Missed }); ch.Flushed {
		t.Errorf("the other database: %+v", ch)
	}
}

func TestWatchForgetsWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := watch(t, open(t, inspect.Config{URL: srv.URL(0)}))
	srv.Fill(0, 50_000, itoa, "x")
	ch := until(t, w, func(ch inspect.ChangeSet) bool { return ch.Missed })
	if len(ch.Names) > 50_000 {
		t.Errorf("%d names", len(ch.Names))
	}
	// It goes on afterwards.
	srv.Dial(0).Do("SET", "after", "x")
	until(t, w, hasAll("after"))
}

func TestWatchIsNoFasterThanTwentyASecond(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	wire := srv.Dial(0)
	w := watch(t, open(t, inspect.Config{URL: srv.URL(0)}))
	start := time.Now()
	for i := range 4 {
		wire.Do("SET", itoa(i), "x")
		if _, err := w.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took < 150*time.Millisecond {
		t.Errorf("four in %v", took)
	}
}

func TestWatchEnds(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	t.Run("with its context", func(t *testing.T) {
		w := watch(t, c)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := w.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		srv.Dial(0).Do("SET", "k", "x")
		until(t, w, hasAll("k"))
	})
	t.Run("when closed", func(t *testing.T) {
		w := watch(t, c)
		_ = w.Close()
		if _, err := w.Next(t.Context()); err == nil {
			t.Error("no error")
		}
	})
	t.Run("with the connection", func(t *testing.T) {
		w := watch(t, c)
		srv.Kill()
		for range 2 {
			if _, err := w.Next(t.Context()); !inspect.IsDisconnected(err) {
				t.Errorf("%v", err)
			}
		}
		if _, err := c.Watch(t.Context()); !inspect.IsDisconnected(err) {
			t.Errorf("%v", err)
		}
	})
}

func TestWatchWhereThereIsNone(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		c := open(t, inspect.Config{URL: on.url})
		if on.srv != nil {
			c = restricted(t, on.srv, "~*", "+@all", "-client|tracking")
		}
		if _, err := c.Watch(t.Context()); !errors.Is(err, inspect.ErrNoTracking) || inspect.IsDisconnected(err) {
			t.Error(err)
		}
		found := false
		for _, m := range c.Server().Missing {
			found = found || m.Command == "CLIENT TRACKING"
		}
		if !found {
			t.Errorf("%+v", c.Server().Missing)
		}
	})
}

func TestWatchChangesNothing(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 100, itoa, "x")
	before, config := srv.Keys(0), srv.Dial(0).Do("CONFIG", "GET", "*")
	w := watch(t, open(t, inspect.Config{URL: srv.URL(0), ReadOnly: true}))
	srv.Dial(0).Do("SET", "1", "x")
	until(t, w, hasAll("1"))
	if diff := cmp.Diff(before, srv.Keys(0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(config, srv.Dial(0).Do("CONFIG", "GET", "*")); diff != "" {
		t.Error(diff)
	}
}
