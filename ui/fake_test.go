package ui

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"cacheview/decode/keyname"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// fake is a server in memory, with the failures that a test asks for. Time is
// the bubble's of synctest.
type fake struct {
	mu       sync.Mutex // held by every call: commands run side by side
	keys     map[string]inspect.ValueWindow
	down     error // every call fails with it
	noWatch  bool
	looks    int64    // INFO was asked for so often
	sent     []string // what would have changed the server
	deleted  map[string]inspect.ValueWindow
	lag      time.Duration // that counting and deleting keys take
	monitors int           // MONITOR was sent so often

	notices   []inspect.JournalNotice
	journals  []inspect.Journal
	undoLimit int64
	beside    []inspect.NonCacheKeys // of every plan
	entries   int                    // that every plan leaves behind, of 100 bytes
	undone    []string               // ids, "" for the latest
	page      int
	metaPace  time.Duration // metadata takes so long
	pace      time.Duration // a page of the listing takes so long
	version   string
}

func newFake() *fake {
	return &fake{keys: map[string]inspect.ValueWindow{}, noWatch: true, page: 1000, version: "7.0.15"}
}

// str stores a string; ttl 0 never expires.
func (f *fake) str(name, raw string, ttl time.Duration) *fake {
	return f.put(name, inspect.ValueWindow{Type: keyspace.String, Raw: []byte(raw), Total: int64(len(raw))}, ttl)
}

func (f *fake) put(name string, w inspect.ValueWindow, ttl time.Duration) *fake {
	expiry := keyspace.NoExpiry
	if ttl > 0 {
		expiry = time.Now().Add(ttl).UnixMilli()
	}
	w.Key = inspect.Key{Name: []byte(name), Exists: true, Meta: keyspace.Meta{Type: w.Type, Size: int64(len(w.Raw) + 40), Expiry: expiry}}
	f.keys[name] = w
	return f
}

func (f *fake) names() []string {
	var out []string
	for n, w := range f.keys {
		if e := w.Key.Meta.Expiry; e > 0 && e <= time.Now().UnixMilli() {
			delete(f.keys, n)
			continue
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func (f *fake) open(context.Context, int) (Backend, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return nil, f.down
	}
	return f, nil
}

func (f *fake) Server() inspect.Server {
	return inspect.Server{Addr: "localhost:6379", Product: "Redis", Version: f.version, Mode: "standalone"}
}
func (f *fake) Ping(context.Context) (time.Duration, error) { return time.Millisecond, f.down }
func (f *fake) Size(context.Context) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return int64(len(f.names())), f.down
}

func (f *fake) Info(context.Context) (inspect.Info, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looks++
	n := f.looks
	return inspect.Info{
		At: time.Now(), UsedMemory: 3_400_000, MaxMemory: 100 << 20, Policy: "volatile-lru", Hits: 93 * n, Misses: 7 * n,
		Commands: 120 * n, Clients: 4, MaxClients: 10_000, Uptime: time.Hour + time.Duration(n)*time.Second, Resident: 5_000_000, Fragmentation: 1.47,
	}, f.down
}
func (f *fake) ReadOnly() bool { return false }
func (f *fake) Close() error   { return nil }

type fakeScan struct {
	f     *fake
	idx   *keyspace.Index
	names []string
	seen  int
}

func (f *fake) Scan(idx *keyspace.Index, opt inspect.ScanOptions) Scanner {
	f.mu.Lock()
	defer f.mu.Unlock()
	names := f.names()
	if opt.Type != keyspace.UnknownType {
		names = slices.DeleteFunc(names, func(n string) bool { return f.keys[n].Key.Meta.Type != opt.Type })
	}
	return &fakeScan{f: f, idx: idx, names: names}
}

func (s *fakeScan) Next(context.Context) (inspect.ScanBatch, error) {
	time.Sleep(s.f.pace) // a page is never long under way
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	if s.f.down != nil {
		return inspect.ScanBatch{}, s.f.down
	}
	if s.seen > len(s.names) {
		return inspect.ScanBatch{}, io.EOF
	}
	n := min(s.f.page, len(s.names)-s.seen)
	from, to := s.idx.AddStrings(s.names[s.seen : s.seen+n])
	s.seen += n
	done := s.seen == len(s.names)
	p := inspect.ScanBatch{From: from, To: to, Progress: inspect.Progress{Scanned: s.seen, Visited: int64(s.seen), Total: int64(len(s.names)), Done: done}}
	if done {
		s.seen++
	}
	return p, nil
}

func (f *fake) Meta(ctx context.Context, names [][]byte, _ bool) ([]inspect.Key, error) {
	select {
	case <-time.After(f.metaPace):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return nil, f.down
	}
	f.names()
	var out []inspect.Key
	for _, n := range names {
		k := f.keys[string(n)].Key
		k.Name, k.At = n, time.Now()
		out = append(out, k)
	}
	return out, nil
}

func (f *fake) Read(_ context.Context, name []byte, _ inspect.ReadOptions) (inspect.ValueWindow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return inspect.ValueWindow{}, f.down
	}
	f.names()
	w, ok := f.keys[string(name)]
	if !ok {
		return w, inspect.ErrNoKey
	}
	return w, nil
}

