package human

import (
	"errors"
	"strings"
	"time"
)

var errLifetime = errors.New("a time looks like 30s, 5m, 1h30m or 2d")

// units of a lifetime, the longer of two that begin alike first.
var units = []struct {
	name string
	d    time.Duration
}{
	{"ms", time.Millisecond},
	{"s", time.Second},
	{"m", time.Minute},
	{"h", time.Hour},
	{"d", 24 * time.Hour},
	{"w", 7 * 24 * time.Hour},
}

// maxLifetime is about what a time.Duration holds; so much is a slip anyway.
const maxLifetime = 250 * 365 * 24 * time.Hour

// ParseTTL reads what Lifetime writes and what people type: numbers with
// the units ms, s, m, h, d and w, as 90s, 1h30m or 2d. A number alone is
// seconds, as in EXPIRE.
func ParseTTL(s string) (time.Duration, error) {
	rest := strings.ToLower(strings.ReplaceAll(s, " ", ""))
	if rest == "" {
		return 0, errLifetime
	}
	var sum time.Duration
	for rest != "" {
		var n, digits int64
		for digits < int64(len(rest)) && rest[digits] >= '0' && rest[digits] <= '9' && digits < 12 {
			n = n*10 + int64(rest[digits]-'0')
			digits++
		}
		if digits == 0 {
			return 0, errLifetime
		}
		rest = rest[digits:]
		unit := time.Second
		if rest != "" || sum > 0 {
			var ok bool
			if unit, rest, ok = cutUnit(rest); !ok {
				return 0, errLifetime
			}
		}
		if n > int64(maxLifetime/unit) || sum > maxLifetime-time.Duration(n)*unit {
			return 0, errors.New("that is longer than 250 years")
		}
		sum += time.Duration(n) * unit
	}
	return sum, nil
}

func cutUnit(s string) (unit time.Duration, rest string, ok bool) {
	for _, u := range units {
		if rest, ok := strings.CutPrefix(s, u.name); ok {
			return u.d, rest, true
		}
	}
	return 0, s, false
}
