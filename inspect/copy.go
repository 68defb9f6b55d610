package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"

	"cacheview/decode"
)

// Copy writes what a key holds to another name, database or server, which is that
// of to: the value and the expiry, exactly. What the other key held goes into an
// undo journal of its server first.
//
// It refuses with ErrReadOnly, *ProtectedError, ErrNoKey or ErrExists (without
// Replace), and then nothing was written.
func (c *Client) Copy(ctx context.Context, src []byte, to *Client, dst []byte, opt WriteOptions) (WriteReport, error) {
	var report WriteReport
	if to.cfg.ReadOnly {
		return report, ErrReadOnly
	}
	if err := to.protected([][]byte{dst}); err != nil {
		return report, err
	}
	if c == to && string(src) == string(dst) {
		return report, KeyError{Op: "copy", Key: src, Err: errors.New("it is the same key")}
	}
	saved, err := c.dumpOne(ctx, src)
	if err != nil {
		return report, KeyError{Op: "copy", Key: src, Err: err}
	}
	saved.Key = dst
	there, err := to.Meta(ctx, [][]byte{dst}, false)
	if err != nil {
		return report, KeyError{Op: "copy", Key: src, Err: err}
	}
	sent := false
	r, err := to.Import(ctx, func() (DumpedKey, error) {
		if sent {
			return DumpedKey{}, io.EOF
		}
		sent = true
		return saved, nil
	}, ImportOptions{
		Replace: opt.Replace, NoUndo: opt.NoUndo, op: "copy",
		what: fmt.Sprintf(`copy of "%s" to "%s"`, decode.PrintableName(src), decode.PrintableName(dst)),
	})
	report = WriteReport{Existed: there[0].Exists, Undo: r.Overwritten}
	switch {
	case err != nil:
	case r.Exists+r.Changed > 0 && opt.Replace:
		err = ErrChanged
	case r.Exists+r.Changed > 0:
		err = ErrExists
	case len(r.Errors) > 0:
		err = r.Errors[0].Err
		if r.NotCopied > 0 {
			err = &NoCopyError{dst, err}
		}
	case r.Expired > 0:
		err = ErrExpired
	}
	return report, writeError("copy", src, err)
}

// dumpOne copies one key.
func (c *Client) dumpOne(ctx context.Context, key []byte) (DumpedKey, error) {
	var found *DumpedKey
	var failed error
	err := c.Export(ctx, [][]byte{key}, func(s DumpedKey) error { found = &s; return nil }, func(e KeyError) { failed = e.Err })
	switch {
	case err != nil:
		return DumpedKey{}, err
	case failed != nil:
		return DumpedKey{}, failed
	case found == nil:
		return DumpedKey{}, ErrNoKey
	}
	return *found, nil
}
