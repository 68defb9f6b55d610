package inspect

import (
	"context"
	"errors"
)

// Meta asks for the type, the time to live and, withSize, the size of keys.
func (c *Client) Meta(ctx context.Context, names [][]byte, withSize bool) ([]Key, error) {
	return nil, errors.ErrUnsupported
}
