// Package journal keeps what is needed to undo one operation on a Redis server:
// the values, expiries and names as they were before it.
//
// A journal is one file. [Dir] is the directory that holds them: it creates,
// lists, opens and evicts them. [Writer] appends records in batches and marks
// which of them were carried out. [Reader] reads a file of either format, skips
// damage and names it. Nothing here needs a server.
//
//	journal.go  records, outcomes and errors
//	header.go   the lines at the start of a file
//	identity.go which server a journal belongs to
//	frame.go    the frames of format 2
//	writer.go   appending, group commit, commit marks
//	reader.go   reading, resynchronization after damage
//	format1.go  reading the files of earlier versions
//	dir.go      creating, listing and opening files
//	retain.go   eviction by bytes and age
//
// docs/journal.md describes the format. The invariant is that every record that
// [Writer.Sync] confirmed can be read again, or is reported as damaged: a reader
// never returns bytes that were not written.
package journal

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
)

// NoExpiry is the expiry of a key without one.
const NoExpiry int64 = -1

// Kind is what an operation did to a key.
type Kind byte

// The kinds of records. What a record holds depends on its kind.
const (
	// KindDelete is a key that was deleted. Dump and Expiry are its value.
	// Undo restores it if the key does not exist.
	KindDelete Kind = 1 + iota
	// KindOverwrite is a key whose value was replaced. Dump and Expiry are the
	// value before, Wrote is the value after. Undo puts the value before back if
	// the key still holds the value after.
	KindOverwrite
	// KindCreate is a key that did not exist before. Wrote is its value. Undo
	// deletes the key if it still holds that.
	KindCreate
	// KindTTL is a key whose expiry was changed from Expiry to NewExpiry. Dump
	// is set if the key can expire while the journal is kept. Undo sets the old
	// expiry if the key still has the new one, and restores Dump if it is gone.
	KindTTL
	// KindRename is a key that was renamed to NewName. Wrote is its value. Dump
	// and Expiry are the value of NewName before, if it was overwritten. Undo
	// renames it back if NewName still holds that value, and puts Dump back.
	KindRename
)

// String returns the name of the kind, as in docs/journal.md.
func (k Kind) String() string {
	switch k {
	case KindDelete:
		return "delete"
	case KindOverwrite:
		return "overwrite"
	case KindCreate:
		return "create"
	case KindTTL:
		return "ttl"
	case KindRename:
		return "rename"
	}
	return fmt.Sprintf("kind %d", byte(k))
}

// Record is one key as it was before an operation, and what became of it.
type Record struct {
	Kind      Kind
	Key       []byte
	Expiry    int64  // before: Unix milliseconds of the server's clock, or NoExpiry
	Dump      []byte // the value before, as DUMP returns it; nil if there is none
	NewExpiry int64  // the expiry after, 0 if it is not known; KindTTL always has it
	NewName   []byte // KindRename
	Wrote     Digest // the value after; the zero Digest if it is not known before the write
}

// Digest identifies a value without holding it. The zero Digest stands for a
// value that is not known.
type Digest struct {
	Of  DigestOf
	Sum [sha1.Size]byte
}

// DigestOf is the input of a digest.
type DigestOf byte

// The inputs of a digest. Both can be computed by a script on the server, with
// redis.sha1hex.
const (
	OfNothing DigestOf = iota
	OfDump             // DUMP as the server returned it
	OfString           // the bytes of a string
)

// dumpFooter is the length of the RDB version and the CRC-64 at the end of a DUMP.
const dumpFooter = 10

// DigestDump returns the digest of a value from its DUMP.
func DigestDump(dump []byte) Digest {
	return Digest{OfDump, sha1.Sum(dump)}
}

// DigestString returns the digest of a string value from its bytes.
func DigestString(value []byte) Digest {
	return Digest{OfString, sha1.Sum(value)}
}

// DigestFromHex returns the digest that a script computed with redis.sha1hex. It
// is the zero Digest if text is not a SHA-1 in hex.
func DigestFromHex(of DigestOf, text string) Digest {
	d := Digest{Of: of}
	if len(text) != 2*len(d.Sum) {
		return Digest{}
	}
	if _, err := hex.Decode(d.Sum[:], []byte(text)); err != nil {
		return Digest{}
	}
	return d
}

// Known reports whether the digest identifies a value.
func (d Digest) Known() bool { return d.Of != OfNothing }

// Hex returns the sum as redis.sha1hex writes it.
func (d Digest) Hex() string { return hex.EncodeToString(d.Sum[:]) }

// Outcome is what became of one record's operation.
type Outcome byte

// The outcomes. A record without a commit mark is InDoubt.
const (
	InDoubt Outcome = iota // the answer was lost, or a crash came before the mark
	Done                   // carried out
	NotDone                // not carried out: the key was left as it is
)

// The ways in which reading a journal ends other than io.EOF. The first three
// come from opening it. All can be wrapped.
var (
	// ErrNotFound is returned if there is no journal with an ID.
	ErrNotFound = errors.New("no such undo journal")
	// ErrNotJournal is returned for a file that is not a journal, or whose
	// header is damaged beyond recognition.
	ErrNotJournal = errors.New("not an undo journal, or its header is damaged")
	// ErrNewer is returned for a journal in a format newer than this package.
	ErrNewer = errors.New("written by a newer cacheview: undo it with that version")
	// ErrCutShort is returned once, before io.EOF, for a journal that a crash
	// cut short. All that was confirmed by Sync came before.
	ErrCutShort = errors.New("cut short by a crash")
	// ErrInUse is returned for a journal that another process is writing.
	ErrInUse = errors.New("the operation is still running")
	// ErrFull is returned by Batch.Add if the record does not fit the limit.
	ErrFull = errors.New("the undo journal is full")
)

// DamageError is a part of a journal that is not what was written. Reading goes
// on behind it.
type DamageError struct {
	Offset int64
	Length int64
	// Key is the name of the damaged record, nil if it cannot be read.
	Key []byte
	// KeyProven reports whether Key passed its own checksum: only the value is
	// damaged then.
	KeyProven bool
	Reason    string
}

// Error implements error.
func (e *DamageError) Error() string {
	switch {
	case e.Key != nil && e.KeyProven:
		return fmt.Sprintf("offset %d: record of %q: %s", e.Offset, e.Key, e.Reason)
	case e.Key != nil:
		return fmt.Sprintf("offset %d: record of probably %q: %s", e.Offset, e.Key, e.Reason)
	}
	return fmt.Sprintf("offset %d: %s", e.Offset, e.Reason)
}

// IOError is a part of a journal that the device could not read. Reading goes on
// behind it.
type IOError struct {
	Offset int64
	Err    error
}

// Error implements error.
func (e *IOError) Error() string { return fmt.Sprintf("offset %d: %v", e.Offset, e.Err) }

// Unwrap returns the error of the device.
func (e *IOError) Unwrap() error { return e.Err }
