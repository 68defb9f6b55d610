package inspect_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cacheview/decode/keyname"
	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

func plan(t testing.TB, c *inspect.Client, sel inspect.Selection) *inspect.Plan {
	t.Helper()
	p, err := c.Plan(lasting(), sel, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// without is a database after the keys that match are gone.
func without(db map[string]string, gone func(name string) bool) map[string]string {
	db = maps.Clone(db)
	maps.DeleteFunc(db, func(k, _ string) bool { return gone(k) })
	return db
}

func TestDeleteTakesExactlyWhatWasSelected(t *testing.T) {
	tests := []struct {
		name string
		sel  inspect.Selection
		gone func(k string) bool
	}{
		{"one key", inspect.Selection{Keys: byteSlices("user*")}, func(k string) bool { return k == "user*" }},
		{"the empty key", inspect.Selection{Keys: byteSlices("")}, func(k string) bool { return k == "" }},
		{"a key that looks like a glob", inspect.Selection{Keys: byteSlices("*")}, func(k string) bool { return k == "*" }},
		{"twice and missing", inspect.Selection{Keys: byteSlices("?", "?", "nobody")}, func(k string) bool { return k == "?" }},
		{"prefix with brackets", inspect.Selection{Prefix: []byte("user[1]:")}, func(k string) bool { return strings.HasPrefix(k, "user[1]:") }},
		{"prefix with a star", inspect.Selection{Prefix: []byte("user*")}, func(k string) bool { return k == "user*" }},
		{"glob", inspect.Selection{Glob: "user[1]:*"}, func(k string) bool { return k == "user1:a" }},
		{"prefix that is not UTF-8", inspect.Selection{Prefix: []byte("\xff")}, func(k string) bool { return k == "\xff\xfe" }},
		{"nothing matches", inspect.Selection{Prefix: []byte("none")}, func(string) bool { return false }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			for _, db := range []int{0, 1} {
				w := srv.Dial(db)
				for _, n := range oddNames() {
					w.Do("SET", n, "value of "+n, "PX", "1000000")
				}
			}
			before, other := srv.Keys(0), srv.Keys(1)
			want := without(before, tt.gone)
			c := open(t, inspect.Config{URL: srv.URL(0)})
			p := plan(t, c, tt.sel)
			if len(p.Keys) != len(before)-len(want) {
				t.Errorf("%d keys planned", len(p.Keys))
			}
			if diff := cmp.Diff(before, srv.Keys(0)); diff != "" {
				t.Errorf("planning changed the database: %s", diff)
			}
			report, err := c.Delete(lasting(), p, inspect.DeleteOptions{NoUndo: true})
			if err != nil || report.Deleted != len(p.Keys) || report.Expired+report.Failed != 0 || report.Stopped {
				t.Errorf("%+v, %v", report, err)
			}
			if diff := cmp.Diff(want, srv.Keys(0)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(other, srv.Keys(1)); diff != "" {
				t.Errorf("the other database: %s", diff)
			}
		})
	}
}

func TestPlanSaysWhatWouldDie(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "p:a", "12345", "PX", "60000")
		on.w.Do("SET", "p:b", "12345", "PX", "3600000")
		on.w.Do("RPUSH", "p:c", "x")
		on.w.Do("SET", "q", "x")
		c := open(t, inspect.Config{URL: on.url})
		p := plan(t, c, inspect.Selection{Prefix: []byte("p:")})
		if len(p.Keys) != 3 || p.NoTTL != 1 || p.Bytes <= 10 || p.WholeDB || len(p.Sample) != 3 {
			t.Errorf("%+v", p)
		}
		if diff := cmp.Diff(map[keyspace.Type]int{keyspace.String: 2, keyspace.List: 1}, p.Types); diff != "" {
			t.Error(diff)
		}
		if p.MinTTL < 50_000 || p.MinTTL > 61_000 || p.MaxTTL < 59*60_000 {
			t.Errorf("%v to %v", p.MinTTL, p.MaxTTL)
		}
		if p.Description != `prefix "p:"` {
			t.Error(p.Description)
		}
	})
}

