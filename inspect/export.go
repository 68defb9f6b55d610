package inspect

import (
	"context"
	"fmt"
	"slices"

	"cacheview/inspect/keyspace"
)

// Saved is a key as DUMP gives it: exact, whatever its type.
type Saved struct {
	Key    []byte
	Dump   []byte // with its RDB version and checksum
	Expiry int64  // Unix milliseconds, or keyspace.NoExpiry
}

// RDBVersion is the version of the format that the dump is in. RESTORE takes
// its own server's and older ones. It is 0 for what is no dump.
func (s Saved) RDBVersion() int {
	if len(s.Dump) < 10 { // two bytes of version, eight of checksum
		return 0
	}
	at := len(s.Dump) - 10
	return int(s.Dump[at]) | int(s.Dump[at+1])<<8
}

// errTooLarge is a key whose dump, one answer, would hold up the server.
var errTooLarge = fmt.Errorf("larger than %d MiB, which is the most that is dumped at once", saveKeyMax>>20)

// Export dumps keys in groups of a bounded size and hands each to one: at most
// a group is in memory. A key that is gone by then is left out. What is wrong
// with one key goes to failed; the error is for a server that has no DUMP for
// us, a lost server, a cancelled ctx, or what one returned.
func (c *Client) Export(ctx context.Context, names [][]byte, one func(Saved) error, failed func(KeyError)) error {
	d := dumper{c: c}
	for batch := range slices.Chunk(names, deleteBatch) {
		if err := d.export(ctx, &savedBatch{keys: batch}, one, failed); err != nil {
			return err
		}
	}
	return nil
}

func (d *dumper) export(ctx context.Context, b *savedBatch, one func(Saved) error, failed func(KeyError)) error {
	if err := d.size(ctx, b); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for from := 0; from < len(b.keys); {
		to, sum := b.group(from)
		group := b.keys[from:to]
		from = to
		if sum > saveKeyMax {
			failed(KeyError{Op: "dump", Key: group[0], Err: errTooLarge})
			continue // one key alone
		}
		dumps, err := d.ask(ctx, group)
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		for _, r := range dumps {
			switch {
			case r.err != nil && !keyRefused(r.err) && unsupported(r.err):
				return fmt.Errorf("export: %w", r.err)
			case r.err != nil:
				failed(KeyError{Op: "dump", Key: r.key, Err: r.err})
			case r.dump != nil:
				if err := one(Saved{Key: r.key, Dump: r.dump, Expiry: r.expiry}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// ImportOptions are the decisions of an import.
type ImportOptions struct {
	Replace  bool // overwrite keys that exist; what they are goes into a journal
	DryRun   bool // send nothing that writes
	Progress func(done int)
}

// Import restores the keys that next returns, until io.EOF. It does what Undo
// does, and reports as Undo does: what exists is left alone unless Replace is
// set, what expired meanwhile stays dead, and cancelling ctx stops between two
// batches. Another error of next ends it after what came before is restored.
//
// It refuses with ErrReadOnly, but for a dry run, and with *ProtectedError.
func (c *Client) Import(ctx context.Context, next func() (Saved, error), opt ImportOptions) (UndoReport, error) {
	var report UndoReport
	if c.cfg.ReadOnly && !opt.DryRun {
		return report, ErrReadOnly
	}
	u := undoing{c: c, report: &report, dry: opt.DryRun, opt: UndoOptions{Replace: opt.Replace}, over: "what an import wrote over"}
	if opt.Progress != nil {
		u.opt.Progress = func(done, _ int) { opt.Progress(done) }
	}
	err := u.run(ctx, func() (record, error) {
		s, err := next()
		if err != nil {
			return record{}, err
		}
		report.Planned++
		return record{key: s.Key, dump: s.Dump, expiry: max(s.Expiry, keyspace.NoExpiry)}, nil
	})
	return report, err
}

// count says what restoring would do, from which keys exist now.
func (u *undoing) count(ctx context.Context, alive []record) error {
	replies, err := u.c.pipeline(ctx, len(alive), func(i int) []any {
		return []any{"exists", alive[i].key}
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	for i, r := range replies {
		switch n, err := r.number(); {
		case err != nil:
			u.report.Failed++
			if len(u.report.Errors) < maxErrors {
				u.report.Errors = append(u.report.Errors, KeyError{Op: "exists", Key: alive[i].key, Err: err})
			}
		case n > 0 && !u.opt.Replace:
			u.report.Exists++
		default:
			u.report.Restored++
		}
	}
	return nil
}
