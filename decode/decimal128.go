package decode

import (
	"math/big"
	"strconv"
	"strings"

	"cacheview/decode/value"
)

// decimal128 is an IEEE 754-2008 decimal in BSON's binary encoding, written as
// the BSON specification writes it: plain where the exponent is small,
// scientific elsewhere.
func decimal128(high, low uint64) value.Value {
	sign := ""
	if high>>63 == 1 {
		sign = "-"
	}
	exp := int(high >> 49 & 0x3fff)
	coeff := new(big.Int).SetUint64(high & (1<<49 - 1))
	switch high >> 58 & 31 {
	case 31:
		return value.NewText("NaN").WithTag("decimal")
	case 30:
		return value.NewText(sign + "Infinity").WithTag("decimal")
	}
	if high>>61&3 == 3 { // a coefficient too large to be canonical means zero
		exp, coeff = int(high>>47&0x3fff), new(big.Int)
		low = 0
	}
	coeff.Lsh(coeff, 64).Or(coeff, new(big.Int).SetUint64(low))
	return value.NewText(sign + scientific(coeff.String(), exp-6176)).WithTag("decimal")
}

// scientific writes digits times ten to the exp.
func scientific(digits string, exp int) string {
	adjusted := exp + len(digits) - 1
	switch {
	case exp > 0 || adjusted < -6:
		s := digits[:1]
		if len(digits) > 1 {
			s += "." + digits[1:]
		}
		if adjusted >= 0 {
			return s + "E+" + strconv.Itoa(adjusted)
		}
		return s + "E" + strconv.Itoa(adjusted)
	case exp == 0:
		return digits
	}
	if missing := -exp - len(digits) + 1; missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) + exp
	return digits[:point] + "." + digits[point:]
}
