package inspect

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"cacheview/inspect/keyspace"
)

// fingerprint is the state of a key when its delete was planned.
type fingerprint struct {
	typ    keyspace.Type
	expiry int64 // as in keyspace.Meta
	bytes  int64 // MEMORY USAGE or the length; -1 if unknown
	// size is the length of the value, and sum the start of the SHA-1 of its
	// DUMP, where they are known.
	size  int64
	sum   uint64
	sized bool
	sumed bool
	// members is set if bytes is the number of members.
	members bool
	// exact is set if expiry is PEXPIRETIME, by the server's clock. It is PTTL
	// added to the local clock otherwise.
	exact bool
}

const (
	// clockSlack is the most by which two readings of one expiry by the local
	// clock differ: PTTL is added to it after an answer that took its time.
	clockSlack = int64(2 * time.Second / time.Millisecond)
	// closelyMax is the largest key, by MEMORY USAGE, whose contents are
	// compared. The length is for others.
	closelyMax = 4 << 10
	// closely limits the number of keys whose contents are compared where
	// scripts cannot be used and every DUMP is sent over the network.
	closely = 20_000
)

// sumOf is the fingerprint's sum of a DUMP.
func sumOf(dump []byte) uint64 {
	sum := sha1.Sum(dump)
	return binary.BigEndian.Uint64(sum[:])
}

// fingerprints completes the fingerprints of keys whose metadata is known. It
// reads the length of each value and, if closely is set, the DUMP of the small
// ones: a length shows most changes, a DUMP all of them.
func (c *Client) fingerprints(ctx context.Context, ask asker, keys []Key, closely bool) ([]fingerprint, error) {
	seen := make([]fingerprint, len(keys))
	var open []question
	for i, k := range keys {
		seen[i].typ, seen[i].expiry, seen[i].bytes = k.Meta.Type, k.Meta.Expiry, k.Meta.Size
		seen[i].members = k.ByLength && k.Meta.Type != keyspace.String
		if !k.Exists || k.Err != nil {
			continue
		}
		if k.ByLength {
			seen[i].size, seen[i].sized = k.Meta.Size, true
		} else if command := lengthOf[k.Meta.Type]; command != "" {
			open = append(open, question{i, command})
		}
		if closely && small(k) && !c.lacks("DUMP") {
			open = append(open, question{i, "dump"})
		}
	}
	for some := range slices.Chunk(open, MetaBatchSize) {
		replies, err := ask(ctx, len(some), func(i int) []any {
			return []any{some[i].command, keys[some[i].key].Name}
		})
		if err != nil {
			return nil, fmt.Errorf("values: %w", err)
		}
		for i, r := range replies {
			seen[some[i].key].hear(some[i].command, r)
		}
	}
	return seen, nil
}

// question is a command about one key of several.
type question struct {
	key     int
	command string
}

// small reports whether a whole value may be asked for.
func small(k Key) bool {
	return k.Meta.Size >= 0 && k.Meta.Size <= closelyMax && (!k.ByLength || k.Meta.Type == keyspace.String)
}

// hear stores a reply. One that is an error leaves its field unknown.
func (s *fingerprint) hear(command string, r rawReply) {
	if command != "dump" {
		if n, err := r.number(); err == nil {
			s.size, s.sized = n, true
		}
	} else if dump, err := r.text(); err == nil && len(dump) > 0 {
		s.sum, s.sumed = sumOf(dump), true
	}
}

// is reports whether both fingerprints can be of the same, unchanged key.
func (s fingerprint) is(now fingerprint) bool {
	switch {
	case s.sumed && now.sumed:
		if s.sum != now.sum {
			return false
		}
	case s.typ == keyspace.UnknownType || now.typ == keyspace.UnknownType:
		// A user who cannot read the key cannot compare it.
		return true
	case s.typ != now.typ:
		return false
	case s.sized && now.sized && s.size != now.size:
		return false
	}
	switch {
	case s.expiry == now.expiry || s.expiry == keyspace.UnknownExpiry || now.expiry == keyspace.UnknownExpiry:
		return true
	case s.expiry == keyspace.NoExpiry || now.expiry == keyspace.NoExpiry:
		return false
	case s.exact && now.exact:
		return false
	}
	return max(s.expiry-now.expiry, now.expiry-s.expiry) <= clockSlack
}

// ranOut reports whether the expiry that the plan saw has passed.
func (s fingerprint) ranOut(local, server int64) bool {
	now := local
	if s.exact {
		now = server
	}
	return s.expiry != keyspace.NoExpiry && s.expiry != keyspace.UnknownExpiry && s.expiry <= now
}
