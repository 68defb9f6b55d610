package insight_test

import (
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

func snapshot(t *testing.T, c *inspect.Client) *keyspace.Snapshot {
	t.Helper()
	idx := keyspace.New(0)
	for scan := c.NewScan(idx, inspect.ScanOptions{}); ; {
		if _, err := scan.Next(t.Context()); errors.Is(err, io.EOF) {
			return idx.Snapshot()
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func survey(t *testing.T, c *inspect.Client, opt insight.Options) *insight.Report {
	t.Helper()
	snap := snapshot(t, c)
	f, err := c.Flask(t.Context(), snap, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := insight.Survey(t.Context(), c, snap, f, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func group(t *testing.T, list []insight.Group, name string) insight.Group {
	t.Helper()
	for _, g := range list {
		if g.Name == name {
			return g
		}
	}
	t.Fatalf("there is no group %q", name)
	return insight.Group{}
}

func exactly(n int64) insight.Estimate { return insight.Estimate{Value: n} }

// version is a pickled version, as Flask-Caching 2 stores it.
func version(v string) string {
	return "!\x80\x05\x95\x0a\x00\x00\x00\x00\x00\x00\x00\x8c\x06" + v + "\x94."
}

func TestSurveyCountsWhatIsThere(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	bytes := map[string]int64{}
	usage := func(kind, key string) { bytes[kind] += w.Int("MEMORY", "USAGE", key, "SAMPLES", "0") }
	soon := strconv.FormatInt(time.Now().Add(300*time.Second).Truncate(time.Second).UnixMilli()+500, 10)
	w.Do("SET", "flask_cache_app.square_memver", version("AAAAAA"))
	const digest = "WZuvePfNJeiKltXU"
	for i := range 30 { // all of them expire in the same second
		key := "flask_cache_" + fmt.Sprintf("%s%02d", digest[:14], i) + "AAAAAA"
		w.Do("SET", key, "!\x80\x05\x8cd"+strings.Repeat("r", 100)+".", "PXAT", soon)
		usage("square", key)
	}
	for i := range 7 {
		sum := md5.Sum([]byte{byte(i)})
		key := "flask_cache_" + base64.StdEncoding.EncodeToString(sum[:])[:16] + "qT7xBZ"
		w.Do("SET", key, "!\x80\x05\x8cd"+strings.Repeat("r", 100)+".")
		usage("orphans", key)
	}
	for i := range 50 { // one every half a minute: no peak
		key := "user:" + strconv.Itoa(i)
		w.Do("SET", key, "the same for everybody", "EX", strconv.Itoa(700+30*i))
		usage("user", key)
	}
	for i := range 500 {
		w.Do("HSET", "hash:big", "field"+strconv.Itoa(i), strings.Repeat("v", i))
	}
	usage("hash", "hash:big")
	c := open(t, srv.URL(0))
	r := survey(t, c, insight.Options{Exact: true, Duplicates: true})
	if !r.Exact || r.Looked != 89 || r.All.Keys != exactly(89) {
		t.Errorf("exact %v, looked %d, keys %v", r.Exact, r.Looked, r.All.Keys)
	}
	if g := group(t, r.Functions, "app.square"); g.Keys != exactly(30) || g.Bytes != exactly(bytes["square"]) || g.NoTTL != exactly(0) || g.TTL[2] != exactly(30) {
		t.Errorf("square: %+v, want %d bytes", g, bytes["square"])
	}
	if g := r.Orphans; g.Keys != exactly(7) || g.Bytes != exactly(bytes["orphans"]) || g.NoTTL != exactly(7) {
		t.Errorf("orphans: %+v, want %d bytes", g, bytes["orphans"])
	}
	if g := group(t, r.Prefixes, "user:"); g.Keys != exactly(50) || g.Bytes != exactly(bytes["user"]) || g.TTL[3] != exactly(50) || g.Average() != bytes["user"]/50 {
		t.Errorf("user: %+v, want %d bytes", g, bytes["user"])
	}
	if g := group(t, r.Prefixes, "hash:"); g.Bytes != exactly(bytes["hash"]) {
		t.Errorf("hash: %+v, want %d bytes", g, bytes["hash"])
	}
	if g := group(t, r.Frameworks, "flask-caching"); g.Keys != exactly(38) {
		t.Errorf("flask-caching: %+v", g)
	}
	if string(r.Biggest[0].Name) != "hash:big" || len(r.Biggest) != 10 {
		t.Errorf("biggest: %d, first %q", len(r.Biggest), r.Biggest[0].Name)
	}
	if len(r.Peaks) != 1 || r.Peaks[0].Function != "app.square" || r.Peaks[0].Keys != exactly(30) {
		t.Errorf("peaks: %+v", r.Peaks)
	}
	d := r.Duplicates
	if d.Compared != 88 || d.Skipped != 1 || d.Keys != 87 || len(d.Largest) != 2 {
		t.Errorf("duplicates: %+v", d)
	}
	if r := survey(t, c, insight.Options{Prefix: []byte("user:")}); r.All.Keys != exactly(50) || r.Duplicates != nil {
		t.Errorf("prefix: %+v", r.All)
	}
}

// The interval that a sample states must hold the truth as often as it says.
func TestSampleHoldsItsMargin(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	const n = 12_000
	w := srv.Dial(0)
	big := strings.Repeat("x", 2000)
	srv.Fill(0, n, func(i int) string { return "a:" + strconv.Itoa(i) }, "small")
	srv.Fill(0, n, func(i int) string { return "b:" + strconv.Itoa(i) }, "small")
	for i := range n / 10 {
		w.Send("SET", "b:"+strconv.Itoa(i*10), big, "EX", "1000")
		w.Receive()
	}
	c := open(t, srv.URL(0))
	truth := survey(t, c, insight.Options{Exact: true})
	if truth.All.Keys != exactly(2*n) || truth.All.NoTTL != exactly(2*n-n/10) {
		t.Fatalf("truth %+v", truth.All)
	}
	const rounds = 20
	held := map[string]int{}
	count := func(what string, est, is insight.Estimate) {
		if est.Exact() {
			t.Errorf("%s: no margin", what)
		}
		if est.Low() <= is.Value && is.Value <= est.High() {
			held[what]++
		}
	}
	for seed := range uint64(rounds) {
		r := survey(t, c, insight.Options{Seed: seed})
		if r.Exact || r.Looked != 2000 || r.All.Keys != exactly(2*n) {
			t.Fatalf("looked %d, keys %v", r.Looked, r.All.Keys)
		}
		count("bytes", r.All.Bytes, truth.All.Bytes)
		count("bytes of b", group(t, r.Prefixes, "b:").Bytes, group(t, truth.Prefixes, "b:").Bytes)
		count("no TTL", r.All.NoTTL, truth.All.NoTTL)
		if e := r.All.Bytes; float64(e.Margin) > 0.25*float64(e.Value) {
			t.Errorf("the margin %d of %d says little", e.Margin, e.Value)
		}
	}
	for what, times := range held {
		// 7 misses of 20 where 1 is expected happen once in 30,000 runs.
		if times < rounds-6 {
			t.Errorf("%s: the interval held %d times of %d", what, times, rounds)
		}
	}
	if len(held) != 3 {
		t.Errorf("held %v", held)
	}
}
