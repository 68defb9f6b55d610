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
	deleteFlags
	match    string
	all      bool
	function string
	entries  bool
	orphans  bool
}

func (a *app) clearCommand() *cobra.Command {
	var f clearFlags
	cmd := &cobra.Command{
		Use:   "clear [PREFIX]",
		Short: "Delete all keys with a prefix",
		Long: "Delete the keys that start with PREFIX. The prefix is literal: * and [ mean\n" +
			"themselves. The keys are counted and shown before anything is deleted, and only\n" +
			"those are. The whole database goes with a bare --db, after its name has been\n" +
			"typed; -n N and --db N choose the database, as everywhere.\n\n" +
			"With --function it deletes the version of a function that Flask-Caching memoizes:\n" +
			"each call of it runs again. Its stored results can then not be hit any more, and\n" +
			"stay until they expire unless --entries removes them, too. --orphans, or --stale,\n" +
			"removes results of which it is proven that no call can reach them. Keys that are\n" +
			"only possibly left over stay.",
		Example: "cacheview clear flask_cache_\n" +
			"cacheview clear --dry-run 'user[1]:'\n" +
			"cacheview clear --match 'session:*:tmp' --yes\n" +
			"cacheview clear --function app.square\n" +
			"cacheview clear --orphans --dry-run\n" +
			"cacheview clear --db -n 3 --confirm db3",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: first(a.asking(a.findKeys)),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			sel, err := f.selection(args)
			if err != nil {
				return err
			}
			if f.function != "" || f.orphans {
				return a.clearFlask(ctx, f)
			}
			return a.destroySelected(ctx, f.deleteFlags, sel)
		}),
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.StringVar(&f.match, "match", "", "the keys that match this glob, as Redis matches")
	fl.StringVar(&f.function, "function", "", "the version of a memoized function, MODULE.NAME, or the name of the key that holds it")
	fl.BoolVar(&f.entries, "entries", false, "with --function: its stored results, too")
	fl.BoolVar(&f.orphans, "orphans", false, "stale results: memoized, and proven to be out of reach")
	fl.BoolVar(&f.orphans, "stale", false, "the same as --orphans")
	fl.BoolVar(&f.all, wholeDatabase, false, "the whole database")
	fl.Lookup(wholeDatabase).Hidden = true
	return cmd
}

// selection is what the command line means, which must be exactly one thing.
func (f *clearFlags) selection(args []string) (inspect.Selection, error) {
	var sel inspect.Selection
	ways := 0
	if len(args) == 1 {
		if args[0] == "" {
			return sel, usagef("an empty prefix is every key; if that is meant, use --db")
		}
		sel.Prefix, ways = []byte(args[0]), ways+1
	}
	if f.match != "" {
		sel.Glob, ways = f.match, ways+1
	}
	if f.all {
		sel.All, ways = true, ways+1
	}
	if f.function != "" {
		ways++
	}
	if f.orphans {
		ways++
	}
	switch {
	case ways != 1:
		return sel, usagef("clear needs one of PREFIX, --match, --function, --stale or --db")
	case f.entries && f.function == "":
		return sel, usagef("--entries goes with --function")
	}
	return sel, nil
}

// wholeDatabase is the flag that a bare --db of clear stands for.
const wholeDatabase = "all"

// spellDB gives the bare --db of clear, which means the whole database, a flag
// of its own: everywhere else --db has a number behind it.
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
