package inspect

import (
	"cmp"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/journal"
)

// retiming is the state of a running Retime. Its batches are those of a
// deletion.
type retiming struct {
	deletion
	change TTLChange
	r      *TTLReport
}

func (t *retiming) eachBatch(ctx context.Context, progress func(done, total int)) error {
	done := 0
	for {
		if ctx.Err() != nil {
			t.r.Stopped = done < len(t.plan.Keys)
			return nil
		}
		b := t.next()
		if b == nil {
			return nil
		}
		err := t.batch(context.WithoutCancel(ctx), b)
		t.count(b, err)
		if err != nil {
			return t.c.lostErr(fmt.Errorf("change TTLs: %w", advised(err)))
		}
		done += len(b.items)
		if progress != nil {
			progress(done, len(t.plan.Keys))
		}
	}
}

// count adds the outcomes of a batch to the report.
func (t *retiming) count(b *batch, cause error) {
	local := time.Now().UnixMilli()
	for _, it := range b.items {
		switch it.state {
		case stateDeleted:
			t.r.Changed++
		case stateSame:
			t.r.Unchanged++
		case stateGone:
			if it.seen.ranOut(local, local-b.skew) {
				t.r.Expired++
			} else {
				t.r.Gone++
			}
		case stateUncopied:
			t.r.NotCopied++
			t.r.Uncopied = append(t.r.Uncopied, it.key)
			t.r.addError(it.key, it.err)
		case stateUnknown:
			t.r.Unknown++
			t.r.fail(it.key, it.err)
		case stateFailed:
			t.r.fail(it.key, it.err)
		case stateChanged:
			t.r.fail(it.key, errBusyKey)
		default:
			if cause != nil && !errors.Is(cause, errJournal) {
				t.r.fail(it.key, cause)
			}
		}
	}
}

// errBusyKey is why a key was skipped that is written faster than it can be
// copied.
var errBusyKey = errors.New("it was written each time it was copied")

// batch changes the TTLs of one batch.
func (t *retiming) batch(ctx context.Context, b *batch) error {
	for range watchTries {
		items := open(b.items)
		if len(items) == 0 {
			return nil
		}
		var err error
		switch yes, terr := t.c.transacts(ctx, items[0].key); {
		case t.c.scripted():
			err = t.once(ctx, t.c.pipeline, b, items, t.byScript)
		case terr != nil && !keyRefused(terr):
			return terr
		case yes && t.c.cluster == nil:
			err = t.c.transact(ctx, keysOf(items), func(tx transaction) error {
				return t.once(ctx, tx.pipeline, b, items, t.inTx(tx))
			})
		case yes:
			for _, it := range items {
				if err == nil {
					err = t.c.transact(ctx, [][]byte{it.key}, func(tx transaction) error {
						return t.once(ctx, tx.pipeline, b, []*item{it}, t.inTx(tx))
					})
				}
			}
		default:
			err = t.once(ctx, t.c.pipeline, b, items, t.plain)
		}
		switch {
		case err == nil, errors.Is(err, redis.TxFailedErr):
		case keyRefused(err) && len(items) > 1:
			for _, it := range items {
				if err := t.batch(ctx, &batch{items: []*item{it}, large: b.large, skew: b.skew}); err != nil {
					return err
				}
			}
		case keyRefused(err):
			setAll(open(items), stateFailed, err)
		default:
			return err
		}
	}
	setAll(open(b.items), stateChanged, nil)
	return nil
}

// once copies items, appends them to the journal and has apply change them.
// Items that were written in between stay open.
func (t *retiming) once(ctx context.Context, ask asker, b *batch, items []*item, apply func(context.Context, []*item) error) error {
	if err := t.read(ctx, ask, b, items); err != nil {
		return err
	}
	items = open(items)
	if len(items) == 0 {
		return nil
	}
	var jb *journal.Batch
	if t.w != nil {
		jb = t.w.Begin()
		for _, it := range items {
			var err error
			it.record, err = jb.Add(it.ttlRecord())
			if errors.Is(err, journal.ErrFull) {
				it.state, it.err = stateUncopied, errLimit
				continue
			}
			if err != nil {
				return fmt.Errorf("%w: %w", errJournal, err)
			}
		}
		if err := t.w.Sync(); err != nil {
			return fmt.Errorf("%w: %w", errJournal, err)
		}
	}
	items = open(items)
	err := apply(ctx, items)
	if err != nil && !isReply(err) && !errors.Is(err, redis.TxFailedErr) {
		for _, it := range open(items) {
			it.state, it.err = stateUnknown, fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
		}
	}
	return errors.Join(err, t.commit(jb, items))
}