func (f *fake) Plan(_ context.Context, sel inspect.Selection, _ func(inspect.Progress)) (*inspect.Plan, error) {
	time.Sleep(f.lag)
	f.mu.Lock()
	defer f.mu.Unlock()
	p := &inspect.Plan{Server: f.Server(), Types: map[keyspace.Type]int{}, WholeDB: sel.All, NonCache: f.beside, StaleEntries: f.entries, StaleBytes: 100 * int64(f.entries)}
	switch {
	case sel.All:
		p.Description = "the whole database"
	case sel.Prefix != nil:
		p.Description = "prefix " + string(sel.Prefix)
	default:
		p.Description = human.Plural(len(sel.Keys), "key")
	}
	for _, n := range f.names() {
		in := sel.All || sel.Prefix != nil && bytes.HasPrefix([]byte(n), sel.Prefix) ||
			slices.ContainsFunc(sel.Keys, func(k []byte) bool { return string(k) == n })
		if !in {
			continue
		}
		k := f.keys[n].Key
		p.Keys = append(p.Keys, []byte(n))
		p.Bytes += k.Meta.Size
		p.Types[k.Meta.Type]++
		if k.Meta.Expiry == keyspace.NoExpiry {
			p.NoTTL++
		} else {
			p.MinTTL = keyspace.TTLAt(k.Meta.Expiry, time.Now())
			p.MaxTTL = p.MinTTL
		}
		if len(p.Sample) < 10 {
			p.Sample = append(p.Sample, []byte(n))
		}
	}
	p.EveryKey = sel.All || len(p.Keys) == len(f.keys)
	return p, f.down
}

// commands returns what was sent that changes keys.
func (f *fake) commands() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.sent)
}

// raw returns the value of a key.
func (f *fake) raw(key []byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.keys[string(key)].Raw
}

// len returns how many keys there are.
func (f *fake) len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.keys)
}

func (f *fake) Delete(_ context.Context, p *inspect.Plan, opt inspect.DeleteOptions) (inspect.DeleteReport, error) {
	time.Sleep(f.lag)
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.WholeDB && opt.Confirmed != p.Server.Name() {
		return inspect.DeleteReport{}, errors.New("not confirmed")
	}
	r := inspect.DeleteReport{Planned: len(p.Keys), Undo: "1"}
	f.deleted = map[string]inspect.ValueWindow{}
	for _, k := range p.Keys {
		f.sent = append(f.sent, "UNLINK "+string(k))
		if w, ok := f.keys[string(k)]; ok {
			f.deleted[string(k)] = w
			delete(f.keys, string(k))
			r.Deleted++
		} else {
			r.Expired++
		}
	}
	return r, nil
}

