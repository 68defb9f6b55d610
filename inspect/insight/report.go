package insight

import (
	"time"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// Buckets are the upper ends of the histogram of times to live; the last
// bucket has no end.
var Buckets = [...]time.Duration{
	10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour,
}

// NumBuckets is one more than there are ends.
const NumBuckets = len(Buckets) + 1

// Report is what a survey found.
type Report struct {
	All Group
	// Prefixes, Frameworks and Functions have the largest first. A key without
	// a framework or a function is in none of those. A framework is there twice
	// if some of its keys are proven and others are not.
	Prefixes, Frameworks, Functions []Group
	// Orphans are results of which it is proven that no call can reach them,
	// and Possible keys that are possibly such results. They are only there
	// when the apps were analyzed.
	Orphans, Possible Group
	// Looked is how many keys were looked at; Exact tells that it was all.
	Looked int
	Exact  bool
	// Partial is a survey that was stopped: the figures cover only All.Keys of
	// the Total keys that there are.
	Partial bool
	Total   int
	// ByLength is true when sizes are lengths, because MEMORY USAGE is not to
	// be had.
	ByLength bool
	// Biggest are the largest keys among those looked at.
	Biggest []inspect.Key
	// Peaks are moments when many keys of a function or a prefix expire at
	// once, the most first.
	Peaks []ExpirySpike
	// Duplicates is nil unless it was asked for.
	Duplicates *Duplicates
}

// Group is what is known of the keys that have something in common.
type Group struct {
	Name string // the prefix, framework or function
	// Certain is true for keys of a framework whose values prove it, and false
	// for those that only look like the framework's by their names.
	Certain       bool
	Keys          Estimate
	Bytes         Estimate
	NoTTL         Estimate
	Types         map[keyspace.Type]int // of those looked at
	TTL           [NumBuckets]Estimate  // keys that expire, by Buckets
	Soonest, Late keyspace.TTL          // of those looked at; 0, 0 when none expires
}

// Average is the mean size of a key, in bytes.
func (g Group) Average() int64 {
	if g.Keys.Value == 0 {
		return 0
	}
	return g.Bytes.Value / g.Keys.Value
}

// ExpirySpike is a second in which many keys expire: whoever asks then finds nothing,
// and all of it is worked out again at once.
type ExpirySpike struct {
	At        time.Time // the beginning of the second, by our clock
	Keys      Estimate
	Function  string // "" when it is not known
	Prefix    string // of the keys, when they have no function
	Framework string
}

// Duplicates are values that are there more than once, among the strings that
// were looked at.
type Duplicates struct {
	Compared int   // values
	Skipped  int   // keys of other types, or too large to read
	Keys     int   // that hold a value which another key holds, too
	Wasted   int64 // bytes of all but one of each
	Largest  []Duplicate
}

// Duplicate is one value that several keys hold.
type Duplicate struct {
	Keys   int
	Bytes  int64    // of one of them
	Sample [][]byte // names of at most three
}
