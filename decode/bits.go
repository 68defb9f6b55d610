package decode

import (
	"fmt"
	"math/bits"

	"cacheview/decode/value"
)

// bitsRows is a bitmap of SETBIT, as the numbers of the bits that are set. Any
// bytes can be one, so it is never guessed.
var bitsRows = []row{
	{name: "bits", trust: weak, forcedOnly: true, sniff: sniffBinary, read: readBits},
}

// bitBlock is the number of bytes whose bits are counted together.
const bitBlock = 512

func readBits(in *input) reading {
	b := setBits{raw: in.raw, before: make([]int, 0, len(in.raw)/bitBlock+1)}
	for i, c := range in.raw {
		if i%bitBlock == 0 {
			b.before = append(b.before, b.n)
		}
		b.n += bits.OnesCount8(c)
	}
	return reading{
		value: value.NewSeq(b), n: len(in.raw),
		detail: fmt.Sprintf("%d of %d bits set", b.n, 8*len(in.raw)),
	}
}

// setBits are the numbers of the bits that are set, the highest bit of a byte
// first, as GETBIT counts. It is value.Items.
type setBits struct {
	raw    []byte
	n      int
	before []int // bits set before each block
}

// Len returns the number of bits that are set.
func (b setBits) Len() int { return b.n }

// At returns the number of the set bit i.
func (b setBits) At(i int) value.Value {
	lo, hi := 0, len(b.before)-1
	for lo < hi {
		if mid := (lo + hi + 1) / 2; b.before[mid] <= i {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	left := i - b.before[lo]
	for at := lo * bitBlock; ; at++ {
		c := b.raw[at]
		if n := bits.OnesCount8(c); left >= n {
			left -= n
			continue
		}
		for {
			zeros := bits.LeadingZeros8(c)
			if left == 0 {
				return value.NewInt(int64(8*at + zeros))
			}
			left--
			c &^= 0x80 >> zeros
		}
	}
}
