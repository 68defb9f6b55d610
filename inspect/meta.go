package inspect

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"cacheview/inspect/keyspace"
)

// MetaBatchSize is how many keys Meta asks about in one pipeline. The server reads
// a few hundred commands of it at a time and looks after others in between.
const MetaBatchSize = 500

// Meta asks for the type, the time to live and, withSize, the size of keys
// (MEMORY USAGE, which looks at five members of a collection). The answer has
// one Key for each name, in the same order. What is wrong with one key is in
// its Err; the error is only for a lost server or a cancelled ctx, and then
// there are no Keys.
func (c *Client) Meta(ctx context.Context, names [][]byte, withSize bool) ([]Key, error) {
	keys := make([]Key, len(names))
	// Two batches are on the way at a time: while the answer to one is read,
	// the server works on the other.
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for from := 0; from < len(names) && asking.Err() == nil; from += MetaBatchSize {
		to := min(from+MetaBatchSize, len(names))
		group.Go(func() error {
			if err := c.metaBatch(asking, c.pipeline, names[from:to], withSize, keys[from:to]); err != nil {
				return err
			}
			return c.markFieldExpiry(asking, keys[from:to])
		})
	}
	if err := cmp.Or(group.Wait(), context.Cause(ctx)); err != nil {
		return nil, err
	}
	return keys, nil
}

// metaBatch fills in the keys of some names.
func (c *Client) metaBatch(ctx context.Context, ask asker, names [][]byte, withSize bool, keys []Key) error {
	memory := withSize && !c.lacks("MEMORY USAGE")
	each := 2
	if memory {
		each = 3
	}
	replies, err := ask(ctx, each*len(names), func(i int) []any {
		name := names[i/each]
		switch i % each {
		case 0:
			return []any{"type", name}
		case 1:
			return []any{"pttl", name}
		default:
			return []any{"memory", "usage", name}
		}
	})
	if err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	now := time.Now()
	for i := range keys {
		keys[i] = c.key(names[i], replies[i*each:(i+1)*each], now)
	}
	if withSize && (!memory || c.lacks("MEMORY USAGE")) {
		return c.lengths(ctx, ask, keys)
	}
	return nil
}

// key reads the replies to TYPE, PTTL and, if it was sent, MEMORY USAGE.
func (c *Client) key(name []byte, replies []rawReply, now time.Time) Key {
	k := Key{Name: name, Exists: true, At: now}
	k.Meta = keyspace.Meta{Size: -1, Expiry: keyspace.UnknownExpiry}
	typ, err := replies[0].text()
	switch {
	case err != nil:
		k.Err = err
	case string(typ) == "none":
		k.Exists = false
		return k
	default:
		k.Meta.Type = keyspace.ParseType(string(typ))
	}
	ttl, err := replies[1].number()
	switch {
	case err != nil:
		k.Err = cmp.Or(k.Err, err)
	case ttl == -2: // gone between the two
		k.Exists = false
	case ttl == -1:
		k.Meta.Expiry = keyspace.NoExpiry
	default:
		k.Meta.Expiry = keyspace.TTL(ttl).Expiry(now)
	}
	if len(replies) < 3 {
		return k
	}
	size, err := replies[2].number()
	switch {
	case unsupported(err):
		c.missMemory()
	case err == nil && size > 0:
		k.Meta.Size = size
	}
	return k
}

// lengthOf is the command that tells the length of a value of a type.
var lengthOf = map[keyspace.Type]string{
	keyspace.String: "strlen", keyspace.Hash: "hlen", keyspace.List: "llen",
	keyspace.Set: "scard", keyspace.ZSet: "zcard", keyspace.Stream: "xlen",
}

// lengths fills in the length of values where MEMORY USAGE is not to be had.
func (c *Client) lengths(ctx context.Context, ask asker, keys []Key) error {
	var open []int
	for i, k := range keys {
		if k.Exists && k.Meta.Size < 0 && lengthOf[k.Meta.Type] != "" {
			open = append(open, i)
		}
	}
	// 0 is also the length of a missing key: TYPE after it tells.
	replies, err := ask(ctx, 2*len(open), func(i int) []any {
		k := keys[open[i/2]]
		if i%2 == 1 {
			return []any{"type", k.Name}
		}
		return []any{lengthOf[k.Meta.Type], k.Name}
	})
	if err != nil {
		return fmt.Errorf("lengths: %w", err)
	}
	for i, at := range open {
		k := &keys[at]
		n, err := replies[2*i].number()
		typ, typErr := replies[2*i+1].text()
		empty := n == 0 && k.Meta.Type != keyspace.String && k.Meta.Type != keyspace.Stream
		switch {
		case err != nil || typErr != nil:
		case string(typ) == "none" || empty:
			k.Exists = false
		default:
			k.Meta.Size, k.ByLength = n, true
		}
	}
	return nil
}

// rawReply is one reply of a pipeline.
type rawReply struct{ b []byte }

func (r rawReply) text() ([]byte, error) {
	rd := replyReader(r)
	return rd.text()
}

func (r rawReply) number() (int64, error) {
	rd := replyReader(r)
	return rd.number()
}

// asker sends commands at once and returns their replies: Client.pipeline, or
// that of a transaction.
type asker func(ctx context.Context, n int, command func(i int) []any) ([]rawReply, error)

// pipeline sends n commands at once and returns their replies, which may be
// errors. Its own error means that there are none.
func (c *Client) pipeline(ctx context.Context, n int, command func(i int) []any) ([]rawReply, error) {
	if n == 0 {
		return nil, nil
	}
	all, err := replies(c.sendRaw(ctx, n, command))
	return all, c.lostErr(err)
}

// replies are what commands were answered with; its error means that there is
// none.
func replies(cmds []*redis.RawCmd) ([]rawReply, error) {
	all := make([]rawReply, len(cmds))
	for i, cmd := range cmds {
		switch b, err := cmd.Result(); {
		case err == nil:
			all[i].b = b
		case isReply(err): // a cluster's answer, which go-redis has read
			all[i].b = []byte("-" + err.Error() + "\r\n")
		default:
			return nil, err
		}
	}
	return all, nil
}
