package inspect

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"cacheview/inspect/journal"
)

// state is what happened to a key.
type state byte

const (
	stateOpen     state = iota // nothing yet
	stateDeleted               // it existed, and this delete removed it
	stateGone                  // it did not exist
	stateChanged               // it is not as planned, and was skipped
	stateUncopied              // no copy could be made, and it was skipped
	stateFailed                // the server refused
	stateUnknown               // no reply, and the server could not be asked again
	stateSame                  // nothing was to be changed
)

// item is one key of a batch, with its copy.
type item struct {
	key    []byte
	seen   fingerprint // of the plan
	state  state
	err    error
	dump   []byte // nil before it is copied
	sha    [sha1.Size]byte
	expiry int64 // with dump, as in journal.Record
	record int   // its index in the journal's batch

	newExpiry int64 // of a change of the TTL, as in journal.Record
}

// batch is some keys of a deletion.
type batch struct {
	items []*item
	large bool  // too large for a script
	skew  int64 // of the local clock to the server's, in milliseconds
}

// errJournal is wrapped around an error of the undo journal.
var errJournal = errors.New("undo journal")

// open returns the items without an outcome.
func open(items []*item) []*item {
	return slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return it.state != stateOpen })
}

func keysOf(items []*item) [][]byte {
	keys := make([][]byte, len(items))
	for i, it := range items {
		keys[i] = it.key
	}
	return keys
}

func setAll(items []*item, s state, err error) {
	for _, it := range items {
		it.state, it.err = s, err
	}
}

// batch deletes the keys of b. Its error ends the deletion.
func (d *deletion) batch(ctx context.Context, b *batch) error {
	switch {
	case d.opt.NoUndo && d.opt.IncludeChanged:
		return d.unlinkAll(ctx, b.items)
	case d.w == nil && !d.opt.NoUndo && d.c.lacks("DUMP") && d.c.cfg.JournalLimit >= 0:
		setAll(b.items, stateUncopied, errNoDump)
		return nil
	}
	for try := 0; try < scriptTries && !b.large && d.c.scripted() && (d.w != nil || allSummed(b.items)); try++ {
		items := open(b.items)
		if len(items) == 0 {
			return nil
		}
		if err := d.copyAndDelete(ctx, b, items); err != nil {
			return err
		}
	}
	return d.txSlots(ctx, b, open(b.items))
}

// copyAndDelete copies items to the journal and deletes those whose copy is
// still what the server holds. Items that changed in between stay open if they
// are to be deleted all the same.
func (d *deletion) copyAndDelete(ctx context.Context, b *batch, items []*item) error {
	if err := d.copyAll(ctx, d.c.pipeline, b, items); err != nil {
		return d.ended(err)
	}
	items = open(items)
	jb, err := d.journal(items)
	if err != nil {
		return err
	}
	items = open(items)
	err = d.deleteByScript(ctx, items)
	return errors.Join(err, d.commit(jb, items))
}

// journal appends the copies and returns when they are on the disk.
func (d *deletion) journal(items []*item) (*journal.Batch, error) {
	if d.w == nil || len(items) == 0 {
		return nil, nil
	}
	jb := d.w.Begin()
	for _, it := range items {
		var err error
		it.record, err = jb.Add(journal.Record{Kind: journal.KindDelete, Key: it.key, Expiry: it.expiry, Dump: it.dump})
		if errors.Is(err, journal.ErrFull) {
			it.state, it.err = stateUncopied, errLimit
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errJournal, err)
		}
	}
	if err := d.w.Sync(); err != nil {
		return nil, fmt.Errorf("%w: %w", errJournal, err)
	}
	return jb, nil
}

// commit marks what happened to the records of a batch.
func (d *deletion) commit(jb *journal.Batch, items []*item) error {
	if jb == nil {
		return nil
	}
	outcomes := make([]journal.Outcome, jb.Len())
	for i := range outcomes {
		outcomes[i] = journal.NotDone
	}
	for _, it := range items {
		switch {
		case it.state == stateDeleted && it.err == nil:
			outcomes[it.record] = journal.Done
		case it.state == stateDeleted, it.state == stateUnknown:
			outcomes[it.record] = journal.InDoubt
		}
	}
	if err := jb.Commit(outcomes, nil); err != nil {
		return fmt.Errorf("%w: %w", errJournal, err)
	}
	return nil
}

