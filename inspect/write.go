package inspect

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/journal"
	"cacheview/inspect/keyspace"
)

// Writes of a few keys by name (set, rename, a command of the user) go through
// one path, writeKeys: the keys are watched, what they hold is copied into an undo
// journal and synced, and the commands are carried out in a transaction, which the
// server refuses if another client wrote to a key in between (optimistic locking).
// Then the keys are copied again.

// WriteOptions are the decisions of a write by name.
type WriteOptions struct {
	Replace bool // overwrite a key that exists (rename), or a value of another type (set)
	NoUndo  bool // keep no journal
}

// WriteReport is the result of a write by name.
type WriteReport struct {
	// Existed is set if the key that was written existed before.
	Existed bool
	Undo    string // the journal's ID, "" if nothing can be undone
}

// NoCopyError is returned if a key was not written because no copy of it could be
// made for an undo. Nothing was changed.
type NoCopyError struct {
	Key []byte
	Err error
}

// Error names the key and the reason.
func (e *NoCopyError) Error() string {
	return KeyError{Op: "copy", Key: e.Key, Err: e.Err}.Error()
}

// Unwrap returns the reason.
func (e *NoCopyError) Unwrap() error { return e.Err }

// keyState is a key before or after a write.
type keyState struct {
	Key
	dump    []byte // nil without a copy
	copyErr error  // why there is no copy
}

// keyWrite is one write by name.
type keyWrite struct {
	op, what string // of the journal
	keys     [][]byte
	noUndo   bool
	// plan returns the commands, and the records that undo them.
	plan func(before []keyState) (commands [][]any, records []journal.Record, err error)
	// compare has the keys copied again in the transaction, and each record, one
	// for each key, completed with the value that was written.
	compare bool
	// plain allows the write where there are no transactions.
	plain bool
}

// written is the outcome of a keyWrite.
type written struct {
	before  []keyState
	replies []rawReply // of the commands
	undo    string
}

// writeTries limits how often keys are copied again because another client writes
// to them.
const writeTries = 8

// writeKeys carries out a write by name.
func (c *Client) writeKeys(ctx context.Context, kw keyWrite) (written, error) {
	var out written
	if c.cfg.ReadOnly {
		return out, ErrReadOnly
	}
	if err := c.protected(kw.keys); err != nil {
		return out, err
	}
	yes, err := c.transacts(ctx, kw.keys[0])
	if err != nil {
		return out, c.lostErr(err)
	}
	if !yes && !kw.plain && !kw.noUndo {
		return out, errNoTransaction
	}
	r := &writeRun{c: c, keyWrite: kw, out: &out}
	for tries := 0; ; tries++ {
		if yes {
			err = c.transact(ctx, kw.keys, func(t transaction) error { return r.once(ctx, t.pipeline, t.execRaw) })
		} else {
			err = r.once(ctx, c.pipeline, c.pipelineRaw)
		}
		if !errors.Is(err, redis.TxFailedErr) {
			break
		}
		if tries == writeTries {
			err = ErrChanged
			break
		}
	}
	err = unsure(c.lostErr(advised(err)))
	if r.w != nil {
		sum, jerr := r.w.Close()
		if sum.Undoable > 0 {
			out.undo = r.w.ID()
		}
		if err == nil && jerr != nil {
			err = fmt.Errorf("undo journal: %w", jerr)
		}
	}
	return out, err
}

// writeRun is a keyWrite that is being carried out.
type writeRun struct {
	c *Client
	keyWrite
	w   *journal.Writer
	out *written
}

// runner carries out commands and returns a reply for each.
type runner func(ctx context.Context, commands [][]any) ([]rawReply, error)

// once copies the keys, and carries out the commands if no key was written since.
func (r *writeRun) once(ctx context.Context, ask asker, run runner) error {
	before, err := r.c.statesOf(ctx, ask, r.keys, !r.noUndo && r.c.UndoLimit() > 0)
	if err != nil {
		return err
	}
	r.out.before = before
	commands, records, err := r.plan(before)
	if err != nil {
		return err
	}
	batch, err := r.backup(ctx, before, records)
	if err != nil {
		return err
	}
	n := len(commands)
	if r.compare && batch != nil {
		commands = append(commands, []any{"time"})
		for _, k := range r.keys {
			commands = append(commands, []any{"dump", k}, []any{"pttl", k})
		}
	}
	replies, err := run(ctx, commands)
	if err != nil {
		if batch == nil || !isReply(err) && !errors.Is(err, redis.TxFailedErr) {
			return err // in doubt
		}
		return errors.Join(err, batch.CommitAll(journal.NotDone))
	}
	r.out.replies = replies[:n]
	if batch == nil {
		return nil
	}
	if !r.compare {
		outcome := journal.Done
		if _, err := replies[0].text(); err != nil && !errors.Is(err, errReply) {
			outcome = journal.NotDone
		}
		return batch.CommitAll(outcome)
	}
	return r.commit(batch, before, replies[n:])
}

