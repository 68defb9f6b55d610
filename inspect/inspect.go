// Package inspect is everything that talks to Redis: opening a server, listing
// its keys without hurting it, reading bounded windows of values, and deleting
// exactly what was planned.
//
// It refuses to send KEYS, SELECT on a shared connection, CONFIG SET, or any
// write when the session is read-only.
package inspect

import (
	"errors"
	"fmt"
)

// ErrReadOnly is returned by every call that would change the server.
var ErrReadOnly = errors.New("read-only session")

// KeyError says which operation failed on which key.
type KeyError struct {
	Op  string
	Key []byte
	Err error
}

// Error is one sentence; the key is quoted so that it is safe to print.
func (e KeyError) Error() string { return fmt.Sprintf("%s %q: %v", e.Op, e.Key, e.Err) }

// Unwrap returns the cause.
func (e KeyError) Unwrap() error { return e.Err }
