package inspect

import (
	"context"
	"errors"
	"fmt"
)

// errAsked marks a key whose delete got no reply, and that does not exist.
var errAsked = errors.New("no reply; the key does not exist")

// verify finds out what happened to items whose delete got no reply. What does
// not exist counts as deleted, and stays in doubt in the journal.
func (d *deletion) verify(ctx context.Context, items []*item, cause error) {
	replies, err := d.c.pipeline(ctx, len(items), func(i int) []any {
		return []any{"exists", items[i].key}
	})
	// A slow server may still carry out what it has not come to yet.
	late := kindOf(cause) == ConnTimeout
	for i, it := range items {
		exists := int64(-1)
		if err == nil {
			if n, nerr := replies[i].number(); nerr == nil {
				exists = n
			}
		}
		switch {
		case exists == 0:
			it.state, it.err = stateDeleted, errAsked
		case exists == 1 && !late:
			it.state, it.err = stateFailed, cause
		default:
			it.state, it.err = stateUnknown, fmt.Errorf("%w: %w", ErrOutcomeUnknown, cause)
		}
	}
}
