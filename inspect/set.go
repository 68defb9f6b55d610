package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"cacheview/decode"
	"cacheview/inspect/journal"
	"cacheview/inspect/keyspace"
)

// SetOptions are the decisions of Set.
type SetOptions struct {
	WriteOptions
	TTL     time.Duration // 0 for none
	KeepTTL bool          // the key keeps the expiry that it has
}

// errOtherType is returned by Set for a key that is not a string.
var errOtherType = errors.New("it is not a string")

// OtherTypeError is returned by Set for a key that is not a string. Nothing was
// written.
type OtherTypeError struct {
	Key  []byte
	Type keyspace.Type
}

// Error names the type.
func (e *OtherTypeError) Error() string {
	return fmt.Sprintf(`set "%s": the key holds a %s`, decode.PrintableName(e.Key), decode.Printable(e.Type.String()))
}

// Unwrap returns the kind of error.
func (e *OtherTypeError) Unwrap() error { return errOtherType }

// Set writes a string, and its expiry. What the key held goes into an undo journal
// first, and the write is made only if it still holds that.
//
// It refuses with ErrReadOnly, *ProtectedError, *OtherTypeError or *NoCopyError,
// and then nothing was written.
func (c *Client) Set(ctx context.Context, key, value []byte, opt SetOptions) (WriteReport, error) {
	if opt.TTL != 0 && opt.TTL < time.Millisecond {
		return WriteReport{}, KeyError{Op: "set", Key: key, Err: errTTL}
	}
	var clock serverClock
	now, err := clock.now(ctx, c)
	if err != nil {
		return WriteReport{}, KeyError{Op: "set", Key: key, Err: c.lostErr(err)}
	}
	existed := false
	out, err := c.writeKeys(ctx, keyWrite{
		op: "set", what: fmt.Sprintf(`set of "%s"`, decode.PrintableName(key)), keys: [][]byte{key}, noUndo: opt.NoUndo,
		plan: func(before []keyState) ([][]any, []journal.Record, error) {
			k := before[0]
			existed = k.Exists
			if k.Exists && k.Meta.Type != keyspace.String && !opt.Replace {
				return nil, nil, &OtherTypeError{key, k.Meta.Type}
			}
			rec := journal.Record{Kind: journal.KindCreate, Key: key, Expiry: journal.NoExpiry, Wrote: journal.DigestString(value)}
			if k.Exists {
				rec.Kind, rec.Dump, rec.Expiry = journal.KindOverwrite, k.dump, k.Meta.Expiry
			}
			only := "nx"
			if k.Exists {
				only = "xx"
			}
			commands := [][]any{{"set", key, value, only}}
			rec.NewExpiry = journal.NoExpiry
			switch {
			case opt.TTL > 0:
				rec.NewExpiry = addMillis(now, opt.TTL.Milliseconds())
			case opt.KeepTTL && k.Exists && k.Meta.Expiry > 0:
				rec.NewExpiry = k.Meta.Expiry
			}
			if rec.NewExpiry > 0 {
				commands = append(commands, []any{"pexpireat", key, rec.NewExpiry})
			}
			return commands, []journal.Record{rec}, nil
		},
	})
	err = firstError(out.replies, err)
	if err == nil {
		if done, _ := out.replies[0].text(); done == nil {
			err = ErrChanged // only without transactions
		}
	}
	return writeReport(out, existed), writeError("set", key, err)
}

// RenameKey gives a key another name, with its value and its expiry. What the new
// name held before goes into an undo journal with it.
//
// It refuses with ErrReadOnly, *ProtectedError, ErrNoKey, ErrExists (without
// Replace) or *NoCopyError, and then nothing was changed. In a cluster both names
// must be of the same slot.
func (c *Client) RenameKey(ctx context.Context, from, to []byte, opt WriteOptions) (WriteReport, error) {
	if bytes.Equal(from, to) {
		return WriteReport{}, KeyError{Op: "rename", Key: from, Err: errors.New("the new name is the old one")}
	}
	if c.cluster != nil && Slot(from) != Slot(to) {
		return WriteReport{}, KeyError{Op: "rename", Key: from, Err: errOtherSlot}
	}
	existed := false
	command := "renamenx"
	if opt.Replace {
		command = "rename"
	}
	out, err := c.writeKeys(ctx, keyWrite{
		op: "rename", what: fmt.Sprintf(`rename of "%s" to "%s"`, decode.PrintableName(from), decode.PrintableName(to)),
		keys: [][]byte{from, to}, noUndo: opt.NoUndo, plain: !opt.Replace,
		plan: func(before []keyState) ([][]any, []journal.Record, error) {
			old, now := before[0], before[1]
			existed = now.Exists
			switch {
			case !old.Exists:
				return nil, nil, ErrNoKey
			case now.Exists && !opt.Replace:
				return nil, nil, ErrExists
			}
			rec := journal.Record{Kind: journal.KindRename, Key: from, NewName: to, Expiry: journal.NoExpiry}
			if old.dump != nil {
				rec.Wrote, rec.NewExpiry = journal.DigestDump(old.dump), old.Meta.Expiry
			}
			if now.Exists {
				rec.Dump, rec.Expiry = now.dump, now.Meta.Expiry
			}
			return [][]any{{command, from, to}}, []journal.Record{rec}, nil
		},
	})
	err = firstError(out.replies, err)
	if err == nil && command == "renamenx" {
		if n, _ := out.replies[0].number(); n == 0 {
			err = ErrExists
		}
	}
	return writeReport(out, existed), writeError("rename", from, err)
}

// Rename is RenameKey that overwrites nothing. It returns the ID of the journal.
func (c *Client) Rename(ctx context.Context, from, to []byte) (undo string, err error) {
	r, err := c.RenameKey(ctx, from, to, WriteOptions{})
	return r.Undo, err
}

// errOtherSlot is why a key cannot be renamed in a cluster.
var errOtherSlot = errors.New("the new name belongs to another slot of the cluster: give both the same {tag}")

func writeReport(out written, existed bool) WriteReport {
	return WriteReport{Existed: existed, Undo: out.undo}
}

// firstError is err, or the first of the replies that is an error.
func firstError(list []rawReply, err error) error {
	if err != nil {
		return err
	}
	for _, r := range list {
		if _, err := r.text(); err != nil && isReply(err) {
			return err
		}
	}
	return nil
}

// writeError is the error of a write by name. Errors that name their key stay as
// they are.
func writeError(op string, key []byte, err error) error {
	switch err.(type) { //nolint:errorlint // only errors that are not wrapped name the key
	case nil, *ProtectedError, *NoCopyError, *OtherTypeError, KeyError:
		return err
	}
	if errors.Is(err, ErrReadOnly) {
		return err
	}
	return KeyError{Op: op, Key: key, Err: err}
}
