package human

import (
	"strconv"
	"time"

	"cacheview/inspect/keyspace"
)

// TTL writes a TTL that was read at now in at most six columns, as [Lifetime]
// does. One of more than a year is the date on which it ends.
func TTL(ttl keyspace.TTL, now time.Time) string {
	if ttl > keyspace.Year {
		return Date(ttl.Expiry(now))
	}
	return TTLText(ttl.Duration())
}

// Expiry writes when a key expires, in Unix milliseconds, as [TTL] does.
func Expiry(expiry int64, now time.Time) string {
	return TTL(keyspace.TTLAt(expiry, now), now)
}

// ExpiresIn writes a TTL that was read at now with its preposition: "in 3h12m",
// "on 2099-12-31".
func ExpiresIn(ttl keyspace.TTL, now time.Time) string {
	if ttl > keyspace.Year {
		return "on " + TTL(ttl, now)
	}
	return "in " + TTL(ttl, now)
}

// ExpiresBetween writes the shortest and the longest TTL of keys: "in 5m00s to
// 3h12m".
func ExpiresBetween(soonest, latest keyspace.TTL, now time.Time) string {
	first, last := ExpiresIn(soonest, now), TTL(latest, now)
	if TTL(soonest, now) == last {
		return first
	}
	return first + " to " + last
}

// Date writes the day of a moment in Unix milliseconds, in UTC: 2099-12-31. After
// the year 9999 it is the year alone: "year 292277026".
func Date(ms int64) string {
	t := time.UnixMilli(ms).UTC()
	if t.Year() > 9999 {
		return "year " + strconv.Itoa(t.Year())
	}
	return t.Format(time.DateOnly)
}