func TestPlanRefusesWhatIsNotOneThing(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	for name, sel := range map[string]inspect.Selection{
		"nothing":       {},
		"empty prefix":  {Prefix: []byte{}},
		"no keys":       {Keys: [][]byte{}},
		"two things":    {Keys: byteSlices("a"), Glob: "b*"},
		"keys and all":  {Keys: byteSlices("a"), All: true},
		"prefix or all": {Prefix: []byte("a"), All: true},
	} {
		if _, err := c.Plan(lasting(), sel, nil); !errors.Is(err, inspect.ErrAmbiguousSelection) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPlanLooksAtEveryKey has one key among many that a sample would miss.
func TestPlanLooksAtEveryKey(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 30_000, strconv.Itoa, "value")
	w := srv.Dial(0)
	w.Do("RPUSH", "celery", strings.Repeat("x", 1_000_000))
	w.Do("SET", "12345", "value", "PX", "1000000")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	listed, looked := 0, 0
	p, err := c.Plan(lasting(), inspect.Selection{All: true}, func(at inspect.Progress) {
		if at.Inspected == 0 {
			listed++
		} else if looked = at.Inspected; at.Scanned != 30_001 || at.Done != (looked == 30_001) {
			t.Errorf("%+v", at)
		}
	})
	if err != nil || len(p.Keys) != 30_001 || !p.WholeDB || listed == 0 || looked != 30_001 {
		t.Fatalf("%d keys, %d steps, looked at %d, %v", len(p.Keys), listed, looked, err)
	}
	if p.Types[keyspace.String] != 30_000 || p.Types[keyspace.List] != 1 || p.NoTTL != 30_000 || p.MaxTTL == 0 || p.Bytes < 1_000_000+30_000*40 {
		t.Errorf("%v, %d without ttl, %v, %d bytes", p.Types, p.NoTTL, p.MaxTTL, p.Bytes)
	}
	if len(p.NonCache) != 1 || p.NonCache[0].Role != keyname.Queue || p.NonCache[0].Keys != 1 || string(p.NonCache[0].Like) != "celery" {
		t.Errorf("%+v", p.NonCache)
	}
}

func TestPlanSaysWhatIsNoCacheEntry(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for _, k := range []string{"session:a", "session:b", "flask_cache_view//x", "order:1:lock", "LIMITER/1.2.3.4/x", "user:1", "flask_cache_session"} {
		w.Do("SET", k, "x")
	}
	w.Do("HSET", "rq:job:1", "created_at", "now", "data", "x")
	// Values that tell what the names do not, and names that the values refute.
	w.Do("RPUSH", "mailer", `{"body":"W10=","headers":{"task":"a.b"},"properties":{"delivery_tag":"1"}}`)
	w.Do("SET", "wiki:9f2", `{"cookie":{"originalMaxAge":null,"path":"/"}}`)
	w.Do("ZADD", "asgi::group:chat", "1", "specific.a!b")
	w.Do("HSET", "asynq:{default}:t:0a", "msg", "m", "state", "pending")
	w.Do("SET", "oats", `{"cookie":"oat"}`)
	w.Do("RPUSH", "feed", `{"id":1}`)
	w.Do("SET", "sess:1", "!\x80\x04K\x01.")
	w.Do("SET", "queue:jobs", "3 jobs")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	var got []string
	for _, b := range plan(t, c, inspect.Selection{All: true}).NonCache {
		got = append(got, fmt.Sprint(b.Keys, " ", b.Role))
	}
	if diff := cmp.Diff([]string{"3 sessions", "4 queues and jobs", "1 locks", "1 rate limits"}, got); diff != "" {
		t.Error(diff)
	}
	if p := plan(t, c, inspect.Selection{Prefix: []byte("flask_")}); len(p.NonCache) != 0 {
		t.Errorf("%+v", p.NonCache)
	}
}

// Of a large plan some values of each shape of name are looked at.
func TestPlan_NonCacheSample(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	srv.Fill(0, 3000, func(i int) string { return fmt.Sprintf("wiki:%06d", i) }, `{"cookie":{"originalMaxAge":null}}`)
	srv.Fill(0, 3000, func(i int) string { return fmt.Sprintf("page:%06d", i) }, `{"cookie":"oat"}`)
	w.Do("RPUSH", "page:mail", `{"body":"W10=","headers":{"task":"a.b"},"properties":{"delivery_tag":"1"}}`)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, c, inspect.Selection{All: true})
	var got []string
	for _, b := range p.NonCache {
		got = append(got, fmt.Sprint(b.Keys, " ", b.Role))
	}
	if diff := cmp.Diff([]string{"3000 sessions", "1 queues and jobs"}, got); diff != "" {
		t.Error(diff)
	}
	if p.NonCacheSampled == 0 || p.NonCacheSampled > 100 {
		t.Errorf("%d values were looked at", p.NonCacheSampled)
	}
}