// read reads the expiry of items and, of those that will expire before their
// journal does, the value. Keys that are to stay are identified by it: no expiry is
// also that of a key that was written since.
func (t *retiming) read(ctx context.Context, ask asker, b *batch, items []*item) error {
	name := "pexpiretime"
	if t.c.pttl.Load() {
		name = "pttl"
	}
	shorter := t.w != nil && t.shortens()
	sums := func(it *item) bool { return t.w != nil && t.change.Persist && it.seen.copySize() <= sumMax }
	commands := [][]any{{"time"}}
	for _, it := range items {
		it.dump = nil
		commands = append(commands, []any{name, it.key})
		if shorter {
			if it.seen.copySize() > saveKeyMax {
				it.state, it.err = stateUncopied, errTooLarge
				commands = append(commands, []any{"exists", it.key})
			} else {
				commands = append(commands, []any{"dump", it.key})
			}
		} else if sums(it) {
			commands = append(commands, []any{"dump", it.key})
		}
	}
	replies, err := ask(ctx, len(commands), func(i int) []any { return commands[i] })
	if err != nil {
		return err
	}
	if _, err := replies[1].number(); unsupported(err) && name == "pexpiretime" {
		t.c.pttl.Store(true)
		return t.read(ctx, ask, b, items)
	}
	clock := replies[0].time()
	b.skew = time.Now().UnixMilli() - clock
	replies = replies[1:]
	for _, it := range items {
		at, err := replies[0].number()
		var dump []byte
		replies = replies[1:]
		if shorter {
			var derr error
			if dump, derr = replies[0].text(); derr != nil && err == nil {
				it.state, it.err = stateUncopied, fmt.Errorf("no copy can be made: %w", derr)
			}
			replies = replies[1:]
		} else if sums(it) {
			dump, _ = replies[0].text() // nil if the server does not say
			replies = replies[1:]
		}
		left := at
		if name == "pttl" && at >= 0 {
			at += clock
		} else if at >= 0 {
			left = at - clock
		}
		ms, ok := t.change.of(left)
		switch {
		case err != nil:
			if refused(err) != nil {
				return err
			}
			it.state, it.err = stateFailed, err
		case at == -2 || shorter && it.state == stateOpen && dump == nil:
			it.state = stateGone
		case !ok:
			it.state = stateSame
		case ms < 0:
			it.state, it.err = stateFailed, errTTL
		case it.state != stateOpen:
		default:
			it.dump, it.expiry, it.sha = dump, at, sha1.Sum(dump)
			it.newExpiry = journal.NoExpiry
			if ms > 0 {
				it.newExpiry = addMillis(clock, ms)
			}
		}
	}
	return nil
}

// ttlRecord is the record of an item in the journal.
func (it *item) ttlRecord() journal.Record {
	r := journal.Record{Kind: journal.KindTTL, Key: it.key, Expiry: it.expiry, NewExpiry: it.newExpiry, Dump: it.dump}
	if it.newExpiry == journal.NoExpiry && it.dump != nil {
		r.Dump, r.Wrote = nil, journal.DigestDump(it.dump)
	}
	return r
}

// shortens reports whether keys may expire before their journal does.
func (t *retiming) shortens() bool {
	if t.change.Persist {
		return false
	}
	days := cmp.Or(t.c.cfg.JournalDays, defaultDays)
	kept := time.Duration(days) * 24 * time.Hour
	return days < 0 || t.change.To == 0 || t.change.To < kept
}
