package keyspace

import (
	"bytes"
	"context"
	"encoding/binary"
	"runtime"
	"slices"
	"sort"
	"sync"
)

// nameSorter sorts ids by the bytes of their names: a most significant digit
// first radix sort that looks at eight bytes of every name at a time. It is
// stable until the last step, so that groups are read in the order in which
// their names are in memory.
type nameSorter struct {
	ctx  context.Context
	s    *Snapshot
	free chan struct{} // a place for each goroutine that may be started
	wg   sync.WaitGroup
}

// nameKey is a name with eight of its bytes, the first of them highest, zeros
// behind its end.
type nameKey struct {
	key uint64
	id  uint32
}

const (
	smallSort = 24      // names that are sorted by comparing
	spawnSort = 1 << 13 // names that are worth a goroutine
)

// sortNames sorts ids by name. Their names must be distinct.
func (s *Snapshot) sortNames(ctx context.Context, ids []uint32) error {
	keys, spare := make([]nameKey, len(ids)), make([]nameKey, len(ids))
	for i, id := range ids {
		keys[i].id = id
	}
	w := &nameSorter{ctx: ctx, s: s, free: make(chan struct{}, max(0, workers()-1))}
	w.load(keys, 0)
	w.sort(keys, spare, 0)
	w.wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range keys {
		ids[i] = keys[i].id
	}
	return nil
}

// load reads the keys' eight bytes at depth.
func (w *nameSorter) load(keys []nameKey, depth int) {
	for i := range keys {
		keys[i].key = eightAt(w.s.Name(keys[i].id), depth)
	}
}

func eightAt(name []byte, depth int) uint64 {
	if depth+8 <= len(name) {
		return binary.BigEndian.Uint64(name[depth:])
	}
	var last [8]byte
	copy(last[:], name[min(depth, len(name)):])
	return binary.BigEndian.Uint64(last[:])
}

// sort sorts keys that are equal in all bytes before depth and loaded there.
func (w *nameSorter) sort(keys, spare []nameKey, depth int) {
	for {
		if len(keys) <= smallSort {
			w.small(keys, depth)
			return
		}
		if len(keys) > 10000 {
			if w.ctx.Err() != nil {
				return
			}
			runtime.Gosched() // see parallel
		}
		differ := uint64(0)
		for _, k := range keys[1:] {
			differ |= k.key ^ keys[0].key
		}
		if differ != 0 {
			w.split(keys, spare, depth, differ)
			return
		}
		// All eight bytes are equal: those that end here come first, the
		// shortest before.
		ended := w.ended(keys, spare, depth+8)
		keys, spare = keys[ended:], spare[ended:]
		if len(keys) == 0 {
			return
		}
		depth = w.common(keys, depth+8)
		w.load(keys, depth)
	}
}

// split distributes the keys by the first byte in which they differ.
func (w *nameSorter) split(keys, spare []nameKey, depth int, differ uint64) {
	shift := 56
	for differ>>shift == 0 {
		shift -= 8
	}
	var at [257]int
	for _, k := range keys {
		at[int(byte(k.key>>shift))+1]++
	}
	for b := 1; b < 257; b++ {
		at[b] += at[b-1]
	}
	ends := at
	for _, k := range keys {
		b := byte(k.key >> shift)
		spare[ends[b]] = k
		ends[b]++
	}
	copy(keys, spare)
	for b := range 256 {
		if lo, hi := at[b], ends[b]; hi-lo > 1 {
			w.spawn(keys[lo:hi], spare[lo:hi], depth)
		}
	}
}

// spawn sorts, in another goroutine when it is worth it and one is free.
func (w *nameSorter) spawn(keys, spare []nameKey, depth int) {
	if len(keys) >= spawnSort {
		select {
		case w.free <- struct{}{}:
			w.wg.Go(func() {
				w.sort(keys, spare, depth)
				<-w.free
			})
			return
		default:
		}
	}
	w.sort(keys, spare, depth)
}

// ended moves the names that end at or before depth to the front.
func (w *nameSorter) ended(keys, spare []nameKey, depth int) int {
	n, rest := 0, 0
	for _, k := range keys {
		if len(w.s.Name(k.id)) <= depth {
			keys[n] = k
			n++
		} else {
			spare[rest] = k
			rest++
		}
	}
	copy(keys[n:], spare[:rest])
	slices.SortFunc(keys[:n], func(a, b nameKey) int {
		return len(w.s.Name(a.id)) - len(w.s.Name(b.id))
	})
	return n
}

// common returns how many bytes all names share: more than depth only where
// whole steps of eight are saved, so that no name is shorter than what it
// returns.
func (w *nameSorter) common(keys []nameKey, depth int) int {
	first := w.s.Name(keys[0].id)
	shared := len(first)
	for _, k := range keys[1:] {
		shared = depth + commonPrefix(first[depth:shared], w.s.Name(k.id)[depth:])
		if shared < depth+8 {
			return depth
		}
	}
	return shared
}

// small sorts a few keys by insertion.
func (w *nameSorter) small(keys []nameKey, depth int) {
	for i := 1; i < len(keys); i++ {
		k := keys[i]
		j := i
		for j > 0 && w.less(k, keys[j-1], depth) {
			keys[j] = keys[j-1]
			j--
		}
		keys[j] = k
	}
}

func (w *nameSorter) less(a, b nameKey, depth int) bool {
	if a.key != b.key {
		return a.key < b.key
	}
	return bytes.Compare(w.s.Name(a.id)[depth:], w.s.Name(b.id)[depth:]) < 0
}

// commonPrefix returns how many bytes a and b begin with in common.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if binary.LittleEndian.Uint64(a[i:]) != binary.LittleEndian.Uint64(b[i:]) {
			break
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// mergeNames merges two lists that are sorted by name. It looks for the places
// of the second's, which should be the shorter one.
func (s *Snapshot) mergeNames(long, short []uint32) []uint32 {
	if len(short) == 0 {
		return long
	}
	merged := make([]uint32, 0, len(long)+len(short))
	for _, id := range short {
		n := s.lowerBound(long, s.Name(id))
		merged = append(merged, long[:n]...)
		merged = append(merged, id)
		long = long[n:]
	}
	return append(merged, long...)
}

// lowerBound returns how many of the ids, which are sorted by name, have a name
// below this one. It is fastest when they are few.
func (s *Snapshot) lowerBound(ids []uint32, name []byte) int {
	lo, step := 0, 1
	for lo+step <= len(ids) && bytes.Compare(s.Name(ids[lo+step-1]), name) < 0 {
		lo += step
		step *= 2
	}
	return lo + sort.Search(min(step-1, len(ids)-lo), func(i int) bool {
		return bytes.Compare(s.Name(ids[lo+i]), name) >= 0
	})
}

// prefixRange returns the stretch of the ids, which are sorted by name, whose
// names begin with prefix.
func (s *Snapshot) prefixRange(ids []uint32, prefix []byte) (lo, hi int) {
	lo = s.lowerBound(ids, prefix)
	return lo, lo + sort.Search(len(ids)-lo, func(i int) bool {
		return !bytes.HasPrefix(s.Name(ids[lo+i]), prefix)
	})
}
