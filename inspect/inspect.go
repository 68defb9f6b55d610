// Package inspect is everything that talks to Redis: opening a server, listing
// its keys without hurting it, reading bounded windows of values, and deleting
// exactly what was planned.
//
// It refuses to send KEYS, SELECT on a shared connection, CONFIG SET, or any
// write when the session is read-only: every command passes an allow-list (see
// guard) before it reaches a connection.
package inspect

import (
	"errors"
	"fmt"

	"cacheview/decode"
)

// ErrReadOnly is returned by every call that would change the server.
var ErrReadOnly = errors.New("read-only session")

// ErrNoKey is returned when the key that was asked for does not exist.
var ErrNoKey = errors.New("no such key")

// ErrExpired and ErrDeleted are an ErrNoKey of a key that was there when its
// read began.
var (
	ErrExpired = fmt.Errorf("expired while it was read: %w", ErrNoKey)
	ErrDeleted = fmt.Errorf("deleted while it was read: %w", ErrNoKey)
)

// ErrNoTracking is returned by Watch when the server cannot tell what changes:
// it is too old, speaks RESP2 only, or the user may not use CLIENT TRACKING.
var ErrNoTracking = errors.New("the server cannot report changes")

// ErrNotConfirmed is returned by Delete when a whole database would be flushed
// and DeleteOptions.Confirmed does not name it.
var ErrNotConfirmed = errors.New("emptying a database was not confirmed")

// KeyError says which operation failed on which key.
type KeyError struct {
	Op  string
	Key []byte
	Err error
}

// Error is one sentence; the key is quoted so that it is safe to print.
func (e KeyError) Error() string {
	return fmt.Sprintf(`%s "%s": %v`, e.Op, decode.PrintableName(e.Key), e.Err)
}

// Unwrap returns the cause.
func (e KeyError) Unwrap() error { return e.Err }

// ProtectedError is returned when a plan or a delete reaches keys under a
// prefix that Config.Protected names. Nothing was deleted.
type ProtectedError struct {
	Prefix string
	Key    []byte // the first such key
}

// Error names the prefix and the key, quoted.
func (e *ProtectedError) Error() string {
	return fmt.Sprintf(`key "%s" is under the protected prefix "%s"`, decode.PrintableName(e.Key), decode.PrintableName([]byte(e.Prefix)))
}

// ForbiddenError is returned for a command that is not on the allow-list. It
// never reached the server.
type ForbiddenError struct{ Command string }

// Error names the command.
func (e *ForbiddenError) Error() string {
	return fmt.Sprintf("cacheview never sends %s", e.Command)
}
