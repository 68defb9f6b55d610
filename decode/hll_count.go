package decode

import (
	"encoding/binary"
	"math"
)

// The parameters of Redis' HyperLogLog (hyperloglog.c): 2^14 registers of six
// bits behind a header of 16 bytes.
const (
	hllRegisters = 1 << 14
	hllHeader    = 16
	hllValueMax  = 64 - 14 // of a register, less one
)

// hllCount returns the number of distinct members that PFCOUNT answers: the one
// that the header keeps, or the estimate from the registers. It returns false
// for registers that Redis does not write.
func hllCount(raw []byte) (uint64, bool) {
	if cached := binary.LittleEndian.Uint64(raw[8:]); cached>>63 == 0 {
		return cached, true
	}
	var histogram [64]int
	ok := false
	if raw[4] == 0 {
		ok = hllDense(raw[hllHeader:], &histogram)
	} else {
		ok = hllSparse(raw[hllHeader:], &histogram)
	}
	if !ok {
		return 0, false
	}
	// Ertl's estimator, "New cardinality estimation algorithms for HyperLogLog
	// sketches", arXiv:1702.01284.
	m := float64(hllRegisters)
	z := m * hllTau((m-float64(histogram[hllValueMax+1]))/m)
	for j := hllValueMax; j >= 1; j-- {
		z = 0.5 * (z + float64(histogram[j]))
	}
	z += m * hllSigma(float64(histogram[0])/m)
	const alpha = 0.721347520444481703680 // for infinitely many registers
	return uint64(math.Round(alpha * m * m / z)), true
}

func hllDense(registers []byte, histogram *[64]int) bool {
	if len(registers) < hllRegisters*6/8 {
		return false
	}
	for i := range hllRegisters {
		at, shift := i*6/8, i*6%8
		v := int(registers[at]) >> shift
		if shift > 2 {
			v |= int(registers[at+1]) << (8 - shift)
		}
		histogram[v&63]++
	}
	return true
}

// hllSparse reads runs of registers: 00 and 01 are zeros, 1 is a value that
// repeats.
func hllSparse(runs []byte, histogram *[64]int) bool {
	total := 0
	for i := 0; i < len(runs); i++ {
		n, v := 0, 0
		switch c := runs[i]; {
		case c < 0x40:
			n = int(c) + 1
		case c < 0x80:
			if i++; i == len(runs) {
				return false
			}
			n = (int(c&0x3f)<<8 | int(runs[i])) + 1
		default:
			n, v = int(c&3)+1, int(c>>2&0x1f)+1
		}
		histogram[v] += n
		total += n
	}
	return total == hllRegisters
}

func hllTau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for before := -1.0; z != before; {
		x = math.Sqrt(x)
		before = z
		y *= 0.5
		z -= (1 - x) * (1 - x) * y
	}
	return z / 3
}

func hllSigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for before := -1.0; z != before; {
		x *= x
		before = z
		z += x * y
		y += y
	}
	return z
}