// deleteByScript runs the script on items, one call for each slot of a cluster.
func (d *deletion) deleteByScript(ctx context.Context, items []*item) error {
	var groups [][]*item
	for _, it := range items {
		n := len(groups)
		if n == 0 || d.c.cluster != nil && Slot(it.key) != Slot(groups[n-1][0].key) {
			groups = append(groups, nil)
			n++
		}
		groups[n-1] = append(groups[n-1], it)
	}
	return d.deleteGroups(ctx, groups)
}

func (d *deletion) deleteGroups(ctx context.Context, groups [][]*item) error {
	if len(groups) == 0 {
		return nil
	}
	calls := make([]scriptCall, len(groups))
	for i, items := range groups {
		calls[i] = scriptCall{keys: keysOf(items), args: make([]any, 0, 2*len(items))}
		for _, it := range items {
			calls[i].args = append(calls[i].args, it.digest(), strconv.FormatInt(it.expiry, 10))
		}
	}
	cmds := d.c.runScript(ctx, deleteScript, calls)
	var end error
	var lost []*item
	var singles [][]*item
	for i, items := range groups {
		reply, err := cmds[i].Result()
		if err == nil {
			err = answer(cmds[i])
		}
		var states, why []byte
		if err == nil {
			states, why, err = scriptStates(rawReply{reply}, len(items))
		}
		switch {
		case err == nil:
			d.takeStates(items, states, replyError(why))
		case !isReply(err) && !errors.Is(err, errReply):
			lost, end = append(lost, items...), err
		case len(items) > 1 && (keyRefused(err) || hasReply(err, "TRYAGAIN") || hasReply(err, "CROSSSLOT")):
			// One of the keys; nothing was deleted. Or some of the slot's keys
			// have moved to another node.
			for _, it := range items {
				singles = append(singles, []*item{it})
			}
		case keyRefused(err):
			setAll(items, stateFailed, err)
		case refused(err) != nil:
			setAll(items, stateFailed, err)
			end = err
		default: // transactions are used for them
			d.c.miss("EVAL", noEval)
		}
	}
	if len(lost) > 0 {
		d.verify(ctx, lost, end)
	}
	if end != nil {
		return d.ended(end)
	}
	return d.deleteGroups(ctx, singles)
}

// noEval is the effect of a server or user without scripts.
const noEval = "keys are deleted in transactions (WATCH), which is slower"

// takeStates reads the letters of deleteScript. An item that a script cannot
// delete stays open.
func (d *deletion) takeStates(items []*item, states []byte, why error) {
	d.c.looks.hits.Add(int64(2 * len(items)))
	for i, it := range items {
		switch states[i] {
		case 'd':
			it.state = stateDeleted
		case 'g':
			it.state = stateGone
		case 'c':
			if !d.opt.IncludeChanged {
				it.state = stateChanged
			}
		default:
			if unsupported(why) {
				d.c.miss("EVAL", noEval)
			} else if keyRefused(why) && len(items) == 1 {
				it.state, it.err = stateFailed, why
			}
		}
	}
}

// digest is the copy as deleteScript compares it.
func (it *item) digest() any {
	if len(it.dump) <= 2*sha1.Size {
		return it.dump
	}
	return hex.EncodeToString(it.sha[:])
}

// ended is the error of a deletion that cannot go on.
func (d *deletion) ended(err error) error {
	return d.c.lostErr(fmt.Errorf("delete: %w", advised(err)))
}

// unlinkAll deletes keys without comparing or copying them.
func (d *deletion) unlinkAll(ctx context.Context, items []*item) error {
	cmds := d.c.sendRaw(ctx, len(items), func(i int) []any { return []any{d.c.unlinkName(), items[i].key} })
	if len(cmds) > 0 && !d.c.lacks("UNLINK") && unsupported(answer(cmds[0])) {
		d.c.missUnlink()
		return d.unlinkAll(ctx, items)
	}
	var end error
	var lost []*item
	for i, cmd := range cmds {
		it := items[i]
		var n int64
		b, err := cmd.Result()
		if err == nil {
			n, err = rawReply{b}.number()
		}
		switch {
		case err == nil && n == 0:
			it.state = stateGone
		case err == nil:
			it.state = stateDeleted
		case isReply(err):
			it.state, it.err = stateFailed, err
			if !keyRefused(err) {
				end = err
			}
		default:
			lost, end = append(lost, it), err
		}
	}
	if len(lost) > 0 {
		d.verify(ctx, lost, end)
	}
	if end != nil {
		return d.ended(end)
	}
	return nil
}

func (c *Client) unlinkName() string {
	if c.lacks("UNLINK") {
		return "del"
	}
	return "unlink"
}

func (c *Client) missUnlink() {
	c.miss("UNLINK", "deleting a large key blocks the server (DEL)")
	c.miss("EVAL", noEval)
}
