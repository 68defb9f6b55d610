package insight

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"cacheview/inspect"
)

// Refill is how soon after a read the same key must be written for the read to
// count as a miss.
const Refill = 5 * time.Second

// HowEstimated says how hits and misses are told apart, for people.
const HowEstimated = "Estimated: a read is a miss when its key is written within 5 s after it (or within the written " +
	"time to live, if that is shorter), or when its key was seen to be deleted or to have expired; it is a hit when " +
	"its key was seen written and not yet expired, or when no write follows."

const (
	keysFollowed = 200_000 // of more keys, only the commands are counted
	topShown     = 10
)

// Traffic is what happened to the keys of a prefix, of a function, or to one
// key.
type Traffic struct {
	Name                string
	Reads, Hits, Misses int
	Writes, Deletes     int
	Unsure              int // of Hits, those too late in the sample to be certain
}

// HitRatio is Hits of Reads, and false when there was none.
func (t Traffic) HitRatio() (float64, bool) {
	if t.Reads == 0 {
		return 0, false
	}
	return float64(t.Hits) / float64(t.Reads), true
}

// Count is how often something was seen.
type Count struct {
	Name  string
	Times int
}

// Activity is what a sample of the commands of all clients says.
type Activity struct {
	Over           time.Duration
	Commands       int // of this database
	Elsewhere      int // of other databases
	All            Traffic
	Prefixes       []Traffic // most reads first
	Functions      []Traffic
	Keys           []Traffic // the ten most used
	Kinds, Clients []Count   // the ten most frequent commands and clients
	Unfollowed     int       // commands on keys that were too many to follow
	Counted        Rates     // by the server itself, all databases, in about the same time
}

// followed is what is known of one key.
type followed struct {
	traffic Traffic
	state   int8 // 0 not known, 1 there, 2 gone
	expires time.Time
	pending []time.Time // reads that may have been either
	prefix  string
}

// Sample works out an Activity from commands. It is used by one goroutine at a
// time.
type Sample struct {
	db         int
	delims     string
	depth      int
	flask      *inspect.Flask
	keys       map[string]*followed
	kinds      map[string]int
	clients    map[string]int
	commands   int
	elsewhere  int
	unfollowed int
	last       time.Time
}

// NewSample begins a sample of one database. flask may be nil.
func NewSample(db int, flask *inspect.Flask, opt Options) *Sample {
	return &Sample{
		db: db, flask: flask, delims: cmp.Or(opt.Delims, ":"), depth: max(opt.Depth, 1),
		keys: map[string]*followed{}, kinds: map[string]int{}, clients: map[string]int{},
	}
}

// Commands returns how many commands were added, of all databases.
func (s *Sample) Commands() int { return s.commands + s.elsewhere }

// Add takes note of a command.
func (s *Sample) Add(cmd inspect.Command) {
	if len(cmd.Args) == 0 {
		return
	}
	if cmd.DB != s.db {
		s.elsewhere++
		return
	}
	name := strings.ToLower(string(cmd.Args[0]))
	s.commands++
	s.kinds[name]++
	if len(s.clients) < keysFollowed {
		s.clients[cmd.Client]++
	}
	s.last = cmd.At
	v := verbs[name]
	if v.effect == flushes {
		for _, f := range s.keys {
			f.settle(0)
			f.state = 2
		}
	}
	ttl := lifetimeOf(name, cmd.Args, cmd.At)
	if onlyIfNew(name, cmd.Args) {
		v.effect = fillsIfNew
	}
	for _, key := range v.keysOf(cmd.Args) {
		if f := s.follow(key); f != nil {
			f.take(v.effect, cmd.At, ttl)
		}
	}
}

func (s *Sample) follow(key []byte) *followed {
	if f := s.keys[string(key)]; f != nil {
		return f
	}
	if len(s.keys) == keysFollowed {
		s.unfollowed++
		return nil
	}
	f := &followed{prefix: string(Segments(key, s.delims, s.depth))}
	f.traffic.Name = string(key)
	s.keys[f.traffic.Name] = f
	return f
}

