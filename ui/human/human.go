// Package human writes numbers for people: counts, bytes and lifetimes. It
// writes nothing that a program should read; JSON has the plain numbers.
package human

import (
	"fmt"
	"strconv"
	"time"
)

// Count writes n with its thousands separated: 1,204.
func Count[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural writes "1 key", "2 keys".
func Plural[T int | int64](n T, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + one + "s"
}

// Size writes bytes with three significant digits in units of 1024, in at most
// seven columns: 62 B, 1.21 KB, 58.7 MB.
func Size(n int64) string {
	if n < 1024 {
		return strconv.FormatInt(n, 10) + " B"
	}
	f := float64(n)
	for _, unit := range []string{"KB", "MB", "GB", "TB"} {
		f /= 1024
		switch {
		case f < 9.995:
			return fmt.Sprintf("%.2f %s", f, unit)
		case f < 99.95:
			return fmt.Sprintf("%.1f %s", f, unit)
		case f < 999.5:
			return fmt.Sprintf("%.0f %s", f, unit)
		}
	}
	return fmt.Sprintf("%.0f PB", f/1024)
}

// TTLText writes what is left of a time to live in at most six columns: 42s,
// 3m07s, 5h12m, 31d. It rounds up, so that a key that is there never shows 0s.
func TTLText(d time.Duration) string {
	s := int64((d + time.Second - 1) / time.Second)
	switch {
	case s < 0:
		return "0s"
	case s < 100:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 86400:
		return fmt.Sprintf("%dh%02dm", s/3600, s%3600/60)
	case s < 100*86400:
		return fmt.Sprintf("%dd%02dh", s/86400, s%86400/3600)
	}
	return fmt.Sprintf("%dd", s/86400)
}
