package inspect_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// writers change keys of a server at random until they are stopped, and remember
// of each key the state that the last acknowledged write left. Each writer has
// keys of its own, so that "last" has a meaning.
type writers struct {
	t    *testing.T
	srv  *inspecttest.Server
	stop chan struct{}
	done sync.WaitGroup
	mu   sync.Mutex
	last map[string]string // the DUMP and whether the key expires; "" for deleted
	ops  int
}

const writerKeys = 400 // of each writer

func startWriters(t *testing.T, srv *inspecttest.Server, n int) *writers {
	w := &writers{t: t, srv: srv, stop: make(chan struct{}), last: map[string]string{}}
	for i := range n {
		w.done.Go(func() { w.run(i) })
	}
	return w
}

// after is the state of a key that deletes and undoes keep.
func after(c *inspecttest.Wire, key string) string {
	dump, _ := c.Do("DUMP", key).(string)
	if dump == "" {
		return ""
	}
	return fmt.Sprintf("%q %d", dump, c.Int("PEXPIRETIME", key))
}

// run writes existing keys only: what has been deleted stays so, and whether the
// write was acknowledged says whether it must be kept. The state after it is read
// in the same transaction.
func (w *writers) run(id int) {
	c := w.srv.Dial(0)
	rng := rand.New(rand.NewPCG(uint64(id), 9))
	for n := 0; ; n++ {
		select {
		case <-w.stop:
			return
		default:
		}
		key := fmt.Sprintf("w:%d:%d", id, rng.IntN(writerKeys))
		value := fmt.Sprintf("%06d", n%1_000_000)
		write := []string{"SET", key, value, "XX", "KEEPTTL"}
		switch rng.IntN(12) {
		case 0:
			write = []string{"PEXPIRE", key, strconv.Itoa(1_000_000 + n)}
		case 1:
			write = []string{"PERSIST", key}
		case 2:
			write = []string{"EVAL", "if redis.call('EXISTS',KEYS[1])==1 then redis.call('DEL',KEYS[1]) redis.call('HSET',KEYS[1],'f',ARGV[1]) return 1 end return 0", "1", key, value}
		case 3:
			write = []string{"EVAL", "if redis.call('TYPE',KEYS[1]).ok=='hash' then return redis.call('HSET',KEYS[1],'f',ARGV[1]) end return -1", "1", key, value}
		case 4:
			write = []string{"EVAL", "if redis.call('TYPE',KEYS[1]).ok=='string' then return redis.call('APPEND',KEYS[1],ARGV[1]) end return -1", "1", key, value}
		case 5:
			write = []string{"EVAL", "if redis.call('EXISTS',KEYS[1])==1 then redis.call('DEL',KEYS[1]) redis.call('RPUSH',KEYS[1],ARGV[1]) return 1 end return 0", "1", key, value}
		}
		c.Do("MULTI")
		c.Do(write...)
		c.Do("EXISTS", key)
		c.Do("DUMP", key)
		c.Do("PEXPIRETIME", key)
		got, ok := c.Do("EXEC").([]any)
		if !ok || len(got) != 4 {
			continue
		}
		if got[1] == int64(0) { // it had been deleted: nothing was written
			continue
		}
		w.mu.Lock()
		w.ops++
		w.last[key] = fmt.Sprintf("%q %d", got[2], got[3])
		w.mu.Unlock()
	}
}

func (w *writers) end() {
	close(w.stop)
	w.done.Wait()
}

func fillWriters(srv *inspecttest.Server, n int) map[string]string {
	c := srv.Dial(0)
	first := map[string]string{}
	for i := range n {
		for k := range writerKeys {
			key := fmt.Sprintf("w:%d:%d", i, k)
			c.Do("SET", key, "000000")
			if k%3 == 0 {
				c.Do("PEXPIRE", key, "5000000")
			}
			first[key] = after(c, key)
		}
	}
	return first
}

// TestInvariant_NoAcknowledgedWriteIsLost deletes under random writers, undoes,
// and compares every key with its last acknowledged write.
func TestInvariant_NoAcknowledgedWriteIsLost(t *testing.T) {
	t.Parallel()
	const n = 4
	tests := []struct {
		name  string
		rules []string // of the user who deletes; nil is the default user
		opt   inspect.DeleteOptions
		sel   inspect.Selection
	}{
		{"prefix", nil, inspect.DeleteOptions{}, inspect.Selection{Prefix: []byte("w:")}},
		{"changed", nil, inspect.DeleteOptions{IncludeChanged: true}, inspect.Selection{Glob: "w:*"}},
		{"whole database", nil, inspect.DeleteOptions{IncludeChanged: true, Confirmed: "db0"}, inspect.Selection{All: true}},
		{"transactions", []string{"~*", "+@all", "-eval", "-evalsha"}, inspect.DeleteOptions{IncludeChanged: true}, inspect.Selection{Prefix: []byte("w:")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			want := fillWriters(srv, n)
			c := open(t, inspect.Config{URL: srv.URL(0)})
			if tt.rules != nil {
				c = restricted(t, srv, tt.rules...)
			}
			w := startWriters(t, srv, n)
			time.Sleep(20 * time.Millisecond) // some writes before the plan
			p := plan(t, c, tt.sel)
			report, err := c.Delete(lasting(), p, tt.opt)
			w.end()
			if err != nil || report.Deleted == 0 || report.Failed+report.NotUndoable+report.NotCopied != 0 {
				t.Fatalf("%+v, %v", brief(report), err)
			}
			if report.Undo == "" {
				t.Fatal("no journal")
			}
			undone, err := c.Undo(lasting(), report.Undo, inspect.UndoOptions{Anyway: true})
			if err != nil || undone.Restored != report.Deleted {
				t.Fatalf("%+v, %v", undone, err)
			}
			lost, check := 0, srv.Dial(0)
			for key, last := range w.last {
				want[key] = last
			}
			for key, last := range want {
				if is := after(check, key); is != last {
					if lost++; lost < 5 {
						t.Errorf("%s: %s, was %s", key, is, last)
					}
				}
			}
			if lost > 0 {
				t.Errorf("%d of %d keys lost their last write", lost, len(want))
			}
			t.Logf("%d acknowledged writes, %d keys, deleted %d, changed %d, lost %d", w.ops, len(want), report.Deleted, report.Changed, lost)
		})
	}
}

// TestInvariant_TTL changes TTLs to seconds under random writers, and has every
// value back after all keys have expired.
func TestInvariant_TTL(t *testing.T) {
	t.Parallel()
	const n = 2
	srv := inspecttest.Start(t)
	want := fillWriters(srv, n)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, c, inspect.Selection{Prefix: []byte("w:")})
	r, err := c.ChangeTTL(lasting(), p, inspect.TTLChange{To: 300 * time.Millisecond}, nil)
	if err != nil || r.Changed != len(want) || r.Undo == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	check := srv.Dial(0)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for check.Int("EXISTS", "w:0:0")+check.Int("EXISTS", "w:1:399") > 0 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	undone, err := c.Undo(lasting(), r.Undo, inspect.UndoOptions{})
	if err != nil || undone.Restored != len(want) {
		t.Fatalf("%+v, %v", undone, err)
	}
	for key, last := range want {
		if is := after(check, key); is != last {
			t.Fatalf("%s: %s, was %s", key, is, last)
		}
	}
}
