package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

type clearFlags struct {
	selectFlags
	deleteFlags
	all     bool
	entries bool
	orphans bool
}

func (a *app) clearCommand() *cobra.Command {
	f := clearFlags{selectFlags: selectFlags{writes: true}}
	cmd := &cobra.Command{
		Use:   "clear [PREFIX]...",
		Short: "Delete all keys with a prefix",
		Long: "Delete the keys that start with PREFIX and fit all conditions of the flags. The\n" +
			"prefix is literal: * and [ match themselves. The keys are counted and shown before\n" +
			"anything is deleted, and only those are deleted. --all deletes the whole database\n" +
			"after you type its name; -n N selects the database.\n\n" +
			"--function deletes the version key of a memoized Flask-Caching function, so its next\n" +
			"calls are computed again. Its stored results can no longer be used and stay until\n" +
			"they expire, unless --entries deletes them, too. --orphans (or --stale) deletes\n" +
			"results that provably no call can use; keys that are only possibly stale stay.",
		Example: "cacheview clear flask_cache_\n" +
			"cacheview clear --dry-run 'user[1]:'\n" +
			"cacheview clear session: --match '*:tmp' --yes\n" +
			"cacheview clear --no-ttl --exclude 'user*' tmp: old: --yes\n" +
			"cacheview clear --function app.square\n" +
			"cacheview clear --orphans --dry-run\n" +
			"cacheview clear --all -n 3 --confirm db3",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.asking(a.findKeys),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			simple, err := a.clearSelection(f, args)
			switch {
			case err != nil:
				return err
			case f.function != "" || f.orphans:
				return a.clearFlask(ctx, f)
			case simple != nil:
				return a.destroySelected(ctx, f.deleteFlags, *simple)
			}
			if err := a.answered(f.deleteFlags, false); err != nil {
				return err
			}
			sel, err := a.selection(ctx, &f.selectFlags, args)
			if err != nil {
				return err
			}
			return a.destroySelection(ctx, f.deleteFlags, sel)
		}),
	}
	f.deleteFlags.register(a, cmd)
	f.selectFlags.register(a, cmd, "function", "stale")
	f.names.registerNull(a, cmd)
	fl := cmd.Flags()
	fl.StringVar(&f.function, "function", "", "invalidate a memoized function: MODULE.NAME, or its version key")
	fl.BoolVar(&f.entries, "entries", false, "with --function: also delete its stored results")
	fl.BoolVar(&f.orphans, "orphans", false, "stale memoized results that provably no call can use")
	fl.BoolVar(&f.orphans, "stale", false, "the same as --orphans")
	fl.BoolVar(&f.all, wholeDatabase, false, "the whole database")
	alone := []string{wholeDatabase, "function", "orphans", "stale"}
	for i, one := range alone {
		for _, other := range append([]string{
			"match", "prefix", "b64", "literal", "exclude", "type", "no-ttl", "expires-within", "larger-than", "idle", "framework", "grep", "limit", "null",
		}, alone[i+1:]...) {
			if one != "orphans" || other != "stale" {
				a.exclusive(cmd, one, other)
			}
		}
	}
	a.needs(cmd, "entries", "function")
	a.needs(cmd, "key-prefix", "function", "orphans", "stale")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup, scopeGroup, appsGroup)
}

// clearSelection returns what a command line means that has no conditions but a
// prefix and a glob, else nil. It is empty for what only the Flask index knows.
func (a *app) clearSelection(f clearFlags, args []string) (*inspect.Selection, error) {
	var other string // a way that stands alone
	switch {
	case f.all:
		other = "--" + wholeDatabase
	case f.function != "":
		other = "--function"
	case f.orphans:
		other = "--orphans"
	}
	switch {
	case slices.Contains(args, ""):
		return nil, usagef("an empty prefix is every key; if that is meant, use --%s", wholeDatabase)
	case other != "" && len(args) > 0:
		return nil, usagef("use only one of PREFIX and %s", other)
	case other != "":
		return &inspect.Selection{All: f.all}, nil
	case len(args) == 0 && !f.given() && (!a.set.Changed("prefix") || a.flags.prefix == ""):
		return nil, usagef("clear needs a PREFIX, a condition such as --match, --function, --stale or --%s", wholeDatabase)
	}
	alone := f.selectFlags
	alone.match = ""
	if len(args) > 1 || alone.given() || f.limit != 0 || slices.ContainsFunc(args, f.names.isStdin) || f.names.null {
		return nil, nil
	}
	prefix, err := a.scope(f.names, args)
	if err == nil && len(prefix) == 0 && strings.Trim(f.match, "*") == "" {
		return &inspect.Selection{All: true}, nil // by its name, as any other way to it
	}
	return &inspect.Selection{Prefix: prefix, Glob: f.match}, err
}

// wholeDatabase is the flag of clear for every key.
const wholeDatabase = "all"

// spellDB turns a bare --db of clear, which used to mean the whole database, into
// --all: everywhere else --db has a number behind it.
func spellDB(args []string) []string {
	clearing := false
	for i, arg := range args {
		switch {
		case arg == "--":
			return args
		case arg == "clear":
			clearing = true
		case clearing && arg == "--db" && (i+1 == len(args) || strings.HasPrefix(args[i+1], "-") && !number(args[i+1])):
			args = slices.Clone(args)
			args[i] = "--" + wholeDatabase
		}
	}
	return args
}

func number(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}
