package pickle

// memo maps the numbers of PUT to values. Pickle writers number from 0
// upwards, so it is a slice; a number far beyond those in use goes to a map
// and costs what one entry costs, not what the number says.
type memo struct {
	dense  []ref // none where nothing was put
	room   int   // entries up to which the next number can simply be appended
	sparse map[uint64]ref
	huge   map[string]ref // numbers beyond 64 bits, by their digits
	count  int            // numbers in use
	limit  int
}

func (t *memo) reset(limit int) {
	clear(t.sparse)
	clear(t.huge)
	t.dense, t.count, t.limit = t.dense[:0], 0, limit
	t.setRoom()
}

// setRoom says how far the fast paths may go: not at all when there are
// holes, which the next number could fall into.
func (t *memo) setRoom() {
	t.room = 0
	if t.count == len(t.dense) && len(t.sparse) == 0 {
		t.room = min(cap(t.dense), t.limit)
	}
}

// reach is how far the slice follows: holes may be three of four entries.
func (t *memo) reach() uint64 { return 4*uint64(t.count) + 256 }

// add is MEMOIZE: the next number is the count of those in use. It returns
// false at the limit.
func (t *memo) add(r ref) bool {
	n := t.count
	if n >= t.room {
		return t.putSlow(uint64(n), r)
	}
	t.dense = t.dense[:n+1]
	t.dense[n] = r
	t.count = n + 1
	return true
}

func (t *memo) get(n uint64) (ref, bool) {
	if n < uint64(len(t.dense)) && t.dense[n] != none {
		return t.dense[n], true
	}
	r, ok := t.sparse[n]
	return r, ok
}

func (t *memo) put(n uint64, r ref) bool {
	if n == uint64(t.count) {
		return t.add(r)
	}
	return t.putSlow(n, r)
}

func (t *memo) putSlow(n uint64, r ref) bool {
	if n < uint64(len(t.dense)) && t.dense[n] != none {
		t.dense[n] = r
		return true
	}
	if _, ok := t.sparse[n]; ok {
		t.sparse[n] = r
		return true
	}
	if t.count >= t.limit {
		return false
	}
	t.count++
	if n > t.reach() {
		if t.sparse == nil {
			t.sparse = make(map[uint64]ref)
		}
		t.sparse[n] = r
		t.room = 0
		return true
	}
	for n >= uint64(len(t.dense)) {
		t.dense = append(t.dense, none)
	}
	t.dense[n] = r
	t.setRoom()
	return true
}

// key is a memo number as the text opcodes write it.
type key struct {
	n    uint64
	huge string // instead of n, for a number beyond 64 bits
}

func (t *memo) getKey(k key) (ref, bool) {
	if k.huge == "" {
		return t.get(k.n)
	}
	r, ok := t.huge[k.huge]
	return r, ok
}

func (t *memo) putKey(k key, r ref) bool {
	if k.huge == "" {
		return t.put(k.n, r)
	}
	if _, ok := t.huge[k.huge]; !ok {
		if t.count >= t.limit {
			return false
		}
		t.count++
		t.room = 0
		if t.huge == nil {
			t.huge = make(map[string]ref)
		}
	}
	t.huge[k.huge] = r
	return true
}

// keepMemo is how many entries are kept for the next decode.
const keepMemo = 1 << 20

// shrink drops what would be wasteful to keep for the next decode.
func (t *memo) shrink() {
	if cap(t.dense) > keepMemo {
		t.dense = nil
	}
	if len(t.sparse) > 1024 {
		t.sparse = nil
	}
	t.huge = nil
}
