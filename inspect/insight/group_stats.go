package insight

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"cacheview/decode/keyname"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

const (
	biggest = 10 // keys in Report.Biggest
	peaks   = 5  // moments in Report.Peaks
	// A second is a peak when at least peakKeys expire in it, at least
	// peakSeen of them were looked at, and they are peakTimes the average of
	// their kind.
	peakKeys  = 10
	peakSeen  = 5
	peakTimes = 3
)

// share is what was seen of a group in one cell.
type share struct {
	keys, noTTL   int
	bytes, square float64
	ttl           [NumBuckets]int
}

// group is a Group while it is counted.
type group struct {
	name          string
	certain       bool // of a framework: proven by the values
	shares        map[*cell]*share
	types         map[keyspace.Type]int
	soonest, late keyspace.TTL
}

// groups are the groups of one kind, by name.
type groups map[string]*group

func (g groups) at(name string) *group {
	if g[name] == nil {
		g[name] = &group{name: name, shares: map[*cell]*share{}, types: map[keyspace.Type]int{}}
	}
	return g[name]
}

// graded returns the group of a framework's keys that are proven to be its own, or
// of those that only look so.
func (g groups) graded(name string, certain bool) *group {
	key := name
	if !certain {
		key += "\x00"
	}
	one := g.at(key)
	one.name, one.certain = name, certain
	return one
}

// moment is a second, and whose keys expire in it.
type moment struct {
	second                      int64
	function, prefix, framework string
}

// tally adds up what is seen of the keys, cell by cell.
type tally struct {
	total                                             int
	looked                                            int
	byLength                                          bool
	all, prefixes, frameworks, funcs, stale, possible groups
	biggest                                           []inspect.Key
	moments                                           map[moment]map[*cell]int
	same                                              *same
}

func newTally(total int) *tally {
	return &tally{
		total: total, all: groups{}, prefixes: groups{}, frameworks: groups{}, funcs: groups{}, stale: groups{}, possible: groups{},
		moments: map[moment]map[*cell]int{},
	}
}

// add adds keys of a cell that were looked at, with samples of their values.
// digests may be nil.
func (t *tally) add(c *cell, keys []inspect.Key, samples []keyname.Sample, digests []inspect.Digest) {
	if digests != nil && t.same == nil {
		t.same = newSame()
	}
	for i, k := range keys {
		t.looked++
		if !k.Exists {
			continue
		}
		c.looked++
		t.byLength = t.byLength || k.ByLength
		framework, function, certain := attribute(c, k.Name, samples[i])
		t.all.at("").add(c, k)
		t.prefixes.at(c.prefix).add(c, k)
		if framework != "" {
			t.frameworks.graded(framework, certain).add(c, k)
		}
		if function != "" {
			t.funcs.at(function).add(c, k)
		}
		if c.orphan {
			t.stale.at("").add(c, k)
		}
		if c.possible {
			t.possible.at("").add(c, k)
		}
		if k.Meta.Expiry > 0 {
			t.expires(c, k.Meta.Expiry/1000, framework, function)
		}
		t.keep(k)
		if digests != nil {
			t.same.add(k, digests[i])
		}
	}
}

// attribute returns the framework that wrote a key and the function whose result
// it is, by what the cell knows already, the name and the value. certain is false
// if only the name, or the look of the value, supports the framework.
func attribute(c *cell, name []byte, sample keyname.Sample) (framework, function string, certain bool) {
	if c.function != "" || c.orphan {
		return "flask-caching", c.function, true
	}
	k := keyname.Explain(name, sample)
	if k.Kind != "memver" {
		function, _ = k.Part("function")
	}
	return k.Framework, function, k.Grade.Certain()
}

func (t *tally) expires(c *cell, second int64, framework, function string) {
	m := moment{second: second, function: function, framework: framework}
	if function == "" {
		m.prefix = c.prefix
	}
	if t.moments[m] == nil {
		t.moments[m] = map[*cell]int{}
	}
	t.moments[m][c]++
}

