package inspect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// restricted opens a session of a user that has the given ACL rules.
func restricted(t *testing.T, srv *inspecttest.Server, rules ...string) *inspect.Client {
	t.Helper()
	srv.Dial(0).Do(append([]string{"ACL", "SETUSER", "someone", "on", ">pw"}, rules...)...)
	return open(t, inspect.Config{URL: "redis://someone:pw@" + srv.Addr})
}

func TestRestrictedUserStillBrowses(t *testing.T) {
	t.Parallel()
	all := []string{"~*", "&*", "+@all"}
	tests := []struct {
		name    string
		rules   []string
		missing []string // each named once, besides NO-TOUCH, which Redis 7.0 has not
	}{
		{"everything allowed", all, nil},
		{"no MEMORY", append(slices.Clone(all), "-memory"), []string{"MEMORY USAGE"}},
		{"no INFO", append(slices.Clone(all), "-info"), []string{"INFO"}},
		{"no CLIENT", append(slices.Clone(all), "-client"), []string{"CLIENT SETNAME"}},
		{"no UNLINK", append(slices.Clone(all), "-unlink"), []string{"EVAL", "UNLINK"}},
		{"no WATCH", append(slices.Clone(all), "-watch"), nil},
		{"no MULTI", append(slices.Clone(all), "-multi"), nil},
		{"no EXEC", append(slices.Clone(all), "-exec"), nil},
		{"no DUMP", append(slices.Clone(all), "-dump"), []string{"DUMP", "EVAL"}},
		{"no OBJECT", append(slices.Clone(all), "-object"), []string{"OBJECT ENCODING"}},
		{"no DBSIZE", append(slices.Clone(all), "-dbsize"), []string{"DBSIZE"}},
		{"no HELLO", append(slices.Clone(all), "-hello"), nil},
		{"no PING", append(slices.Clone(all), "-ping"), nil},
		{"nothing dangerous", append(slices.Clone(all), "-@dangerous"), []string{"INFO", "RESTORE"}},
		{
			"the least",
			[]string{"~*", "+scan", "+type", "+pttl", "+strlen", "+getrange", "+del"},
			[]string{"CLIENT SETNAME", "INFO", "MEMORY USAGE", "OBJECT ENCODING", "DBSIZE", "DUMP", "EVAL", "UNLINK", "WATCH"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			srv.Fill(0, 1000, func(i int) string { return "k" + itoa(i) }, "value")
			c := restricted(t, srv, tt.rules...)
			for range 2 {
				if got := listed(t, c, inspect.ScanOptions{}); len(got) != 1000 {
					t.Fatalf("%d keys", len(got))
				}
				keys, err := c.Meta(t.Context(), byteSlices("k1", "k2"), true)
				if err != nil || keys[1].Meta.Size <= 0 || keys[1].Err != nil {
					t.Errorf("%+v, %v", keys, err)
				}
				w, err := c.Read(t.Context(), []byte("k1"), inspect.ReadOptions{})
				if err != nil || string(w.Raw) != "value" {
					t.Errorf("%q, %v", w.Raw, err)
				}
				if _, err := c.Info(t.Context()); err != nil {
					t.Error(err)
				}
				if _, err := c.Ping(t.Context()); err != nil {
					t.Error(err)
				}
			}
			p, opt := plan(t, c, inspect.Selection{Prefix: []byte("k1")}), inspect.DeleteOptions{}
			if opt.NoUndo = slices.Contains(tt.missing, "DUMP"); opt.NoUndo {
				report, err := c.Delete(t.Context(), p, inspect.DeleteOptions{})
				if err != nil || report.Deleted != 0 || report.NotCopied != 111 || len(p.NoCopy) != 1 {
					t.Errorf("without a copy: %+v, %v", brief(report), err)
				}
			}
			report, err := c.Delete(t.Context(), p, opt)
			if err != nil || report.Deleted != 111 || report.Failed != 0 {
				t.Errorf("%+v, %v", report, err)
			}
			var missing []string
			for _, m := range c.Server().Missing {
				if m.Effect == "" {
					t.Errorf("%s: no effect", m.Command)
				}
				if m.Command != "CLIENT NO-TOUCH" {
					missing = append(missing, m.Command)
				}
			}
			slices.Sort(missing)
			slices.Sort(tt.missing)
			if !slices.Equal(missing, tt.missing) {
				t.Errorf("missing %q", missing)
			}
		})
	}
}

