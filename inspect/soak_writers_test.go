//go:build unix

package inspect_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

// wrote is what the last acknowledged writes of a key left: its value, and its
// expiry. They are apart because an undo of an edit puts the value back and leaves
// an expiry that was set since.
type wrote struct {
	dump   string // "" if only the expiry was written
	expiry int64  // 0 if it was not written
}

// soakWriters write keys at random, create, rename and expire them, until they are
// stopped. Each has keys of its own, so that "last" has a meaning.
type soakWriters struct {
	srv  *inspecttest.Server
	stop chan struct{}
	done sync.WaitGroup
	mu   sync.Mutex
	last map[string]wrote
	ops  int
}

const (
	soakKeys = 120 // of each writer
	// soakShort is less than any TTL that a writer sets, and more than those that
	// are to end.
	soakShort = 10 * time.Minute
)

func soakName(writer, key int) string { return fmt.Sprintf("w:%d:%d", writer, key) }

func startSoakWriters(srv *inspecttest.Server, n int, seed uint64) *soakWriters {
	w := &soakWriters{srv: srv, stop: make(chan struct{}), last: map[string]wrote{}}
	for i := range n {
		w.done.Go(func() { w.run(i, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	return w
}

func (w *soakWriters) end() {
	close(w.stop)
	w.done.Wait()
}

// soakWrite is one write, and which parts of the key it sets.
type soakWrite struct {
	args          []string
	value, expiry bool
	changed       func(reply any) bool // whether it had an effect
}

func always(any) bool      { return true }
func isOne(reply any) bool { return reply == int64(1) }

// randomWrite draws a write. Values are never written twice: what an undo finds as
// the operation left it is taken for untouched.
func randomWrite(rng *rand.Rand, id int, key string, n int) (soakWrite, string) {
	v := fmt.Sprintf("%d", n)
	switch rng.IntN(10) {
	case 0:
		return soakWrite{[]string{"INCRBY", key, strconv.Itoa(1_000_000 + n)}, true, false, always}, key
	case 1:
		return soakWrite{[]string{"HSET", key, "f" + strconv.Itoa(n%3), v}, true, false, always}, key
	case 2, 3:
		return soakWrite{[]string{"PEXPIRE", key, strconv.Itoa(2_000_000 + 7*n)}, false, true, isOne}, key
	case 4:
		return soakWrite{[]string{"PERSIST", key}, false, true, isOne}, key
	case 5:
		to := soakName(id, rng.IntN(soakKeys))
		return soakWrite{[]string{"RENAME", key, to}, true, false, always}, to
	case 6:
		return soakWrite{[]string{"SET", key, v, "KEEPTTL"}, true, false, always}, key
	case 7:
		return soakWrite{[]string{"APPEND", key, v}, true, false, always}, key
	case 8:
		return soakWrite{[]string{"RPUSH", key, strings.Repeat("x", n%200), v}, true, false, always}, key
	}
	return soakWrite{[]string{"SET", key, v, "PX", strconv.Itoa(3_000_000 + 11*n)}, true, true, always}, key
}

func (w *soakWriters) run(id int, rng *rand.Rand) {
	c := w.srv.Dial(0)
	for n := 0; ; n++ {
		select {
		case <-w.stop:
			return
		case <-time.After(time.Duration(rng.IntN(400)) * time.Microsecond):
		}
		from := soakName(id, rng.IntN(soakKeys))
		wr, to := randomWrite(rng, id, from, n)
		c.Send("MULTI")
		c.Send("EXISTS", from)
		c.Send(wr.args...)
		c.Send("DUMP", to)
		c.Send("PEXPIRETIME", to)
		c.Send("EXEC")
		var got []any
		for range 6 {
			got, _ = c.Receive().([]any)
		}
		if len(got) != 4 {
			continue
		}
		wr.expiry = wr.expiry || got[0] == int64(0) // a key that is new has none
		got = got[1:]
		_, failed := got[0].(error)
		dump, _ := got[1].(string)
		if failed || dump == "" || !wr.changed(got[0]) {
			continue
		}
		w.note(wr, from, to, dump, got[2].(int64))
	}
}

// note remembers a write.
func (w *soakWriters) note(wr soakWrite, from, to, dump string, expiry int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ops++
	if expiry > 0 && expiry < time.Now().Add(soakShort).UnixMilli() {
		delete(w.last, to) // it expires by a TTL that was changed before
		return
	}
	is := w.last[to]
	if to != from { // an expiry that was changed meanwhile moves with the value
		is = wrote{expiry: w.last[from].expiry}
		if is.expiry != expiry {
			is.expiry = 0
		}
		delete(w.last, from)
	}
	if wr.value {
		is.dump = dump
	}
	if wr.expiry {
		is.expiry = expiry
	}
	w.last[to] = is
}

func (w *soakWriters) all() map[string]wrote {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.last)
}

// soakLive reads what the server holds of some keys.
func soakLive(t testing.TB, srv *inspecttest.Server, want map[string]wrote) map[string]wrote {
	t.Helper()
	c, live := srv.Dial(0), map[string]wrote{}
	for key := range want {
		dump, _ := c.Do("DUMP", key).(string)
		if dump != "" {
			live[key] = wrote{dump, c.Int("PEXPIRETIME", key)}
		}
	}
	return live
}
