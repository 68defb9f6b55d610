package keyspace

import (
	"cmp"
	"math"
	"slices"
)

// Keys to sort rows by, smaller first. What is known is between the two ends.
const (
	keyFirst   = uint64(0)
	keyLast    = uint64(math.MaxUint64 - 1)
	keyUnknown = uint64(math.MaxUint64)
	keyMiddle  = uint64(1) << 62
)

// ttlKey is the key of an expiry.
func ttlKey(expiry int64, reverse bool) uint64 {
	switch {
	case expiry == UnknownExpiry:
		return keyUnknown
	case expiry == NoExpiry && reverse:
		return keyFirst
	case expiry == NoExpiry:
		return keyLast
	case reverse:
		return keyMiddle - uint64(expiry)
	default:
		return uint64(expiry)
	}
}

// sizeKey is the key of a size in bytes, -1 when unknown.
func sizeKey(size int64, reverse bool) uint64 {
	switch {
	case size < 0:
		return keyUnknown
	case reverse:
		return keyFirst + uint64(size)
	default:
		return keyMiddle - min(uint64(size), keyMiddle)
	}
}

// metaKeys returns the keys of ids, and how many of them are unknown. The order
// is ByTTL or BySize.
func (s *Snapshot) metaKeys(ids []uint32, order Order, reverse bool) (keys []uint64, unknown int) {
	keys = make([]uint64, len(ids))
	for i, id := range ids {
		keys[i] = keyUnknown
		if c := s.pages[id>>pageBits].meta.Load(); c != nil {
			if order == ByTTL {
				expiry, _ := unpackWhen(c.when[id&pageMask].Load())
				keys[i] = ttlKey(expiry, reverse)
			} else {
				keys[i] = sizeKey(s.size(c, id), reverse)
			}
		}
		if keys[i] == keyUnknown {
			unknown++
		}
	}
	return keys, unknown
}

// sortKeys returns the indices of keys in ascending order, equal ones in the
// order they are in. Keys are squeezed into 32 bits for a radix sort; when that
// loses bits, the runs that look equal are put in order by comparing.
func sortKeys(keys []uint64) []uint32 {
	lo, hi := keyLast, keyFirst
	for _, k := range keys {
		if k > keyFirst && k < keyLast {
			lo, hi = min(lo, k), max(hi, k)
		}
	}
	shift := 0
	for hi > lo && (hi-lo)>>shift > math.MaxUint32-3 {
		shift++
	}
	packed := make([]uint64, len(keys))
	for i, k := range keys {
		var short uint64
		switch k {
		case keyFirst:
		case keyLast:
			short = math.MaxUint32 - 1
		case keyUnknown:
			short = math.MaxUint32
		default:
			short = (k-lo)>>shift + 1
		}
		packed[i] = short<<32 | uint64(i)
	}
	packed = radixSort(packed, 32)
	order := make([]uint32, len(keys))
	for i, p := range packed {
		order[i] = uint32(p)
	}
	for i := 0; shift > 0 && i < len(order); {
		j := i + 1
		for j < len(order) && packed[j]>>32 == packed[i]>>32 {
			j++
		}
		slices.SortStableFunc(order[i:j], func(a, b uint32) int { return cmp.Compare(keys[a], keys[b]) })
		i = j
	}
	return order
}

// radixSort sorts by the bits from the given one up, stably. It returns either
// its argument or another slice.
func radixSort(a []uint64, from int) []uint64 {
	const digit = 11
	differ := uint64(0)
	for _, v := range a {
		differ |= v ^ a[0]
	}
	b := make([]uint64, len(a))
	for shift := from; shift < 64; shift += digit {
		if differ>>shift&(1<<digit-1) == 0 {
			continue
		}
		var at [1 << digit]int
		for _, v := range a {
			at[v>>shift&(1<<digit-1)]++
		}
		sum := 0
		for d, n := range at {
			at[d] = sum
			sum += n
		}
		for _, v := range a {
			d := v >> shift & (1<<digit - 1)
			b[at[d]] = v
			at[d]++
		}
		a, b = b, a
	}
	return a
}
