package keyspace

import "sync/atomic"

const (
	pageBits = 12
	pageSize = 1 << pageBits // ids in a page
	pageMask = pageSize - 1
)

// A page holds what is known of pageSize consecutive ids. Its ends are written
// once, before the id is published in a Snapshot; the rest is atomic, so that
// readers of old snapshots need no lock.
type page struct {
	// ends[i+1] is where the name of the page's i-th id ends in the arena, and
	// ends[0] where the name before the page ended: a name starts where the
	// one before it ended, or at the start of its chunk.
	ends [pageSize + 1]uint32
	dead [pageSize / 64]atomic.Uint64
	meta atomic.Pointer[columns] // nil until some key of the page has metadata
}

func (p *page) isDead(i uint32) bool {
	return p.dead[i/64].Load()&(1<<(i%64)) != 0
}

// columns is the metadata of one page, packed into 12 bytes a key.
type columns struct {
	when [pageSize]atomic.Uint64 // expiry and type, see packWhen
	size [pageSize]atomic.Uint32 // size+1; 0 unknown; hugeSize is in Snapshot.huge
}

// hugeSize marks a size of 4 GiB or more, which is kept in a map beside.
const hugeSize = 1<<32 - 1

// An expiry and a type share 64 bits. Codes of expiries sort as time does, with
// whenFields and whenNever after every moment. From farFrom on, in the third
// million of years, an expiry is rounded down to 128 ms.
const (
	whenBits   = 6 // bits of the type
	whenNever  = uint64(1)<<(64-whenBits) - 1
	whenFields = whenNever - 1
	farFrom    = int64(1) << 56
	farBits    = 7
)

// packWhen packs an expiry and a type: the code of a moment is its squeezed
// expiry plus one, 0 stands for an unknown one.
func packWhen(expiry int64, t Type) uint64 {
	code := uint64(0)
	switch {
	case expiry == NoExpiry:
		code = whenNever
	case expiry == FieldsExpire:
		code = whenFields
	case expiry < 0: // expired long ago
		code = 2
	case expiry > 0:
		code = squeeze(expiry) + 1
	}
	return code<<whenBits | uint64(t&maxType)
}

func unpackWhen(w uint64) (expiry int64, t Type) {
	t = Type(w) & maxType
	switch code := w >> whenBits; code {
	case 0:
		return UnknownExpiry, t
	case whenNever:
		return NoExpiry, t
	case whenFields:
		return FieldsExpire, t
	default:
		return stretch(code - 1), t
	}
}

// squeeze returns an expiry in 58 bits, and stretch is its reverse.
func squeeze(expiry int64) uint64 {
	if expiry < farFrom {
		return uint64(expiry)
	}
	return uint64(farFrom + (expiry-farFrom)>>farBits)
}

func stretch(code uint64) int64 {
	if at := int64(code); at >= farFrom {
		return farFrom + (at-farFrom)<<farBits
	}
	return int64(code)
}

// whenKey is the expiry's sort key, see keyNever, without a branch.
func whenKey(w uint64) uint64 { return w>>whenBits - 1 }
