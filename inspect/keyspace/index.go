package keyspace

import (
	"bytes"
	"hash/maphash"
	"math"
	"slices"
	"sync"
	"unsafe"
)

const (
	maxHint     = 1 << 24 // a server's word is not enough to allocate more
	bytesPerKey = 32      // a guess, to size the first chunk
	minChunk    = 4 << 10
	minCompact  = pageSize // dead ids before compaction is worth its while
)

// An Index holds the names and the metadata of a database's keys. One mutex
// orders its writers; readers work on a Snapshot and take no lock.
//
// Every key has an id. An id names one key for as long as the Index lives, but
// a key may get another id: when it is removed and comes back, after Clear,
// and when a compaction reissues the ids of all that lives because more than
// half of the issued ones are dead. Whoever keeps an id longer than a Snapshot
// keeps the name instead.
type Index struct {
	mu     sync.Mutex
	now    Snapshot // the writer's own state; its chunks grow in place
	set    table
	seed   maphash.Seed
	next   int // size of the next chunk
	latest *Snapshot
	held   held
}

// New returns an empty Index with room for hint keys, which is DBSIZE or zero;
// any number of keys may be added.
func New(hint int) *Index {
	hint = min(max(hint, 0), maxHint)
	x := &Index{seed: maphash.MakeSeed()}
	x.now.index = x
	x.now.huge = new(sync.Map)
	x.next = min(max(hint*bytesPerKey, minChunk), chunkMask)
	x.now.pages = make([]*page, 0, hint/pageSize+1)
	if hint > 0 {
		x.set.hint(hint)
	}
	return x
}

// Add copies the names that are not there yet and returns the ids they got:
// from <= id < to, in the order of the names. Duplicates get none.
func (x *Index) Add(names ...[]byte) (from, to uint32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	from = x.now.n
	for _, name := range names {
		x.add(name)
	}
	return x.added(from)
}

// AddStrings is Add for names that are strings.
func (x *Index) AddStrings(names []string) (from, to uint32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	from = x.now.n
	for _, name := range names {
		// The view is read and never kept: add copies the bytes.
		x.add(unsafe.Slice(unsafe.StringData(name), len(name)))
	}
	return x.added(from)
}

func (x *Index) added(from uint32) (uint32, uint32) {
	if x.now.n != from {
		x.now.rev++
	}
	return from, x.now.n
}

func (x *Index) add(name []byte) {
	hash := maphash.Bytes(x.seed, name)
	s := x.set.shard(hash)
	if _, found := x.find(s, hash, name); found || x.now.n == math.MaxUint32 {
		return
	}
	if s.full() {
		s.grow(func(id uint32) uint64 { return maphash.Bytes(x.seed, x.now.Name(id)) })
	}
	s.put(hash, x.push(name))
	x.now.living++
}

func (x *Index) find(s *shard, hash uint64, name []byte) (slot int, ok bool) {
	return s.find(hash, func(id uint32) bool {
		return bytes.Equal(x.now.name(x.now.pages[id>>pageBits], id), name)
	})
}

// push stores a name and returns its id. Nothing that a snapshot can see is
// written: not the bytes before a chunk's length, not the ends of older ids.
func (x *Index) push(name []byte) uint32 {
	s := &x.now
	id := s.n
	if id&pageMask == 0 {
		p := new(page)
		if id > x.now.base {
			p.ends[0] = s.pages[len(s.pages)-1].ends[pageSize]
		}
		s.pages = append(s.pages, p)
	}
	k := len(s.chunks) - 1
	if k < 0 || len(s.chunks[k])+len(name) > cap(s.chunks[k]) {
		k++
		s.chunks = append(s.chunks, make([]byte, 0, max(x.next, len(name))))
		x.next = min(2*x.next, chunkMask)
		if k > 0 && k&(1<<wrapBits-1) == 0 {
			s.wraps = append(s.wraps, id)
		}
	}
	s.chunks[k] = append(s.chunks[k], name...)
	end := min(len(s.chunks[k]), chunkMask)
	s.pages[len(s.pages)-1].ends[id&pageMask+1] = uint32(k)<<chunkBits | uint32(end)
	s.n++
	return id
}

