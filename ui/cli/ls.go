package cli

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

type lsFlags struct {
	names                      nameFlags
	match, typ, sort           string
	noTTL, reverse, long, null bool
	json, force                bool
	limit                      int
	order                      keyspace.Order
}

func (a *app) lsCommand() *cobra.Command {
	var f lsFlags
	cmd := &cobra.Command{
		Use:   "ls [PREFIX]",
		Short: "List keys",
		Long: "List the keys that start with PREFIX. The prefix is literal: * and [ match\n" +
			"themselves. Each name is one line, escaped so that every command accepts it back: a\n" +
			"backslash is \\\\, an unprintable byte \\n or \\xff. -0 writes the exact bytes.\n\n" +
			"Keys are written as the server returns them, in constant memory; --sort and -r wait\n" +
			"for all of them. SCAN may return a key twice while a database shrinks or a cluster\n" +
			"moves slots: a duplicate is dropped unless 100,000 other keys came between.",
		Example: "cacheview ls\n" +
			"cacheview ls -l --sort size flask_cache_\n" +
			"cacheview ls --match 'user:*:profile' --json\n" +
			"cacheview ls --no-ttl --type hash\n" +
			"cacheview ls -0 old: | cacheview del -0 - --yes",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: first(a.asking(a.findKeys)),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.ls(ctx, f, args) }),
	}
	fl := cmd.Flags()
	f.names.register(a, cmd)
	fl.StringVar(&f.match, "match", "", "only keys that match this Redis glob")
	fl.StringVar(&f.typ, "type", "", "only keys of this type: string, hash, list, set, zset, stream")
	fl.BoolVar(&f.noTTL, "no-ttl", false, "only keys without expiry")
	fl.StringVar(&f.sort, "sort", "", "sort by name, ttl (soonest first) or size (largest first)")
	fl.BoolVarP(&f.reverse, "reverse", "r", false, "reverse the order")
	fl.BoolVarP(&f.long, "long", "l", false, "also print type, TTL and size")
	fl.BoolVar(&f.json, "json", false, "write one JSON object a line: key, type, ttl_ms, bytes")
	fl.BoolVarP(&f.null, "null", "0", false, "write exact names, each followed by a NUL byte")
	fl.BoolVar(&f.force, "force", false, "write -0 names even to a terminal")
	fl.IntVar(&f.limit, "limit", 0, "write at most this many keys")
	a.exclusive(cmd, "json", "long", "null")
	a.needs(cmd, "force", "null")
	a.needs(cmd, "key-prefix", "json", "long")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, scopeGroup, appsGroup)
}

var (
	sortNames = []string{"name", "ttl", "size"}
	typeNames = []string{"string", "hash", "list", "set", "zset", "stream", "vectorset", "ReJSON-RL"}
)

// check completes the flags, or says what cannot be meant.
func (f *lsFlags) check() error {
	switch f.sort {
	case "":
		if f.reverse {
			f.order = keyspace.ByName
		}
	case "name":
		f.order = keyspace.ByName
	case "ttl":
		f.order = keyspace.ByTTL
	case "size":
		f.order = keyspace.BySize
	default:
		return usagef("--sort is name, ttl or size, not %q", f.sort)
	}
	if f.limit < 0 {
		return usagef("--limit must not be negative")
	}
	return checkType(f.typ)
}

func checkType(typ string) error {
	if _, ok := keyspace.ParseTypeWord(typ); typ != "" && !ok {
		return usagef("--type is string, hash, list, set, zset, stream, vectorset, ReJSON-RL or the nine letters of a module's type, not %q", typ)
	}
	return nil
}

// typeOf returns the type of a --type that checkType has accepted.
func typeOf(word string) keyspace.Type {
	t, _ := keyspace.ParseTypeWord(word)
	return t
}

func (a *app) ls(ctx context.Context, f lsFlags, args []string) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.null && !f.force && isTerminal(a.out) {
		return usagef("names as exact bytes may confuse a terminal: pipe them, or add --force")
	}
	prefix, err := a.scope(f.names, args)
	if err != nil {
		return err
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	opt := inspect.ScanOptions{Prefix: prefix, Match: f.match, Type: scanType(c, f.typ)}
	l := lister{c: c, flags: f, byServer: opt.Type, rows: rowWriter{w: a.data(), flags: f}}
	l.rows.findCalls = func() (*inspect.Calls, error) { return a.calls(ctx, c) }
	if f.order == keyspace.ByScan {
		l.progress = a.progressBeside()
		err = l.stream(ctx, opt)
	} else {
		l.progress = a.progress()
		err = l.sorted(ctx, opt)
	}
	l.progress.done()
	if flushed := l.rows.w.Flush(); err == nil {
		err = flushed
	}
	if err == nil && l.rows.n == 0 {
		return a.noneMatches(opt.Prefix)
	}
	return err
}

