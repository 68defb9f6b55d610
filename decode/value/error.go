package value

import "fmt"

// ErrorKind is why a value could not be read to its end.
type ErrorKind string

// The kinds of error, in the words the JSON form uses.
const (
	Truncated   ErrorKind = "truncated"            // the bytes ran out
	Corrupt     ErrorKind = "corrupt"              // they cannot mean anything
	Limit       ErrorKind = "limit"                // one of Limits was reached
	Checksum    ErrorKind = "checksum"             // read whole, but its check does not match
	Unsupported ErrorKind = "unsupported-protocol" // a version newer than is known
	NeedsSchema ErrorKind = "needs-schema"         // cannot be read without a schema kept elsewhere
	UnknownType ErrorKind = "unknown-type"         // a Redis type that cannot be read
)

// Error says where and why decoding stopped. What was read up to there is
// returned beside it.
type Error struct {
	Format string // the layer that stopped: "pickle5", "gzip"
	Kind   ErrorKind
	Offset int    // byte in that layer's input where the failing item starts
	Path   string // where in the value, as "[3].name", when known
	Detail string // what was wrong, in lower case
}

// Error is one sentence for people.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s at byte %d", e.Format, e.Kind, e.Offset)
	if e.Path != "" {
		s += " in " + e.Path
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}
