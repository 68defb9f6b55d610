package inspect

import (
	"context"
	"errors"
	"time"
)

// Expire gives a key a new time to live, at least a millisecond.
func (c *Client) Expire(ctx context.Context, name []byte, ttl time.Duration) error {
	if ttl < time.Millisecond {
		return KeyError{Op: "expire", Key: name, Err: errors.New("the time to live must be at least a millisecond")}
	}
	return c.change(ctx, "expire", name, "pexpire", name, ttl.Milliseconds())
}

// Persist takes a key's time to live away, so that it never expires.
func (c *Client) Persist(ctx context.Context, name []byte) error {
	return c.change(ctx, "persist", name, "persist", name)
}

// change sends a command that answers 0 when the key is not there. PERSIST does
// so too for a key that has no time to live, which is what was wanted.
func (c *Client) change(ctx context.Context, op string, name []byte, args ...any) error {
	if c.cfg.ReadOnly {
		return ErrReadOnly
	}
	if err := c.protected([][]byte{name}); err != nil {
		return err
	}
	n, err := c.cmdable().Do(ctx, args...).Int()
	if err == nil && n == 0 {
		n, err = c.cmdable().Do(ctx, "exists", name).Int()
		if err == nil && n == 0 {
			err = ErrNoKey
		}
	}
	if err != nil {
		return c.lostErr(KeyError{Op: op, Key: name, Err: err})
	}
	return nil
}
