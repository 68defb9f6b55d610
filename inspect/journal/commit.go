package journal

import "encoding/binary"

// The body of a commit mark is the number of records, then either one byte, the
// outcome of all of them, or one byte for each; the first byte tells which. Then
// come the digests of what was written: their number, and each as the record's
// index, its input and its sum.
const (
	commitUniform byte = iota
	commitEach
)

func encodeCommit(outcomes []Outcome, wrote map[int]Digest) []byte {
	uniform := true
	for _, o := range outcomes {
		uniform = uniform && o == outcomes[0]
	}
	b := make([]byte, 0, 16)
	b = binary.AppendUvarint(b, uint64(len(outcomes)))
	if uniform {
		b = append(b, commitUniform, byte(outcomes[0]))
	} else {
		b = append(b, commitEach)
		for _, o := range outcomes {
			b = append(b, byte(o))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(wrote)))
	for i := range outcomes {
		if d, ok := wrote[i]; ok {
			b = binary.AppendUvarint(b, uint64(i))
			b = append(b, byte(d.Of))
			b = append(b, d.Sum[:]...)
		}
	}
	return b
}

// commit is a decoded commit mark.
type commit struct {
	n       int
	uniform Outcome
	each    []byte // nil if all are uniform
	wrote   map[int]Digest
}

func decodeCommit(b []byte) (commit, error) {
	p := fields{b: b}
	var c commit
	n := p.uvarint()
	c.n = int(min(n, 1<<31))
	switch p.byte() {
	case commitUniform:
		c.uniform = Outcome(p.byte())
	case commitEach:
		c.each = p.take(n)
	default:
		p.bad = true
	}
	count := p.uvarint()
	if count > 0 && !p.bad {
		c.wrote = make(map[int]Digest, min(count, uint64(len(p.b))))
	}
	for range count {
		if p.bad {
			break
		}
		i := int(min(p.uvarint(), 1<<31))
		d := Digest{Of: DigestOf(p.byte())}
		copy(d.Sum[:], p.take(uint64(len(d.Sum))))
		c.wrote[i] = d
	}
	return c, p.err()
}

// of returns the outcome of the record with an index.
func (c commit) of(index uint64) Outcome {
	switch {
	case index >= uint64(c.n):
		return InDoubt
	case c.each != nil:
		return Outcome(c.each[index])
	}
	return c.uniform
}
