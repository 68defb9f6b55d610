package inspect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// picked returns the names that a filter picks, in order.
func picked(t *testing.T, c *inspect.Client, f inspect.Filter, names ...string) ([]string, inspect.Selected) {
	t.Helper()
	s, err := c.NewSelector(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := s.Pick(t.Context(), byteSlices(names...))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, k := range keys {
		list = append(list, string(k.Name))
	}
	slices.Sort(list)
	return list, s.Selected()
}

// TestFilter_ComparesEveryKey holds each condition against keys on both sides of it.
func TestFilter_ComparesEveryKey(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SET", "soon\xff", "text", "PX", "50000")
	w.Do("SET", "late", `{"name":"Ada"}`, "PX", "500000")
	w.Do("SET", "large", strings.Repeat("x", 20_000)+"needle")
	w.Do("HSET", "hash", "field", "Ada")
	w.Do("XADD", "stream", "1-1", "f", "Ada")
	w.Do("SET", "deep", "\x80\x04\x95\x0c\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01k\x94M90s.") // {'k': 12345}
	dump := w.Text("DUMP", "late")
	w.Do("RESTORE", "idle", "0", dump, "IDLETIME", "5000")
	all := []string{"soon\xff", "late", "large", "hash", "stream", "deep", "idle", "nobody"}
	c := open(t, inspect.Config{URL: srv.URL(0)})
	if got, _ := picked(t, c, inspect.Filter{Idle: time.Hour, LargerThan: -1}, all...); !slices.Equal(got, []string{"idle"}) {
		t.Errorf("idle: %q", got) // before a read of the value ends it
	}
	for name, tt := range map[string]struct {
		f    inspect.Filter
		want []string
	}{
		"prefixes":       {inspect.Filter{Prefixes: byteSlices("so", "la", "x")}, []string{"large", "late", "soon\xff"}},
		"prefix and not": {inspect.Filter{Prefixes: byteSlices("la"), Exclude: []string{"*rge"}}, []string{"late"}},
		"glob":           {inspect.Filter{Match: "l?t*"}, []string{"late"}},
		"type":           {inspect.Filter{Type: keyspace.Hash}, []string{"hash"}},
		"no TTL":         {inspect.Filter{NoTTL: true}, []string{"deep", "hash", "idle", "large", "stream"}},
		"expires within": {inspect.Filter{ExpiresWithin: time.Minute}, []string{"soon\xff"}},
		"grep":           {inspect.Filter{Grep: "Ada"}, []string{"hash", "idle", "late", "stream"}},
		"grep and type":  {inspect.Filter{Grep: "Ada", Type: keyspace.String, NoTTL: true}, []string{"idle"}},
		"grep at an end": {inspect.Filter{Grep: "needle"}, []string{"large"}},
		"grep a number":  {inspect.Filter{Grep: "12345"}, []string{"deep"}},
		"grep a field":   {inspect.Filter{Grep: "field"}, []string{"hash"}},
	} {
		f := tt.f
		f.LargerThan = -1
		got, sum := picked(t, c, f, all...)
		got = slices.DeleteFunc(got, func(n string) bool { return n == "nobody" })
		if !slices.Equal(got, tt.want) || sum.Unknown > 0 {
			t.Errorf("%s: %q, want %q, %+v", name, got, tt.want, sum)
		}
	}
	if got, _ := picked(t, c, inspect.Filter{LargerThan: 15_000}, all...); !slices.Equal(got, []string{"large"}) {
		t.Errorf("larger: %q", got)
	}
}

// TestFilter_UnknownIsCounted holds that a condition that cannot be checked selects
// no key, and is said.
func TestFilter_UnknownIsCounted(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("MSET", "a", "1", "b", "2")
	w.Do("RPUSH", "l", "x")
	w.Do("ACL", "SETUSER", "less", "on", ">p", "~*", "+@all", "-memory", "-object", "-pttl", "-getrange", "-get")
	c := open(t, inspect.Config{URL: srv.URL(0), Username: "less", Password: "p"})
	for name, f := range map[string]inspect.Filter{
		"idle": {Idle: time.Second, LargerThan: -1}, "no TTL": {NoTTL: true, LargerThan: -1},
		"expires": {ExpiresWithin: time.Hour, LargerThan: -1},
	} {
		got, sum := picked(t, c, f, "a", "b")
		if len(got) > 0 || sum.Unknown != 2 || sum.Why == "" {
			t.Errorf("%s: %q %+v", name, got, sum)
		}
	}
	if got, sum := picked(t, c, inspect.Filter{LargerThan: 1 << 20}, "l"); len(got) > 0 || sum.Unknown != 1 {
		t.Errorf("size: %q %+v", got, sum)
	}
	if got, sum := picked(t, c, inspect.Filter{LargerThan: -1, Grep: "1"}, "a", "b"); len(got) > 0 || sum.Unknown != 2 {
		t.Errorf("grep: %q %+v", got, sum)
	}
}

// TestFilter_GrepIsBounded reads only the beginning of a large collection, and says
// so.
func TestFilter_GrepIsBounded(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	big := strings.Repeat("y", 2<<20)
	for i := range 12 {
		w.Do("HSET", "big", fmt.Sprint(i), big)
	}
	w.Do("SET", "string", strings.Repeat("z", 12<<20)+"end")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	got, sum := picked(t, c, inspect.Filter{Grep: "end", LargerThan: -1}, "big", "string")
	if len(got) > 0 || sum.Searched != 2 || sum.Partly != 2 {
		t.Errorf("%q %+v", got, sum)
	}
}
