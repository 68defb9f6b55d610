package inspect

import (
	"cmp"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/journal"
)

// TTLChange says what times to live become: To, or what they are plus Add, or
// Never. The first that is set counts.
type TTLChange struct {
	Persist bool          // never expire
	To      time.Duration // at least a millisecond
	Add     time.Duration // to what is left; less than 0 takes away. What never expires stays so.
	// NoUndo keeps no journal.
	NoUndo bool
}

// sumMax limits the memory of a key that is copied only to identify its value.
const sumMax = 1 << 20

// errTTL is returned for a change that would kill the key it is made on.
var errTTL = errors.New("the TTL must be at least 1 ms; to remove a key, delete it")

// check refuses a change that is none, or that deletes.
func (t TTLChange) check() error {
	if !t.Persist && t.To < time.Millisecond && (t.To != 0 || t.Add == 0) {
		return errTTL
	}
	return nil
}

// TTLReport is the result of a change of TTLs. Each planned key is counted once,
// or not at all if the change stopped before its turn.
type TTLReport struct {
	Planned   int
	Changed   int
	Unchanged int // have no expiry, and so there was nothing to add to
	Gone      int // did not exist any longer
	Expired   int // did not exist, and their TTL, as the plan saw it, has run out
	// NotCopied counts the keys that were skipped because they would expire
	// before their journal does, and no copy could be made. Uncopied are their
	// names.
	NotCopied int
	Uncopied  [][]byte
	Failed    int
	Unknown   int        // of Failed: no reply, and the change may have been made
	Errors    []KeyError // at most 100
	Stopped   bool       // canceled between batches
	Undo      string     // the journal's ID, "" if nothing can be undone
}

// ChangeTTL changes the TTL of a plan's keys, in batches, and nothing else. The old
// expiry goes into an undo journal first, and the value too if the key will
// expire before journals do. The server makes the change only if both are still
// the same; a key that was written in between is copied again.
//
// It refuses with ErrReadOnly, *ProtectedError or *TargetError before it sends
// anything. progress may be nil. Canceling ctx stops between batches, with
// TTLReport.Stopped and no error. Any error means that nothing more is changed.
func (c *Client) ChangeTTL(ctx context.Context, p *Plan, change TTLChange, progress func(done, total int)) (TTLReport, error) {
	r := TTLReport{Planned: len(p.Keys)}
	if err := c.mayChange(ctx, p); err != nil {
		return r, err
	}
	if err := change.check(); err != nil {
		return r, err
	}
	if len(p.Keys) == 0 {
		return r, nil
	}
	t := retiming{deletion: deletion{c: c, plan: p, opt: DeleteOptions{IncludeChanged: true, NoUndo: change.NoUndo}, report: &DeleteReport{}}, change: change, r: &r}
	if !change.NoUndo {
		var err error
		if t.w, err = c.beginJournal(ctx, "ttl", p.Description); err != nil {
			return r, fmt.Errorf("undo journal: %w", err)
		}
	}
	err := t.eachBatch(ctx, progress)
	if t.w != nil {
		sum, jerr := t.w.Close()
		if sum.Undoable > 0 {
			r.Undo = t.w.ID()
		}
		if err == nil && jerr != nil {
			err = fmt.Errorf("undo journal: %w", jerr)
		}
	}
	return r, err
}

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

// of returns the new time to live in milliseconds of a key that has left: 0 for
// none, less than 0 when there would be nothing left. ok is false when the
// change leaves the key as it is.
func (t TTLChange) of(left int64) (ms int64, ok bool) {
	switch {
	case t.Persist:
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
	r.addError(key, err)
}

func (r *TTLReport) addError(key []byte, err error) {
	if reply, ok := errors.AsType[replyError](err); ok {
		err = reply
	}
	if len(r.Errors) < maxErrors {
		r.Errors = append(r.Errors, KeyError{Op: "change the TTL of", Key: key, Err: err})
	}
}

// addMillis is a+b, or the latest expiry that there is: the server refuses it.
func addMillis(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
