package inspect

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// TTLChange says what times to live become: To, or what they are plus Add, or
// Never. The first that is set counts.
type TTLChange struct {
	Never bool          // never expire
	To    time.Duration // at least a millisecond
	Add   time.Duration // to what is left; less than 0 takes away. What never expires stays so.
}

// errTTL is returned for a change that would kill the key it is made on.
var errTTL = errors.New("the time to live must be at least a millisecond: to be rid of a key, delete it")

// check refuses a change that is none, or that deletes.
func (t TTLChange) check() error {
	if !t.Never && t.To < time.Millisecond && (t.To != 0 || t.Add == 0) {
		return errTTL
	}
	return nil
}

// TTLReport is what a change of times to live did.
type TTLReport struct {
	Planned int
	Changed int
	Same    int        // never expired, and so there was nothing to add to or to take away
	Expired int        // were gone when their turn came
	Failed  int        // could not be changed
	Errors  []KeyError // at most 100
	Stopped bool       // cancelled between batches; the rest was left alone
}

// Retime changes the time to live of a plan's keys, in batches, and nothing
// else of them; the values are not touched. It refuses with ErrReadOnly,
// *ProtectedError or *TargetError before it sends anything. progress may be nil.
//
// Cancelling ctx stops between two batches, with TTLReport.Stopped and no error.
// Any error means that nothing more was changed, and the report is of what was.
func (c *Client) Retime(ctx context.Context, p *Plan, change TTLChange, progress func(done, total int)) (TTLReport, error) {
	r := TTLReport{Planned: len(p.Keys)}
	if err := c.mayChange(p); err != nil {
		return r, err
	}
	if err := change.check(); err != nil {
		return r, err
	}
	for done := 0; done < len(p.Keys); {
		if ctx.Err() != nil {
			r.Stopped = true
			return r, nil
		}
		keys := p.Keys[done:min(done+deleteBatch, len(p.Keys))]
		if err := c.retime(context.WithoutCancel(ctx), keys, change, &r); err != nil {
			return r, fmt.Errorf("change times to live: %w", err)
		}
		done += len(keys)
		if progress != nil {
			progress(done, len(p.Keys))
		}
	}
	return r, nil
}

// mayChange refuses what must not be carried out here.
func (c *Client) mayChange(p *Plan) error {
	if c.cfg.ReadOnly {
		return ErrReadOnly
	}
	if here := c.Server(); here.Addr != p.Server.Addr || here.DB != p.Server.DB {
		return &TargetError{Planned: p.Server.where(), Open: here.where()}
	}
	return c.protected(p.Keys)
}

// retime changes one batch. What a key has left is asked first, which tells
// one that is gone from one that never expires.
func (c *Client) retime(ctx context.Context, keys [][]byte, change TTLChange, r *TTLReport) error {
	left, err := c.pipeline(ctx, len(keys), func(i int) []any { return []any{"pttl", keys[i]} })
	if err != nil {
		return err
	}
	var names [][]byte
	var ttls []int64 // milliseconds; 0 takes the time to live away
	for i, reply := range left {
		n, err := reply.number()
		ttl, ok := change.of(n)
		switch {
		case err != nil:
			r.fail(keys[i], err)
		case n == -2:
			r.Expired++
		case !ok:
			r.Same++
		case ttl < 0:
			r.fail(keys[i], errTTL)
		default:
			names, ttls = append(names, keys[i]), append(ttls, ttl)
		}
	}
	replies, err := c.pipeline(ctx, len(names), func(i int) []any {
		if ttls[i] == 0 {
			return []any{"persist", names[i]}
		}
		return []any{"pexpire", names[i], ttls[i]}
	})
	if err != nil {
		return err
	}
	var end error // every other key would be refused, too
	for i, reply := range replies {
		switch n, err := reply.number(); {
		case err != nil:
			r.fail(names[i], err)
			if r := refused(err); r != nil {
				end = r
			} else if unsupported(err) {
				end = err
			}
		case n == 0:
			r.Expired++
		default:
			r.Changed++
		}
	}
	return end
}

// of returns the new time to live in milliseconds of a key that has left: 0 for
// none, less than 0 when there would be nothing left. ok is false when the
// change leaves the key as it is.
func (t TTLChange) of(left int64) (ms int64, ok bool) {
	switch {
	case t.Never:
		return 0, left != -1
	case t.To > 0:
		return t.To.Milliseconds(), true
	case left == -1:
		return 0, false
	}
	if add := t.Add.Milliseconds(); add > math.MaxInt64-max(left, 0) {
		return math.MaxInt64, true // the server refuses it, and says why
	} else if ms = left + add; ms < 1 {
		return -1, true
	}
	return ms, true
}

func (r *TTLReport) fail(key []byte, err error) {
	r.Failed++
	if len(r.Errors) < maxErrors {
		r.Errors = append(r.Errors, KeyError{Op: "change the time to live of", Key: key, Err: err})
	}
}
