package keyspace

const (
	shardBits = 8
	numShards = 1 << shardBits
	tagEmpty  = 0
	tagGone   = 1 // a removed id: probing goes on, the slot is not used again
	firstTag  = 2
)

// A table is a hash set of ids. It keeps no names: whoever asks compares the
// candidates. It is split into shards that grow one by one, so that no single
// insert pays for rehashing a large keyspace.
type table [numShards]shard

// A shard is an open-addressed table with linear probing: one byte of the hash
// and the id in each slot, five bytes in all, at most seven slots in eight used.
type shard struct {
	tags []uint8
	ids  []uint32
	used int // slots that are not empty
	live int
}

// hint sizes the shards for n ids.
func (t *table) hint(n int) {
	per := n/numShards + 1
	slots := per + per/4 + 8
	for i := range t {
		t[i] = shard{tags: make([]uint8, slots), ids: make([]uint32, slots)}
	}
}

func (t *table) shard(hash uint64) *shard { return &t[hash>>(64-shardBits)] }

// home is the slot where probing for hash begins; tag is its mark there.
func (s *shard) home(hash uint64) int {
	return int((hash >> 24 & 0xffffffff) * uint64(len(s.tags)) >> 32)
}

func tagOf(hash uint64) uint8 { return uint8(max(hash&0xff, firstTag)) }

// find calls same for the ids that may have this hash until it says yes, and
// returns the slot and true, or false.
func (s *shard) find(hash uint64, same func(id uint32) bool) (slot int, ok bool) {
	if len(s.tags) == 0 {
		return 0, false
	}
	tag := tagOf(hash)
	for i := s.home(hash); ; {
		switch got := s.tags[i]; {
		case got == tag && same(s.ids[i]):
			return i, true
		case got == tagEmpty:
			return 0, false
		}
		if i++; i == len(s.tags) {
			i = 0
		}
	}
}

// put adds an id that is not there. The shard must have room, see full.
func (s *shard) put(hash uint64, id uint32) {
	i := s.home(hash)
	for s.tags[i] != tagEmpty {
		if i++; i == len(s.tags) {
			i = 0
		}
	}
	s.tags[i], s.ids[i] = tagOf(hash), id
	s.used++
	s.live++
}

func (s *shard) drop(slot int) {
	s.tags[slot] = tagGone
	s.live--
}

func (s *shard) full() bool { return (s.used+1)*8 > len(s.tags)*7 }

// grow makes room by a third of what lives, and forgets the removed ids.
func (s *shard) grow(hashOf func(id uint32) uint64) {
	slots := (s.live+1)*3/2 + 8
	bigger := shard{tags: make([]uint8, slots), ids: make([]uint32, slots)}
	for i, tag := range s.tags {
		if tag >= firstTag {
			bigger.put(hashOf(s.ids[i]), s.ids[i])
		}
	}
	*s = bigger
}