func TestDeleteStopsBetweenBatches(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	const n = 5000
	srv.Fill(0, n, func(i int) string { return "k" + strconv.Itoa(i) }, "x")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, c, inspect.Selection{Prefix: []byte("k")})
	ctx, cancel := context.WithCancel(lasting())
	report, err := c.Delete(ctx, p, inspect.DeleteOptions{NoUndo: true, Progress: func(done, total int) {
		if total != n {
			t.Errorf("total %d", total)
		}
		if done >= 1000 {
			cancel()
		}
	}})
	// The batches in flight are completed.
	if err != nil || !report.Stopped || report.Deleted < 1000 || report.Deleted > 2500 || report.Failed != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if left := srv.Dial(0).Int("DBSIZE"); left != int64(n-report.Deleted) {
		t.Errorf("%d keys left", left)
	}
}

func TestDelete_GoneIsNotExpired(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SET", "a", "x")
	w.Do("SET", "b", "x")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, c, inspect.Selection{Keys: byteSlices("a", "b")})
	w.Do("PEXPIREAT", "a", "1")
	w.Do("SET", "new", "x")
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{NoUndo: true})
	if err != nil || report.Planned != 2 || report.Deleted != 1 || report.Gone != 1 || report.Expired != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if w.Int("EXISTS", "new") != 1 {
		t.Error("a key that was not planned is gone")
	}
}

func TestDeleteWholeDatabaseWantsItsName(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(3, 100, strconv.Itoa, "x")
	srv.Fill(0, 7, strconv.Itoa, "x")
	c := open(t, inspect.Config{URL: srv.URL(3)})
	p := plan(t, c, inspect.Selection{All: true})
	before := srv.Keys(3)
	for _, typed := range []string{"", "db0", "DB3", "yes", "3"} {
		_, err := c.Delete(lasting(), p, inspect.DeleteOptions{NoUndo: true, Confirmed: typed})
		if !errors.Is(err, inspect.ErrNotConfirmed) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if diff := cmp.Diff(before, srv.Keys(3)); diff != "" {
		t.Fatal(diff)
	}
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{NoUndo: true, Confirmed: "db3"})
	if err != nil || report.Deleted != 100 {
		t.Errorf("%+v, %v", report, err)
	}
	if got := len(srv.Keys(3)); got != 0 {
		t.Errorf("%d keys left", got)
	}
	if got := len(srv.Keys(0)); got != 7 {
		t.Errorf("%d keys in the other database", got)
	}
}

