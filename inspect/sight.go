package inspect

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"cacheview/inspect/keyspace"
)

// sighting is what a key looked like when its delete was planned.
type sighting struct {
	typ    keyspace.Type
	expiry int64 // as in keyspace.Meta
	// size is the length of the value, and sum the checksum that its DUMP ends
	// with, where they are known.
	size  int64
	sum   uint64
	sized bool
	sumed bool
}

const (
	// clockSlack is how far apart two looks at one expiry may be: PTTL is added
	// to our own clock, after an answer that took its time.
	clockSlack = int64(2 * time.Second / time.Millisecond)
	// closelyMax is the size of a key whose contents are looked at, by MEMORY
	// USAGE.
	closelyMax = 4 << 10
	sumLen     = 8 // bytes of checksum at the end of a DUMP
)

// sight completes a look at some keys. It asks for the length of each value, and
// when it is to look closely, for the checksum of the small ones: a length tells
// most changes, a checksum all.
func (c *Client) sight(ctx context.Context, ask asker, keys []Key, closely bool) ([]sighting, error) {
	seen := make([]sighting, len(keys))
	var open []question
	for i, k := range keys {
		seen[i].typ, seen[i].expiry = k.Meta.Type, k.Meta.Expiry
		if k.Meta.Expiry == keyspace.FieldsExpire { // which not every look finds out
			seen[i].expiry = keyspace.NoExpiry
		}
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
	for some := range slices.Chunk(open, MetaBatch) {
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

// hear takes note of an answer; one that is refused leaves its field unknown.
func (s *sighting) hear(command string, r rawReply) {
	if command != "dump" {
		if n, err := r.number(); err == nil {
			s.size, s.sized = n, true
		}
	} else if dump, err := r.text(); err == nil && len(dump) > sumLen {
		s.sum, s.sumed = binary.LittleEndian.Uint64(dump[len(dump)-sumLen:]), true
	}
}

// is reports whether two looks may have been at the same, unchanged key.
func (s sighting) is(now sighting) bool {
	switch {
	case s.typ == keyspace.UnknownType || now.typ == keyspace.UnknownType:
		return true // whoever may not look cannot tell
	case s.typ != now.typ:
		return false
	case s.sumed && now.sumed && s.sum != now.sum:
		return false
	case s.sized && now.sized && s.size != now.size:
		return false
	case s.expiry == now.expiry || s.expiry == keyspace.UnknownExpiry || now.expiry == keyspace.UnknownExpiry:
		return true
	case s.expiry == keyspace.NoExpiry || now.expiry == keyspace.NoExpiry:
		return false
	}
	return max(s.expiry-now.expiry, now.expiry-s.expiry) <= clockSlack
}
