package insight_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/inspect/inspecttest"
)

func open(t *testing.T, url string) *inspect.Client {
	t.Helper()
	c, err := inspect.Open(t.Context(), inspect.Config{URL: url, StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func info(t *testing.T, c *inspect.Client) inspect.Info {
	t.Helper()
	i, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func named(list []insight.Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Name)
	}
	return out
}

func TestRatesAreThoseOfTheLoad(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	app := srv.Dial(0)
	app.Do("SET", "there", "1")
	app.Do("GET", "never") // before the first look
	c := open(t, srv.URL(0))
	before := info(t, c)
	const hits, misses = 300, 100
	for i := range hits + misses {
		app.Do("GET", map[bool]string{true: "there", false: "not:" + strconv.Itoa(i)}[i < hits])
		if i%10 == 0 { // our own looks in between do not count
			if _, err := c.Meta(t.Context(), [][]byte{[]byte("there"), []byte("never")}, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	app.Do("SET", "short", "1", "PX", "1")
	for app.Int("EXISTS", "short") == 1 {
		continue
	}
	looked := app.Int("EXISTS", "there") // a lookup of its own, as are those of the loop
	after := info(t, c)
	r, ok := insight.RatesBetween(before, after)
	if !ok || looked != 1 {
		t.Fatal("no rates")
	}
	// EXISTS counts as a lookup: at least one hit and one miss more.
	if r.Hits < hits+1 || r.Misses != misses+1 {
		t.Errorf("%d hits and %d misses, want at least %d and exactly %d", r.Hits, r.Misses, hits+1, misses+1)
	}
	if r.Expired <= 0 || r.Evicted != 0 {
		t.Errorf("%v expired and %v evicted a second", r.Expired, r.Evicted)
	}
	// Commands of others: the reads, the SET and the EXISTS; not our Meta. The
	// INFO that tells is counted by the server after it has answered.
	sent := float64(r.Hits+r.Misses) + 1
	if got := r.Commands * r.Over.Seconds(); got < sent-2 || got > sent+2 {
		t.Errorf("%.1f commands, want %.0f", got, sent)
	}
	if _, ok := insight.RatesBetween(after, before); ok {
		t.Error("rates backwards")
	}
	if _, ok := insight.RatesBetween(inspect.Info{}, after); ok {
		t.Error("rates from nothing")
	}
}

func TestFindingsOfRealServers(t *testing.T) {
	t.Parallel()
	fill := func(w *inspecttest.Wire, n int) {
		for i := range n {
			w.Do("SET", "key:"+strconv.Itoa(i), strings.Repeat("x", 10_000))
		}
	}
	tests := []struct {
		name string
		args []string
		load func(w *inspecttest.Wire)
		want []string
	}{
		{"no limit", nil, func(*inspecttest.Wire) {}, []string{"no-maxmemory"}},
		{"a healthy cache", []string{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}, func(w *inspecttest.Wire) { fill(w, 3) }, nil},
		{
			"evicting",
			[]string{"--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru"},
			func(w *inspecttest.Wire) { fill(w, 500) },
			[]string{"evicting"},
		},
		{
			"keys that are never evicted",
			[]string{"--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru"},
			func(w *inspecttest.Wire) { fill(w, 3) },
			[]string{"never-evicted"},
		},
		{"writes will fail", []string{"--maxmemory", "100mb"}, func(*inspecttest.Wire) {}, []string{"noeviction"}},
		{
			"hardly any hits",
			[]string{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"},
			func(w *inspecttest.Wire) {
				for i := range 200 {
					w.Do("GET", "not:"+strconv.Itoa(i))
				}
			},
			[]string{"low-hit-ratio"},
		},
		{
			"a slow command",
			[]string{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru", "--slowlog-log-slower-than", "1000"},
			func(w *inspecttest.Wire) { w.Do("DEBUG", "SLEEP", "0.01") },
			[]string{"slow-commands"},
		},
		{
			"snapshots fail",
			[]string{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru", "--enable-protected-configs", "yes"},
			func(w *inspecttest.Wire) {
				w.Do("SET", "a", "b")
				w.Do("CONFIG", "SET", "dir", "/proc") // where nobody can write
				w.Do("BGSAVE")
				for !strings.Contains(w.Text("INFO", "persistence"), "rdb_bgsave_in_progress:0") {
					continue
				}
			},
			[]string{"snapshot-failing"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// The slow log is off where it is not tested: a fork on a busy machine is
			// slow.
			defaults := []string{"--enable-debug-command", "yes", "--slowlog-log-slower-than", "-1"}
			srv := inspecttest.Start(t, append(defaults, tt.args...)...)
			c := open(t, srv.URL(0))
			v := insight.Vitals{}
			before := info(t, c)
			tt.load(srv.Dial(0))
			v.Info = info(t, c)
			v.Rates, _ = insight.RatesBetween(before, v.Info)
			var err error
			if v.Databases, err = c.Databases(t.Context()); err != nil {
				t.Fatal(err)
			}
			if v.Slow, err = c.Slowlog(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
			if v.Ping, err = c.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			v.Ping = min(v.Ping, time.Millisecond) // the machine may be busy
			got := insight.Findings(v)
			if !slices.Equal(named(got), tt.want) {
				t.Errorf("%q, want %q", named(got), tt.want)
			}
			for _, f := range got {
				if f.Problem == "" || f.Advice == "" {
					t.Errorf("%+v says too little", f)
				}
			}
		})
	}
}

func TestSlowlogNamesTheCommand(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t, "--slowlog-log-slower-than", "0", "--slowlog-max-len", "1000")
	c := open(t, srv.URL(0))
	app := srv.Dial(0)
	app.Do("SET", "a\x1b", "1")
	list, err := c.Slowlog(t.Context(), 3)
	if err != nil || len(list) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	if s := list[0]; !slices.Equal(s.Command, []string{"SET", "a\x1b", "1"}) || s.Client == "" || s.At.IsZero() {
		t.Errorf("%+v", s)
	}
	for _, s := range list {
		if strings.EqualFold(s.Command[0], "hello") {
			t.Errorf("our own %q is in the list", s.Command)
		}
	}
}

func TestARestrictedUserSeesWhatItMay(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Dial(0).Do("ACL", "SETUSER", "someone", "on", ">pw", "~*", "+@all", "-info", "-slowlog", "-ping", "-monitor")
	c := open(t, "redis://someone:pw@"+srv.Addr)
	slow, err := c.Slowlog(t.Context(), 10)
	if err != nil || slow != nil {
		t.Errorf("%v, %v", slow, err)
	}
	if i := info(t, c); i != (inspect.Info{}) {
		t.Errorf("%+v", i)
	}
	if got := insight.Findings(insight.Vitals{Ping: time.Second}); !slices.Equal(named(got), []string{"slow-answers"}) {
		t.Errorf("%v", got)
	}
	var missing []string
	for _, m := range c.Server().Missing {
		missing = append(missing, m.Command)
	}
	if !slices.Contains(missing, "SLOWLOG") || !slices.Contains(missing, "INFO") {
		t.Errorf("missing %q", missing)
	}
}
