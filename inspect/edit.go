package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/journal"
)

// ErrChanged is returned by Replace when the key's value is not what the caller
// has read. Nothing was written.
var ErrChanged = errors.New("the key changed since it was read")

// ErrExists is returned by Rename when there is a key of the new name. Nothing
// was renamed.
var ErrExists = errors.New("a key of that name exists")

// errNoTransaction is why nothing is edited: between the look at a value and the
// write somebody else's write could be lost.
var errNoTransaction = errors.New("this server or user has no transactions (WATCH, MULTI, EXEC), and a write without one could overwrite another client's")

// ErrOutcomeUnknown is in the error of a change that was sent to a server which then did
// not answer.
var ErrOutcomeUnknown = errors.New("it is not known whether this was done, look again")

// unsure is the error of a change: an ErrUnsure when it is that of a connection.
func unsure(err error) error {
	if IsDisconnected(err) && !isReply(err) {
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	return err
}

// Replace writes a string's new bytes in the place of the old ones, which must
// be all that the key holds, and keeps its time to live. What was there goes
// into an undo journal first, whose id is returned, "" when journals are off.
//
// It refuses with ErrReadOnly, *ProtectedError, ErrNoKey or ErrChanged, and
// then nothing was written: the comparison and the write are one transaction
// (WATCH, see the Redis page "Transactions"). When the connection broke and it
// may have been written, the error is an ErrUnsure and the journal is kept: its
// undo takes back what was written, and nothing else.
func (c *Client) Replace(ctx context.Context, key, old, now []byte) (undo string, err error) {
	if c.cfg.ReadOnly {
		return "", ErrReadOnly
	}
	if err := c.protected([][]byte{key}); err != nil {
		return "", err
	}
	var w *journal.Writer
	var b *journal.Batch
	save := func() error {
		if w != nil {
			_ = w.Discard() // the key has gone to another node of a cluster
		}
		w, b, err = c.backupEdit(ctx, key, now)
		return err
	}
	err = c.swap(ctx, key, old, save, "set", key, now, "xx", "keepttl")
	unknown := unsure(c.lostErr(err))
	if w != nil {
		outcome := journal.Done
		switch {
		case errors.Is(unknown, ErrOutcomeUnknown):
			outcome = journal.InDoubt
		case err != nil:
			outcome = journal.NotDone
		}
		sum, jerr := closeJournal(w, b, outcome)
		if sum.Undoable > 0 {
			undo = w.ID()
		}
		if err == nil && jerr != nil {
			return undo, KeyError{Op: "edit", Key: key, Err: fmt.Errorf("undo journal: %w", jerr)}
		}
	}
	if undo != "" && err != nil {
		return undo, KeyError{Op: "edit", Key: key, Err: unknown}
	}
	switch {
	case err == nil:
		return undo, nil
	case strings.Contains(replyText(err), "syntax error"):
		err = errors.New("this server is older than Redis 6.0 and cannot keep a time to live while it writes")
	case errors.Is(err, redis.Nil):
		err = ErrNoKey
	}
	return "", c.lostErr(KeyError{Op: "edit", Key: key, Err: err})
}

// swap carries out one command on a key in a transaction, if it holds exactly
// the bytes was. before is called between the comparison and the command, and
// once more when the key has gone to another node of a cluster by then.
func (c *Client) swap(ctx context.Context, key, was []byte, before func() error, command ...any) error {
	if yes, err := c.transacts(ctx, key); err != nil {
		return err
	} else if !yes {
		return errNoTransaction
	}
	err := c.transact(ctx, [][]byte{key}, func(t transaction) error {
		// One byte more than there should be tells a longer value.
		look, err := t.pipeline(ctx, 2, func(i int) []any {
			return [][]any{{"getrange", key, 0, len(was)}, {"exists", key}}[i]
		})
		if err != nil {
			return err
		}
		got, err := look[0].text()
		if err != nil {
			return err
		}
		if n, err := look[1].number(); err == nil && n == 0 {
			return ErrNoKey
		}
		if !bytes.Equal(got, was) {
			return ErrChanged
		}
		if err := before(); err != nil {
			return err
		}
		_, err = t.exec(ctx, command...)
		return err
	})
	if errors.Is(err, redis.TxFailedErr) {
		return ErrChanged
	}
	return err
}

// backupEdit starts the journal of an edit, with the key as it is. Both are nil
// if undo is off.
func (c *Client) backupEdit(ctx context.Context, key, now []byte) (*journal.Writer, *journal.Batch, error) {
	w, err := c.beginJournal(ctx, "edit", fmt.Sprintf("edit of %q", key))
	if err != nil || w == nil {
		return nil, nil, err
	}
	b := w.Begin()
	copies, err := c.copyKeys(ctx, [][]byte{key})
	if err == nil {
		err = copies[0].err
	}
	if err == nil && copies[0].dump == nil {
		err = ErrNoKey
	}
	if err == nil {
		_, err = b.Add(journal.Record{
			Kind: journal.KindOverwrite, Key: key, Expiry: copies[0].expiry, Dump: copies[0].dump,
			NewExpiry: copies[0].expiry, Wrote: journal.DigestString(now),
		})
	}
	if err == nil {
		err = w.Sync()
	}
	if err != nil {
		return nil, nil, errors.Join(err, w.Discard())
	}
	return w, b, nil
}

// closeJournal ends the journal of one batch.
func closeJournal(w *journal.Writer, b *journal.Batch, o journal.Outcome) (journal.Summary, error) {
	err := b.CommitAll(o)
	sum, cerr := w.Close()
	return sum, errors.Join(err, cerr)
}