// keep remembers the largest keys.
func (t *tally) keep(k inspect.Key) {
	larger := func(a, b inspect.Key) int {
		return cmp.Or(cmp.Compare(b.Meta.Size, a.Meta.Size), slices.Compare(a.Name, b.Name))
	}
	if len(t.biggest) == biggest && larger(k, t.biggest[biggest-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(t.biggest, k, larger)
	t.biggest = slices.Insert(t.biggest, at, k)
	t.biggest = t.biggest[:min(len(t.biggest), biggest)]
}

func (g *group) add(c *cell, k inspect.Key) {
	s := g.shares[c]
	if s == nil {
		s = &share{}
		g.shares[c] = s
	}
	size := float64(max(k.Meta.Size, 0))
	s.keys++
	s.bytes += size
	s.square += size * size
	g.types[k.Meta.Type]++
	left := timeLeft(k)
	switch {
	case k.Meta.Expiry == keyspace.NoExpiry:
		s.noTTL++
	case left > 0:
		at := 0
		for at < len(Buckets) && left.Duration() > Buckets[at] {
			at++
		}
		s.ttl[at]++
		if g.soonest == 0 || left < g.soonest {
			g.soonest = left
		}
		g.late = max(g.late, left)
	}
}

// finish makes a Group of what was counted.
func (g *group) finish() Group {
	var keys, bytes, never sum
	var ttl [NumBuckets]sum
	for c, s := range g.shares {
		n, m := c.stands()
		if s.keys == m {
			keys.value += float64(n) // all of the cell is in the group
		} else {
			keys.addCount(n, m, s.keys)
		}
		bytes.add(n, m, s.bytes, s.square)
		never.addCount(n, m, s.noTTL)
		for i := range ttl {
			ttl[i].addCount(n, m, s.ttl[i])
		}
	}
	out := Group{
		Name: g.name, Certain: g.certain, Keys: keys.estimate(), Bytes: bytes.estimate(), NoTTL: never.estimate(),
		Types: g.types, Soonest: g.soonest, Late: g.late,
	}
	for i := range ttl {
		out.TTL[i] = ttl[i].estimate()
	}
	return out
}

// sorted are the finished groups, largest first.
func (g groups) sorted() []Group {
	list := make([]Group, 0, len(g))
	for _, one := range g {
		list = append(list, one.finish())
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Bytes.Value, a.Bytes.Value), cmp.Compare(b.Keys.Value, a.Keys.Value), cmp.Compare(a.Name, b.Name), cmp.Compare(btoi(b.Certain), btoi(a.Certain)))
	})
	return list
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (t *tally) report() *Report {
	r := &Report{
		All: t.all.at("").finish(), Prefixes: t.prefixes.sorted(), Frameworks: t.frameworks.sorted(), Functions: t.funcs.sorted(),
		Looked: t.looked, Exact: t.looked == t.total, Total: t.total, ByLength: t.byLength, Biggest: t.biggest,
	}
	r.Orphans = t.stale.at("").finish()
	r.Possible = t.possible.at("").finish()
	r.Peaks = t.peaks()
	if t.same != nil {
		r.Duplicates = t.same.report()
	}
	return r
}

// peaks finds the seconds in which unusually many keys of a kind expire.
func (t *tally) peaks() []ExpirySpike {
	type kind struct{ function, prefix, framework string }
	sums := map[kind]float64{}
	first, last := map[kind]int64{}, map[kind]int64{}
	list := make([]ExpirySpike, 0, peaks)
	estimated := map[moment]Estimate{}
	for m, cells := range t.moments {
		var keys sum
		seen := 0
		for c, n := range cells {
			of, looked := c.stands()
			keys.addCount(of, looked, n)
			seen += n
		}
		k := kind{m.function, m.prefix, m.framework}
		sums[k] += keys.value
		if first[k] == 0 || m.second < first[k] {
			first[k] = m.second
		}
		last[k] = max(last[k], m.second)
		if seen >= peakSeen && keys.value >= peakKeys {
			estimated[m] = keys.estimate()
		}
	}
	for _, m := range slices.SortedFunc(maps.Keys(estimated), func(a, b moment) int { return cmp.Compare(a.second, b.second) }) {
		k := kind{m.function, m.prefix, m.framework}
		if seconds := last[k] - first[k] + 1; seconds > peakTimes && float64(estimated[m].Value) < peakTimes*sums[k]/float64(seconds) {
			continue
		}
		list = append(list, ExpirySpike{At: time.Unix(m.second, 0), Keys: estimated[m], Function: m.function, Prefix: m.prefix, Framework: m.framework})
	}
	slices.SortStableFunc(list, func(a, b ExpirySpike) int { return cmp.Compare(b.Keys.Value, a.Keys.Value) })
	return list[:min(len(list), peaks)]
}
