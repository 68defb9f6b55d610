package pagebench

import (
	"slices"
	"time"
)

// Times are how long requests took, in the order of the requests.
type Times []time.Duration

// Quantile returns the shortest time that at least a share q, 0..1, of the
// requests took at most (the nearest rank); 0 when there are none.
func (t Times) Quantile(q float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	at := int(q * float64(len(sorted)))
	if float64(at) == q*float64(len(sorted)) {
		at--
	}
	return sorted[min(max(at, 0), len(sorted)-1)]
}

// Min is the shortest time.
func (t Times) Min() time.Duration { return t.Quantile(0) }

// Median is the middle time; of an even number the shorter of the two.
func (t Times) Median() time.Duration { return t.Quantile(0.5) }

// P95 is the time that 95 of 100 requests did not exceed.
func (t Times) P95() time.Duration { return t.Quantile(0.95) }

// Max is the longest time.
func (t Times) Max() time.Duration { return t.Quantile(1) }

// Edges are the upper ends of the buckets of Histogram.
var Edges = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second,
}

// Histogram counts the times by Edges; the last bucket has no end.
func (t Times) Histogram() [len(Edges) + 1]int {
	var h [len(Edges) + 1]int
	for _, d := range t {
		at := 0
		for at < len(Edges) && d > Edges[at] {
			at++
		}
		h[at]++
	}
	return h
}
