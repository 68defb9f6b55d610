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
	keyNever   = uint64(1)<<60 - 2 // no expiry: behind every point in time
	keyUnknown = uint64(math.MaxUint64)
)

func expiryKey(expiry int64) uint64 {
	switch {
	case expiry == UnknownExpiry:
		return keyUnknown
	case expiry == NoExpiry:
		return keyNever
	}
	return min(uint64(expiry), keyNever-1)
}

// sizeKey is the key of a size in bytes, -1 when unknown.
func sizeKey(size int64) uint64 {
	if size < 0 {
		return keyUnknown
	}
	return min(uint64(size), keyNever-1)
}

// descending reports whether larger keys come first.
func (s *Spec) descending() bool { return (s.Order == BySize) != s.Reverse }

const keyBlock = 1 << 14 // keys between two looks at the context

// metaKeys fills in the keys of ids for ByTTL or BySize. Most of its time is
// waiting for memory, which goroutines can do side by side.
func (s *Snapshot) metaKeys(ctx context.Context, keys []uint64, ids []uint32, order Order) error {
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

func (s *Snapshot) blockKeys(cols []*columns, keys []uint64, ids []uint32, order Order) {
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

// sortKeys returns the indices of keys in order, equal ones as they are and
// unknown ones last, and the number of those. The keys are overwritten. They
// are squeezed into 32 bits for a radix sort; when that loses bits, the runs
// that look equal are put in order by comparing.
func sortKeys(keys []uint64, descending bool) (order []uint32, unknown int) {
	lo, hi := keyNever, uint64(0)
	for _, k := range keys {
		known := k
		if k >= keyNever {
			known = 0
		}
		lo, hi = min(lo, k), max(hi, known)
	}
	const never, last = math.MaxUint32 - 1, math.MaxUint32
	shift := 0
	for hi > lo && (hi-lo)>>shift >= never-1 {
		shift++
	}
	packed := keys
	if shift > 0 {
		packed = make([]uint64, len(keys))
	}
	for i, k := range keys {
		short := min((k-lo)>>shift+1, never)
		if descending {
			short = never - short
		}
		if k == keyUnknown {
			short = last
			unknown++
		}
		packed[i] = short<<32 | uint64(i)
	}
	packed = radixSort(packed, 32)
	order = make([]uint32, len(keys))
	for i, p := range packed {
		order[i] = uint32(p)
	}
	for i := 0; shift > 0 && i < len(order); {
		j := i + 1
		for j < len(order) && packed[j]>>32 == packed[i]>>32 {
			j++
		}
		slices.SortStableFunc(order[i:j], func(a, b uint32) int {
			if descending {
				a, b = b, a
			}
			return cmp.Compare(keys[a], keys[b])
		})
		i = j
	}
	return order, unknown
}

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
	mask := uint64(1)<<digit - 1
	b := make([]uint64, len(a))
	at := make([]uint32, mask+1)
	for shift := low; shift < high; shift += digit {
		clear(at)
		for _, v := range a {
			at[v>>shift&mask]++
		}
		sum := uint32(0)
		for d, n := range at {
			at[d] = sum
			sum += n
		}
		for _, v := range a {
			d := v >> shift & mask
			b[at[d]] = v
			at[d]++
		}
		a, b = b, a
	}
	return a
}
