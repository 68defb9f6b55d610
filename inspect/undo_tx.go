package inspect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/journal"
)

// exchangeTx does what undoScript does where scripts are refused: it watches the
// keys of each call, compares, and changes them in a transaction (optimistic
// locking).
func (c *Client) exchangeTx(ctx context.Context, calls []scriptCall, status []string, errs []error) error {
	for i, call := range calls {
		if yes, err := c.transacts(ctx, call.keys[0]); err != nil {
			return err
		} else if !yes {
			return errNoTransaction
		}
		var err error
		status[i], err = c.exchangeOne(ctx, call)
		if err != nil && !isReply(err) {
			return c.lostErr(err)
		}
		errs[i] = err
	}
	return nil
}

// exchangeTries limits how often a key is looked at again that another client
// writes to.
const exchangeTries = 8

func (c *Client) exchangeOne(ctx context.Context, call scriptCall) (status string, err error) {
	for range exchangeTries {
		err = c.transact(ctx, call.keys, func(t transaction) error {
			x := exchangeTx{ctx, c, t, call}
			var commands [][]any
			if status, commands, err = x.decide(); err != nil || len(commands) == 0 {
				return err
			}
			if err := t.execAll(ctx, commands); err != nil {
				return err
			}
			if status == "" { // written
				d, err := x.digest("d", call.keys[0])
				status = d
				return err
			}
			return nil
		})
		if !errors.Is(err, redis.TxFailedErr) {
			return status, err
		}
	}
	return statusChanged, nil
}

// execAll is exec for several commands.
func (t transaction) execAll(ctx context.Context, commands [][]any) error {
	if err := t.asking(ctx); err != nil {
		return err
	}
	var cmds []*redis.Cmd
	_, err := t.tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for _, args := range commands {
			cmds = append(cmds, p.Do(ctx, args...))
		}
		return nil
	})
	for _, cmd := range cmds {
		if cmd.Err() != nil && !errors.Is(err, redis.TxFailedErr) {
			return cmd.Err()
		}
	}
	return err
}

// exchangeTx is one call of undoScript in a transaction.
type exchangeTx struct {
	ctx  context.Context
	c    *Client
	t    transaction
	call scriptCall
}

func (x exchangeTx) arg(i int) string {
	switch a := x.call.args[i].(type) {
	case string:
		return a
	case []byte:
		return string(a)
	}
	return ""
}

func (x exchangeTx) ask(args ...any) (rawReply, error) {
	replies, err := x.t.pipeline(x.ctx, 1, func(int) []any { return args })
	if err != nil {
		return rawReply{}, err
	}
	return replies[0], nil
}

func (x exchangeTx) exists(key []byte) (bool, error) {
	r, err := x.ask("exists", key)
	if err != nil {
		return false, err
	}
	n, err := r.number()
	return n > 0, err
}

func (x exchangeTx) digest(of string, key []byte) (string, error) {
	if of == "s" {
		r, err := x.ask("getrange", key, 0, -1)
		if err != nil {
			return "", err
		}
		b, err := r.text()
		if err != nil {
			return "other", nil //nolint:nilerr // not a string
		}
		return journal.DigestString(b).Hex(), nil
	}
	r, err := x.ask("dump", key)
	if err != nil {
		return "", err
	}
	b, err := r.text()
	if err != nil || b == nil {
		return "none", err
	}
	return journal.DigestDump(b).Hex(), nil
}

// expiry returns the expiry of a key. It is exact unless the server is older than
// Redis 7.
func (x exchangeTx) expiry(key []byte) (at int64, exact bool, err error) {
	replies, err := x.t.pipeline(x.ctx, 3, func(i int) []any {
		return [][]any{{"time"}, {"pttl", key}, {"pexpiretime", key}}[i]
	})
	if err != nil {
		return 0, false, err
	}
	if at, err := replies[2].number(); err == nil {
		return at, !x.c.inexactExpiry(), nil
	}
	left, err := replies[1].number()
	if err != nil || left < 0 {
		return left, true, err
	}
	return replies[0].time() + left, false, nil
}

// expires reports whether a key has an expiry.
func (x exchangeTx) expires(key []byte, want int64) (bool, error) {
	at, exact, err := x.expiry(key)
	if exact || at < 0 || want < 0 {
		return at == want, err
	}
	return abs(at-want) <= undoSlack, err
}

