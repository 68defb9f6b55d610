package decode

import (
	"encoding/binary"
	"math"
)

// plainBits is the evidence that bytes are what they are: a number of a fixed
// width, an array of numbers, a bitmap, a digest, text of another encoding. A
// reading without a signature has to beat it. Random bytes have none.
func plainBits(raw []byte) float64 {
	sample := raw[:min(len(raw), maxScoredText)]
	bits := max(0, numberBits(raw), sparseBits(sample), charsetBits(sample))
	if len(raw)%4 == 0 {
		bits = max(bits, wordBits(sample))
	}
	return bits + widthBits(len(raw))
}

// widthBits favors the lengths that digests, UUIDs and numbers have.
func widthBits(n int) float64 {
	switch n {
	case 4, 8, 16, 20, 28, 32, 48, 64:
		return 3
	}
	return 0
}

// numberBits is the evidence for one integer of a fixed width, in either order
// of bytes: counters are small.
func numberBits(raw []byte) float64 {
	var little, big uint64
	switch len(raw) {
	case 2:
		little, big = uint64(binary.LittleEndian.Uint16(raw)), uint64(binary.BigEndian.Uint16(raw))
	case 4:
		little, big = uint64(binary.LittleEndian.Uint32(raw)), uint64(binary.BigEndian.Uint32(raw))
	case 8:
		little, big = binary.LittleEndian.Uint64(raw), binary.BigEndian.Uint64(raw)
	default:
		return 0
	}
	return 8*float64(len(raw)) - 3 - bitLen(min(little, big))
}

// wordBits is the evidence for an array of numbers, word by word: a small
// integer, a float with an ordinary exponent, zero.
func wordBits(raw []byte) float64 {
	singles, doubles := 0.0, 0.0
	for i := 0; i+4 <= len(raw); i += 4 {
		singles += singleBits(raw[i : i+4])
	}
	i := 0
	for ; i+8 <= len(raw); i += 8 {
		w := raw[i : i+8]
		f := math.Float64frombits(binary.LittleEndian.Uint64(w))
		bits := singleBits(w[:4]) + singleBits(w[4:])
		if isOrdinary(f) {
			bits = max(bits, 5+min(float64(trailingZeros(binary.LittleEndian.Uint64(w))), 48))
		}
		doubles += bits
	}
	if i < len(raw) {
		doubles += singleBits(raw[i:])
	}
	return max(singles, doubles)
}

// singleBits is the evidence that four bytes are one number.
func singleBits(w []byte) float64 {
	little, big := binary.LittleEndian.Uint32(w), binary.BigEndian.Uint32(w)
	bits := 32 - 5 - 1.1*bitLen(uint64(min(little, big)))
	if f := float64(math.Float32frombits(little)); isOrdinary(f) {
		bits = max(bits, 2+min(float64(trailingZeros(uint64(little))), 20))
	}
	return max(bits, -1)
}

// isOrdinary reports whether a float is one that measurements and embeddings
// have.
func isOrdinary(f float64) bool {
	a := math.Abs(f)
	return f == 0 || a >= 1e-5 && a <= 1e7
}

func trailingZeros(n uint64) int {
	z := 0
	for z < 52 && n&1 == 0 {
		n >>= 1
		z++
	}
	return z
}

// sparseBits is the evidence for a bitmap, most bits of which are equal.
func sparseBits(raw []byte) float64 {
	if len(raw) == 0 {
		return 0
	}
	raw = raw[:min(len(raw), maxScoredText)]
	zeros := 0
	for _, c := range raw {
		for ; c != 0; c &= c - 1 {
			zeros--
		}
		zeros += 8
	}
	n := float64(8 * len(raw))
	p := float64(zeros) / n
	if p == 0 || p == 1 {
		return n - 8
	}
	entropy := -p*math.Log2(p) - (1-p)*math.Log2(1-p)
	return n*(1-entropy) - 0.5*math.Log2(n) - 6
}

// charsetBits is the evidence for text that is not UTF-8: UTF-16, Latin-1, and
// the double bytes of GBK and Shift-JIS.
func charsetBits(raw []byte) float64 {
	return max(utf16Bits(raw), min(max(latinBits(raw), doubleBits(raw))-3, maxTextBits/2))
}

func utf16Bits(raw []byte) float64 {
	if len(raw)%2 != 0 || len(raw) < 4 {
		return 0
	}
	bits := 0.0
	for i := 0; i < len(raw); i += 2 {
		low, high := raw[i], raw[i+1]
		if low < high && low < 6 {
			low, high = high, low
		}
		switch {
		case high == 0 && low >= ' ' && low != 0x7f:
			bits += 8
		case high > 0 && high < 6:
			bits += 4
		default:
			return 0
		}
	}
	return bits
}

// latinBits counts letters; the accented ones are 64 of 128 high bytes.
func latinBits(raw []byte) float64 {
	bits := 0.0
	for _, c := range raw {
		switch {
		case c >= 'a' && c <= 'z' || c == ' ':
			bits += 2
		case c >= '0' && c <= '9' || c >= 'A' && c <= 'Z':
			bits += 0.7
		case c >= ' ' && c < 0x7f:
			bits--
		case c < 0xc0 || c == 0xd7 || c == 0xf7:
			return 0
		}
	}
	return bits
}

// doubleBits counts the two-byte characters of GBK (level 1) and Shift-JIS.
func doubleBits(raw []byte) float64 {
	gbk, sjis := 0.0, 0.0
	for i := 0; i < len(raw) && gbk >= 0; i++ {
		switch c := raw[i]; {
		case c >= ' ' && c < 0x7f:
			gbk++
		case c >= 0xb0 && c <= 0xf7 && i+1 < len(raw) && raw[i+1] >= 0xa1 && raw[i+1] < 0xff:
			gbk += 2.5
			i++
		default:
			gbk = -1
		}
	}
	for i := 0; i < len(raw) && sjis >= 0; i++ {
		switch c := raw[i]; {
		case c >= ' ' && c < 0x7f:
			sjis++
		case (c >= 0x81 && c <= 0x9f || c >= 0xe0 && c <= 0xea) && i+1 < len(raw) && raw[i+1] >= 0x40 && raw[i+1] <= 0xfc && raw[i+1] != 0x7f:
			sjis += 2.5
			i++
		default:
			sjis = -1
		}
	}
	return max(gbk, sjis, 0)
}
