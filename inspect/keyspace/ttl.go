package keyspace

import (
	"math"
	"strconv"
	"time"
)

// A TTL is a remaining time in milliseconds, as PTTL answers it. The server
// allows up to 2^63-1 of them; a [time.Duration] ends after 292 years.
type TTL int64

// Year is the TTL of 365 days.
const Year TTL = 365 * 24 * 60 * 60 * 1000

// TTLAt returns the TTL at now of a key that expires at expiry, in Unix
// milliseconds. It is zero or negative once the key has expired.
func TTLAt(expiry int64, now time.Time) TTL {
	at := now.UnixMilli()
	left := expiry - at
	if at < 0 && expiry > 0 && left < 0 {
		return math.MaxInt64
	}
	return TTL(left)
}

// TTLOf returns the TTL of a duration, rounded down to a millisecond.
func TTLOf(d time.Duration) TTL { return TTL(d.Milliseconds()) }

// Expiry returns the moment in Unix milliseconds at which the TTL ends, for one
// that was read at now. The last millisecond that the server knows is the
// latest answer.
func (t TTL) Expiry(now time.Time) int64 {
	at := now.UnixMilli()
	if at > 0 && int64(t) > math.MaxInt64-at {
		return math.MaxInt64
	}
	return at + int64(t)
}

// Duration returns the TTL as a duration. A TTL of more than 292 years is the
// longest duration.
func (t TTL) Duration() time.Duration {
	const most = TTL(math.MaxInt64 / int64(time.Millisecond))
	return time.Duration(min(max(t, -most), most)) * time.Millisecond
}

// Milliseconds returns the TTL as a number, as JSON has it.
func (t TTL) Milliseconds() int64 { return int64(t) }

// String returns the TTL in seconds, "86400.000s", for messages of tests.
func (t TTL) String() string {
	return strconv.FormatInt(int64(t/1000), 10) + "." + strconv.FormatInt(1000+int64(t%1000), 10)[1:] + "s"
}
