package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/ui/human"
	"cacheview/ui/keyfile"
)

type exportFlags struct {
	selectFlags
	only    []string
	decoded bool
	format  string
}

func (a *app) exportCommand() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export [PREFIX]...",
		Short: "Export keys exactly, with their expiries",
		Long: "Write the keys that start with PREFIX (literal) as JSON lines: a header with the\n" +
			"server's version, then each key with its DUMP in base64 and the time when it\n" +
			"expires. cacheview import reads them back. A value that changes during the export is\n" +
			"written as it is when it is read. - reads key names from standard input instead, one\n" +
			"a line, or with -0 exact bytes that each end in NUL.\n\n" +
			"--decoded writes the objects of get --json instead, which cannot be imported.",
		Example: "cacheview export flask_cache_ > cache.jsonl\n" +
			"cacheview export --key session:1 --key session:2 | cacheview import -n 3\n" +
			"cacheview export --match 'user:*' --type hash --decoded | jq .value",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.asking(a.findKeys),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.export(ctx, f, args) }),
	}
	fl := cmd.Flags()
	f.register(a, cmd)
	fl.StringArrayVar(&f.only, "key", nil, "only this key (repeatable)")
	fl.StringVar(&f.format, "format", formatJSONL, "jsonl (for import), redis-commands (for redis-cli) or csv (decoded)")
	fl.BoolVar(&f.decoded, "decoded", false, "write decoded values, which cannot be imported")
	f.names.registerNull(a, cmd)
	a.exclusive(cmd, "format", "decoded")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, scopeGroup, appsGroup)
}

func (a *app) export(ctx context.Context, f exportFlags, args []string) error {
	if !slices.Contains(exportFormats, f.format) {
		return usagef("--format is jsonl, redis-commands or csv, not %q", f.format)
	}
	if len(f.only) > 0 {
		if len(args) > 0 {
			return usagef("use only one of PREFIX, - and --key")
		}
		args, f.keys = f.only, true
	}
	if f.names.null && !slices.ContainsFunc(args, f.names.isStdin) {
		return usagef("-0 is about names on the standard input: add -")
	}
	sel, err := a.selection(ctx, &f.selectFlags, args)
	if err != nil {
		return err
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	w := a.data()
	e := exporter{a: a, c: c, w: w, file: keyfile.NewWriter(w, c.Server(), time.Now()), flags: f, progress: a.progressBeside()}
	sel.filter.WithMeta = false // Export leaves out what is not there
	unchecked := a.each(ctx, c, sel, e.progress, func(keys []inspect.Key) error {
		names := make([][]byte, len(keys))
		for i, k := range keys {
			names[i] = k.Name
		}
		return e.keys(ctx, names)
	})
	if !errors.Is(unchecked, errUnchecked) {
		err = unchecked
	}
	e.progress.done()
	if err == nil {
		err = e.file.Close()
	}
	if flushed := e.w.Flush(); err == nil {
		err = flushed
	}
	a.tellErrors(e.errs)
	switch {
	case err != nil:
		return err
	case e.written == 0 && e.failed == 0:
		return cmp.Or(unchecked, a.noneSelected(sel))
	case e.written == 0:
		return errReported
	case e.failed > 0:
		a.note("cacheview: %s could not be exported\n", human.Plural(e.failed, "key"))
		return errPartly
	}
	return unchecked
}

// exporter writes keys, a page of them at a time.
type exporter struct {
	a               *app
	c               *inspect.Client
	w               *bufio.Writer
	file            *keyfile.Writer // to w
	flags           exportFlags
	progress        *progressLine
	written, failed int
	errs            []inspect.KeyError // the first of them
}

func (e *exporter) keys(ctx context.Context, names [][]byte) error {
	write := func() error { return e.c.Export(ctx, names, e.one, e.fail) }
	switch {
	case e.flags.decoded:
		write = func() error { return e.decoded(ctx, names) }
	case e.flags.format == formatCSV:
		write = func() error { return e.csvRows(ctx, names) }
	case e.flags.format == formatCommands:
		write = func() error { return e.c.Export(ctx, names, e.restoreCommand, e.fail) }
	}
	if err := write(); err != nil {
		return err
	}
	e.progress.show("exported", int64(e.written), -1)
	return e.w.Flush()
}

func (e *exporter) fail(err inspect.KeyError) {
	e.failed++
	if len(e.errs) <= maxToldErrors {
		e.errs = append(e.errs, err)
	}
}

// one writes a key.
func (e *exporter) one(s inspect.DumpedKey) error {
	e.written++
	return e.file.Add(s)
}

// decoded writes what get --json writes of each key.
func (e *exporter) decoded(ctx context.Context, names [][]byte) error {
	for _, name := range names {
		v, err := readWhole(ctx, e.c, name, defaultMaxBytes)
		switch {
		case errors.Is(err, inspect.ErrNoKey):
			continue
		case ctx.Err() != nil, inspect.IsDisconnected(err):
			return err
		case err != nil:
			e.fail(inspect.KeyError{Op: "read", Key: name, Err: err})
			continue
		}
		var o object
		addKey(&o, v.key, time.Now())
		addReading(&o, v.decode(""))
		o.bool("truncated", v.truncated)
		v.factMembers(&o, time.Now())
		if _, err := e.w.Write(o.line()); err != nil {
			return err
		}
		e.written++
	}
	return nil
}
