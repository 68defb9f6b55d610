package insight

import "math"

// Estimate is a number and how far off it may be: with a chance of 95 %, by the
// normal approximation, the truth is within Margin of Value. Margin is 0 when
// Value was counted, or all that was seen is alike. A few values much larger than all others can be missed by
// a sample, which no margin tells: Exact looks at them all.
type Estimate struct{ Value, Margin int64 }

// Exact tells whether there is no margin.
func (e Estimate) Exact() bool { return e.Margin == 0 }

// Low and High are the ends of the interval; none is below zero.
func (e Estimate) Low() int64 { return max(e.Value-e.Margin, 0) }

// High is the upper end of the interval.
func (e Estimate) High() int64 { return e.Value + e.Margin }

// sum adds up a sum that is estimated stratum by stratum.
type sum struct{ value, variance float64 }

// add adds a stratum of n keys of which m were looked at. The looked at add up
// to total, and their squares to squares; those outside of what is counted
// count as zero.
func (s *sum) add(n, m int, total, squares float64) {
	if m == 0 {
		return
	}
	s.value += float64(n) / float64(m) * total
	if m >= n || m < 2 {
		return
	}
	spread := max(squares-total*total/float64(m), 0) / float64(m-1)
	s.variance += float64(n) * float64(n-m) * spread / float64(m)
}

// addCount is add for a number of keys, k of m. None seen of a kind does not
// mean that there are none: two are supposed more of either kind, so that the
// margin is never nothing (Agresti and Coull, 1998).
func (s *sum) addCount(n, m, k int) {
	if m == 0 {
		return
	}
	s.value += float64(n) / float64(m) * float64(k)
	if m >= n {
		return
	}
	p := (float64(k) + 2) / (float64(m) + 4)
	s.variance += float64(n) * float64(n-m) * p * (1 - p) / float64(m+4)
}

func (s *sum) estimate() Estimate {
	return Estimate{int64(math.Round(s.value)), int64(math.Ceil(1.96 * math.Sqrt(s.variance)))}
}