// backup appends the records to the journal and syncs it. It returns nil if
// nothing is kept.
func (r *writeRun) backup(ctx context.Context, before []keyState, records []journal.Record) (*journal.Batch, error) {
	if r.noUndo || r.c.cfg.JournalLimit < 0 {
		return nil, nil
	}
	for i, k := range before {
		if k.Exists && k.dump == nil && needsCopy(records, r.keys[i]) {
			reason := k.copyErr
			if reason == nil {
				reason = errNoDump
			}
			return nil, &NoCopyError{r.keys[i], reason}
		}
	}
	if r.w == nil {
		var err error
		if r.w, err = r.c.beginJournal(ctx, r.op, r.what); err != nil {
			return nil, fmt.Errorf("undo journal: %w", err)
		}
		if r.w == nil { // there is no DUMP, and nothing that needs one
			return nil, nil
		}
	}
	batch := r.w.Begin()
	for _, rec := range records {
		_, err := batch.Add(rec)
		if errors.Is(err, journal.ErrFull) {
			return nil, errors.Join(&NoCopyError{rec.Key, errLimit}, batch.CommitAll(journal.NotDone))
		}
		if err != nil {
			return nil, fmt.Errorf("undo journal: %w", err)
		}
	}
	if err := r.w.Sync(); err != nil {
		return nil, fmt.Errorf("undo journal: %w", err)
	}
	return batch, nil
}

// needsCopy reports whether a record needs the value that a key had.
func needsCopy(records []journal.Record, key []byte) bool {
	for _, r := range records {
		switch {
		case string(r.Key) == string(key) && r.Kind == journal.KindOverwrite,
			string(r.NewName) == string(key) && r.Kind == journal.KindRename:
			return true
		}
	}
	return false
}

// commit marks which keys were changed, by what they hold now.
func (r *writeRun) commit(batch *journal.Batch, before []keyState, after []rawReply) error {
	outcomes, wrote := make([]journal.Outcome, len(before)), map[int]journal.Digest{}
	now := after[0].time()
	after = after[1:]
	for i, k := range before {
		outcomes[i] = journal.Done
		dump, err := after[2*i].text()
		left, terr := after[2*i+1].number()
		if err != nil || terr != nil {
			outcomes[i] = journal.InDoubt
			continue
		}
		if dump != nil {
			wrote[i] = journal.DigestDump(dump)
		}
		persists := left < 0
		same := (dump == nil) == (k.dump == nil) && (dump == nil || journal.SameDump(dump, k.dump)) &&
			persists == (k.Meta.Expiry == keyspace.NoExpiry)
		if same && !persists {
			same = abs(k.Meta.Expiry-(now+left)) <= undoSlack
		}
		if same || !k.Exists && dump == nil {
			outcomes[i] = journal.NotDone
		}
	}
	return batch.Commit(outcomes, wrote)
}

// statesOf reads what is known of keys, and copies them if copies are wanted.
func (c *Client) statesOf(ctx context.Context, ask asker, keys [][]byte, copies bool) ([]keyState, error) {
	metas := make([]Key, len(keys))
	if err := c.metaBatch(ctx, ask, keys, true, metas); err != nil {
		return nil, err
	}
	states := make([]keyState, len(keys))
	var small [][]byte
	var of []int
	for i, k := range metas {
		states[i].Key = k
		switch {
		case !k.Exists:
		case k.Err != nil:
			return nil, KeyError{Op: "read", Key: keys[i], Err: k.Err}
		case copies && k.Meta.Size > saveKeyMax && (!k.ByLength || k.Meta.Type == keyspace.String):
			states[i].copyErr = errTooLarge
		case copies:
			small, of = append(small, keys[i]), append(of, i)
		}
	}
	if len(small) == 0 {
		return states, nil
	}
	all, err := c.copyKeys(ctx, small)
	if err != nil {
		return nil, err
	}
	for n, k := range all {
		s := &states[of[n]]
		s.dump, s.copyErr = k.dump, k.err
		if k.err == nil {
			s.Exists = k.dump != nil // or it has expired
			s.Meta.Expiry = k.expiry
		}
	}
	return states, nil
}

// execRaw carries out commands if no watched key was written. An error reply of
// one of them is in its place.
func (t transaction) execRaw(ctx context.Context, commands [][]any) ([]rawReply, error) {
	if err := t.asking(ctx); err != nil {
		return nil, err
	}
	cmds := make([]*redis.RawCmd, len(commands))
	_, err := t.tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for i, args := range commands {
			cmds[i] = redis.NewRawCmd(ctx, args...)
			if err := p.Process(ctx, cmds[i]); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, redis.TxFailedErr):
		return nil, err
	case hasReply(err, "EXECABORT"):
		for _, cmd := range cmds {
			if e := cmd.Err(); e != nil && !hasReply(e, "EXECABORT") {
				return nil, e // why, and not that the transaction was discarded
			}
		}
		return nil, err
	case err != nil && !isReply(err):
		return nil, fmt.Errorf("transaction: %w", err)
	}
	return replies(cmds)
}

// pipelineRaw is Client.pipeline for commands in a list.
func (c *Client) pipelineRaw(ctx context.Context, commands [][]any) ([]rawReply, error) {
	return c.pipeline(ctx, len(commands), func(i int) []any { return commands[i] })
}
