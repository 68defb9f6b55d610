package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cacheview/demoapp/store"
	"cacheview/inspect/inspecttest"
)

func opened(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// dialer opens connections to a server.
type dialer func() *inspecttest.Wire

func ours(t *testing.T) dialer {
	s := opened(t)
	addr := strings.TrimSuffix(strings.TrimPrefix(s.URL(), "redis://"), "/0")
	return func() *inspecttest.Wire { return inspecttest.Dial(t, "tcp", addr, 0) }
}

func theirs(t *testing.T) dialer {
	srv := inspecttest.Start(t)
	return func() *inspecttest.Wire { return srv.Dial(0) }
}

// tracker is a connection that is told what changes.
type tracker struct {
	t *testing.T
	w *inspecttest.Wire
}

func track(t *testing.T, dial dialer) *tracker {
	t.Helper()
	w := dial()
	w.Do("HELLO", "3")
	if got := w.Do("CLIENT", "TRACKING", "ON", "BCAST"); got != "OK" {
		t.Fatal(got)
	}
	return &tracker{t, w}
}

// names are those of a push, or "everything".
func (tr *tracker) names(v any) []string {
	tr.t.Helper()
	push, ok := v.([]any)
	if !ok || len(push) != 2 || push[0] != "invalidate" {
		tr.t.Fatalf("%v is no invalidation", v)
	}
	if push[1] == nil {
		return []string{"everything"}
	}
	var names []string
	for _, n := range push[1].([]any) {
		names = append(names, n.(string))
	}
	return names
}

// until returns what was told before the answer to a PING, sorted.
func (tr *tracker) untilNow() []string {
	tr.t.Helper()
	tr.w.Send("PING")
	var told []string
	for {
		v := tr.w.Receive()
		if v == "PONG" {
			slices.Sort(told)
			return slices.Compact(told)
		}
		told = append(told, tr.names(v)...)
	}
}

// TestTheStoreTellsWhatARealServerTells sends the same commands to the store and
// to a real server, and compares what they tell of each.
func TestTheStoreTellsWhatARealServerTells(t *testing.T) {
	t.Parallel()
	servers := []struct {
		name string
		dial dialer
	}{{"a real server", theirs(t)}, {"the store", ours(t)}}
	steps := []string{
		"SET a 1", "SET a 1", "SET a 2 EX 100", "SET a 3 NX", "SET new 3 NX", "SET none 3 XX", "SETEX b 100 1",
		"GET a", "MGET a b none", "TTL a", "TYPE a", "EXISTS a none", "STRLEN a", "SCAN 0", "MEMORY USAGE a",
		"EXPIRE a 50", "EXPIRE none 50", "PEXPIRE a 9000", "EXPIREAT a 9999999999", "PERSIST a", "PERSIST a",
		"INCR n", "INCRBY n 5", "APPEND a x", "SETRANGE a 0 y", "GETSET a z", "GETEX a", "GETDEL b", "MSET m1 1 m2 2",
		"HSET h f 1", "HSET h f 1", "HINCRBY h f 2", "HDEL h none", "HDEL h f",
		"SADD s x", "SADD s x", "SREM s none", "SREM s x", "ZADD z 1 x", "ZADD z 1 x", "ZREM z none", "ZREM z x",
		"RPUSH l a b", "LPOP l", "LSET l 0 c", "LTRIM l 0 0", "XADD x 1-1 f v",
		"RENAME a a2", "RENAMENX a2 n", "RENAMENX a2 a3", "COPY a3 a4",
		"DEL a3 none", "UNLINK a4 n", "DEL none",
		"MULTI", "SET in 1", "DEL m1", "GET m2", "EXEC",
		"MULTI", "SET never 1", "DISCARD",
		"EVAL return(redis.call('set',KEYS[1],'1')) 1 scripted",
		"EVAL return(redis.call('get',KEYS[1])) 1 scripted",
		"SELECT 3", "SET there 1", "FLUSHDB", "SELECT 0", "GET scripted", "MULTI", "FLUSHDB", "EXEC", "SET z 1", "FLUSHALL", "FLUSHALL",
	}
	told := make([][]string, len(servers))
	for i, s := range servers {
		app, tr := s.dial(), track(t, s.dial)
		for _, step := range steps {
			if err, failed := app.Do(strings.Fields(step)...).(error); failed && !strings.Contains(step, "none") {
				t.Fatalf("%s: %s: %v", s.name, step, err)
			}
			told[i] = append(told[i], fmt.Sprint(step, ": ", tr.untilNow()))
		}
	}
	more := []string{"SADD s x", "SREM s none", "ZADD z 1 x"} // told also when nothing changed
	for i, step := range steps {
		if told[0][i] != told[1][i] && !(slices.Contains(more, step) && strings.HasSuffix(told[0][i], "[]")) {
			t.Errorf("a real server tells of %s, the store of %s", told[0][i], told[1][i])
		}
	}
	if !slices.Contains(told[0], "SET a 1: [a]") || !slices.Contains(told[0], "FLUSHDB: [everything]") {
		t.Errorf("%q", told[0])
	}
}

func TestWhatExpiresIsTold(t *testing.T) {
	t.Parallel()
	for name, dial := range map[string]dialer{"a real server": theirs(t), "the store": ours(t)} {
		app, tr := dial(), track(t, dial)
		app.Do("SET", "short", "1", "PX", "50")
		app.Do("SET", "long", "1", "EX", "100")
		if got := tr.untilNow(); !slices.Equal(got, []string{"long", "short"}) {
			t.Errorf("%s: %q", name, got)
		}
		if got := tr.names(tr.w.Receive()); !slices.Equal(got, []string{"short"}) { // waits for it
			t.Errorf("%s: %q expired", name, got)
		}
		info := app.Text("INFO", "stats")
		if !strings.Contains(info, "expired_keys:1\r\n") || !strings.Contains(info, "evicted_keys:0\r\n") {
			t.Errorf("%s: %s", name, info)
		}
	}
}

// A push must not come in the middle of a reply, nor may a busy server lose one.
func TestPushesStayOutOfReplies(t *testing.T) {
	t.Parallel()
	dial := ours(t)
	app, tr := dial(), track(t, dial)
	for i := range 200 {
		app.Do("SET", "mine:"+fmt.Sprint(i), "1")
	}
	tr.untilNow()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 500 {
			app.Do("SET", fmt.Sprint(i), "1")
		}
	}()
	told := map[string]bool{}
	for len(told) < 500 {
		tr.w.Send("MGET", "mine:1", "mine:2", "mine:3", "mine:4", "mine:5", "mine:6")
		for answered := false; !answered; {
			v := tr.w.Receive().([]any)
			if answered = v[0] == "1"; answered {
				if len(v) != 6 {
					t.Fatal(v)
				}
				continue
			}
			for _, n := range tr.names(v) {
				told[n] = true
			}
		}
	}
	<-done
}

func TestTrackingThatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	w := ours(t)()
	for _, args := range []string{"ON", "ON BCAST", "ON BCAST PREFIX a", "ON OPTIN", "MAYBE"} {
		if args == "ON BCAST PREFIX a" {
			w.Do("HELLO", "3")
		}
		if _, refused := w.Do(append([]string{"CLIENT", "TRACKING"}, strings.Fields(args)...)...).(error); !refused {
			t.Errorf("%s was taken", args)
		}
	}
	if got := w.Do("CLIENT", "TRACKING", "OFF"); got != "OK" {
		t.Error(got)
	}
}

// TestCountsAreThoseOfARealServer sends the same commands to both, and compares
// what INFO and MONITOR tell of them.
func TestCountsAreThoseOfARealServer(t *testing.T) {
	t.Parallel()
	var counted []string
	for _, dial := range []dialer{theirs(t), ours(t)} {
		app, eye := dial(), dial()
		if got := eye.Do("MONITOR"); got != "OK" {
			t.Fatal(got)
		}
		steps := [][]string{
			{"SET", "a", "\"\x00\xff\n"},
			{"GET", "a"},
			{"GET", "b"},
			{"MGET", "a", "b", "c"},
			{"EXISTS", "a", "b"},
			{"TTL", "a"},
			{"HSET", "h", "f", "v"},
			{"HGET", "h", "f"},
			{"HGET", "h", "none"},
			{"HGETALL", "none"},
			{"STRLEN", "none"},
			{"TYPE", "none"},
			{"SADD", "s", "x"},
			{"SMEMBERS", "s"},
			{"SISMEMBER", "s", "x"},
			{"LRANGE", "l", "0", "1"},
			{"HEXISTS", "none", "f"},
			{"HMGET", "h", "f", "g"},
			{"SCARD", "s"},
			{"GETRANGE", "a", "0", "1"},
			{"DUMP", "none"},
			{"GETDEL", "a"},
			{"SET", "c", "1", "EX", "9"},
			{"DBSIZE"},
			{"SELECT", "3"},
			{"GET", "a"},
			{"SET", "a", "3"},
			{"GET", "a"},
		}
		var seen []string
		lookups := func() string {
			info := app.Text("INFO", "stats")
			eye.Receive() // the INFO
			_, rest, _ := strings.Cut(info, "\nkeyspace_hits:")
			hits, rest, _ := strings.Cut(rest, "\r\nkeyspace_misses:")
			misses, _, _ := strings.Cut(rest, "\r\n")
			return hits + " hits, " + misses + " misses"
		}
		for _, s := range steps {
			app.Do(s...)
			line := eye.Receive().(string)
			at, rest, _ := strings.Cut(line, " [")
			db, args, ok := strings.Cut(rest, "] ")
			if !ok || !strings.Contains(at, ".") {
				t.Fatal(line)
			}
			seen = append(seen, db[:1]+" "+args+": "+lookups())
		}
		info := app.Text("INFO")
		for _, name := range []string{"db0", "db3"} {
			_, rest, _ := strings.Cut(info, "\n"+name+":")
			figure, _, _ := strings.Cut(rest, ",avg_ttl")
			figure, _, _ = strings.Cut(figure, "\r\n")
			seen = append(seen, name+" "+figure)
		}
		counted = append(counted, strings.Join(seen, "\n"))
	}
	if counted[0] != counted[1] {
		t.Errorf("a real server:\n%s\nthe store:\n%s", counted[0], counted[1])
	}
}
