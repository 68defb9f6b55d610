package inspect

import (
	"context"
	"errors"
)

// Plan finds out exactly which keys a selection means.
func (c *Client) Plan(ctx context.Context, sel Selection, progress func(Progress)) (*Plan, error) {
	return nil, errors.ErrUnsupported
}
