package cli

import (
	"bufio"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

type lsFlags struct {
	selectFlags
	sort                string
	reverse, long, null bool
	json, force         bool
	order               keyspace.SortOrder
}

func (a *app) lsCommand() *cobra.Command {
	var f lsFlags
	cmd := &cobra.Command{
		Use:   "ls [PREFIX]...",
		Short: "List keys",
		Long: "List the keys that start with PREFIX. The prefix is literal: * and [ match\n" +
			"themselves. All conditions of the flags must hold. - reads names from the standard\n" +
			"input. Each name is one line, escaped so that every command accepts it back: a\n" +
			"backslash is \\\\, an unprintable byte \\n or \\xff. -0 writes the exact bytes.\n\n" +
			"Keys are written as the server returns them, in constant memory; --sort and -r wait\n" +
			"for all of them. SCAN may return a key twice while a database shrinks or a cluster\n" +
			"moves slots: a duplicate is dropped unless 100,000 other keys came between.",
		Example: "cacheview ls\n" +
			"cacheview ls -l --sort size flask_cache_\n" +
			"cacheview ls --match 'user:*:profile' --json\n" +
			"cacheview ls --no-ttl --type hash\n" +
			"cacheview ls --expires-within 1h --larger-than 50 session: user:\n" +
			"cacheview ls --grep Ada\n" +
			"cacheview ls -0 old: | cacheview del -0 - --yes",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.asking(a.findKeys),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.ls(ctx, f, args) }),
	}
	fl := cmd.Flags()
	f.register(a, cmd)
	fl.StringVar(&f.sort, "sort", "", "sort by name, ttl (soonest first) or size (largest first)")
	fl.BoolVarP(&f.reverse, "reverse", "r", false, "reverse the order")
	fl.BoolVarP(&f.long, "long", "l", false, "also print type, TTL and size")
	fl.BoolVar(&f.json, "json", false, "write one JSON object a line: key, type, ttl_ms, bytes")
	fl.BoolVarP(&f.null, "null", "0", false, "write exact names, each followed by a NUL byte")
	fl.BoolVar(&f.force, "force", false, "write -0 names even to a terminal")
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
	return nil
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
	f.names.null = f.null
	sel, err := a.selection(ctx, &f.selectFlags, args)
	if err != nil {
		return err
	}
	f.addNeeds(sel)
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	l := lister{a: a, c: c, flags: f, sel: sel, rows: rowWriter{w: a.data(), flags: f}}
	l.rows.findCalls = func() (*inspect.Calls, error) { return a.calls(ctx, c) }
	if f.order == keyspace.ByScan {
		err = l.stream(ctx)
	} else {
		err = l.sorted(ctx)
	}
	if flushed := l.rows.w.Flush(); err == nil {
		err = flushed
	}
	if err == nil && l.rows.n == 0 {
		return a.noneSelected(sel)
	}
	return err
}

// addNeeds has the metadata read that the rows show.
func (f *lsFlags) addNeeds(sel *selection) {
	sel.filter.WithSize = f.long || f.json || f.order == keyspace.BySize
	sel.filter.WithMeta = sel.filter.WithMeta || f.order > keyspace.ByName
	if f.order != keyspace.ByScan {
		sel.limit = 0 // of the sorted rows
	}
}

// lister writes the keys of one listing.
type lister struct {
	a     *app
	c     *inspect.Client
	flags lsFlags
	sel   *selection
	rows  rowWriter
}

// stream writes each page as it comes.
func (l *lister) stream(ctx context.Context) error {
	return l.a.each(ctx, l.c, l.sel, l.a.progressBeside(), func(keys []inspect.Key) error {
		for _, k := range keys {
			if err := l.rows.write(k); err != nil {
				return err
			}
		}
		return l.rows.w.Flush()
	})
}

// sorted waits for all keys, and then writes them in order.
func (l *lister) sorted(ctx context.Context) error {
	idx := keyspace.New(0)
	unchecked := l.a.each(ctx, l.c, l.sel, l.a.progress(), func(keys []inspect.Key) error {
		for _, k := range keys {
			idx.Add(k.Name)
			if id, ok := idx.Lookup(k.Name); ok {
				l.rows.byLength = l.rows.byLength || k.ByLength
				idx.SetMeta(id, k.Meta)
			}
		}
		return nil
	})
	if unchecked != nil && !errors.Is(unchecked, errUnchecked) {
		return unchecked
	}
	rows, err := keyspace.Build(ctx, idx.Snapshot(), keyspace.RowSpec{Order: l.flags.order, Reverse: l.flags.reverse}, nil)
	if err != nil {
		return err
	}
	s := rows.Snapshot()
	for id := range rows.Keys() {
		if l.rows.full() {
			break
		}
		if err := l.rows.write(inspect.Key{Name: s.Name(id), Meta: s.Meta(id), ByLength: l.rows.byLength, Exists: true}); err != nil {
			return err
		}
	}
	return unchecked
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
