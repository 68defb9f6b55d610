package view

import (
	"fmt"
	"strings"
	"time"

	"cacheview/decode/value"
)

// perSecond are the units of a duration.
var perSecond = map[string]int64{"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}

// timedeltaText is a duration as pandas writes it: 1 days 02:03:04.
func timedeltaText(n int64, unit string) (string, bool) {
	per, ok := perSecond[unit]
	if !ok {
		return "", false
	}
	day := 86400 * per
	days := n / day
	if n%day < 0 {
		days--
	}
	rest := n - days*day
	sec, fraction := rest/per, rest%per*(1e9/per)
	s := fmt.Sprintf("%d days %02d:%02d:%02d", days, sec/3600, sec/60%60, sec%60)
	if days < 0 {
		s = strings.Replace(s, "days ", "days +", 1)
	}
	switch {
	case fraction == 0:
	case fraction%1000 == 0:
		s += fmt.Sprintf(".%06d", fraction/1000)
	default:
		s += fmt.Sprintf(".%09d", fraction)
	}
	return s, true
}

func pandasTimedelta(o object) (View, bool) {
	n, ok := o.arg(0).Int()
	unit := "ns"
	if code, isInt := o.arg(1).Int(); isInt {
		unit = map[int64]string{7: "s", 8: "ms", 9: "us", 10: "ns"}[code]
	}
	s, fits := timedeltaText(n, unit)
	return OfText(s), ok && fits
}

func pandasPeriod(o object) (View, bool) {
	n, ok := o.arg(2).Int()
	s, fits := periodText(o.arg(1), n)
	return OfText(s), ok && fits
}

// periodText is the period number n of a frequency since 1970.
func periodText(freq value.Value, n int64) (string, bool) {
	o := objectOf(freq)
	if times, ok := o.arg(0).Int(); ok && times != 1 || n < -1e12 || n > 1e12 {
		return "", false
	}
	unit, layout := time.Duration(0), ""
	switch o.name() {
	case "MonthEnd":
		return fmt.Sprintf("%04d-%02d", 1970+floor(n, 12), n-12*floor(n, 12)+1), true
	case "Day":
		return time.Unix(n*86400, 0).UTC().Format(time.DateOnly), true
	case "Hour":
		unit, layout = time.Hour, "2006-01-02 15:04"
	case "Minute":
		unit, layout = time.Minute, "2006-01-02 15:04"
	case "Second":
		unit, layout = time.Second, time.DateTime
	case "QuarterEnd":
		if month, ok := last(o).Int(); ok && month == 12 {
			return fmt.Sprintf("%dQ%d", 1970+floor(n, 4), n-4*floor(n, 4)+1), true
		}
		return "", false
	case "YearEnd":
		return fmt.Sprintf("%04d", 1970+n), true
	default:
		return "", false
	}
	return time.Unix(n*int64(unit/time.Second), 0).UTC().Format(layout), true
}

func floor(n, d int64) int64 {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}