// lister writes the keys of one listing.
type lister struct {
	c        *inspect.Client
	flags    lsFlags
	byServer keyspace.Type // the type that the server leaves all others out for
	rows     rowWriter
	progress *progressLine
}

// stream writes each page as it comes.
func (l *lister) stream(ctx context.Context, opt inspect.ScanOptions) error {
	return eachPage(ctx, l.c, opt, func(names [][]byte, at inspect.Progress) error {
		l.progress.scanned(at)
		keys, err := l.describe(ctx, names)
		for _, k := range keys {
			if !l.wanted(k) {
				continue
			}
			if err := l.rows.write(k); err != nil {
				return err
			}
			if l.rows.full() {
				return errEnough
			}
		}
		if err != nil {
			return err
		}
		return l.rows.w.Flush()
	})
}

// describe finds out as much about keys as the flags need.
func (l *lister) describe(ctx context.Context, names [][]byte) ([]inspect.Key, error) {
	f := l.flags
	byType := f.typ != "" && l.byServer == keyspace.UnknownType
	if f.long || f.json || f.noTTL || byType || f.order > keyspace.ByName {
		return l.c.Meta(ctx, names, f.long || f.json || f.order == keyspace.BySize)
	}
	keys := make([]inspect.Key, len(names))
	for i, name := range names {
		keys[i] = inspect.Key{Name: name, Exists: true, Meta: keyspace.Meta{Type: l.byServer}}
	}
	return keys, nil
}

// wanted applies the filters that the server does not apply. A key that went
// away between its listing and the look at it is not listed.
func (l *lister) wanted(k inspect.Key) bool {
	switch {
	case !k.Exists:
		return false
	case l.flags.noTTL && k.Meta.Expiry != keyspace.NoExpiry:
		return false
	case l.flags.typ != "" && k.Meta.Type != typeOf(l.flags.typ):
		return false
	}
	return true
}

// sorted waits for all keys, and then writes them in order.
func (l *lister) sorted(ctx context.Context, opt inspect.ScanOptions) error {
	idx := keyspace.New(0)
	for scan := l.c.NewScan(idx, opt); ; {
		page, err := scan.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		l.progress.scanned(page.Progress)
		if err := l.learn(ctx, idx, page); err != nil {
			return err
		}
	}
	rows, err := keyspace.Build(ctx, idx.Snapshot(), keyspace.Spec{Order: l.flags.order, Reverse: l.flags.reverse}, nil)
	if err != nil {
		return err
	}
	l.progress.done() // before the rows, which may go to the same terminal
	s := rows.Snapshot()
	for id := range rows.Keys() {
		if l.rows.full() {
			break
		}
		if err := l.rows.write(inspect.Key{Name: s.Name(id), Meta: s.Meta(id), ByLength: l.rows.byLength, Exists: true}); err != nil {
			return err
		}
	}
	return nil
}

// learn puts what is known of a page's keys into the index, and takes out what
// is not wanted.
func (l *lister) learn(ctx context.Context, idx *keyspace.Index, page inspect.Page) error {
	keys, err := l.describe(ctx, pageNames(idx, page))
	if err != nil {
		return err
	}
	for _, k := range keys {
		// Removing may give the keys new ids.
		id, ok := idx.Lookup(k.Name)
		switch {
		case !ok:
		case l.wanted(k):
			l.rows.byLength = l.rows.byLength || k.ByLength
			idx.SetMeta(id, k.Meta)
		default:
			idx.Remove(id)
		}
	}
	return nil
}

// rowWriter writes the rows of a listing, at most as many as were asked for.
type rowWriter struct {
	w        *bufio.Writer
	flags    lsFlags
	n        int
	byLength bool // sizes are lengths of values
	// findCalls finds the calls behind keys; calls is what it found.
	findCalls func() (*inspect.Calls, error)
	calls     *inspect.Calls
}

func (r *rowWriter) full() bool { return r.flags.limit > 0 && r.n >= r.flags.limit }
