package keyspace

import (
	"bytes"
	"context"
	"math/bits"
	"sync/atomic"
)

// A bitmap has a bit for each id from first on, which begins a page.
type bitmap struct {
	first uint32
	words []uint64
}

// ids returns the ids whose bits are set, in ascending order.
func (b *bitmap) ids() []uint32 {
	n := 0
	for _, w := range b.words {
		n += bits.OnesCount64(w)
	}
	ids := make([]uint32, 0, n)
	for i, w := range b.words {
		for ; w != 0; w &= w - 1 {
			ids = append(ids, b.first+uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	return ids
}

func (b *bitmap) has(id uint32) bool {
	i := id - b.first // wraps round for an id below first
	return int(i/64) < len(b.words) && b.words[i/64]&(1<<(i%64)) != 0
}

// newBitmap has no bit set and room for the ids from first to last-1.
func newBitmap(first, last uint32) *bitmap {
	first &^= pageMask
	return &bitmap{first, make([]uint64, (int(last)-int(first)+63)/64)}
}

func (b *bitmap) set(id uint32) { b.words[(id-b.first)/64] |= 1 << (id % 64) }

const blockPages = 4 // about 16,000 keys between two looks at the context

// scan finds the keys from..to-1 that live and match. It also counts those
// left out because their metadata is not known.
func (s *Snapshot) scan(ctx context.Context, m *Matcher, from, to uint32) (*bitmap, int, error) {
	from = max(from, s.base)
	if from >= to {
		return &bitmap{}, 0, ctx.Err()
	}
	found := newBitmap(from, to)
	firstPage := int(from >> pageBits)
	pages := int((to-1)>>pageBits) + 1 - firstPage
	var unknown atomic.Int64
	err := parallel(ctx, (pages+blockPages-1)/blockPages, func(_, block int) {
		left := 0
		for k := block * blockPages; k < min(pages, (block+1)*blockPages); k++ {
			first := uint32(firstPage+k) << pageBits
			lo, hi := max(from, first)-first, min(to-first, pageSize)
			words := found.words[k*pageSize/64 : min((k+1)*pageSize/64, len(found.words))]
			left += s.scanPage(m, first, lo, hi, words)
		}
		unknown.Add(int64(left))
	})
	return found, int(unknown.Load()), err
}

// scanPage sets the bits of the ids first+lo to first+hi-1 that match.
func (s *Snapshot) scanPage(m *Matcher, first, lo, hi uint32, words []uint64) (unknown int) {
	p := s.pages[first>>pageBits]
	switch {
	case p == nil:
		return 0
	case m.query.Text == "":
		for i := lo; i < hi; i++ {
			words[i/64] |= 1 << (i % 64)
		}
	case len(m.head) > 0 || len(m.need) == 0:
		s.eachName(p, first, lo, hi, func(i uint32, name []byte) {
			if bytes.HasPrefix(name, m.head) && (m.decided() || m.Match(name)) {
				words[i/64] |= 1 << (i % 64)
			}
		})
	default:
		s.eachRun(p, first, lo, hi, func(lo, hi uint32, chunk []byte) {
			m.scanRun(p, lo, hi, chunk, words)
		})
	}
	for i := range words {
		words[i] &^= p.dead[i].Load()
	}
	return m.query.filterMeta(p, words)
}

// eachRun calls do for each stretch of a page's ids whose names are in one
// chunk. The names from p.ends[lo] on begin at runStart.
func (s *Snapshot) eachRun(p *page, first, lo, hi uint32, do func(lo, hi uint32, chunk []byte)) {
	for lo < hi {
		k, next := p.ends[lo+1]>>chunkBits, hi
		if p.ends[hi]>>chunkBits != k {
			for next = lo + 1; p.ends[next+1]>>chunkBits == k; {
				next++
			}
		}
		if len(s.wraps) > 0 {
			k += s.wrapped(first + lo)
		}
		do(lo, next, s.chunks[k])
		lo = next
	}
}

// runStart is where the name of the page's i-th id begins in its chunk.
func (p *page) runStart(i uint32, chunk []byte) int {
	if p.ends[i]>>chunkBits == p.ends[i+1]>>chunkBits {
		return offset(p.ends[i], chunk)
	}
	return 0
}

func (s *Snapshot) eachName(p *page, first, lo, hi uint32, do func(i uint32, name []byte)) {
	s.eachRun(p, first, lo, hi, func(lo, hi uint32, chunk []byte) {
		start := p.runStart(lo, chunk)
		for i := lo; i < hi; i++ {
			end := offset(p.ends[i+1], chunk)
			do(i, chunk[start:end:end])
			start = end
		}
	})
}

// scanRun looks for m.need in all names of a run at once: most names are never
// looked at one by one.
func (m *Matcher) scanRun(p *page, lo, hi uint32, chunk []byte, words []uint64) {
	decided := m.decided()
	stop := offset(p.ends[hi], chunk)
	for pos, i := p.runStart(lo, chunk), lo; i < hi; i++ {
		at := bytes.Index(chunk[pos:stop], m.need)
		if at < 0 {
			return
		}
		pos += at
		i = p.holder(i, hi, pos, chunk)
		end := offset(p.ends[i+1], chunk)
		// A hit that crosses into the next name is none, and no other hit can
		// begin behind it in this name.
		if pos+len(m.need) <= end && (decided || m.Match(chunk[p.runStart(i, chunk):end])) {
			words[i/64] |= 1 << (i % 64)
		}
		pos = end
	}
}

// holder returns the first of the ids i to hi-1 whose name ends behind pos.
func (p *page) holder(i, hi uint32, pos int, chunk []byte) uint32 {
	step := uint32(1)
	for i+step < hi && offset(p.ends[i+step], chunk) <= pos {
		i += step
		step *= 2
	}
	// The answer is between i and i+step.
	for last := min(i+step, hi) - 1; i < last; {
		if mid := (i + last) / 2; offset(p.ends[mid+1], chunk) <= pos {
			i = mid + 1
		} else {
			last = mid
		}
	}
	return i
}

// filterMeta clears the bits of the keys whose metadata does not match, and
// counts those of which it is not known.
func (q Query) filterMeta(p *page, words []uint64) (unknown int) {
	if !q.usesMeta() {
		return 0
	}
	c := p.meta.Load()
	for i, w := range words {
		if c == nil {
			unknown += bits.OnesCount64(w)
			words[i] = 0
			continue
		}
		for ; w != 0; w &= w - 1 {
			bit := bits.TrailingZeros64(w)
			ok, known := q.matchMeta(unpackWhen(c.when[i*64+bit].Load()))
			if !ok {
				words[i] &^= 1 << bit
			}
			if !known {
				unknown++
			}
		}
	}
	return unknown
}

// matchMeta reports whether a key of this expiry and type is wanted, and
// whether it would be known.
func (q Query) matchMeta(expiry int64, t Type) (ok, known bool) {
	switch {
	case q.Type != UnknownType && t != UnknownType && t != q.Type,
		q.NoTTL && expiry != NoExpiry && expiry != UnknownExpiry:
		return false, true
	case q.Type != UnknownType && t == UnknownType, q.NoTTL && expiry == UnknownExpiry:
		return false, false
	}
	return true, true
}
