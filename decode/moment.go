package decode

import (
	"fmt"
	"math"
	"time"

	"cacheview/decode/value"
)

// momentValue is a moment in UTC, given in seconds since 1970 and nanoseconds;
// ok is false when its year has not four digits.
func momentValue(sec int64, nanos int) (v value.Value, ok bool) {
	const year0, year10000 = -62167219200, 253402300800
	if sec < year0 || sec >= year10000 || nanos < 0 || nanos > 999_999_999 {
		return value.Nil, false
	}
	t := time.Unix(sec, 0).UTC()
	return value.NewText(t.Format("2006-01-02T15:04:05") + fractionText(nanos) + "Z").WithTag("datetime"), true
}

// msValue is a moment in UTC, given in milliseconds since 1970.
func msValue(ms float64) (v value.Value, ok bool) {
	if math.IsNaN(ms) || math.Abs(ms) > 8.64e15 {
		return value.Nil, false
	}
	n := int64(math.Trunc(ms))
	sec := floorDiv(n, 1000)
	return momentValue(sec, int(n-sec*1000)*1e6)
}

// fractionText is a part of a second, with as many digits as it needs: none,
// three, six or nine.
func fractionText(nanos int) string {
	switch {
	case nanos == 0:
		return ""
	case nanos%1_000_000 == 0:
		return fmt.Sprintf(".%03d", nanos/1_000_000)
	case nanos%1000 == 0:
		return fmt.Sprintf(".%06d", nanos/1000)
	}
	return fmt.Sprintf(".%09d", nanos)
}

// zoneText is an offset from UTC in seconds: +05:45, and with seconds where it
// has some.
func zoneText(sec int) string {
	sign := '+'
	if sec < 0 {
		sign, sec = '-', -sec
	}
	s := fmt.Sprintf("%c%02d:%02d", sign, sec/3600, sec/60%60)
	if sec%60 != 0 {
		s += fmt.Sprintf(":%02d", sec%60)
	}
	return s
}

// floorDiv divides, rounding down; d is positive.
func floorDiv(n, d int64) int64 {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}
