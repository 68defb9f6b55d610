package inspect

import (
	"context"
	"errors"
)

// DeleteOptions are the decisions of a delete that are not in its plan.
type DeleteOptions struct {
	// Confirmed must be Server.Name() of the plan's server, as typed by a
	// person, when Plan.WholeDB is set. Otherwise it is not looked at.
	Confirmed string
	// NoUndo leaves the journal out.
	NoUndo bool
	// Progress is called after each batch, from Delete's goroutine.
	Progress func(done, total int)
}

// Delete deletes the keys of a plan, in batches, and nothing else.
func (c *Client) Delete(ctx context.Context, p *Plan, opt DeleteOptions) (Report, error) {
	return Report{}, errors.ErrUnsupported
}