// The nearest rival's worst bug: SELECT on a pooled client, connections
// dropped, and a clear of db 3 empties db 0.
func TestDeleteHitsItsDatabaseAfterAllConnectionsDropped(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 50, func(i int) string { return "k" + strconv.Itoa(i) }, "zero")
	srv.Fill(3, 50, func(i int) string { return "k" + strconv.Itoa(i) }, "three")
	zero := open(t, inspect.Config{URL: srv.URL(0)})
	three := open(t, inspect.Config{URL: srv.URL(3)})
	all, some := plan(t, three, inspect.Selection{All: true}), plan(t, three, inspect.Selection{Prefix: []byte("k1")})
	plan(t, zero, inspect.Selection{All: true})
	before := srv.Keys(0)

	drop := func() {
		w := srv.Dial(0)
		if n := w.Int("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"); n == 0 {
			t.Error("no connection to drop")
		}
	}
	drop()
	report, err := three.Delete(lasting(), some, inspect.DeleteOptions{NoUndo: true})
	if err != nil || report.Deleted != 11 {
		t.Errorf("%+v, %v", report, err)
	}
	drop()
	report, err = three.Delete(lasting(), all, inspect.DeleteOptions{NoUndo: true, Confirmed: "db3"})
	if err != nil || report.Deleted != 39 {
		t.Errorf("%+v, %v", report, err)
	}
	if diff := cmp.Diff(before, srv.Keys(0)); diff != "" {
		t.Error(diff)
	}
	if left := srv.Keys(3); len(left) != 0 {
		t.Errorf("%d keys left", len(left))
	}
	if _, err := zero.Delete(lasting(), some, inspect.DeleteOptions{NoUndo: true}); err == nil {
		t.Error("a plan for db3 was carried out on db0")
	} else if _, ok := errors.AsType[*inspect.TargetError](err); !ok {
		t.Error(err)
	}
}

func TestDeleteRefusesProtectedKeys(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for _, n := range []string{"session:1", "session*", "page:1"} {
		w.Do("SET", n, "x")
	}
	before := srv.Keys(0)
	c := open(t, inspect.Config{URL: srv.URL(0), Protected: []string{"session:"}})
	for name, sel := range map[string]inspect.Selection{
		"key":    {Keys: byteSlices("page:1", "session:1")},
		"prefix": {Prefix: []byte("s")},
		"glob":   {Glob: "*"},
		"all":    {All: true},
	} {
		_, err := c.Plan(lasting(), sel, nil)
		if e, ok := errors.AsType[*inspect.ProtectedError](err); !ok || e.Prefix != "session:" || string(e.Key) != "session:1" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A plan that did not come from Plan, or from before the prefix was set.
	free := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, free, inspect.Selection{All: true})
	_, err := c.Delete(lasting(), p, inspect.DeleteOptions{Confirmed: "db0"})
	if _, ok := errors.AsType[*inspect.ProtectedError](err); !ok {
		t.Error(err)
	}
	if diff := cmp.Diff(before, srv.Keys(0)); diff != "" {
		t.Error(diff)
	}
	if p := plan(t, c, inspect.Selection{Keys: byteSlices("session*")}); len(p.Keys) != 1 {
		t.Error("a prefix is taken for a glob")
	}
}

func TestDeleteReportsALostServer(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 5000, func(i int) string { return "k" + strconv.Itoa(i) }, "x")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, c, inspect.Selection{Prefix: []byte("k")})
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{NoUndo: true, Progress: func(done, _ int) {
		if done == 1000 {
			srv.Kill()
		}
	}})
	if !inspect.IsDisconnected(err) || report.Deleted < 1000 || report.Failed < 500 || report.Failed%500 != 0 || report.Deleted+report.Failed > 3500 || len(report.Errors) == 0 {
		t.Errorf("%d deleted, %d failed, %v", report.Deleted, report.Failed, err)
	}
	srv.Restart()
	if _, err := c.Ping(lasting()); err != nil {
		t.Errorf("after the server came back: %v", err)
	}
}
