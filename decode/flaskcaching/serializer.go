package flaskcaching

import (
	"strings"
	"time"

	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// marker stands before a pickle. A value without it is a number or bytes.
const marker = '!'

// Serializer is how an app writes values. The zero value is Flask-Caching 2.x
// with cachelib 0.9 to 0.15.3 on Python 3.8 and later.
type Serializer struct {
	// Protocol is the pickle protocol, 0 for 5.
	Protocol int
	// PlainInts writes an int as digits, which Flask-Caching 1.x and
	// cachelib from 0.15.4 on do. A bool is pickled all the same.
	PlainInts bool
}

// Dump returns what the app stores for v: "!" and its pickle. A value that is
// not plain data gives a *pickle.EncodeError.
func (s Serializer) Dump(v value.Value) ([]byte, error) {
	if s.PlainInts && v.Kind() == value.Int && v.Tag() == "" {
		repr, err := PyRepr(v)
		return []byte(repr), err
	}
	protocol := s.Protocol
	if protocol == 0 {
		protocol = 5
	}
	return pickle.Append([]byte{marker}, v, protocol)
}

// PickleOf returns the pickle in a stored value, and whether it is one.
func PickleOf(raw []byte) ([]byte, bool) {
	if len(raw) == 0 || raw[0] != marker {
		return nil, false
	}
	return raw[1:], true
}

// Load reads a stored value as the library does: after "!" a pickle, else an
// integer, else the bytes as they are. An error says how far a pickle could be
// read; the library treats such a value as a miss.
func Load(raw []byte, limits value.Limits) (value.Value, error) {
	if data, ok := PickleOf(raw); ok {
		doc := pickle.Decode(data, limits)
		if err := doc.Err(); err != nil {
			return doc.Value(), err
		}
		return doc.Value(), nil
	}
	if digits, ok := pyInt(string(raw)); ok {
		return value.NewBigInt(digits), nil
	}
	return value.NewBytes(string(raw)), nil
}

// maxDigits is the longest text that int() takes.
const maxDigits = 4300

// pyInt reads what int(bytes) takes: white space around, a sign, digits with
// single underscores between them. It returns the digits without leading zeros.
func pyInt(s string) (string, bool) {
	s = strings.Trim(s, " \t\n\r\v\f")
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = "-"
		}
		s = s[1:]
	}
	if s == "" || strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
		return "", false
	}
	s = strings.ReplaceAll(s, "_", "")
	if len(s) > maxDigits || strings.Trim(s, "0123456789") != "" {
		return "", false
	}
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0", true
	}
	return sign + s, true
}

// DefaultTimeout is CACHE_DEFAULT_TIMEOUT when the app does not set it.
const DefaultTimeout = 300 * time.Second

// NoTimeout is a timeout of 0 or -1 seconds: the key has no expiry.
const NoTimeout = time.Duration(-1)

// Expiry returns the time to live that Redis gets for a timeout in seconds; nil
// is the default of the app. Forever means that the key does not expire.
func Expiry(timeout *int, byDefault time.Duration) time.Duration {
	d := byDefault
	if timeout != nil {
		d = time.Duration(*timeout) * time.Second
		if *timeout == -1 {
			return NoTimeout
		}
	}
	if d == 0 {
		return NoTimeout
	}
	return d
}
