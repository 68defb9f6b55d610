package inspect

import (
	"context"
	"crypto/sha256"
	"fmt"

	"cacheview/inspect/keyspace"
)

// MaxDigestSize is the largest value that Digests reads, in bytes.
const MaxDigestSize = 1 << 20

// digestBytes is how much Digests asks for at a time.
const digestBytes = 1 << 20

// Digest stands for a value: two keys with one digest hold the same bytes. The
// zero Digest is of a value that was not read.
type Digest [sha256.Size]byte

// ExactSizes replaces the sizes of collections, of which MEMORY USAGE by itself
// looks at five members, by those of all members (SAMPLES 0). The server walks
// through each of them while others wait. Keys of other types, and those whose
// size is a length, are left alone.
func (c *Client) ExactSizes(ctx context.Context, keys []Key) error {
	var ask []int
	for i, k := range keys {
		if k.Exists && !k.ByLength && k.Meta.Size >= 0 && k.Meta.Type != keyspace.String {
			ask = append(ask, i)
		}
	}
	const atOnce = 20 // each may be large
	for len(ask) > 0 {
		batch := ask[:min(atOnce, len(ask))]
		ask = ask[len(batch):]
		replies, err := c.pipeline(ctx, len(batch), func(i int) []any {
			return []any{"memory", "usage", keys[batch[i]].Name, "samples", 0}
		})
		if err != nil {
			return fmt.Errorf("sizes: %w", err)
		}
		for i, r := range replies {
			if n, err := r.number(); err == nil && n > 0 {
				keys[batch[i]].Meta.Size = n
			}
		}
	}
	return nil
}

// Digests reads the strings among the keys, a bounded part at a time, and
// returns the digest of each in the order of the keys. Other types, and values
// of more than DigestMax bytes, are not read.
func (c *Client) Digests(ctx context.Context, keys []Key) ([]Digest, error) {
	out := make([]Digest, len(keys))
	var ask []int
	bytes := int64(0)
	flush := func() error {
		replies, err := c.pipeline(ctx, len(ask), func(i int) []any {
			return []any{"getrange", keys[ask[i]].Name, 0, MaxDigestSize}
		})
		if err != nil {
			return fmt.Errorf("read values: %w", err)
		}
		for i, r := range replies {
			if raw, err := r.text(); err == nil && len(raw) > 0 && len(raw) <= MaxDigestSize {
				out[ask[i]] = sha256.Sum256(raw)
			}
		}
		ask, bytes = ask[:0], 0
		return nil
	}
	for i, k := range keys {
		if !k.Exists || k.Meta.Type != keyspace.String || k.Meta.Size > 2*MaxDigestSize {
			continue
		}
		ask = append(ask, i)
		bytes += max(k.Meta.Size, 0)
		if bytes >= digestBytes || len(ask) >= headBatch {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	return out, flush()
}
