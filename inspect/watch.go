package inspect

import (
	"context"
	"errors"
)

// Changes is what happened since the last call of Watch.Next.
type Changes struct {
	Names   [][]byte // written, deleted or expired, each once
	Flushed bool     // the database was emptied
	Missed  bool     // there were too many to keep: scan again
}

// Watch tells which keys change.
type Watch struct{}

// Watch begins to follow the changes of the database.
func (c *Client) Watch(ctx context.Context) (*Watch, error) { return nil, errors.ErrUnsupported }

// Next waits for changes.
func (w *Watch) Next(ctx context.Context) (Changes, error) { return Changes{}, errors.ErrUnsupported }

// Close ends the watch.
func (w *Watch) Close() error { return nil }
