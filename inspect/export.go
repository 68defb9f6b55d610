package inspect

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"cacheview/inspect/journal"
)

// DumpedKey is a key as DUMP gives it: exact, whatever its type.
type DumpedKey struct {
	Key    []byte
	Dump   []byte // with its RDB version and checksum
	Expiry int64  // Unix milliseconds, or keyspace.NoExpiry
}

// RDBVersion is the version of the format that the dump is in. RESTORE takes
// its own server's and older ones. It is 0 for what is no dump.
func (s DumpedKey) RDBVersion() int {
	return journal.RDBVersion(s.Dump)
}

// errTooLarge is a key whose dump, one answer, would hold up the server.
var errTooLarge = fmt.Errorf("larger than %d MiB, which is the most that is dumped at once", saveKeyMax>>20)

// Export dumps keys in groups of a bounded size and hands each to one: at most
// a group is in memory. A key that is gone by then is left out. What is wrong
// with one key goes to failed; the error is for a server that has no DUMP for
// us, a lost server, a cancelled ctx, or what one returned.
func (c *Client) Export(ctx context.Context, names [][]byte, one func(DumpedKey) error, failed func(KeyError)) error {
	d := dumper{c: c}
	for batch := range slices.Chunk(names, deleteBatch) {
		if err := d.export(ctx, &dumpBatch{keys: batch}, one, failed); err != nil {
			return err
		}
	}
	return nil
}

func (d *dumper) export(ctx context.Context, b *dumpBatch, one func(DumpedKey) error, failed func(KeyError)) error {
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
				if err := one(DumpedKey{Key: r.key, Dump: r.dump, Expiry: r.expiry}); err != nil {
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
	NoUndo   bool // keep no journal
	Progress func(done int)

	op, what string // of the journal; empty for an import
}

// Import restores the keys that next returns, until io.EOF. A key that exists is
// skipped unless Replace is set, and one that has expired is not restored. What is
// written goes into an undo journal, UndoReport.Overwritten, whose undo deletes it
// again and puts overwritten values back. Another error of next ends the import
// once what came before is restored. Canceling ctx stops between batches.
//
// It refuses with ErrReadOnly, except for a dry run, and with *ProtectedError.
func (c *Client) Import(ctx context.Context, next func() (DumpedKey, error), opt ImportOptions) (UndoReport, error) {
	var report UndoReport
	if c.cfg.ReadOnly && !opt.DryRun {
		return report, ErrReadOnly
	}
	u := undoing{
		c: c, report: &report, dry: opt.DryRun, opt: UndoOptions{Replace: opt.Replace}, noUndo: opt.NoUndo,
		op: cmp.Or(opt.op, "import"), over: cmp.Or(opt.what, "import"), imports: true,
	}
	if opt.Progress != nil {
		u.opt.Progress = func(done, _ int) { opt.Progress(done) }
	}
	err := u.run(ctx, func() (journal.Entry, error) {
		s, err := next()
		if err != nil {
			return journal.Entry{}, err
		}
		u.count(func(r *UndoReport) { r.Planned++ })
		return journal.Entry{
			Record:  journal.Record{Kind: journal.KindDelete, Key: s.Key, Dump: s.Dump, Expiry: max(s.Expiry, journal.NoExpiry)},
			Outcome: journal.Done,
		}, nil
	})
	return report, err
}
