package insight

import (
	"fmt"
	"strings"
	"time"

	"cacheview/inspect"
)

// Level is how much a Finding matters.
type Level int

// The levels.
const (
	Note Level = iota // good to know
	Warn              // will hurt, or wastes something
	Bad               // hurts now
)

// String is the level in one word, as JSON has it.
func (l Level) String() string { return [...]string{"note", "warn", "bad"}[l] }

// Finding is something about a server that its owner would want to know.
type Finding struct {
	Level Level
	// Name never changes, for programs: "evicting".
	Name string
	// Problem is the case, and what to Do about it, each in one sentence without
	// a full stop.
	Problem, Advice string
}

// Vitals are the figures of a server that Findings judges. Zero values stand
// for what could not be asked.
type Vitals struct {
	Info      inspect.Info
	Rates     Rates // of the last seconds; the zero value before there are two looks
	Databases []inspect.Database
	Ping      time.Duration
	Slow      []inspect.SlowlogEntry
}

// The limits from which a figure is a finding.
const (
	fewLookups   = 100 // of fewer, a ratio says nothing
	lowRatio     = 0.5
	slowPing     = 100 * time.Millisecond
	fragmented   = 1.5
	fragmentedBy = 100 << 20 // bytes; a small server always looks fragmented
	nearlyFull   = 0.9
)

// Findings says in plain words what is wrong with a server, worst first.
func Findings(v Vitals) []Finding {
	var list []Finding
	if v.Info != (inspect.Info{}) {
		list = append(list, memory(v)...)
		list = append(list, ratio(v)...)
		list = append(list, health(v)...)
	}
	if v.Ping > slowPing {
		list = append(list, Finding{
			Warn, "slow-answers", fmt.Sprintf("our own PING took %s", v.Ping.Round(time.Millisecond)),
			"look at the slow log, and at the network between here and there",
		})
	}
	sorted := make([]Finding, 0, len(list))
	for level := Bad; level >= Note; level-- {
		for _, f := range list {
			if f.Level == level {
				sorted = append(sorted, f)
			}
		}
	}
	return sorted
}

// memory judges the limit, the policy, and what comes of them.
func memory(v Vitals) []Finding {
	i := v.Info
	var list []Finding
	if i.MaxMemory == 0 && i.UsedMemory > 0 {
		list = append(list, Finding{
			Warn, "no-maxmemory", "there is no maxmemory: the cache grows until the machine has none left",
			"set maxmemory, and maxmemory-policy allkeys-lru or allkeys-lfu for a cache",
		})
	}
	if v.Rates.Evicted > 0 {
		list = append(list, Finding{
			Bad, "evicting", fmt.Sprintf("evicting %.3g keys a second: entries go before their time", v.Rates.Evicted),
			"raise maxmemory, shorten times to live, or store less",
		})
	} else if i.Evicted > 0 {
		list = append(list, Finding{
			Warn, "evicted", fmt.Sprintf("%d keys were evicted since the server started", i.Evicted),
			"raise maxmemory, shorten times to live, or store less",
		})
	}
	full := i.MaxMemory > 0 && float64(i.UsedMemory) >= nearlyFull*float64(i.MaxMemory)
	keys, forever := int64(0), int64(0)
	for _, db := range v.Databases {
		keys += db.Keys
		forever += db.Keys - db.Expires
	}
	switch {
	case i.MaxMemory > 0 && i.Policy == "noeviction":
		level := Note
		if full {
			level = Bad
		}
		list = append(list, Finding{
			level, "noeviction", "the policy is noeviction: when memory is full, writes fail",
			"use allkeys-lru or allkeys-lfu if everything in it is a cache",
		})
	case i.MaxMemory > 0 && strings.HasPrefix(i.Policy, "volatile-") && forever > 0:
		level := Note
		if full || 2*forever > keys {
			level = Warn
		}
		list = append(list, Finding{
			level, "never-evicted",
			fmt.Sprintf("the policy %s never evicts keys without TTL: %d of %d keys have none", i.Policy, forever, keys),
			"give them a time to live, or use an allkeys- policy",
		})
	}
	if i.Fragmentation >= fragmented && i.Resident-i.UsedMemory > fragmentedBy {
		list = append(list, Finding{
			Warn, "fragmented", fmt.Sprintf("the process holds %.1f times the memory that it uses", i.Fragmentation),
			"CONFIG SET activedefrag yes, or restart it at a quiet hour",
		})
	}
	return list
}

// ratio judges hits and misses, of now before those of all time.
func ratio(v Vitals) []Finding {
	low := func(name, when string, hits, misses int64) []Finding {
		if hits+misses < fewLookups || float64(hits) >= lowRatio*float64(hits+misses) {
			return nil
		}
		return []Finding{{
			Warn, name, fmt.Sprintf("hit ratio under 50 %% %s: %.0f %% of %d lookups", when, 100*float64(hits)/float64(hits+misses), hits+misses),
			"use longer TTLs, or do not cache what is read once; the activity page shows which prefix misses",
		}}
	}
	if f := low("low-hit-ratio", "now", v.Rates.Hits, v.Rates.Misses); f != nil {
		return f
	}
	return low("low-hit-ratio-ever", "since the server started", v.Info.Hits, v.Info.Misses)
}

// health judges persistence and connections.
func health(v Vitals) []Finding {
	i := v.Info
	var list []Finding
	if i.SnapshotFailed {
		list = append(list, Finding{
			Bad, "snapshot-failing", "persistence failing: the last snapshot could not be written",
			"look for a full disk or rights in its log; by default such a server refuses writes",
		})
	}
	if i.AppendFailed {
		list = append(list, Finding{
			Bad, "append-failing", "persistence failing: the append-only file could not be written",
			"look for a full disk or rights in its log",
		})
	}
	if i.Rejected > 0 {
		list = append(list, Finding{
			Warn, "rejected", fmt.Sprintf("%d connections were refused: more than maxclients", i.Rejected),
			"use connection pools in the apps, or raise maxclients",
		})
	}
	if n := len(v.Slow); n > 0 {
		list = append(list, Finding{
			Note, "slow-commands", fmt.Sprintf("the slow log has entries, the newest of %s", v.Slow[0].Took.Round(time.Microsecond)),
			"see the list; KEYS, big ranges and long scripts hold everybody else up",
		})
	}
	return list
}
