package decode

import "cacheview/decode/value"

// utc is a moment given in seconds and nanoseconds since 1970, as a datetime
// in ISO 8601. What four digits of year cannot write stays seconds.
func utc(sec, nsec int64) value.Value {
	if v, ok := momentValue(sec, int(nsec)); ok {
		return v
	}
	return value.NewInt(sec).WithTag("timestamp", value.Attr{Name: "nanoseconds", Value: value.NewInt(nsec)})
}

// utcMillis is a moment given in milliseconds since 1970.
func utcMillis(ms int64) value.Value {
	sec := floorDiv(ms, 1000)
	return utc(sec, (ms-sec*1000)*1_000_000)
}