// Lookup returns the id of a living key.
func (x *Index) Lookup(name []byte) (id uint32, ok bool) {
	hash := maphash.Bytes(x.seed, name)
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.set.shard(hash)
	slot, ok := x.find(s, hash, name)
	if !ok {
		return 0, false
	}
	return s.ids[slot], true
}

// SetMeta replaces what is known of a key. It does nothing to a dead one.
func (x *Index) SetMeta(id uint32, m Meta) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.now.IsAlive(id) {
		x.now.setMeta(id, m)
		x.now.metas++
	}
}

// Upsert is SetMeta for a key by its name, which is added when it is not there. An
// unknown size leaves the one that is known.
func (x *Index) Upsert(name []byte, m Meta) {
	hash := maphash.Bytes(x.seed, name)
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.set.shard(hash)
	slot, ok := x.find(s, hash, name)
	id := x.now.n
	if ok {
		id = s.ids[slot]
	} else if x.add(name); x.now.n == id {
		return // there are as many ids as there can be
	} else {
		x.now.rev++
	}
	if m.Size < 0 {
		m.Size = x.now.Meta(id).Size
	}
	x.now.setMeta(id, m)
	x.now.metas++
	x.heldReturned(name)
}

// Remove takes a key out. Its id is dead for ever; the memory of its name comes
// back with the next compaction.
//
// The key of [Index.Hold] stays, as one that has expired.
func (x *Index) Remove(id uint32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.now.IsAlive(id) {
		return
	}
	if x.keepHeld(id) {
		return
	}
	x.remove(id)
}

func (x *Index) remove(id uint32) {
	name := x.now.Name(id)
	hash := maphash.Bytes(x.seed, name)
	s := x.set.shard(hash)
	if slot, ok := x.find(s, hash, name); ok {
		s.drop(slot)
	}
	x.now.huge.Delete(id)
	x.now.pages[id>>pageBits].dead[id&pageMask/64].Or(1 << (id % 64))
	x.now.living--
	x.now.rev++
	if dead := int(x.now.n-x.now.base) - x.now.living; dead >= minCompact && dead > x.now.living {
		x.compact()
	}
}

// Clear takes all keys out.
func (x *Index) Clear() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.reset()
	x.set = table{}
}

// reset begins a new arena behind the ids that have been issued, so that a
// stale id can never mean another key. Only after two billion does it begin at
// zero again.
func (x *Index) reset() {
	old := x.now
	pages := len(old.pages)
	if pages > 1<<(31-pageBits) {
		pages = 0
	}
	first := uint32(pages) << pageBits
	x.latest = nil
	x.next = min(max(old.living*bytesPerKey, minChunk), chunkMask)
	x.now = Snapshot{
		index: x, pages: make([]*page, pages, pages+1), base: first, n: first,
		rev: old.rev + 1, metas: old.metas + 1, epoch: old.epoch + 1, huge: new(sync.Map),
	}
}

// compact copies what lives to a new arena under new ids, in the old order.
func (x *Index) compact() {
	old := x.now
	x.reset()
	x.set = table{}
	x.set.hint(old.living)
	for k, p := range old.pages {
		for i := uint32(0); p != nil && i < pageSize && uint32(k)<<pageBits+i < old.n; i++ {
			if p.isDead(i) {
				continue
			}
			was := uint32(k)<<pageBits + i
			id := x.now.n
			x.add(old.name(p, was))
			if p.meta.Load() != nil {
				x.now.setMeta(id, old.Meta(was))
			}
		}
	}
}

// Len returns the number of living keys.
func (x *Index) Len() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.now.living
}

// Snapshot returns the keyspace as it is now. It copies no names: some twenty
// bytes for each MiB of them.
func (x *Index) Snapshot() *Snapshot {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.latest == nil || x.latest.rev != x.now.rev || x.latest.metas != x.now.metas {
		s := x.now
		s.chunks = slices.Clone(s.chunks)
		s.pages = slices.Clip(s.pages)
		x.latest = &s
	}
	return x.latest
}