// take judges what a command tells of the key.
func (f *followed) take(e effect, at time.Time, ttl time.Duration) {
	if f.state == 1 && !f.expires.IsZero() && !at.Before(f.expires) {
		f.state = 2
	}
	switch e {
	case reads:
		f.traffic.Reads++
		switch f.state {
		case 1:
			f.traffic.Hits++
		case 2:
			f.traffic.Misses++
		default:
			f.pending = append(f.pending, at)
		}
	case fills, fillsIfNew:
		f.traffic.Writes++
		if e == fillsIfNew && f.state != 2 {
			return // it may have changed nothing
		}
		within := Refill
		if ttl > 0 {
			within = min(within, ttl)
		}
		missed := 0
		for _, read := range f.pending {
			if at.Sub(read) <= within {
				missed++
			}
		}
		f.settle(missed)
		f.state, f.expires = 1, time.Time{}
		if ttl > 0 {
			f.expires = at.Add(ttl)
		}
	case drops:
		f.traffic.Deletes++
		f.settle(0)
		f.state = 2
	case renames:
		f.settle(0)
		f.state = 0
	}
}

// settle takes the reads in doubt for hits, but for the missed.
func (f *followed) settle(missed int) {
	f.traffic.Misses += missed
	f.traffic.Hits += len(f.pending) - missed
	f.pending = f.pending[:0]
}

// Know names the functions of the report, when they were not known at first.
func (s *Sample) Know(flask *inspect.Flask) { s.flask = flask }

// Report works out the sample. over is how long it took, counted what the
// server's own counters say of the same time.
func (s *Sample) Report(over time.Duration, counted Rates) *Activity {
	a := &Activity{Over: over, Commands: s.commands, Elsewhere: s.elsewhere, Unfollowed: s.unfollowed, Counted: counted}
	prefixes, functions := map[string]*Traffic{}, map[string]*Traffic{}
	for _, f := range s.keys {
		unsure := 0
		for _, read := range f.pending {
			if s.last.Sub(read) < Refill {
				unsure++
			}
		}
		f.settle(0)
		f.traffic.Unsure += unsure
		a.All.join(f.traffic)
		into(prefixes, f.prefix).join(f.traffic)
		if _, function := Explained([]byte(f.traffic.Name), s.flask); function != "" {
			into(functions, function).join(f.traffic)
		}
		a.Keys = append(a.Keys, f.traffic)
	}
	a.Prefixes, a.Functions = busiest(maps.Values(prefixes)), busiest(maps.Values(functions))
	slices.SortFunc(a.Keys, byUse)
	a.Keys = a.Keys[:min(topShown, len(a.Keys))]
	a.Kinds, a.Clients = most(s.kinds), most(s.clients)
	return a
}

func into(m map[string]*Traffic, name string) *Traffic {
	if m[name] == nil {
		m[name] = &Traffic{Name: name}
	}
	return m[name]
}

func (t *Traffic) join(o Traffic) {
	t.Reads += o.Reads
	t.Hits += o.Hits
	t.Misses += o.Misses
	t.Writes += o.Writes
	t.Deletes += o.Deletes
	t.Unsure += o.Unsure
}

func busiest(seq func(func(*Traffic) bool)) []Traffic {
	var list []Traffic
	for t := range seq {
		list = append(list, *t)
	}
	slices.SortFunc(list, byUse)
	return list
}

func byUse(a, b Traffic) int {
	return cmp.Or(cmp.Compare(b.Reads+b.Writes+b.Deletes, a.Reads+a.Writes+a.Deletes), cmp.Compare(a.Name, b.Name))
}

func most(m map[string]int) []Count {
	var list []Count
	for name, n := range m {
		list = append(list, Count{name, n})
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Name, b.Name)) })
	return list[:min(topShown, len(list))]
}
