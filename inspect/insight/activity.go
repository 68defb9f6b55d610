package insight

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"cacheview/inspect"
)

// RefillWindow is how soon after a read the same key must be written for the read to
// count as a miss.
const RefillWindow = 5 * time.Second

// EstimateNote says how hits and misses are told apart, for people.
const EstimateNote = "Estimated: a read is a hit when its key was there before the sample or was seen written, and has " +
	"not expired since, and a miss when it was seen to be deleted or to expire. If nothing is known about a key, a read " +
	"is a miss when a write follows within 5 s (or the written time to live, if that is shorter), else a hit."

const (
	keysFollowed = 200_000 // of more keys, only the commands are counted
	keysKnown    = 100_000 // of these, before the sample begins
	topShown     = 10
)

// KeyTraffic is what happened to the keys of a prefix, of a function, or to one
// key.
type KeyTraffic struct {
	Name                string
	Reads, Hits, Misses int
	Writes, Deletes     int
	Unsure              int // of Hits, those too late in the sample to be certain
	// Call is what is known of the call whose result a key holds, square(4) or
	// square(?), and Function its function. Empty for anything but such a key.
	Call, Function string
}

// Margin is how far, up and down, the share of hits in the long run may be from
// HitRatio with a chance of 95 %, if the next reads are like these: the
// interval of Agresti and Coull (1998), good for 20 reads or more, with all that
// is Unsure for misses at its lower end. It is 1, 1 without a read.
func (t KeyTraffic) Margin() (up, down float64) {
	if t.Reads == 0 {
		return 1, 1
	}
	ends := func(hits int) (low, high float64) {
		n := float64(t.Reads) + 4
		p := (float64(hits) + 2) / n
		half := 1.96 * math.Sqrt(p*(1-p)/n)
		return max(p-half, 0), min(p+half, 1)
	}
	ratio := float64(t.Hits) / float64(t.Reads)
	low, _ := ends(t.Hits - t.Unsure)
	_, high := ends(t.Hits)
	return max(high-ratio, 0), max(ratio-low, 0)
}

// HitRatio is Hits of Reads, and false when there was none.
func (t KeyTraffic) HitRatio() (float64, bool) {
	if t.Reads == 0 {
		return 0, false
	}
	return float64(t.Hits) / float64(t.Reads), true
}

// NameCount is how often something was seen.
type NameCount struct {
	Name  string
	Times int
}

// Activity is what a sample of the commands of all clients says.
type Activity struct {
	Over     time.Duration
	Commands int // of this database
	// Versions is the traffic of version keys of memoized functions, which are
	// read with every result. It is in neither All nor Prefixes, whose hit
	// ratios it would improve.
	Versions       KeyTraffic
	OtherDatabases int // of other databases
	All            KeyTraffic
	Prefixes       []KeyTraffic // most reads first
	Functions      []KeyTraffic
	Keys           []KeyTraffic // the ten most used
	Kinds, Clients []NameCount  // the ten most frequent commands and clients
	Untracked      int          // commands on keys that were too many to follow
	Counted        Rates        // by the server itself, all databases, in about the same time
}

// followed is what is known of one key.
type followed struct {
	traffic KeyTraffic
	state   int8        // 0 not known, 1 there, 2 gone
	expires time.Time   // by the server's clock
	until   time.Time   // the same by ours, of a key that was there before
	pending []time.Time // reads that may have been either
}

// Sample works out an Activity from commands. It is used by one goroutine at a
// time.
type Sample struct {
	db         int
	delims     string
	depth      int
	flasks     []*inspect.FlaskIndex
	keys       map[string]*followed
	kinds      map[string]int
	clients    map[string]int
	commands   int
	elsewhere  int
	unfollowed int
	last       time.Time
	ahead      time.Duration // our clock of the server's, at most
}

// NewSample begins a sample of one database. flask may be nil.
func NewSample(db int, flask *inspect.FlaskIndex, opt Options) *Sample {
	s := &Sample{
		db: db, delims: cmp.Or(opt.Delims, ":"), depth: max(opt.Depth, 1),
		keys: map[string]*followed{}, kinds: map[string]int{}, clients: map[string]int{},
	}
	s.Know(flask)
	return s
}

