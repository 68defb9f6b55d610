// Package insight works out whether a cache does any good: what the server's
// figures say in plain words, what the keys cost by prefix, framework and
// function, which of them will expire at once, and how often reads find what
// they look for.
//
// It is arithmetic on what package inspect was told. It sends no command of its
// own, keeps no clock and no randomness but what it is given, and every figure
// that is an estimate says how far off it may be.
package insight

import (
	"time"

	"cacheview/inspect"
)

// Rates is what happened on a server between two looks at its figures.
type Rates struct {
	Over time.Duration // between the two looks
	// Hits and Misses are lookups of others in that time.
	Hits, Misses int64
	// Commands, Evicted and Expired are per second.
	Commands, Evicted, Expired float64
}

// HitRatio is the share of lookups that found their key, 0..1, and false when
// there has been none.
func (r Rates) HitRatio() (float64, bool) {
	if r.Hits+r.Misses <= 0 {
		return 0, false
	}
	return float64(r.Hits) / float64(r.Hits+r.Misses), true
}

// RatesBetween compares two looks at the same server. It reports false when there is
// no telling: one of them is empty, they are of the same moment, or the server
// was restarted, or its counters reset, between them.
func RatesBetween(before, after inspect.Info) (Rates, bool) {
	over := after.At.Sub(before.At)
	if before.At.IsZero() || after.At.IsZero() || over <= 0 {
		return Rates{}, false
	}
	hits, misses := after.Hits-before.Hits, after.Misses-before.Misses
	if hits < 0 || misses < 0 || after.Uptime < before.Uptime || after.Expired < before.Expired || after.Evicted < before.Evicted {
		return Rates{}, false
	}
	per := func(n int64) float64 { return float64(max(n, 0)) / over.Seconds() }
	return Rates{
		Over: over, Hits: hits, Misses: misses,
		Commands: per(after.Commands - before.Commands),
		Evicted:  per(after.Evicted - before.Evicted),
		Expired:  per(after.Expired - before.Expired),
	}, true
}
