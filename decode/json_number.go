package decode

import (
	"math"
	"strconv"
	"strings"
)

// sameDecimal reports whether f, written with as few digits as tell it from
// its neighbors, is the number that literal says: whether a reader that keeps
// 64-bit floats loses nothing of it.
func sameDecimal(literal string, f float64) bool {
	// A float keeps every decimal of at most 15 digits.
	if len(literal) <= 16 && strings.IndexByte(literal, 'e') < 0 && strings.IndexByte(literal, 'E') < 0 {
		return true
	}
	digits, exp := decimalParts(literal)
	if digits == "" {
		return f == 0
	}
	if len(digits) > 17 || f == 0 || math.IsInf(f, 0) {
		return false
	}
	var buf [32]byte
	shortest, shortestExp := decimalParts(string(strconv.AppendFloat(buf[:0], f, 'e', -1, 64)))
	return digits == shortest && exp == shortestExp
}

// decimalParts is a number as its digits, without zeros around them, and the
// power of ten that the last of them counts. Zero has no digits.
func decimalParts(literal string) (digits string, exp int64) {
	mantissa, power, scientific := strings.Cut(strings.ToLower(strings.TrimPrefix(literal, "-")), "e")
	if scientific {
		exp, _ = strconv.ParseInt(power, 10, 64) // clamped when it is out of range
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exp -= int64(len(fraction))
	digits = strings.TrimLeft(whole+fraction, "0")
	trimmed := strings.TrimRight(digits, "0")
	return trimmed, exp + int64(len(digits)-len(trimmed))
}