// Knows takes note of a key that was there when the sample began, so that it is
// certain whether a read finds it. It must come before the first Add.
func (s *Sample) Knows(k inspect.Key) {
	if !k.Exists || len(s.keys) >= keysKnown {
		return
	}
	f := s.follow(k.Name)
	f.state = 1
	if k.Meta.Expiry > 0 {
		f.until = time.UnixMilli(k.Meta.Expiry)
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
	if ahead := cmd.Got.Sub(cmd.At); s.last.IsZero() || ahead < s.ahead {
		s.ahead = ahead // of all that were read, the one that waited least
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
	life := lifetimeOf(name, cmd.Args, cmd.At)
	if onlyIfNew(name, cmd.Args) {
		v.effect = fillsIfNew
	}
	for _, key := range v.keysOf(cmd.Args) {
		if f := s.follow(key); f != nil {
			f.age(cmd.At, cmd.At.Add(s.ahead))
			f.take(v.effect, cmd.At, life)
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
	f := &followed{}
	f.traffic.Name = string(key)
	s.keys[f.traffic.Name] = f
	return f
}

// age takes a key for gone whose time is over; at and now are the same moment
// by the server's clock and by ours.
func (f *followed) age(at, now time.Time) {
	over := !f.expires.IsZero() && !at.Before(f.expires) || !f.until.IsZero() && !now.Before(f.until)
	if f.state == 1 && over {
		f.state = 2
	}
}

// take judges what a command tells of the key.
func (f *followed) take(e effect, at time.Time, life lifetime) {
	switch e {
	case reads, readsAndTimes:
		f.traffic.Reads++
		switch f.state {
		case 1:
			f.traffic.Hits++
		case 2:
			f.traffic.Misses++
		default:
			f.pending = append(f.pending, at)
		}
		if e == readsAndTimes {
			f.retime(at, life)
		}
	case fills, fillsIfNew:
		f.traffic.Writes++
		if e == fillsIfNew && f.state != 2 {
			return // it may have changed nothing
		}
		within := RefillWindow
		if life.ttl > 0 {
			within = min(within, life.ttl)
		}
		missed := 0
		for _, read := range f.pending {
			if at.Sub(read) <= within {
				missed++
			}
		}
		f.settle(missed)
		if f.state != 1 { // what is new has nothing to keep
			f.expires, f.until = time.Time{}, time.Time{}
		}
		f.state = 1
		f.retime(at, life)
	case drops:
		f.traffic.Deletes++
		f.settle(0)
		f.state = 2
	case renames:
		f.settle(0)
		f.state = 0
	case times:
		f.retime(at, life)
	}
}

// retime gives the key a new time to live, or none.
func (f *followed) retime(at time.Time, life lifetime) {
	if life.kept {
		return
	}
	f.expires, f.until = time.Time{}, time.Time{}
	if life.ttl > 0 {
		f.expires = at.Add(life.ttl)
	}
}

// settle takes the reads in doubt for hits, but for the missed.
func (f *followed) settle(missed int) {
	f.traffic.Misses += missed
	f.traffic.Hits += len(f.pending) - missed
	f.pending = f.pending[:0]
}

// Know adds what is known of the functions behind keys, for the report. What
// was known earlier stays: a function whose results were forgotten meanwhile
// has other keys now.
func (s *Sample) Know(flask *inspect.FlaskIndex) {
	if flask != nil {
		s.flasks = append(s.flasks, flask)
	}
}

// functionOf is the function whose result a key is, as far as it is known.
func (s *Sample) functionOf(name []byte) string {
	for _, f := range s.flasks {
		if _, function := Classify(name, f); function != "" {
			return function
		}
	}
	_, function := Classify(name, nil)
	return function
}

// name adds what is known of the call behind a key.
func (s *Sample) name(t *KeyTraffic) {
	key := []byte(t.Name)
	if !inspect.NeedsCalls(key) {
		return
	}
	for _, f := range slices.Backward(s.flasks) {
		if e, ok := f.Entry(key); ok && e.Owner.Function != "" {
			t.Call, t.Function = f.Display(key), e.Owner.Function
			return
		}
	}
}

// Report works out the sample. over is how long it took, counted what the
// server's own counters say of the same time.
func (s *Sample) Report(over time.Duration, counted Rates) *Activity {
	a := &Activity{Over: over, Commands: s.commands, OtherDatabases: s.elsewhere, Untracked: s.unfollowed, Counted: counted}
	prefixes, functions := map[string]*KeyTraffic{}, map[string]*KeyTraffic{}
	var known *inspect.FlaskIndex
	if n := len(s.flasks); n > 0 {
		known = s.flasks[n-1]
	}
	segments := inspect.PrefixesOf(known)
	for _, f := range s.keys {
		if f.traffic == (KeyTraffic{Name: f.traffic.Name}) {
			continue // nobody asked for it
		}
		unsure := 0
		for _, read := range f.pending {
			if s.last.Sub(read) < RefillWindow {
				unsure++
			}
		}
		f.settle(0)
		f.traffic.Unsure += unsure
		if inspect.IsVersionName([]byte(f.traffic.Name)) {
			a.Versions.join(f.traffic)
			continue
		}
		a.All.join(f.traffic)
		into(prefixes, string(segments.Segments([]byte(f.traffic.Name), s.delims, s.depth))).join(f.traffic)
		if function := s.functionOf([]byte(f.traffic.Name)); function != "" {
			into(functions, function).join(f.traffic)
		}
		a.Keys = append(a.Keys, f.traffic)
	}
	a.Prefixes, a.Functions = busiest(maps.Values(prefixes)), busiest(maps.Values(functions))
	slices.SortFunc(a.Keys, byUse)
	a.Keys = a.Keys[:min(topShown, len(a.Keys))]
	for i := range a.Keys {
		s.name(&a.Keys[i])
	}
	a.Kinds, a.Clients = most(s.kinds), most(s.clients)
	return a
}

func into(m map[string]*KeyTraffic, name string) *KeyTraffic {
	if m[name] == nil {
		m[name] = &KeyTraffic{Name: name}
	}
	return m[name]
}

func (t *KeyTraffic) join(o KeyTraffic) {
	t.Reads += o.Reads
	t.Hits += o.Hits
	t.Misses += o.Misses
	t.Writes += o.Writes
	t.Deletes += o.Deletes
	t.Unsure += o.Unsure
}

func busiest(seq func(func(*KeyTraffic) bool)) []KeyTraffic {
	var list []KeyTraffic
	for t := range seq {
		list = append(list, *t)
	}
	slices.SortFunc(list, byUse)
	return list
}

func byUse(a, b KeyTraffic) int {
	return cmp.Or(cmp.Compare(b.Reads+b.Writes+b.Deletes, a.Reads+a.Writes+a.Deletes), cmp.Compare(a.Name, b.Name))
}

func most(m map[string]int) []NameCount {
	var list []NameCount
	for name, n := range m {
		list = append(list, NameCount{name, n})
	}
	slices.SortFunc(list, func(a, b NameCount) int { return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Name, b.Name)) })
	return list[:min(topShown, len(list))]
}
