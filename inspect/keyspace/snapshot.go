package keyspace

import (
	"sort"
	"sync"
)

const (
	chunkBits = 20
	chunkMask = 1<<chunkBits - 1 // also the bytes of names in a full chunk
	wrapBits  = 32 - chunkBits   // chunk numbers modulo 1<<wrapBits fit an end
)

// A Snapshot is the keyspace as it was at one moment. Any number of readers may
// use it without a lock while the Index goes on changing.
//
// The ids it knows and their names never change. Liveness and metadata are read
// atomically from where the Index writes them: they may be newer than the
// snapshot (never older), and a key's size may be from another SetMeta than
// its type and expiry. A snapshot taken before a Clear or a compaction keeps
// its names, and the liveness and metadata of that moment.
type Snapshot struct {
	index  *Index
	chunks [][]byte // the names, in id order; a name larger than a chunk has its own
	pages  []*page  // nil: all of the page's ids are dead and forgotten
	wraps  []uint32 // the first ids behind each 1<<wrapBits chunks
	base   uint32   // ids below it are dead and forgotten
	n      uint32   // ids issued
	living int
	rev    uint64
	metas  uint64
	epoch  uint64 // changes when ids are reissued
	huge   *sync.Map
}

// IDCount returns how many ids have been issued, those of dead keys included: every
// id of the snapshot is below it.
func (s *Snapshot) IDCount() int { return int(s.n) }

// KeyCount returns how many keys lived when the snapshot was taken.
func (s *Snapshot) KeyCount() int { return s.living }

// Revision is a number that changes whenever keys are added or removed.
func (s *Snapshot) Revision() uint64 { return s.rev }

// MetaRevision is a number that changes whenever the metadata of a key is set.
func (s *Snapshot) MetaRevision() uint64 { return s.metas }

// IsAlive reports whether id is a key that has not been removed.
func (s *Snapshot) IsAlive(id uint32) bool {
	if id >= s.n {
		return false
	}
	p := s.pages[id>>pageBits]
	return p != nil && !p.isDead(id&pageMask)
}

// Name returns the bytes of a key's name, a view that must not be changed. It
// is nil for an id that the snapshot does not know.
func (s *Snapshot) Name(id uint32) []byte {
	if id >= s.n {
		return nil
	}
	p := s.pages[id>>pageBits]
	if p == nil {
		return nil
	}
	return s.name(p, id)
}

func (s *Snapshot) name(p *page, id uint32) []byte {
	before, end := p.ends[id&pageMask], p.ends[id&pageMask+1]
	k := end >> chunkBits
	if len(s.wraps) > 0 {
		k += s.wrapped(id)
	}
	chunk := s.chunks[k]
	start, stop := 0, offset(end, chunk)
	if before>>chunkBits == end>>chunkBits {
		start = offset(before, chunk)
	}
	return chunk[start:stop:stop]
}

// offset is where in its chunk an end is. A chunk that is full, and one that
// holds a larger name than a chunk should, ends at chunkMask.
func offset(end uint32, chunk []byte) int {
	if o := int(end & chunkMask); o != chunkMask {
		return o
	}
	return len(chunk)
}

// wrapped is what to add to the chunk number in the end of id.
func (s *Snapshot) wrapped(id uint32) uint32 {
	n := sort.Search(len(s.wraps), func(i int) bool { return s.wraps[i] > id })
	return uint32(n) << wrapBits
}

// Meta returns what is known of a key beside its name, as of now.
func (s *Snapshot) Meta(id uint32) Meta {
	m := Meta{Size: -1, Expiry: UnknownExpiry}
	if id >= s.n || s.pages[id>>pageBits] == nil {
		return m
	}
	c := s.pages[id>>pageBits].meta.Load()
	if c == nil {
		return m
	}
	m.Expiry, m.Type = unpackWhen(c.when[id&pageMask].Load())
	m.Size = s.size(c, id)
	return m
}

// size returns the size of id in bytes, -1 when unknown.
func (s *Snapshot) size(c *columns, id uint32) int64 {
	packed := c.size[id&pageMask].Load()
	if packed == hugeSize {
		if v, ok := s.huge.Load(id); ok {
			return v.(int64)
		}
	}
	return int64(packed) - 1
}

// hasMeta reports whether the metadata of any key is known.
func (s *Snapshot) hasMeta() bool {
	for _, p := range s.pages {
		if p != nil && p.meta.Load() != nil {
			return true
		}
	}
	return false
}

// setMeta is for the Index, which holds its lock.
func (s *Snapshot) setMeta(id uint32, m Meta) {
	p := s.pages[id>>pageBits]
	c := p.meta.Load()
	if c == nil {
		c = new(columns)
		p.meta.Store(c)
	}
	c.when[id&pageMask].Store(packWhen(m.Expiry, m.Type))
	packed := uint32(0)
	switch {
	case m.Size >= hugeSize-1:
		packed = hugeSize
		s.huge.Store(id, m.Size)
	case m.Size >= 0:
		packed = uint32(m.Size) + 1
	}
	c.size[id&pageMask].Store(packed)
}

// lookup returns the id of a living key of the snapshot.
func (s *Snapshot) lookup(name []byte) (uint32, bool) {
	id, ok := s.index.Lookup(name)
	if ok && string(s.Name(id)) == string(name) {
		return id, true
	}
	// It came back under another id, or the snapshot is from before a Clear.
	for id := s.base; id < s.n; id++ {
		if string(s.Name(id)) == string(name) && s.IsAlive(id) {
			return id, true
		}
	}
	return 0, false
}
