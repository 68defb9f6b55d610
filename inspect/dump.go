package inspect

import (
	"context"

	"cacheview/inspect/keyspace"
)

const (
	// saveBytes is how much is dumped at a time, by what MEMORY USAGE says,
	// and saveKeys how many keys at most where there is none.
	saveBytes = 8 << 20
	saveKeys  = 16
	// saveKeyMax is the largest key that is dumped: a dump is one answer, and
	// nobody else gets one meanwhile.
	saveKeyMax = 64 << 20
)

// dumper asks for what a key is made of, as DUMP gives it.
type dumper struct {
	c    *Client
	pttl bool // there is no PEXPIRETIME (before Redis 7)
}

// dumpBatch is some keys of which a group at a time is dumped.
type dumpBatch struct {
	keys  [][]byte
	sizes []int64 // as dumper.size has them
}

// record is one key as it is.
type record struct {
	key    []byte
	expiry int64 // Unix milliseconds of the server's clock, or NoExpiry
	dump   []byte
}

// dumped is a key as it was found; its dump is nil when it is gone.
type dumped struct {
	record
	err error // why there is no dump
}

// size asks for MEMORY USAGE of the keys, or for their lengths where that is not
// to be had.
func (d *dumper) size(ctx context.Context, b *dumpBatch) error {
	if d.c.lacks("MEMORY USAGE") {
		return d.length(ctx, b)
	}
	replies, err := d.c.pipeline(ctx, len(b.keys), func(i int) []any {
		return []any{"memory", "usage", b.keys[i]}
	})
	if err != nil {
		return err
	}
	b.sizes = make([]int64, len(b.keys))
	for i, r := range replies {
		n, err := r.number()
		if unsupported(err) {
			d.c.missMemory()
			return d.length(ctx, b)
		}
		b.sizes[i] = n // 0 for one that is gone or hidden
	}
	return nil
}

// length is size by STRLEN: how large a string is. Of all else nothing is known,
// and no more than saveKeys of them are taken together.
func (d *dumper) length(ctx context.Context, b *dumpBatch) error {
	replies, err := d.c.pipeline(ctx, len(b.keys), func(i int) []any {
		return []any{"strlen", b.keys[i]}
	})
	if err != nil {
		return err
	}
	b.sizes = make([]int64, len(b.keys))
	for i, r := range replies {
		n, _ := r.number() // none for what is no string
		b.sizes[i] = max(n, saveBytes/saveKeys)
	}
	return nil
}

// group returns the end of the keys that may be dumped together, and their
// size.
func (b *dumpBatch) group(from int) (to int, sum int64) {
	for to = from; to < len(b.keys); to++ {
		if to > from && sum+b.sizes[to] > saveBytes {
			break
		}
		sum += b.sizes[to]
	}
	return to, sum
}

// ask dumps a group of keys, with the server's own idea of when they expire.
func (d *dumper) ask(ctx context.Context, keys [][]byte) ([]dumped, error) {
	expiry := "pexpiretime"
	if d.pttl {
		expiry = "pttl"
	}
	replies, err := d.c.pipeline(ctx, 2*len(keys)+1, func(i int) []any {
		switch {
		case i == 0:
			return []any{"time"}
		case i%2 == 1:
			return []any{"dump", keys[i/2]}
		default:
			return []any{expiry, keys[i/2-1]}
		}
	})
	if err != nil {
		return nil, err
	}
	if _, err := replies[2].number(); unsupported(err) && !d.pttl {
		d.pttl = true
		return d.ask(ctx, keys)
	}
	now := replies[0].time()
	out := make([]dumped, len(keys))
	for i, key := range keys {
		out[i].record, out[i].err = d.record(key, replies[1+2*i], replies[2+2*i], now)
	}
	return out, nil
}

func (d *dumper) record(key []byte, dump, expiry rawReply, now int64) (record, error) {
	r := record{key: key, expiry: keyspace.NoExpiry}
	var err error
	if r.dump, err = dump.text(); err != nil {
		return r, err
	}
	at, err := expiry.number()
	if err != nil {
		return r, err
	}
	switch {
	case at == -2:
		r.dump = nil
	case at >= 0 && d.pttl:
		r.expiry = now + at
	case at >= 0:
		r.expiry = at
	}
	return r, nil
}
