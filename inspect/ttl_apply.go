package inspect

import (
	"context"

	"cacheview/inspect/journal"
)

// command sets the expiry of an item.
func (it *item) command() []any {
	if it.newExpiry == journal.NoExpiry {
		return []any{"persist", it.key}
	}
	return []any{"pexpireat", it.key, it.newExpiry}
}

// plain changes items without comparing them.
func (t *retiming) plain(ctx context.Context, items []*item) error {
	replies, err := t.c.pipeline(ctx, len(items), func(i int) []any { return items[i].command() })
	if err != nil {
		return err
	}
	for i, r := range replies {
		n, err := r.number()
		items[i].setTTLReply(n, err)
		if r := refused(err); r != nil {
			return r
		}
	}
	return nil
}

func (it *item) setTTLReply(n int64, err error) {
	switch {
	case err != nil:
		it.state, it.err = stateFailed, err
	case n == 0 && it.newExpiry != journal.NoExpiry:
		it.state = stateGone
	default:
		it.state = stateDeleted // done
	}
}

// inTx changes items if none was written since they were read.
func (t *retiming) inTx(tx transaction) func(context.Context, []*item) error {
	return func(ctx context.Context, items []*item) error {
		cmds, err := tx.execEach(ctx, len(items), func(i int) []any { return items[i].command() })
		if err != nil {
			return err
		}
		for i, cmd := range cmds {
			n, err := cmd.Int64()
			items[i].setTTLReply(n, err)
		}
		return nil
	}
}

// byScript changes items that are still as they were read.
func (t *retiming) byScript(ctx context.Context, items []*item) error {
	calls := make([]scriptCall, len(items))
	var groups [][]*item
	for i := 0; i < len(items); {
		n := 1
		for t.c.cluster == nil && i+n < len(items) || i+n < len(items) && Slot(items[i+n].key) == Slot(items[i].key) {
			n++
		}
		groups = append(groups, items[i:i+n])
		i += n
	}
	calls = calls[:0]
	for _, g := range groups {
		call := scriptCall{keys: keysOf(g)}
		for _, it := range g {
			digest := any("")
			if it.dump != nil {
				digest = it.digest()
			}
			call.args = append(call.args, digest, it.expiry, it.newExpiry)
		}
		calls = append(calls, call)
	}
	cmds := t.c.runScript(ctx, ttlScript, calls)
	var end error
	for i, g := range groups {
		reply, err := cmds[i].Result()
		if err == nil {
			err = answer(cmds[i])
		}
		var states, why []byte
		if err == nil {
			states, why, err = scriptStates(rawReply{reply}, len(g))
		}
		if err != nil {
			switch {
			case hasReply(err, "TRYAGAIN") && len(g) > 1:
				for _, it := range g {
					if err := t.byScript(ctx, []*item{it}); err != nil {
						return err
					}
				}
			case isReply(err) && !keyRefused(err) && refused(err) == nil:
				t.c.miss("EVAL", noEval)
			default:
				end = err
			}
			continue
		}
		for n, it := range g {
			switch states[n] {
			case 'd':
				it.state = stateDeleted
			case 'g':
				it.state = stateGone
			case 'e':
				it.state, it.err = stateFailed, replyError(why)
				if r := refused(replyError(why)); r != nil {
					end = r
				}
			}
		}
	}
	return end
}
