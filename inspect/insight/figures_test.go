package insight_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/decode/keyname"
	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

func withCancel(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	return ctx, stop
}

// monitors counts the connections that watch.
func monitors(w *inspecttest.Wire) int {
	n := 0
	for line := range strings.Lines(w.Text("CLIENT", "LIST")) {
		if strings.Contains(line, " cmd=monitor ") {
			n++
		}
	}
	return n
}

// infoOf reads figures of INFO without the code under test.
func infoOf(w *inspecttest.Wire, name string) int64 {
	_, rest, _ := strings.Cut(w.Text("INFO"), "\n"+name+":")
	figure, _, _ := strings.Cut(rest, "\r\n")
	n, _ := strconv.ParseInt(figure, 10, 64)
	return n
}

func TestMemoryEvictionsAndExpiryAreCounted(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t, "--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru")
	w := srv.Dial(0)
	c := open(t, srv.URL(0))
	before := info(t, c)
	const sets, short = 600, 40
	for i := range short {
		w.Do("SET", "short:"+strconv.Itoa(i), "x", "PX", "1")
	}
	for w.Int("DBSIZE") > 0 {
		continue
	}
	for i := range sets {
		w.Do("SET", "key:"+strconv.Itoa(i), strings.Repeat("x", 10_000))
	}
	left := w.Int("DBSIZE")
	after := info(t, c)
	if after.Expired != short || after.Evicted != sets-left || after.Evicted == 0 {
		t.Errorf("%d expired and %d evicted, want %d and %d", after.Expired, after.Evicted, short, sets-left)
	}
	if after.MaxMemory != 4<<20 || after.Policy != "allkeys-lru" {
		t.Errorf("%d bytes, %q", after.MaxMemory, after.Policy)
	}
	if used := infoOf(w, "used_memory"); math.Abs(float64(after.UsedMemory-used)) > 0.1*float64(used) {
		t.Errorf("%d bytes used, the server says %d", after.UsedMemory, used)
	}
	r, ok := insight.RatesBetween(before, after)
	if seconds := after.At.Sub(before.At).Seconds(); !ok || math.Abs(r.Evicted*seconds-float64(after.Evicted)) > 0.5 || math.Abs(r.Expired*seconds-short) > 0.5 {
		t.Errorf("%+v", r)
	}
	if dbs, err := c.Databases(t.Context()); err != nil || len(dbs) != 1 || dbs[0].Keys != left || dbs[0].Expires != 0 {
		t.Errorf("%+v, %v", dbs, err)
	}
}

// A server that refuses writes because its snapshots fail says MISCONF to an
// app; the finding says it before the app does.
func TestFailingSnapshotsAreFoundWhereWritesFail(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t, "--enable-protected-configs", "yes", "--save", "3600 1")
	w := srv.Dial(0)
	w.Do("SET", "a", "b")
	w.Do("CONFIG", "SET", "dir", "/proc") // where nobody can write
	w.Do("BGSAVE")
	for !strings.Contains(w.Text("INFO", "persistence"), "rdb_bgsave_in_progress:0") {
		continue
	}
	if err, refused := w.Do("SET", "a", "c").(error); !refused || !strings.HasPrefix(err.Error(), "MISCONF") {
		t.Fatalf("the server takes writes: %v", err)
	}
	c := open(t, srv.URL(0))
	v, err := insight.ReadVitals(t.Context(), c, inspect.Info{})
	if err != nil {
		t.Fatal(err)
	}
	if got := named(insight.Findings(v)); !slices.Contains(got, "snapshot-failing") {
		t.Errorf("%q", got)
	}
}