// decide compares, and returns the commands that are to be carried out. Without
// any the status is the result; an empty status means that the digest is.
func (x exchangeTx) decide() (status string, commands [][]any, err error) {
	key := x.call.keys[0]
	there, err := x.exists(key)
	if err != nil {
		return "", nil, err
	}
	switch op := x.arg(0); op {
	case "new":
		if there {
			return statusExists, nil, nil
		}
		return "", [][]any{{"restore", key, x.arg(1), x.call.args[2], "absttl"}}, nil
	case "swap":
		return x.swap(key, there)
	case "drop":
		if !there {
			return statusAlready, nil, nil
		}
		if d, err := x.digest(x.arg(1), key); err != nil || d != x.arg(2) {
			return statusChanged, nil, err
		}
		if x.arg(3) != "" {
			if same, err := x.expires(key, parseMS(x.arg(3))); err != nil || !same {
				return statusChanged, nil, err
			}
		}
		return statusOK, [][]any{{"del", key}}, nil
	case "ttl":
		return x.ttl(key)
	case "rename":
		return x.rename(key, there)
	default:
		return "", nil, fmt.Errorf("unknown operation %s", op)
	}
}

func (x exchangeTx) swap(key []byte, there bool) (string, [][]any, error) {
	put := []any{"restore", key, x.arg(4), x.call.args[5], "absttl"}
	if !there {
		if expiry := parseMS(x.arg(4)); expiry > 0 && expiry <= time.Now().UnixMilli() {
			return statusExpired, nil, nil
		}
		return "", [][]any{put}, nil
	}
	if was := x.arg(2); was != "" {
		d, err := x.digest(x.arg(1), key)
		if err != nil {
			return "", nil, err
		}
		same := d == was
		switch at := x.arg(6); {
		case !same || at == "":
		case at == keepExpiry:
			now, _, err := x.expiry(key)
			if err != nil {
				return "", nil, err
			}
			put[2] = max(now, 0)
		default:
			if same, err = x.expires(key, parseMS(at)); err != nil {
				return "", nil, err
			}
		}
		if same {
			return "", [][]any{append(put, "replace")}, nil
		}
	}
	d, err := x.digest("d", key)
	if d == x.arg(3) {
		return statusAlready, nil, err
	}
	return statusChanged, nil, err
}

func (x exchangeTx) ttl(key []byte) (string, [][]any, error) {
	now, old := parseMS(x.arg(1)), parseMS(x.arg(2))
	at, _, err := x.expiry(key)
	if err != nil {
		return "", nil, err
	}
	isNew, err := x.expires(key, now)
	if err != nil {
		return "", nil, err
	}
	if was := x.arg(4); was != "" && isNew {
		d, err := x.digest(x.arg(3), key)
		if err != nil {
			return "", nil, err
		}
		isNew = d == was
	}
	isOld, err := x.expires(key, old)
	switch {
	case err != nil:
		return "", nil, err
	case at == -2:
		return statusGone, nil, nil
	case at == old:
		return statusAlready, nil, nil
	case isNew && old < 0:
		return statusOK, [][]any{{"persist", key}}, nil
	case isNew:
		return statusOK, [][]any{{"pexpireat", key, old}}, nil
	case isOld:
		return statusAlready, nil, nil
	}
	return statusChanged, nil, nil
}

func (x exchangeTx) rename(key []byte, there bool) (string, [][]any, error) {
	was, to := x.arg(2), x.call.keys[1]
	moved, err := x.exists(to)
	if err != nil {
		return "", nil, err
	}
	switch {
	case there && !moved:
		if was == "" {
			return statusAlready, nil, nil
		}
		d, err := x.digest(x.arg(1), key)
		if d == was {
			return statusAlready, nil, err
		}
		return statusExists, nil, err
	case there:
		return statusExists, nil, nil
	case !moved:
		return statusGone, nil, nil
	}
	if was != "" {
		if d, err := x.digest(x.arg(1), to); err != nil || d != was {
			return statusChanged, nil, err
		}
	}
	if x.arg(5) != "" {
		if same, err := x.expires(to, parseMS(x.arg(5))); err != nil || !same {
			return statusChanged, nil, err
		}
	}
	commands := [][]any{{"renamenx", to, key}}
	if x.arg(4) != "" {
		commands = append(commands, []any{"restore", to, x.arg(3), x.call.args[4], "absttl"})
	}
	return statusOK, commands, nil
}

func parseMS(s string) int64 {
	var n int64
	if _, err := fmt.Sscan(s, &n); err != nil {
		return -1
	}
	return n
}
