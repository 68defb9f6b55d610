package inspect_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestSet_IsUndone writes over values of several types, and undoes each write.
func TestSet_IsUndone(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		key := []byte("k\xff\n")
		c := open(t, inspect.Config{URL: on.url})
		r, err := c.Set(t.Context(), key, []byte("\x00new"), inspect.SetOptions{TTL: time.Hour})
		if err != nil || r.Existed || r.Undo == "" {
			t.Fatalf("%+v %v", r, err)
		}
		if on.w.Text("GET", string(key)) != "\x00new" {
			t.Error("not written")
		}
		near(t, "k", on.w.Int("PTTL", string(key)), 3_600_000)
		undo(t, c, r.Undo)
		if on.w.Int("EXISTS", string(key)) != 0 {
			t.Error("a created key is still there")
		}

		on.w.Do("SET", string(key), "old", "PX", "100000")
		r, err = c.Set(t.Context(), key, nil, inspect.SetOptions{})
		if err != nil || !r.Existed {
			t.Fatalf("%+v %v", r, err)
		}
		if on.w.Int("PTTL", string(key)) != -1 || on.w.Int("STRLEN", string(key)) != 0 {
			t.Error("the old expiry or value is still there")
		}
		undo(t, c, r.Undo)
		if on.w.Text("GET", string(key)) != "old" {
			t.Error("the old value is not back")
		}
		near(t, "k", on.w.Int("PTTL", string(key)), 100_000)
	})
}

// TestSet_OtherTypeNeedsReplace holds that a hash is not overwritten by accident.
func TestSet_OtherTypeNeedsReplace(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("HSET", "h", "f", "v")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	_, err := c.Set(t.Context(), []byte("h"), []byte("x"), inspect.SetOptions{})
	if _, ok := errors.AsType[*inspect.OtherTypeError](err); !ok {
		t.Fatal(err)
	}
	r, err := c.Set(t.Context(), []byte("h"), []byte("x"), inspect.SetOptions{WriteOptions: inspect.WriteOptions{Replace: true}})
	if err != nil {
		t.Fatal(err)
	}
	undo(t, c, r.Undo)
	if w.Text("HGET", "h", "f") != "v" {
		t.Error("the hash is not back")
	}
}

// TestSet_LosesNoConcurrentWrite has another client count all the time. The value
// that a Set overwrote is the last one that was counted, and undo restores it.
func TestSet_LosesNoConcurrentWrite(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	other := srv.Dial(0)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	var mu sync.Mutex              // held by who writes to last, lost and, but for Set, the key
	last := other.Int("INCR", "n") // that was counted
	lost := int64(-1)              // the last before a Set, once that is known
	stop, stopped := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(stop); <-stopped })
	go func() {
		defer close(stopped)
		for pace := rand.New(rand.NewPCG(1, 1)); ; {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(pace.IntN(6)) * time.Millisecond): // so that a Set gets its turn
			}
			mu.Lock()
			n := other.Int("INCR", "n")
			if n < 0 && last >= 0 {
				lost = last
			}
			last = n
			mu.Unlock()
		}
	}()
	const sets = 20
	conflicts := 0
	for range sets {
		r, err := c.Set(t.Context(), []byte("n"), []byte("-1000000"), inspect.SetOptions{})
		for ; errors.Is(err, inspect.ErrChanged); conflicts++ {
			r, err = c.Set(t.Context(), []byte("n"), []byte("-1000000"), inspect.SetOptions{})
		}
		if err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		if last >= 0 { // the other client has not counted since
			lost = last
		}
		if _, err := c.Undo(t.Context(), r.Undo, inspect.UndoOptions{Replace: true}); err != nil {
			t.Fatal(err)
		}
		got := other.Int("INCRBY", "n", "0")
		if got != lost {
			t.Errorf("%d is back, and %d was the last", got, lost)
		}
		last = got
		mu.Unlock()
	}
	t.Logf("%d values compared, %d conflicts", sets, conflicts)
}

// TestRenameKey_Replace overwrites a key, and undo restores both.
func TestRenameKey_Replace(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "a\xff", "1", "PX", "100000")
		on.w.Do("SET", "b", "2", "PX", "200000")
		c := open(t, inspect.Config{URL: on.url})
		if _, err := c.RenameKey(t.Context(), []byte("a\xff"), []byte("b"), inspect.WriteOptions{}); !errors.Is(err, inspect.ErrExists) {
			t.Fatal(err)
		}
		r, err := c.RenameKey(t.Context(), []byte("a\xff"), []byte("b"), inspect.WriteOptions{Replace: true})
		if err != nil || !r.Existed {
			t.Fatalf("%+v %v", r, err)
		}
		if on.w.Text("GET", "b") != "1" || on.w.Int("EXISTS", "a\xff") != 0 {
			t.Error("not renamed")
		}
		undo(t, c, r.Undo)
		if on.w.Text("GET", "a\xff") != "1" || on.w.Text("GET", "b") != "2" {
			t.Error("not undone")
		}
		near(t, "a", on.w.Int("PTTL", "a\xff"), 100_000)
		near(t, "b", on.w.Int("PTTL", "b"), 200_000)
	})
}

// TestCopy_ToAnotherServer copies a key of any type with its expiry, and the undo
// belongs to the server that was written.
func TestCopy_ToAnotherServer(t *testing.T) {
	t.Parallel()
	one, two := inspecttest.Start(t), inspecttest.Start(t)
	w, far := one.Dial(0), two.Dial(3)
	w.Do("ZADD", "z", "1.5", "a\x00", "2", "b")
	w.Do("PEXPIRE", "z", "100000")
	state := t.TempDir()
	from := open(t, inspect.Config{URL: one.URL(0), StateDir: state})
	to := open(t, inspect.Config{URL: two.URL(3), StateDir: state})
	r, err := from.Copy(t.Context(), []byte("z"), to, []byte("zz"), inspect.WriteOptions{})
	if err != nil || r.Existed || r.Undo == "" {
		t.Fatalf("%+v %v", r, err)
	}
	if far.Int("ZCARD", "zz") != 2 || w.Int("ZCARD", "z") != 2 {
		t.Error("not copied")
	}
	near(t, "zz", far.Int("PTTL", "zz"), 100_000)
	if _, err := from.Copy(t.Context(), []byte("z"), to, []byte("zz"), inspect.WriteOptions{}); !errors.Is(err, inspect.ErrExists) {
		t.Error(err)
	}
	if _, err := from.Undo(t.Context(), r.Undo, inspect.UndoOptions{}); err == nil {
		t.Error("the other server undid it")
	}
	undo(t, to, r.Undo)
	if far.Int("EXISTS", "zz") != 0 {
		t.Error("not undone")
	}
	if _, err := from.Copy(t.Context(), []byte("nobody"), to, []byte("x"), inspect.WriteOptions{}); !errors.Is(err, inspect.ErrNoKey) {
		t.Error(err)
	}
}

func undo(t *testing.T, c *inspect.Client, id string) {
	t.Helper()
	r, err := c.Undo(t.Context(), id, inspect.UndoOptions{})
	if err != nil || r.Restored != 1 || !r.Complete() {
		t.Fatalf("%+v %v", r, err)
	}
}
