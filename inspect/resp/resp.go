// Package resp bounds what a server may send. A reply names its own lengths, and
// a client that allocates what it is told to can be ended with a few bytes, so
// every connection is checked before go-redis reads from it.
//
//   - resp.go: limits and errors
//   - bound.go: a net.Conn that checks the replies that pass through it
//   - checker.go: the incremental parser behind it
//
// The protocol is RESP2 and RESP3: https://redis.io/docs/latest/develop/reference/protocol-spec/
package resp

import "fmt"

// Limits bounds one reply. A value of zero stands for the default.
type Limits struct {
	// BulkBytes limits one string. The default is 1 GiB: a server's own limit
	// is 512 MiB, unless proto-max-bulk-len says otherwise.
	BulkBytes int64
	// Elements limits the elements that arrays, sets, maps and pushes have
	// announced and not yet sent, over all levels of a reply. The default is
	// 1,048,576. A map announces two for each entry.
	Elements int64
	// Depth limits arrays within arrays. The default is 64.
	Depth int
	// LineBytes limits a status, an error, a number or a header. The default
	// is 1 MiB.
	LineBytes int
}

func (l Limits) withDefaults() Limits {
	if l.BulkBytes == 0 {
		l.BulkBytes = 1 << 30
	}
	if l.Elements == 0 {
		l.Elements = 1 << 20
	}
	if l.Depth == 0 {
		l.Depth = 64
	}
	if l.LineBytes == 0 {
		l.LineBytes = 1 << 20
	}
	return l
}

// LimitError is returned for a reply that announces more than its limit.
type LimitError struct {
	What  string // "string of N bytes"
	Limit string
}

// Error names the announcement and the limit.
func (e *LimitError) Error() string {
	return fmt.Sprintf("reply: %s is over the limit of %s", e.What, e.Limit)
}

// SyntaxError is returned for bytes that are not a reply of Redis.
type SyntaxError struct{ Line string }

// Error quotes the beginning of the line.
func (e *SyntaxError) Error() string { return fmt.Sprintf("reply: not the Redis protocol: %q", e.Line) }
