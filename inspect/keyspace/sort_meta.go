package keyspace

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
)

// Rows are sorted by keys of 64 bits: an expiry in milliseconds or a size in
// bytes, below keyNever, or one of these two.
const (
	keyNever   = whenNever - 1 // no expiry: behind every point in time
	keyUnknown = uint64(math.MaxUint64)
)

func expiryKey(expiry int64) uint64 {
	switch {
	case expiry == UnknownExpiry:
		return keyUnknown
	case expiry == NoExpiry:
		return keyNever
	case expiry == FieldsExpire:
		return keyNever - 1
	}
	return squeeze(max(expiry, 1))
}

// sizeKey is the key of a size in bytes, -1 when unknown.
func sizeKey(size int64) uint64 {
	if size < 0 {
		return keyUnknown
	}
	return min(uint64(size), keyNever-1)
}

// descending reports whether larger keys come first.
func (s *RowSpec) descending() bool { return (s.Order == BySize) != s.Reverse }

const keyBlock = 1 << 14 // keys between two looks at the context

// metaKeys fills in the keys of ids for ByTTL or BySize. Most of its time is
// waiting for memory, which goroutines can do side by side.
func (s *Snapshot) metaKeys(ctx context.Context, keys []uint64, ids []uint32, order SortOrder) error {
	cols := make([]*columns, len(s.pages))
	for i, p := range s.pages {
		if p != nil {
			cols[i] = p.meta.Load()
		}
	}
	return parallel(ctx, (len(ids)+keyBlock-1)/keyBlock, func(_, block int) {
		lo := block * keyBlock
		hi := min(len(ids), lo+keyBlock)
		s.blockKeys(cols, keys[lo:hi], ids[lo:hi], order)
	})
}

func (s *Snapshot) blockKeys(cols []*columns, keys []uint64, ids []uint32, order SortOrder) {
	for i, id := range ids {
		c := cols[id>>pageBits]
		switch {
		case c == nil:
			keys[i] = keyUnknown
		case order == BySize:
			keys[i] = sizeKey(s.size(c, id))
		default:
			keys[i] = whenKey(c.when[id&pageMask].Load())
		}
	}
}

// sortKeys puts ids in the order of their keys, equal ones as they are and
// unknown ones last, and counts those. The keys are overwritten. They are
// squeezed into 32 bits for a radix sort; when that loses bits, the runs that
// look equal are put in order by comparing.
func sortKeys(keys []uint64, ids []uint32, descending bool) (sorted []uint32, unknown int) {
	lo, hi := keyNever, uint64(0)
	for _, k := range keys {
		known := k
		if k >= keyNever {
			known = 0
		}
		lo, hi = min(lo, k), max(hi, known)
	}
	shift := 0
	for hi > lo && (hi-lo)>>shift >= shortNever-1 {
		shift++
	}
	packed := keys
	if shift > 0 {
		packed = make([]uint64, len(keys))
	}
	for i, k := range keys {
		short := min((k-lo)>>shift+1, shortNever)
		if descending {
			short = shortNever - short
		}
		if k == keyUnknown {
			short = shortUnknown
			unknown++
		}
		low := uint64(i)
		if shift == 0 {
			low = uint64(ids[i])
		}
		packed[i] = short<<32 | low
	}
	packed = radixSort(packed, 32)
	if shift > 0 {
		sortRuns(packed, keys, descending)
	}
	sorted = make([]uint32, len(packed))
	for i, p := range packed {
		sorted[i] = uint32(p)
		if shift > 0 {
			sorted[i] = ids[uint32(p)]
		}
	}
	return sorted, unknown
}

// Keys in 32 bits.
const (
	shortNever   = math.MaxUint32 - 1
	shortUnknown = math.MaxUint32
)

// sortRuns sorts the runs of packed keys that are equal in their upper half by
// the keys that their lower half is the index of.
func sortRuns(packed, keys []uint64, descending bool) {
	for i := 0; i < len(packed); {
		j := i + 1
		for j < len(packed) && packed[j]>>32 == packed[i]>>32 {
			j++
		}
		slices.SortStableFunc(packed[i:j], func(a, b uint64) int {
			if descending {
				a, b = b, a
			}
			return cmp.Compare(keys[uint32(a)], keys[uint32(b)])
		})
		i = j
	}
}

const parallelRadix = 1 << 16 // keys that are worth a second goroutine

// radixSort sorts by the bits from the given one up, stably. It returns either
// its argument or another slice.
func radixSort(a []uint64, from int) []uint64 {
	if len(a) < 2 {
		return a
	}
	differ := uint64(0)
	for _, v := range a {
		differ |= v ^ a[0]
	}
	differ &^= 1<<from - 1
	if differ == 0 {
		return a
	}
	// As few passes as 11 bits allow, over no more bits than there are.
	low, high := bits.TrailingZeros64(differ), bits.Len64(differ)
	passes := (high - low + 10) / 11
	digit := (high - low + passes - 1) / passes
	r := radix{a: a, b: make([]uint64, len(a)), mask: 1<<digit - 1, at: make([][]uint32, 1)}
	if len(a) >= parallelRadix {
		r.at = make([][]uint32, workers())
	}
	for i := range r.at {
		r.at[i] = make([]uint32, 1<<digit)
	}
	for r.shift = low; r.shift < high; r.shift += digit {
		r.pass()
	}
	return r.a
}

// A radix is a radix sort by the least significant digit first, in parts that
// are counted and moved side by side.
type radix struct {
	a, b  []uint64
	at    [][]uint32 // for each part and digit: its count, then its next place
	shift int
	mask  uint64
}

// pass moves a to b by one digit, and changes the names.
func (r *radix) pass() {
	to, shift, mask := r.b, r.shift, r.mask
	r.each(func(at []uint32, part []uint64) {
		clear(at)
		for _, v := range part {
			at[v>>shift&mask]++
		}
	})
	sum := uint32(0)
	for d := range r.at[0] {
		for _, at := range r.at {
			at[d], sum = sum, sum+at[d]
		}
	}
	r.each(func(at []uint32, part []uint64) {
		for _, v := range part {
			d := v >> shift & mask
			to[at[d]] = v
			at[d]++
		}
	})
	r.a, r.b = r.b, r.a
}

func (r *radix) each(do func(at []uint32, part []uint64)) {
	n := len(r.at)
	// The context is never done, so there is no error.
	_ = parallel(context.Background(), n, func(_, i int) {
		do(r.at[i], r.a[len(r.a)*i/n:len(r.a)*(i+1)/n])
	})
}
