package inspect

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cacheview/inspect/flask"
	"cacheview/inspect/keyspace"
)

// The analysis of Flask-Caching is in the package flask. Its types have names
// here, since the methods of Client take and return them.
type (
	FlaskIndex    = flask.Index
	FlaskFunction = flask.Function
	FlaskOwner    = flask.Owner
	FlaskGroups   = flask.Groups
	Candidate     = flask.Candidate
	FoundCall     = flask.Found
	FunctionError = flask.FunctionError
	FlaskApp      = flask.App
)

// States of keys that are named like stored results, see flask.State.
const (
	ResultStale    = flask.Stale
	ResultPossible = flask.Possible
)

// StaleGroup is flask.OrphanGroup.
const StaleGroup = flask.OrphanGroup

// Flask finds the apps that use Flask-Caching among the names of a snapshot, see
// flask.Build.
func (c *Client) Flask(ctx context.Context, snap *keyspace.Snapshot, progress func(done, total int)) (*FlaskIndex, error) {
	f, err := flask.Build(ctx, c, snap, flask.Options{Prefixes: c.cfg.KeyPrefixes, App: c.cfg.App, Former: c.former(ctx)}, progress)
	if f != nil {
		c.sight(ctx, f.LiveVersions())
	}
	return f, err
}

// Guess is flask.Guess.
func (c *Client) Guess(ctx context.Context, f *FlaskIndex, typed ...string) (int, error) {
	return flask.Guess(ctx, c, f, typed...)
}

// GuessOne is flask.GuessOne.
func (c *Client) GuessOne(ctx context.Context, f *FlaskIndex, key []byte, typed ...string) (call string, ok bool, err error) {
	return flask.GuessOne(ctx, c, f, key, typed...)
}

// headBatch limits the GETRANGE commands of one pipeline: a fraction of a
// millisecond for the server.
const headBatch = 500

// Heads reads the first size bytes of strings and calls fn for each, with the
// bytes or with the error that the server answered. Both are empty for a key
// that does not exist. Its own error means that the rest was not read.
func (c *Client) Heads(ctx context.Context, names [][]byte, size int, fn func(i int, head []byte, err error)) error {
	at := 0
	for batch := range slices.Chunk(names, headBatch) {
		replies, err := c.pipeline(ctx, len(batch), func(i int) []any {
			return []any{"getrange", batch[i], 0, size - 1}
		})
		if err != nil {
			return fmt.Errorf("read values: %w", err)
		}
		for i, r := range replies {
			raw, err := r.text()
			fn(at+i, raw, err)
		}
		at += len(batch)
	}
	return nil
}

// SmallStrings is Heads for strings that are short by convention: where the user
// may not send GETRANGE they are read by GET.
func (c *Client) SmallStrings(ctx context.Context, names [][]byte, size int, fn func(i int, head []byte, err error)) error {
	var refused []int
	err := c.Heads(ctx, names, size, func(i int, head []byte, err error) {
		if err != nil && !strings.HasPrefix(err.Error(), "WRONGTYPE") {
			refused = append(refused, i)
			return
		}
		fn(i, head, err)
	})
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(refused, headBatch) {
		replies, err := c.pipeline(ctx, len(batch), func(i int) []any { return []any{"get", names[batch[i]]} })
		if err != nil {
			return fmt.Errorf("read values: %w", err)
		}
		for i, r := range replies {
			raw, err := r.text()
			fn(batch[i], raw[:min(len(raw), size)], err)
		}
	}
	return nil
}
