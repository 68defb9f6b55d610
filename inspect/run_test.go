package inspect_test

import (
	"errors"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

func command(words ...string) [][]byte { return byteSlices(words...) }

// TestRun_WritesAreUndone runs commands that change, create, delete, retime and move
// keys of all types, and undoes each: keys, TTLs and bytes are as before.
func TestRun_WritesAreUndone(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SET", "s", "v\xff", "PX", "100000000")
	w.Do("HSET", "h", "f", "v")
	w.Do("RPUSH", "l", "a", "b")
	w.Do("SADD", "set", "1", "2")
	w.Do("ZADD", "z", "1", "m")
	w.Do("XADD", "x", "1-1", "f", "v")
	before := srv.Keys(0)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	for _, words := range [][]string{
		{"append", "s", "more"},
		{"GETDEL", "s"},
		{"PERSIST", "s"},
		{"EXPIRE", "s", "5"},
		{"SET", "s", "x", "KEEPTTL"},
		{"HSET", "h", "f", "w"},
		{"HDEL", "h", "f"},
		{"LPOP", "l"},
		{"LTRIM", "l", "5", "6"},
		{"RPOPLPUSH", "l", "new"},
		{"SINTERSTORE", "s", "set", "set"},
		{"SMOVE", "set", "other", "1"},
		{"ZINCRBY", "z", "2", "m"},
		{"ZADD", "created", "1", "m"},
		{"XADD", "x", "*", "f", "w"},
		{"XGROUP", "CREATE", "x", "g", "0"},
		{"DEL", "s", "h", "l", "nobody"},
		{"MSET", "s", "1", "n", "2"},
		{"RENAME", "s", "h"},
		{"COPY", "s", "s2"},
		{"SORT", "set", "STORE", "sorted"},
		{"PFADD", "pf", "a"},
		{"SETBIT", "s", "0", "1"},
		{"BITOP", "NOT", "bits", "s"},
	} {
		r, err := c.Run(t.Context(), command(words...), inspect.RunOptions{})
		if err != nil || r.Undo == "" || !r.Write {
			t.Errorf("%q: %+v %v", words, r, err)
			continue
		}
		u, err := c.Undo(t.Context(), r.Undo, inspect.UndoOptions{})
		if err != nil || !u.Complete() {
			t.Errorf("undo of %q: %+v %v", words, u, err)
		}
		keysAreBack(t, srv, before)
	}
}

// keysAreBack holds that the keys are as they were.
func keysAreBack(t *testing.T, srv *inspecttest.Server, before map[string]string) {
	t.Helper()
	now := srv.Keys(0)
	for k, v := range before {
		if now[k] != v {
			t.Errorf("%q holds %q, and held %q", k, now[k], v)
		}
	}
	if len(now) != len(before) {
		t.Errorf("%d keys, and %d before", len(now), len(before))
	}
}

// TestRun_Refused holds that nothing reaches the server of what is refused.
func TestRun_Refused(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("MSET", "s", "v", "t", "w")
	w.Do("RPUSH", "l", "a")
	before := srv.Keys(0)
	free := open(t, inspect.Config{URL: srv.URL(0), Protected: []string{"t"}})
	bound := open(t, inspect.Config{URL: srv.URL(0), ReadOnly: true})
	for _, words := range [][]string{
		{"KEYS", "*"},
		{"monitor"},
		{"FlushAll"},
		{"FLUSHDB", "ASYNC"},
		{"CONFIG", "SET", "maxmemory", "1"},
		{"CONFIG", "RESETSTAT"},
		{"SHUTDOWN", "NOSAVE"},
		{"DEBUG", "SLEEP", "1"},
		{"BLPOP", "l", "1"},
		{"BRPOPLPUSH", "l", "m", "1"},
		{"XREAD", "BLOCK", "1", "STREAMS", "x", "$"},
		{"SUBSCRIBE", "c"},
		{"SELECT", "1"},
		{"MULTI"},
		{"CLIENT", "PAUSE", "1"},
		{"CLIENT", "KILL", "ID", "1"},
		{"ACL", "SETUSER", "x"},
		{"REPLICAOF", "a", "1"},
		{"SAVE"},
		{"MOVE", "s", "1"},
		{"SWAPDB", "0", "1"},
		{"COPY", "s", "u", "DB", "1"},
		{"NOSUCH"},
		{"", "x"},
		{"\xff"},
		{"WAIT", "0", "1"},
		{"MEMORY", "PURGE"},
		{"SCRIPT", "KILL"},
		{"LATENCY", "RESET"},
		{"MODULE", "LOAD", "x"},
		{"CLUSTER", "RESET"},
		{"SLOWLOG", "RESET"},
		{"PSYNC", "a", "1"},
		{"QUIT"},
	} {
		for _, yes := range []bool{false, true} {
			r, err := free.Run(t.Context(), command(words...), inspect.RunOptions{Yes: yes})
			if _, ok := errors.AsType[*inspect.RefusedCommandError](err); !ok {
				t.Errorf("%q: %+v %v", words, r, err)
			}
		}
	}
	for _, words := range [][]string{
		{"SET", "s", "x"},
		{"GETDEL", "s"},
		{"GETEX", "s", "PERSIST"},
		{"SORT", "l", "STORE", "x"},
		{"SORT", "l"},
		{"EVAL", "return redis.call('DEL','s')", "0"},
		{"XREADGROUP", "GROUP", "g", "c", "STREAMS", "x", ">"},
		{"PUBLISH", "c", "x"},
		{"BITFIELD", "s", "SET", "u8", "0", "1"},
		{"PFCOUNT", "s"},
		{"GEORADIUS", "g", "0", "0", "1", "km", "STORE", "s"},
		{"FUNCTION", "FLUSH"},
		{"RESTORE", "s", "0", "x", "REPLACE"},
	} {
		if _, err := bound.Run(t.Context(), command(words...), inspect.RunOptions{Yes: true}); !errors.Is(err, inspect.ErrReadOnly) {
			t.Errorf("read-only %q: %v", words, err)
		}
	}
	for _, words := range [][]string{{"EVAL", "return 1", "0"}, {"EVAL", "return 1", "1", "s"}, {"FUNCTION", "FLUSH"}} {
		_, err := free.Run(t.Context(), command(words...), inspect.RunOptions{})
		if _, ok := errors.AsType[*inspect.UnsafeWriteError](err); !ok {
			t.Errorf("%q: %v", words, err)
		}
	}
	if _, err := free.Run(t.Context(), command("MSET", "s", "1", "t", "2"), inspect.RunOptions{}); !isProtected(err) {
		t.Error(err)
	}
	keysAreBack(t, srv, before)
}

// TestRun_Reads holds that reads pass in a read-only session, and what replies
// become.
func TestRun_Reads(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("HSET", "h", "f", "v")
	w.Do("ZADD", "z", "1.5", "m")
	c := open(t, inspect.Config{URL: srv.URL(0), ReadOnly: true})
	for _, tt := range []struct {
		words []string
		kind  inspect.ReplyKind
		text  string
		items int
	}{
		{[]string{"HGET", "h", "f"}, inspect.ReplyString, "v", 0},
		{[]string{"HGETALL", "h"}, inspect.ReplyMap, "", 2},
		{[]string{"ping"}, inspect.ReplyStatus, "PONG", 0},
		{[]string{"STRLEN", "x"}, inspect.ReplyInteger, "0", 0},
		{[]string{"GET", "x"}, inspect.ReplyNull, "", 0},
		{[]string{"ZSCORE", "z", "m"}, inspect.ReplyDouble, "1.5", 0},
		{[]string{"CONFIG", "GET", "maxmemory"}, inspect.ReplyMap, "", 2},
		{[]string{"OBJECT", "ENCODING", "h"}, inspect.ReplyString, "listpack", 0},
		{[]string{"SORT_RO", "nothing"}, inspect.ReplyList, "", 0},
		{[]string{"EVAL_RO", "return {1,{2}}", "0"}, inspect.ReplyList, "", 2},
		{[]string{"MEMORY", "USAGE", "nobody"}, inspect.ReplyNull, "", 0},
	} {
		r, err := c.Run(t.Context(), command(tt.words...), inspect.RunOptions{})
		if err != nil || r.Reply.Kind != tt.kind || string(r.Reply.Text) != tt.text || len(r.Reply.Items) != tt.items {
			t.Errorf("%q: %c %q %d, %v", tt.words, r.Reply.Kind, r.Reply.Text, len(r.Reply.Items), err)
		}
	}
}

// TestRun_WithoutCOMMAND holds that a user who may not ask what commands do can
// still read, and writes nothing.
func TestRun_WithoutCOMMAND(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SET", "s", "v")
	w.Do("ACL", "SETUSER", "blind", "on", ">p", "~*", "+@all", "-command")
	c := open(t, inspect.Config{URL: srv.URL(0), Username: "blind", Password: "p"})
	r, err := c.Run(t.Context(), command("GET", "s"), inspect.RunOptions{})
	if err != nil || string(r.Reply.Text) != "v" {
		t.Errorf("%+v %v", r, err)
	}
	_, err = c.Run(t.Context(), command("SET", "s", "w"), inspect.RunOptions{Yes: true})
	if _, ok := errors.AsType[*inspect.RefusedCommandError](err); !ok {
		t.Error(err)
	}
}
