package inspect

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/keyspace"
)

const (
	defaultLimit = 1 << 20
	defaultRows  = 200
	// windowTotal bounds all rows of a window together, as a multiple of the
	// limit of one; windowTraffic is what a window should cost the network.
	windowTotal   = 4
	windowTraffic = 16 << 20
)

// ReadOptions bounds one window of a value. Zero fields have defaults.
type ReadOptions struct {
	// Limit is the most bytes of a string, or of one field of a collection,
	// 1 MiB by default. All rows together have at most four times as many,
	// and 64 bytes each when that is used up.
	Limit int64
	// Rows is about how many members of a collection, 200 by default. The
	// server may send more of a small one, and fewer are asked for when they
	// are large.
	Rows int
	From Cursor // Window.Next of the window before
	// Descending reads a sorted set from its highest score on.
	Descending bool
}

// Read returns a bounded window of a key's value. A type that it cannot read is
// named in Window.Module and is no error. An error is a KeyError, with ErrNoKey
// or the server's words in it, or a lost server.
//
// A missing key answers 0 or nothing to most commands, like an empty value. So
// every answer is followed by TYPE in the same round trip; one to a key that is
// gone by then, or to an empty collection, which cannot exist, is ErrExpired or
// ErrDeleted.
func (c *Client) Read(ctx context.Context, name []byte, opt ReadOptions) (ValueWindow, error) {
	if opt.Limit <= 0 {
		opt.Limit = defaultLimit
	}
	if opt.Rows <= 0 {
		opt.Rows = defaultRows
	}
	w, err := c.read(ctx, name, opt)
	if redis.HasErrorPrefix(err, "WRONGTYPE") || errors.Is(err, errReplaced) || isDoubtful(w, err) { // it was replaced between two commands
		w, err = c.read(ctx, name, opt)
	}
	switch {
	case err == nil:
		return w, nil
	case isReply(err) || errors.Is(err, ErrNoKey) || errors.Is(err, errReply) || errors.Is(err, errReplaced):
		return w, KeyError{Op: "read", Key: name, Err: err}
	}
	return w, c.lostErr(err)
}

// errReplaced is a key whose type changed while it was read.
var errReplaced = errors.New("the value was replaced while it was read; try again")

// isDoubtful reports whether an answer is empty although the key was there before
// and after it: the key may have been away in between.
func isDoubtful(w ValueWindow, err error) bool {
	return err == nil && w.Type == keyspace.String && len(w.Raw) == 0 && w.Total == 0
}

func (c *Client) read(ctx context.Context, name []byte, opt ReadOptions) (ValueWindow, error) {
	w, err := c.head(ctx, name)
	if err != nil {
		return w, err
	}
	v := valueReader{c: c, name: name, opt: opt, w: &w}
	if w.Module != "" {
		return w, v.module(ctx)
	}
	switch w.Type {
	case keyspace.String:
		err = v.str(ctx)
	case keyspace.JSON:
		err = v.json(ctx)
	case keyspace.Hash:
		if err = v.scan(ctx, "hlen", "hscan", 2); err == nil {
			err = v.fieldTTLs(ctx)
		}
	case keyspace.Set:
		err = v.scan(ctx, "scard", "sscan", 1)
	case keyspace.List:
		err = v.list(ctx)
	case keyspace.ZSet:
		err = v.zset(ctx)
	case keyspace.Stream:
		if err = v.stream(ctx); err == nil && opt.From == (Cursor{}) {
			err = v.groups(ctx)
		}
	case keyspace.Vector:
		err = v.vectors(ctx)
	}
	if err == nil && w.Total == 0 && w.Type != keyspace.String && w.Type != keyspace.Stream && w.Type != keyspace.JSON {
		err = w.goneError()
	}
	w.Truncated = w.More || w.Sampled || opt.From != Cursor{}
	for _, r := range w.Rows {
		w.Truncated = w.Truncated || r.Cut > 0
	}
	if (w.Type == keyspace.String || w.Type == keyspace.JSON) && int64(len(w.Raw)) < w.Total {
		w.Truncated = true
	}
	return w, err
}

// goneError returns why a key is not there that was when its read began.
func (w *ValueWindow) goneError() error {
	if at := w.Key.Meta.Expiry; at > 0 && at <= time.Now().Add(expirySlack).UnixMilli() {
		return ErrExpired
	}
	return ErrDeleted
}

// head asks for what every window says of its key.
func (c *Client) head(ctx context.Context, name []byte) (ValueWindow, error) {
	commands := [][]any{{"type", name}, {"pttl", name}}
	memory, encoding := !c.lacks("MEMORY USAGE"), !c.lacks("OBJECT ENCODING")
	if memory {
		commands = append(commands, []any{"memory", "usage", name})
	}
	if encoding {
		commands = append(commands, []any{"object", "encoding", name})
	}
	replies, err := c.pipeline(ctx, len(commands), func(i int) []any { return commands[i] })
	if err != nil {
		return ValueWindow{}, err
	}
	var w ValueWindow
	if encoding {
		text, err := replies[len(replies)-1].text()
		if unsupported(err) {
			c.miss("OBJECT ENCODING", "no encodings of values")
		}
		w.Encoding = string(text)
		replies = replies[:len(replies)-1]
	}
	w.Key = c.key(name, replies, time.Now())
	w.Type = w.Key.Meta.Type
	switch {
	case w.Key.Err != nil:
		return w, w.Key.Err
	case !w.Key.Exists:
		return w, ErrNoKey
	case w.Type.IsModule():
		text, err := replies[0].text()
		w.Module = string(text)
		return w, err
	}
	return w, nil
}
