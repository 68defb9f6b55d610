package inspect

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// transaction is a connection on which keys are watched.
type transaction struct {
	tx  *redis.Tx
	ask bool // the keys have just come to this node, which wants ASKING for them
}

// transact watches keys and calls fn, which looks at them and then carries
// something out that the server refuses (redis.TxFailedErr) if one of them was
// touched meanwhile; see the Redis page "Transactions". In a cluster they must
// be of one slot, whose node is looked for: fn is called again when a command of
// it is answered with where the slot has gone, and nothing was done then.
func (c *Client) transact(ctx context.Context, keys [][]byte, fn func(transaction) error) error {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = string(k)
	}
	if c.cluster == nil {
		return transactAt(ctx, c.one, false, names, fn)
	}
	node, err := c.masterOf(ctx, keys[0])
	if err != nil {
		return err
	}
	to := redirect{}
	for range maxRedirects {
		err = transactAt(ctx, node, to.ask, names, fn)
		var elsewhere bool
		if to, elsewhere = redirectOf(err); !elsewhere {
			return err
		}
		nodes, merr := c.masters(ctx) // this also tells go-redis where the slots are now
		if merr != nil {
			return merr
		}
		if node, elsewhere = nodeAt(nodes, to.addr); !elsewhere {
			return err
		}
	}
	return err
}

func transactAt(ctx context.Context, node *redis.Client, ask bool, names []string, fn func(transaction) error) error {
	return node.Watch(ctx, func(tx *redis.Tx) error {
		t := transaction{tx, ask}
		if err := t.asking(ctx); err != nil {
			return err
		}
		if err := tx.Watch(ctx, names...).Err(); err != nil {
			return err
		}
		return fn(t)
	})
}

// asking announces one command, or all between MULTI and EXEC, about keys that
// are on their way here.
func (t transaction) asking(ctx context.Context) error {
	if !t.ask {
		return nil
	}
	return t.tx.Do(ctx, "asking").Err()
}

// pipeline is Client.pipeline on the connection of the transaction. That a key
// has gone to another node is its error.
func (t transaction) pipeline(ctx context.Context, n int, command func(i int) []any) ([]rawReply, error) {
	cmds, all := rawCommands(ctx, n, command)
	execute(ctx, t.tx, cmds, all, t.ask)
	for _, cmd := range cmds {
		if err := answer(cmd); err != nil {
			if _, elsewhere := redirectOf(err); elsewhere {
				return nil, err
			}
		}
	}
	return replies(cmds)
}

// exec carries out one command if no watched key was touched.
func (t transaction) exec(ctx context.Context, args ...any) (*redis.Cmd, error) {
	if err := t.asking(ctx); err != nil {
		return nil, err
	}
	var cmd *redis.Cmd
	_, err := t.tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
		cmd = p.Do(ctx, args...)
		return nil
	})
	if cmd.Err() != nil && !errors.Is(err, redis.TxFailedErr) {
		err = cmd.Err() // and not that the transaction was discarded for it
	}
	return cmd, err
}

// transacts reports whether transactions are to be had; it is asked once, and
// notes when they are not. MULTI is never sent with what it is to hold before it
// is known to be let through: without it that would be carried out at once.
func (c *Client) transacts(ctx context.Context, key []byte) (bool, error) {
	if c.lacks("WATCH") || c.transacting.Load() {
		return !c.lacks("WATCH"), nil
	}
	err := c.transact(ctx, [][]byte{key}, func(t transaction) error {
		if err := t.tx.Do(ctx, "multi").Err(); err != nil {
			return err
		}
		err := t.tx.Do(ctx, "exec").Err()
		if err != nil && !errors.Is(err, redis.Nil) {
			_ = t.tx.Do(ctx, "discard").Err()
			return err
		}
		return nil
	})
	if unsupported(err) || redis.HasErrorPrefix(err, "EXECABORT") {
		c.miss("WATCH", "a key that is written in the moment of its delete goes, too, and values are not edited")
		return false, nil
	}
	c.transacting.Store(err == nil)
	return err == nil, err
}