func TestUserWhoSeesOnlySomeKeys(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for _, n := range []string{"mine:1", "mine:2", "theirs:1"} {
		w.Do("SET", n, "x")
	}
	c := restricted(t, srv, "~mine:*", "+@all")
	keys, err := c.Meta(t.Context(), byteSlices("mine:1", "theirs:1", "mine:2"), true)
	if err != nil {
		t.Fatal(err)
	}
	if keys[0].Err != nil || keys[2].Err != nil || keys[0].Meta.Size <= 0 || keys[2].Meta.Size <= 0 {
		t.Errorf("%+v", keys)
	}
	if keys[1].Err == nil || !keys[1].Exists {
		t.Errorf("%+v", keys[1])
	}
	_, err = c.Read(t.Context(), []byte("theirs:1"), inspect.ReadOptions{})
	if e, ok := errors.AsType[inspect.KeyError](err); !ok || string(e.Key) != "theirs:1" || inspect.IsDisconnected(err) {
		t.Errorf("%v", err)
	}
	report, err := c.Delete(t.Context(), plan(t, c, inspect.Selection{Glob: "*:*"}), inspect.DeleteOptions{NoUndo: true})
	if err != nil || report.Deleted != 2 || report.Failed != 1 || len(report.Errors) != 1 || string(report.Errors[0].Key) != "theirs:1" {
		t.Errorf("%+v, %v", report, err)
	}
	if !strings.Contains(report.Errors[0].Error(), "NOPERM") {
		t.Error(report.Errors[0])
	}
	if w.Int("EXISTS", "theirs:1") != 1 || w.Int("DBSIZE") != 1 {
		t.Error("the wrong keys are gone")
	}
	for _, m := range c.Server().Missing {
		if m.Command != "CLIENT NO-TOUCH" {
			t.Errorf("%+v is not missing, a key is hidden", m)
		}
	}
}

func TestUserWhoMayNotDelete(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 2000, itoa, "x")
	c := restricted(t, srv, "~*", "+@all", "-del", "-unlink", "-expire", "-pexpire", "-pexpireat")
	report, err := c.Delete(t.Context(), plan(t, c, inspect.Selection{Glob: "*"}), inspect.DeleteOptions{NoUndo: true})
	if err == nil || inspect.IsDisconnected(err) || report.Deleted != 0 || report.Failed == 0 || report.Failed%500 != 0 {
		t.Errorf("%d deleted, %d failed, %v", report.Deleted, report.Failed, err)
	}
	retimed, err := c.ChangeTTL(t.Context(), plan(t, c, inspect.Selection{Glob: "*"}), inspect.TTLChange{To: time.Second}, nil)
	if err == nil || inspect.IsDisconnected(err) || retimed.Changed != 0 || retimed.Failed != 500 {
		t.Errorf("%+v, %v", retimed, err)
	}
	if n := srv.Dial(0).Int("DBSIZE"); n != 2000 {
		t.Errorf("%d keys left", n)
	}
}

func TestUserWhoMayNotFlushClearsKeyByKey(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 1200, itoa, "x")
	c := restricted(t, srv, "~*", "+@all", "-flushdb")
	report, err := c.Delete(t.Context(), plan(t, c, inspect.Selection{All: true}), inspect.DeleteOptions{NoUndo: true, Confirmed: "db0"})
	if err != nil || report.Deleted != 1200 {
		t.Errorf("%+v, %v", report, err)
	}
	if n := srv.Dial(0).Int("DBSIZE"); n != 0 {
		t.Errorf("%d keys left", n)
	}
}
