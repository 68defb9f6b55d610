package inspect

import (
	"context"
	"errors"
)

// ReadOptions bounds one window of a value. Zero fields have defaults.
type ReadOptions struct {
	Limit int64  // bytes of a string, and of one field of a collection; 1 MiB
	Rows  int    // members of a collection; 200
	From  Cursor // Window.Next of the window before
}

// Read returns a bounded window of a key's value.
func (c *Client) Read(ctx context.Context, name []byte, opt ReadOptions) (Window, error) {
	return Window{}, errors.ErrUnsupported
}