func TestPingIsTheWayThereAndBack(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	proxy := inspecttest.NewProxy(t, srv.Addr)
	c := open(t, "redis://"+proxy.Addr)
	near, err := c.Ping(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const way = 120 * time.Millisecond
	proxy.Delay(way)
	far, err := c.Ping(t.Context())
	if err != nil || far < way {
		t.Errorf("%v, %v; before %v", far, err, near)
	}
	if got := insight.Findings(insight.Vitals{Ping: far}); !slices.Contains(named(got), "slow-answers") {
		t.Errorf("%v", got)
	}
}

// TestAClusterIsAddedUp compares figures, survey and sample of three masters with
// what was done to each.
func TestAClusterIsAddedUp(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n = 300
	name := func(i int) string { return []string{"page:", "user:"}[i%2] + strconv.Itoa(i) }
	cluster.Set(n, name, "value")
	c := open(t, cluster.Nodes[0].URL(0))
	r := survey(t, c, insight.Options{Exact: true})
	bytes := int64(0)
	held := map[int][]string{} // by node
	for i, node := range cluster.Nodes {
		w := node.Dial(0)
		for _, key := range w.Do("KEYS", "*").([]any) {
			held[i] = append(held[i], key.(string))
			bytes += w.Int("MEMORY", "USAGE", key.(string))
		}
	}
	if r.All.Keys != exactly(n) || r.All.Bytes != exactly(bytes) || group(t, r.Prefixes, "user:").Keys != exactly(n/2) {
		t.Errorf("%+v, want %d bytes", r.All, bytes)
	}
	before := info(t, c)
	hits, misses := int64(0), int64(0)
	a := watchedBy(t, c, cluster.Nodes, func() {
		for i, node := range cluster.Nodes {
			w := node.Dial(0)
			for j, key := range held[i] {
				w.Do("GET", key)
				hits++
				if j%3 == 0 {
					w.Do("DEL", key)
					w.Do("GET", key)
					misses++
				}
			}
		}
	})
	counted, ok := insight.RatesBetween(before, info(t, c))
	if !ok || counted.Hits != hits || counted.Misses != misses {
		t.Errorf("%d hits and %d misses counted, want %d and %d", counted.Hits, counted.Misses, hits, misses)
	}
	if int64(a.All.Hits) != hits || int64(a.All.Misses) != misses {
		t.Errorf("estimated %+v, want %d and %d", a.All, hits, misses)
	}
	for _, node := range cluster.Nodes {
		for w := node.Dial(0); monitors(w) > 0; {
			continue
		}
	}
}

// watchedBy runs a load while the commands of all nodes are watched.
func watchedBy(t *testing.T, c *inspect.Client, nodes []*inspecttest.Server, load func()) *insight.Activity {
	t.Helper()
	s := insight.NewSample(0, nil, insight.Options{})
	ctx, stop := withCancel(t)
	done := make(chan error, 1)
	ends := 0
	over := make(chan struct{})
	go func() {
		done <- c.Monitor(ctx, time.Minute, func(cmd inspect.Command) {
			if string(cmd.Args[0]) == "ECHO" {
				if ends++; ends == len(nodes) {
					close(over)
				}
				return
			}
			s.Add(cmd)
		})
	}()
	for _, node := range nodes {
		for w := node.Dial(0); monitors(w) == 0; {
			continue
		}
	}
	load()
	for _, node := range nodes {
		node.Dial(0).Do("ECHO", "end")
	}
	<-over
	stop()
	<-done
	return s.Report(time.Second, insight.Rates{})
}

func TestWhatAUserMayNotAskIsNamedOnce(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for i := range 50 {
		w.Do("SET", "key:"+strconv.Itoa(i), "value")
	}
	w.Do("ACL", "SETUSER", "someone", "on", ">pw", "~*", "+@read", "+@connection", "-memory|usage", "-info", "-slowlog", "-monitor")
	c := open(t, "redis://someone:pw@"+srv.Addr)
	var last insight.Vitals
	for range 3 {
		v, err := insight.ReadVitals(t.Context(), c, last.Info)
		if err != nil {
			t.Fatal(err)
		}
		last = v
		if err := c.Monitor(t.Context(), time.Minute, func(inspect.Command) {}); err == nil {
			t.Error("it may watch")
		}
	}
	r := survey(t, c, insight.Options{})
	if !r.ByLength || r.All.Keys != exactly(50) || r.All.Bytes != exactly(50*5) {
		t.Errorf("by length %v, %+v", r.ByLength, r.All)
	}
	times := map[string]int{}
	for _, m := range c.Server().Missing {
		times[m.Command]++
	}
	for _, want := range []string{"INFO", "SLOWLOG", "MONITOR", "MEMORY USAGE"} {
		if times[want] != 1 {
			t.Errorf("%s is named %d times", want, times[want])
		}
	}
}

// made is a keyspace whose truth is known, without a server.
type made map[string]inspect.Key

func (m made) Meta(_ context.Context, names [][]byte, _ bool) ([]inspect.Key, error) {
	keys := make([]inspect.Key, len(names))
	for i, n := range names {
		keys[i] = m[string(n)]
		keys[i].Name = n
	}
	return keys, nil
}
func (made) ExactSizes(context.Context, []inspect.Key) error { return nil }
func (m made) Samples(_ context.Context, keys []inspect.Key) ([]keyname.Sample, error) {
	return make([]keyname.Sample, len(keys)), nil
}

func (made) Digests(context.Context, []inspect.Key) ([]inspect.Digest, error) {
	return nil, nil
}

// TestMarginsHoldOverManySeeds draws samples of keyspaces of several shapes. Of
// all intervals that a survey states 95 of 100 should hold the truth, somewhat
// fewer where few values are much larger than all others. Always would be an
// interval too wide to say anything.
func TestMarginsHoldOverManySeeds(t *testing.T) {
	t.Parallel()
	shapes := []struct {
		name  string
		least int // of 100
		size  func(r *rand.Rand) int64
	}{
		{"alike but for noise", 92, func(r *rand.Rand) int64 { return 100 + r.Int64N(50) }},
		{"two sizes", 92, func(r *rand.Rand) int64 { return 80 + 2000*(r.Int64N(10)/9) }},
		{"a long tail", 89, func(r *rand.Rand) int64 { return int64(100 * math.Exp(r.NormFloat64())) }},
	}
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			t.Parallel()
			const n = 21_000
			now := time.Now()
			rng := rand.New(rand.NewPCG(3, 4))
			m, idx := made{}, keyspace.New(n)
			for i := range n {
				key := fmt.Sprintf("%s:%d", []string{"a", "b", "c"}[i%3], i)
				expiry := keyspace.NoExpiry
				if i%3 > 0 && rng.IntN(4) > 0 {
					expiry = now.Add(time.Duration(rng.IntN(7200)+1) * time.Second).UnixMilli()
				}
				m[key] = inspect.Key{Exists: true, At: now, Meta: keyspace.Meta{Type: keyspace.String, Size: shape.size(rng), Expiry: expiry}}
				idx.AddStrings([]string{key})
			}
			snap := idx.Snapshot()
			report := func(opt insight.Options) *insight.Report {
				r, err := insight.Survey(t.Context(), m, snap, nil, opt)
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			truth := report(insight.Options{Exact: true})
			held, stated := map[string]int{}, map[string]int{}
			check := func(what string, est, is insight.Estimate) {
				if stated[what]++; est.Low() <= is.Value && is.Value <= est.High() {
					held[what]++
				}
			}
			for seed := range uint64(200) {
				r := report(insight.Options{Seed: seed})
				check("bytes", r.All.Bytes, truth.All.Bytes)
				check("no TTL", r.All.NoTTL, truth.All.NoTTL)
				check("within an hour", r.All.TTL[3], truth.All.TTL[3])
				check("bytes of b", group(t, r.Prefixes, "b:").Bytes, group(t, truth.Prefixes, "b:").Bytes)
				check("no TTL of c", group(t, r.Prefixes, "c:").NoTTL, group(t, truth.Prefixes, "c:").NoTTL)
			}
			for what, times := range held {
				if times*100 < shape.least*stated[what] || times == stated[what] {
					t.Errorf("%s: held %d times of %d", what, times, stated[what])
				}
			}
			if len(held) != 5 {
				t.Errorf("%v", held)
			}
		})
	}
}

func TestASurveyThatIsStoppedSaysSo(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 6000, func(i int) string { return "key:" + strconv.Itoa(i) }, "value")
	srv.Dial(0).Do("EVAL", "for i=0,5999 do redis.call('PEXPIREAT','key:'..i,33000000000500) end", "0")
	c := open(t, srv.URL(0))
	snap := snapshot(t, c)
	ctx, stop := withCancel(t)
	r, err := insight.Survey(ctx, c, snap, nil, insight.Options{Progress: func(done, total int) {
		if total != 6000 {
			t.Errorf("%d to look at", total)
		}
		if done == 4000 {
			stop()
		}
	}})
	if err == nil || r == nil || !r.Partial || r.Exact || r.Total != 6000 || r.Looked != 4000 || r.All.Keys.Value != 4000 {
		t.Fatalf("%+v, %v", r, err)
	}
	if len(r.Peaks) != 1 || r.Peaks[0].Keys != exactly(4000) {
		t.Errorf("the peaks of what was looked at: %+v", r.Peaks)
	}
	ctx, stop = withCancel(t)
	stop()
	if r, err := insight.Survey(ctx, c, snap, nil, insight.Options{}); err == nil || r != nil {
		t.Errorf("of nothing: %+v, %v", r, err)
	}
}