// Export hands out values as if they were dumps.
func (f *fake) Export(ctx context.Context, names [][]byte, one func(inspect.DumpedKey) error, failed func(inspect.KeyError)) error {
	for _, n := range names {
		select {
		case <-time.After(f.lag):
		case <-ctx.Done():
			return ctx.Err()
		}
		f.mu.Lock()
		w, ok := f.keys[string(n)]
		down, huge := f.down, w.Truncated
		f.mu.Unlock()
		switch {
		case down != nil:
			return down
		case huge:
			failed(inspect.KeyError{Op: "dump", Key: n, Err: errors.New("larger than 64 MiB")})
		case ok:
			if err := one(inspect.DumpedKey{Key: n, Dump: append([]byte(string(w.Raw)), "\x0a\x00checksum"...), Expiry: w.Key.Meta.Expiry}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *fake) UndoLimit() int64 { return cmp.Or(f.undoLimit, 256<<20) }

func (f *fake) Journals(context.Context) ([]inspect.Journal, error) { return f.journals, f.down }

func (f *fake) JournalNotices() []inspect.JournalNotice {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.notices
	f.notices = nil
	return n
}

func (f *fake) FindUndo(_ context.Context, id string) (inspect.Journal, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id == "" && f.deleted == nil {
		return inspect.Journal{}, inspect.ErrNoJournal
	}
	return inspect.Journal{ID: id, Addr: "localhost:6379", When: time.Now(), Description: "prefix x:", Keys: len(f.deleted)}, nil
}

func (f *fake) Undo(_ context.Context, id string, opt inspect.UndoOptions) (inspect.UndoReport, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.undone = append(f.undone, id)
	if id == "" && f.deleted == nil {
		return inspect.UndoReport{}, inspect.ErrNoJournal
	}
	r := inspect.UndoReport{ID: cmp.Or(id, "1")}
	for _, n := range slices.Sorted(maps.Keys(f.deleted)) {
		if len(opt.Only) > 0 && !slices.ContainsFunc(opt.Only, func(k []byte) bool { return string(k) == n }) {
			continue
		}
		r.Planned++
		if _, there := f.keys[n]; there && !opt.Replace {
			r.Exists++
			r.Existing = append(r.Existing, []byte(n))
			continue
		} else if there {
			r.Overwritten = "2"
		}
		r.Restored++
		f.keys[n] = f.deleted[n]
		f.sent = append(f.sent, "RESTORE "+n)
	}
	return r, nil
}

func (f *fake) ChangeTTL(_ context.Context, p *inspect.Plan, change inspect.TTLChange, _ func(int, int)) (inspect.TTLReport, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := inspect.TTLReport{Planned: len(p.Keys)}
	for _, k := range p.Keys {
		w, ok := f.keys[string(k)]
		if !ok {
			r.Expired++
			continue
		}
		f.sent = append(f.sent, "EXPIRE "+string(k))
		w.Key.Meta.Expiry = keyspace.NoExpiry
		if change.To > 0 {
			w.Key.Meta.Expiry = time.Now().Add(change.To).UnixMilli()
		}
		f.keys[string(k)] = w
		r.Changed++
	}
	return r, f.down
}

func (f *fake) Rename(_ context.Context, from, to []byte) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w, ok := f.keys[string(from)]
	if !ok {
		return "", inspect.ErrNoKey
	}
	if _, taken := f.keys[string(to)]; taken {
		return "", inspect.ErrExists
	}
	f.sent = append(f.sent, "RENAME "+string(from)+" "+string(to))
	w.Key.Name = to
	f.keys[string(to)] = w
	delete(f.keys, string(from))
	return "3", nil
}

func (f *fake) Replace(_ context.Context, key, old, now []byte) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.keys[string(key)]
	if !bytes.Equal(w.Raw, old) {
		return "", inspect.ErrChanged
	}
	f.sent = append(f.sent, "SET "+string(key))
	w.Raw, w.Total = now, int64(len(now))
	f.keys[string(key)] = w
	return "2", nil
}

func (f *fake) Flask(context.Context, *keyspace.Snapshot, func(int, int)) (*inspect.FlaskIndex, error) {
	return nil, errors.ErrUnsupported
}

func (f *fake) Calls(context.Context, *inspect.FlaskIndex) (*inspect.Calls, error) {
	return nil, errors.ErrUnsupported
}

func (f *fake) Guess(context.Context, *inspect.FlaskIndex, ...string) (int, error) {
	return 0, errors.ErrUnsupported
}

func (f *fake) Explain(_ context.Context, key []byte, _ *inspect.FlaskIndex) (inspect.Explanation, error) {
	return inspect.Explanation{Key: key, Framework: "Flask-Caching", Certain: true, Kind: "named"}, f.down
}

func (f *fake) Frameworks(context.Context, *keyspace.Snapshot) (*inspect.Frameworks, error) {
	return nil, errors.ErrUnsupported
}

func (f *fake) FrameworkGroups(context.Context, *keyspace.Snapshot) (*inspect.Frameworks, error) {
	return nil, errors.ErrUnsupported
}

func (f *fake) PlanInvalidation(context.Context, *inspect.FlaskIndex, string, bool) (*inspect.Plan, error) {
	return nil, errors.ErrUnsupported
}

func (f *fake) PlanStale(context.Context, *inspect.FlaskIndex, func(inspect.Progress)) (*inspect.Plan, error) {
	return nil, errors.ErrUnsupported
}

func (f *fake) Watch(context.Context) (Watcher, error) { return nil, inspect.ErrNoTracking }

func (f *fake) Databases(context.Context) ([]inspect.Database, error) {
	return []inspect.Database{{Number: 0, Keys: 6, Expires: 5}}, f.down
}

func (f *fake) Slowlog(context.Context, int) ([]inspect.SlowlogEntry, error) {
	return []inspect.SlowlogEntry{{At: time.Now().UTC(), Took: 15 * time.Millisecond, Command: []string{"KEYS", "*\x1b[31m"}}}, f.down
}

func (f *fake) ExactSizes(context.Context, []inspect.Key) error { return f.down }

func (f *fake) Samples(_ context.Context, keys []inspect.Key) ([]keyname.Sample, error) {
	return make([]keyname.Sample, len(keys)), nil
}

func (f *fake) Digests(_ context.Context, keys []inspect.Key) ([]inspect.Digest, error) {
	return make([]inspect.Digest, len(keys)), f.down
}

// Monitor plays ten rounds of an app: two calls that hit, one that misses and
// is stored.
func (f *fake) Monitor(ctx context.Context, d time.Duration, fn func(inspect.Command)) error {
	f.mu.Lock()
	f.monitors++
	f.mu.Unlock()
	begun := time.Now()
	send := func(args ...string) {
		c := inspect.Command{At: time.Now(), Client: "10.0.0.7:5123"}
		for _, a := range args {
			c.Args = append(c.Args, []byte(a))
		}
		fn(c)
	}
	for i := range 10 {
		key := "flask_cache_memoize:square:" + string(rune('0'+i))
		send("GET", key)
		send("SETEX", key, "60", "x")
		send("GET", key)
		send("GET", key)
		send("GET", "homepage")
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d - time.Since(begun)):
		return f.down
	}
}

// guideKeys is what the beginner's guide leaves in a cache.
func guideKeys() *fake {
	return newFake().
		str("homepage", "!\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07Landing\x94.", 30*time.Second).
		str("flask_cache_memoize:square:4", "!\x80\x04\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x11Square of 4 is 16\x94.", 60*time.Second).
		str("flask_cache_memoize:square:5", "!\x80\x04\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x11Square of 5 is 25\x94.", 62*time.Second).
		str("config", `{"debug":false,"langs":["de","fr"],"limits":{"cpu":2,"mem":512}}`, 0).
		str("page:1", strings.Repeat("<p>Hello</p>\n", 40), 5*time.Minute).
		put("user:1", inspect.ValueWindow{Type: keyspace.Hash, Total: 2, Rows: []inspect.Member{
			{Field: []byte("name"), Value: []byte("Ada")}, {Field: []byte("age"), Value: []byte("36")},
		}}, time.Hour)
}

var errDown error = &inspect.ConnError{Addr: "localhost:6379", Kind: inspect.ConnRefused, Err: errors.New("connection refused"), Hint: "is redis-server running there?"}
