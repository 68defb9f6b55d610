package cli

import (
	"bytes"
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/human"
	"cacheview/ui/keyfile"
)

type importFlags struct {
	replace, dryRun, json bool
	from, to              string
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import [FILE]",
		Short: "Import what export wrote",
		Long: "Restore the keys of an export, from FILE or standard input, into the open database.\n" +
			"Each key gets the TTL that it would have by now; keys that would have expired are\n" +
			"skipped. Existing keys are skipped unless you pass --replace, which backs them up to\n" +
			"an undo journal first.",
		Example: "cacheview import --dry-run cache.jsonl\n" +
			"cacheview import cache.jsonl\n" +
			"cacheview export app: | cacheview import -u redis://other:6379/1",
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			return a.importKeys(ctx, f, append(args, "-")[0])
		}),
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.replace, "replace", false, "overwrite keys that exist")
	fl.BoolVar(&f.dryRun, "dry-run", false, "show what would be restored; write nothing")
	fl.BoolVar(&f.json, "json", false, "write the report as a JSON object")
	fl.StringVar(&f.from, "prefix-from", "", "import only keys with this literal prefix, and replace it")
	fl.StringVar(&f.to, "prefix-to", "", "the prefix that they get instead of --prefix-from, or in front")
	return a.reads(cmd, onServer...)
}

func (a *app) importKeys(ctx context.Context, f importFlags, file string) error {
	in := a.in
	if file == "-" {
		if isTerminal(a.in) {
			return usagef("import needs a FILE, or an export on its standard input")
		}
	} else {
		opened, err := os.Open(file)
		if err != nil {
			return err
		}
		defer opened.Close()
		in = opened
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	from, ferr := decode.ParseName(f.from)
	to, terr := decode.ParseName(f.to)
	if err := errors.Join(ferr, terr); err != nil {
		return usagef("--prefix-from and --prefix-to: %v", err)
	}
	lines := keyfile.NewReader(in)
	if !c.ReadOnly() || f.dryRun {
		if err := lines.Header(); err != nil {
			return err
		}
	}
	p := a.progress()
	r, err := c.Import(ctx, moved(lines.Next, from, to), inspect.ImportOptions{
		Replace: f.replace, DryRun: f.dryRun,
		Progress: func(done int) { p.show("imported", int64(done), -1) },
	})
	p.done()
	_, isCut := errors.AsType[*keyfile.CutError](err)
	if err != nil && r.Planned == 0 && !isCut {
		return err
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		a.complain(err)
	}
	if werr := a.tellImport(&r, f); werr != nil {
		return werr
	}
	switch {
	case isCut:
		return errPartly
	case err == nil && r.Planned == 0:
		return errNothing
	case err == nil && r.Complete():
		return nil
	case r.Restored == 0 && (r.Failed > 0 || err != nil) && !r.Stopped:
		return errReported
	}
	return errPartly
}

// moved gives the keys that start with a prefix another one, and leaves out the rest.
func moved(next func() (inspect.DumpedKey, error), from, to []byte) func() (inspect.DumpedKey, error) {
	if len(from)+len(to) == 0 {
		return next
	}
	return func() (inspect.DumpedKey, error) {
		for {
			s, err := next()
			if err != nil {
				return s, err
			}
			if rest, ok := bytes.CutPrefix(s.Key, from); ok {
				s.Key = append(bytes.Clone(to), rest...)
				return s, nil
			}
		}
	}
}

func (a *app) tellImport(r *inspect.UndoReport, f importFlags) error {
	if f.json {
		o := undoObject(r)
		if f.dryRun {
			o.bool("dry_run", true)
		}
		return a.tell(o.line())
	}
	text := human.Imported(r, f.dryRun)
	if r.Exists > 0 && !f.replace {
		text += " (--replace overwrites them)"
	}
	return a.tellRestored(text, r, "the import")
}
