package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"cacheview/inspect"
)

// staged is a fake whose figures, changes and commands a test has chosen. What
// it leaves out is the fake's own.
type staged struct {
	*fake
	server   inspect.Server
	info     func(look int64) inspect.Info
	slow     []inspect.SlowlogEntry
	readOnly bool
	commands []string // of a sample, each words of one command
	refuses  error    // why there is no sample
	changes  chan inspect.ChangeSet
}

func (s *staged) Server() inspect.Server {
	if s.server.Addr == "" {
		return s.fake.Server()
	}
	return s.server
}

func (s *staged) Info(ctx context.Context) (inspect.Info, error) {
	i, err := s.fake.Info(ctx)
	if s.info == nil {
		return i, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	given := s.info(s.looks)
	if given != (inspect.Info{}) {
		given.At = i.At
	}
	return given, err
}

func (s *staged) Slowlog(context.Context, int) ([]inspect.SlowlogEntry, error) { return s.slow, s.down }
func (s *staged) ReadOnly() bool                                               { return s.readOnly }

func (s *staged) Monitor(ctx context.Context, d time.Duration, fn func(inspect.Command)) error {
	if s.refuses != nil {
		return s.refuses
	}
	for i, line := range s.commands {
		c := inspect.Command{At: time.Now(), Client: fmt.Sprintf("10.0.0.%d:5123", i%3+1)}
		for _, word := range strings.Fields(line) {
			c.Args = append(c.Args, []byte(word))
		}
		fn(c)
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

func (s *staged) Watch(ctx context.Context) (Watcher, error) {
	if s.changes == nil {
		return s.fake.Watch(ctx)
	}
	return &follower{s.fake, s.changes}, nil
}

func (s *staged) open(context.Context, int) (Backend, error) { return s, nil }

// healthy is a server with nothing to find fault with.
func healthy(n int64) inspect.Info {
	return inspect.Info{
		UsedMemory: 31 << 20, MaxMemory: 100 << 20, Policy: "allkeys-lru", Hits: 9700 * n, Misses: 300 * n,
		Commands: 12_000 * n, Clients: 24, MaxClients: 10_000, Uptime: 30*24*time.Hour + time.Duration(n)*time.Second,
		Resident: 36 << 20, Fragmentation: 1.16, Expired: 40 * n, LastSave: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// app is the traffic of an app whose searches never hit.
func app(names ...string) []string {
	var list []string
	for i := range 30 {
		list = append(list, fmt.Sprintf("GET flask_cache_memoize:search:q%d", i), fmt.Sprintf("SETEX flask_cache_memoize:search:q%d 60 x", i),
			"GET flask_cache_memoize:square:4", "GET homepage", "GET homepage")
		for _, n := range names {
			list = append(list, "GET "+n)
		}
	}
	return append(list, "DEL page:1", "GET page:1")
}

// TestPageStates keeps the pages in the states that people meet them in.
func TestPageStates(t *testing.T) {
	hostile := "evil:\x1b[2J\x1b[31mred\x07\u202etxt"
	long := strings.Repeat("tenant-0123456789/", 12) + "last"
	server := func(p *player) { p.wait(time.Second).press("2").wait(5 * time.Second) }
	activity := func(p *player) { p.wait(time.Second).press("3").wait(time.Second) }
	sampling := func(p *player) { activity(p); p.press("s").press("y").wait(3 * time.Second) }
	sampled := func(p *player) { sampling(p); p.wait(11 * time.Second) }
	tests := []struct {
		name  string
		stage func() *staged
		play  func(p *player)
	}{
		{"healthy", func() *staged { return &staged{fake: guideKeys(), info: healthy} }, server},
		{"evicting", func() *staged {
			return &staged{fake: guideKeys(), info: func(n int64) inspect.Info {
				i := healthy(n)
				i.UsedMemory, i.Evicted, i.Hits, i.Misses = i.MaxMemory, 730*n, 300*n, 700*n
				i.SnapshotFailed, i.Unsaved = true, 1_204_300
				return i
			}, slow: []inspect.SlowlogEntry{{At: time.Now().UTC(), Took: 1204 * time.Millisecond, Command: []string{"KEYS", "*"}, Client: "10.0.0.7:5123"}}}
		}, server},
		{"no-info", func() *staged {
			return &staged{fake: guideKeys(), info: func(int64) inspect.Info { return inspect.Info{} }, server: inspect.Server{
				Addr: "cache.internal:6379", Product: "Redis", Mode: "standalone", Missing: []inspect.MissingCommand{
					{Command: "INFO", Effect: "no memory, hit ratio, evictions or uptime"}, {Command: "SLOWLOG", Effect: "slow commands are not shown"},
				},
			}}
		}, server},
		{"cluster", func() *staged {
			return &staged{fake: guideKeys(), info: healthy, server: inspect.Server{Addr: "10.0.0.1:7000", Product: "Redis", Version: "7.0.15", Mode: "cluster"}}
		}, server},
		{"read-only", func() *staged { return &staged{fake: guideKeys(), info: healthy, readOnly: true} }, server},
		{"long-names", func() *staged {
			return &staged{fake: guideKeys().str(long, "x", time.Hour).str(long+":a", "x", time.Hour), info: healthy}
		}, server},
		{"hostile-names", func() *staged { return &staged{fake: guideKeys().str(hostile, "x", time.Hour), info: healthy} }, server},
		{"sampling", func() *staged { return &staged{fake: guideKeys(), commands: app()} }, sampling},
		{"sampled", func() *staged { return &staged{fake: guideKeys(), commands: app()} }, sampled},
		{"sampled-hostile-and-long", func() *staged {
			return &staged{fake: guideKeys().str(hostile, "x", time.Hour).str(long, "x", 0), commands: app(hostile, long)}
		}, sampled},
		{"nobody-asks", func() *staged { return &staged{fake: guideKeys()} }, sampled},
		{"no-monitor", func() *staged {
			return &staged{fake: guideKeys(), refuses: fmt.Errorf("%w: NOPERM", inspect.ErrNoMonitor)}
		}, sampled},
		{"changes", func() *staged {
			s := &staged{fake: guideKeys(), changes: make(chan inspect.ChangeSet)}
			delete(s.keys, "config")
			return s
		}, func(p *player) {
			activity(p)
			s := p.m.be.(*staged)
			tell := func(names ...string) {
				ch := inspect.ChangeSet{}
				for _, n := range names {
					ch.Names = append(ch.Names, []byte(n))
				}
				s.changes <- ch
				p.wait(1500 * time.Millisecond)
			}
			s.str("new:"+hostile, "x", time.Minute)
			tell("new:"+hostile, "homepage")
			delete(s.keys, "page:1")
			tell("page:1", "of another database")
			p.wait(30 * time.Second)
			tell("homepage", "user:1", long)
		}},
	}
	for _, tt := range tests {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", tt.name, size[0], size[1]), func(t *testing.T) {
				playing(t, func(t *testing.T) {
					p := &player{t: t, m: newModel(t.Context(), Options{Site: Site{Open: tt.stage().open}}), msgs: make(chan tea.Msg, 1000)}
					p.run(p.m.Init())
					p.size(size[0], size[1]).wait(50 * time.Millisecond)
					tt.play(p)
					golden.RequireEqual(t, p.screen())
				})
			})
		}
	}
}
