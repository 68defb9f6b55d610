package keyspace

import (
	"cmp"
	"strings"
)

// compareNatural compares texts with the numbers in them as numbers: a9 is
// before a10, and f(-2) before f(1).
func compareNatural(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if x, y := numberAt(a, i), numberAt(b, j); x > 0 && y > 0 {
			if c := compareNumbers(a[i:i+x], b[j:j+y]); c != 0 {
				return c
			}
			i, j = i+x, j+y
			continue
		}
		if a[i] != b[j] {
			return cmp.Compare(a[i], b[j])
		}
		i++
		j++
	}
	return cmp.Or(cmp.Compare(len(a)-i, len(b)-j), strings.Compare(a, b))
}

// numberAt returns the length of the whole number at s[i:], with a minus sign if
// no word or number is before it; 0 if there is none.
func numberAt(s string, i int) int {
	n := 0
	if s[i] == '-' && (i == 0 || !isWordByte(s[i-1])) {
		n = 1
	}
	from := n
	for i+n < len(s) && isDigit(s[i+n]) {
		n++
	}
	if n == from {
		return 0
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordByte(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

// compareNumbers compares whole numbers of any length.
func compareNumbers(a, b string) int {
	x, minusA := strings.CutPrefix(a, "-")
	y, minusB := strings.CutPrefix(b, "-")
	if minusA != minusB {
		if minusA {
			return -1
		}
		return 1
	}
	x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
	c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	if minusA {
		return -c
	}
	return c
}
