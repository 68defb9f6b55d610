package cli

import (
	"bufio"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/keyfile"
)

type exportFlags struct {
	names      nameFlags
	match, typ string
	keys       []string
	decoded    bool
}

func (a *app) exportCommand() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export [PREFIX]",
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
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: first(a.asking(a.findKeys)),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.export(ctx, f, args) }),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.match, "match", "", "only keys that match this Redis glob")
	fl.StringVar(&f.typ, "type", "", "only keys of this type: string, hash, list, set, zset, stream")
	fl.StringArrayVar(&f.keys, "key", nil, "only this key (repeatable)")
	fl.BoolVar(&f.decoded, "decoded", false, "write decoded values, which cannot be imported")
	f.names.register(a, cmd)
	f.names.registerNull(a, cmd)
	a.exclusive(cmd, "key", "match")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, scopeGroup)
}

func (a *app) export(ctx context.Context, f exportFlags, args []string) error {
	if err := checkType(f.typ); err != nil {
		return err
	}
	if len(f.keys) > 0 && len(args) > 0 {
		return usagef("use only one of PREFIX, - and --key")
	}
	opt := inspect.ScanOptions{Match: f.match}
	var names [][]byte
	var err error
	switch {
	case len(args) == 1 && f.names.isStdin(args[0]):
		if a.set.Changed("prefix") {
			return usagef("use only one of - and --prefix")
		}
		if f.match != "" {
			return usagef("use only one of - and --match")
		}
		names, err = a.keyNames(ctx, f.names, args)
	case len(f.keys) > 0:
		if a.set.Changed("prefix") {
			return usagef("use only one of --key and --prefix")
		}
		names, err = a.keyNames(ctx, f.names, f.keys)
	case f.names.null:
		return usagef("-0 is about names on the standard input: add -")
	default:
		opt.Prefix, err = a.scope(f.names, args)
	}
	if err != nil {
		return err
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	opt.Type = scanType(c, f.typ)
	typed := f.typ != "" && (opt.Type == keyspace.UnknownType || len(names) > 0)
	w := a.data()
	e := exporter{a: a, c: c, w: w, file: keyfile.NewWriter(w, c.Server(), time.Now()), flags: f, byType: typed, progress: a.progressBeside()}
	if len(names) > 0 {
		err = e.keys(ctx, names)
	} else {
		err = eachPage(ctx, c, opt, func(page [][]byte, _ inspect.Progress) error { return e.keys(ctx, page) })
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
		return a.noneMatches(opt.Prefix)
	case e.written == 0:
		return errReported
	case e.failed > 0:
		a.note("cacheview: %s could not be exported\n", human.Plural(e.failed, "key"))
		return errPartly
	}
	return nil
}

// exporter writes keys, a page of them at a time.
type exporter struct {
	a               *app
	c               *inspect.Client
	w               *bufio.Writer
	file            *keyfile.Writer // to w
	flags           exportFlags
	byType          bool // the server has not left out the other types
	progress        *progressLine
	written, failed int
	errs            []inspect.KeyError // the first of them
}

func (e *exporter) keys(ctx context.Context, names [][]byte) error {
	if e.byType {
		found, err := e.c.Meta(ctx, names, false)
		if err != nil {
			return err
		}
		names = nil
		for _, k := range found {
			if k.Exists && k.Meta.Type == typeOf(e.flags.typ) {
				names = append(names, k.Name)
			}
		}
	}
	write := func() error { return e.c.Export(ctx, names, e.one, e.fail) }
	if e.flags.decoded {
		write = func() error { return e.decoded(ctx, names) }
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
func (e *exporter) one(s inspect.Saved) error {
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
		case ctx.Err() != nil, inspect.Lost(err):
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
