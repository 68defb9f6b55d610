// Package store is the Redis that the demo brings with it: miniredis, and
// before it what miniredis lacks for people who ask how their cache does. INFO
// counts hits and misses, MONITOR shows what others send, and CLIENT TRACKING
// tells what changes, all in the words of a real server, so that whoever asks
// need not know which of the two answers.
//
// It tells of a SADD, SREM or ZADD also when it changed nothing, which a real
// server does not. It is for a demo: it serves this machine, and a client that stops reading
// what it asked to be told holds up everybody once its connection is full.
package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// Store is a running store.
type Store struct {
	mini  *miniredis.Miniredis
	srv   *server.Server // of mini, which forgets it when it closes
	begun time.Time
	stop  chan struct{}
	beats sync.WaitGroup

	counts counts

	// registry is for clients and named. Scripts ask for it while miniredis is
	// locked, so that nobody may call miniredis while holding it.
	registry sync.Mutex
	clients  map[*server.Peer]*client
	named    int // clients that got a name so far

	mu       sync.Mutex
	there    map[int]map[string]bool // the keys of each database, when they were last looked at
	writing  map[place]int           // keys that a command under way may change
	flushing int                     // commands under way that empty a database
}

// place is where a key is.
type place struct {
	db  int
	key string
}

// client is what is known of a connection.
type client struct {
	peer *server.Peer
	name string // as MONITOR shows it
	db   int

	multi  bool     // what it sends is put off until EXEC
	queued []string // names in what was put off
	drops  bool     // a flush was put off

	label   atomic.Value // string: what CLIENT SETNAME called it
	watches atomic.Bool  // by MONITOR
	told    telling
}

// Open starts an empty store on a free port of this machine. Its keys expire
// as time goes by.
func Open() (*Store, error) {
	s := &Store{
		mini: miniredis.NewMiniRedis(), begun: time.Now(), stop: make(chan struct{}),
		clients: map[*server.Peer]*client{}, there: map[int]map[string]bool{0: {}}, writing: map[place]int{},
	}
	s.mini.ClockTTL(true)
	if err := s.mini.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the embedded store: %w", err)
	}
	s.srv = s.mini.Server()
	s.srv.SetPreHook(s.hook)
	s.beats.Go(s.beat)
	return s, nil
}

// URL is where the store answers.
func (s *Store) URL() string { return "redis://" + s.mini.Addr() + "/0" }

// Close ends the store and every connection to it.
func (s *Store) Close() {
	close(s.stop)
	s.beats.Wait()
	s.mini.Close()
}

// beatEvery is how often expired keys are looked for, as a real server does.
const beatEvery = 100 * time.Millisecond

// beat does what a server does while nobody asks.
func (s *Store) beat() {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
			s.expire()
			s.counts.recent.sample(s.counts.commands.Load())
		}
	}
}

// hook sees every command before miniredis does, and has it run it, so as to
// know what became of it.
func (s *Store) hook(p *server.Peer, cmd string, args ...string) (done bool) {
	c := s.client(p)
	if c == nil || !c.told.begin() {
		return false
	}
	defer c.told.end(p)
	c.label.Store(p.ClientName)
	s.counts.commands.Add(1)
	if refuseGlobs(p, cmd, args...) {
		return true
	}
	s.count(c, cmd, args)
	defer s.show(c, cmd, args)
	switch {
	case cmd == "INFO":
		p.WriteBulk(s.info())
	case cmd == "MONITOR":
		s.watch(c)
	case cmd == "CLIENT" && len(args) > 0 && strings.EqualFold(args[0], "tracking"):
		s.track(c, args[1:])
	case cmd == "MEMORY" && len(args) == 4 && strings.EqualFold(args[2], "samples"):
		s.run(c, cmd, args[:2]) // miniredis always looks at every member
	case cmd == "DUMP" && !c.multi:
		s.dump(c, args)
	case cmd == "RESTORE":
		s.restore(c, args)
	default:
		s.run(c, cmd, args)
	}
	return true
}

// client returns what is known of a connection. It is nil for what is none: the
// commands of a script, which come while miniredis is locked, and our own.
func (s *Store) client(p *server.Peer) *client {
	s.registry.Lock()
	defer s.registry.Unlock()
	if c := s.clients[p]; c != nil {
		return c
	}
	if p.Ctx != nil || p.ClientName == ourName {
		return nil
	}
	s.named++
	c := &client{peer: p, name: fmt.Sprintf("client-%d", s.named)}
	s.clients[p] = c
	p.OnDisconnect(func() {
		s.registry.Lock()
		defer s.registry.Unlock()
		delete(s.clients, p)
	})
	return c
}

// each calls fn with every client.
func (s *Store) each(fn func(*client)) {
	s.registry.Lock()
	list := slices.Collect(maps.Values(s.clients))
	s.registry.Unlock()
	for _, c := range list {
		fn(c)
	}
}

// ourName is the name of connections inside the store. CLIENT SETNAME gives it
// to nobody, as it has a space.
const ourName = "the store"

// run has miniredis do a command, and tells who wants to know what it changed.
func (s *Store) run(c *client, cmd string, args []string) {
	flushes := cmd == "FLUSHDB" || cmd == "FLUSHALL"
	var names []string
	switch {
	case cmd == "EXEC":
		names, flushes = c.queued, c.drops
		c.multi, c.queued, c.drops = false, nil, false
	case cmd == "DISCARD", cmd == "MULTI":
		c.multi, c.queued, c.drops = cmd == "MULTI", nil, false
	case c.multi:
		c.queued = append(c.queued, s.mayWrite(cmd, args)...)
		c.drops, flushes = c.drops || flushes, false
	default:
		names = s.mayWrite(cmd, args)
	}
	s.change(c.db, names, flushes, func() {
		s.srv.Dispatch(c.peer, append([]string{cmd}, args...))
	})
	if cmd == "SELECT" && len(args) == 1 {
		s.selected(c, args[0])
	}
}

// mayWrite are the names of keys that a command may change: of what may change
// any, all arguments, as it costs little to ask about one that is no key.
func (s *Store) mayWrite(cmd string, args []string) []string {
	if !s.srv.IsRegisteredCommand(cmd) || s.srv.IsReadOnlyCommand(cmd) {
		return nil
	}
	return args
}

// selected takes note of a database.
func (s *Store) selected(c *client, number string) {
	db, err := strconv.Atoi(number)
	if err != nil || db < 0 {
		return // refused
	}
	c.db = db
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.there[db] == nil {
		s.there[db] = map[string]bool{}
	}
}

// Advance makes all keys older, as if that much time had gone by.
func (s *Store) Advance(d time.Duration) { s.mini.FastForward(d) }
