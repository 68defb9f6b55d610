package insight

import (
	"bytes"
	"cmp"
	"slices"

	"cacheview/inspect"
)

const (
	sameShown = 10 // values in Duplicates.Largest
	sameNames = 3  // names of each
)

// same finds keys that hold equal values.
type same struct {
	byDigest          map[inspect.Digest]*Duplicate
	compared, skipped int
}

func newSame() *same { return &same{byDigest: map[inspect.Digest]*Duplicate{}} }

func (s *same) add(k inspect.Key, d inspect.Digest) {
	if d == (inspect.Digest{}) {
		s.skipped++
		return
	}
	s.compared++
	one := s.byDigest[d]
	if one == nil {
		one = &Duplicate{Bytes: max(k.Meta.Size, 0)}
		s.byDigest[d] = one
	}
	one.Keys++
	if len(one.Sample) < sameNames {
		one.Sample = append(one.Sample, bytes.Clone(k.Name))
	}
}

func (s *same) report() *Duplicates {
	r := &Duplicates{Compared: s.compared, Skipped: s.skipped}
	for _, d := range s.byDigest {
		if d.Keys < 2 {
			continue
		}
		r.Keys += d.Keys
		r.Wasted += d.Bytes * int64(d.Keys-1)
		r.Largest = append(r.Largest, *d)
	}
	slices.SortFunc(r.Largest, func(a, b Duplicate) int {
		return cmp.Or(cmp.Compare(b.Bytes*int64(b.Keys-1), a.Bytes*int64(a.Keys-1)), slices.Compare(a.Sample[0], b.Sample[0]))
	})
	r.Largest = r.Largest[:min(len(r.Largest), sameShown)]
	return r
}
