package cli

import (
	"context"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

type clearFlags struct {
	deleteFlags
	match string
	all   bool
}

func (a *app) clearCommand() *cobra.Command {
	var f clearFlags
	cmd := &cobra.Command{
		Use:   "clear [PREFIX]",
		Short: "Delete all keys with a prefix",
		Long: "Delete the keys that start with PREFIX. The prefix is literal: * and [ mean\n" +
			"themselves. The keys are counted and shown before anything is deleted, and only\n" +
			"those are. The whole database goes with --all, after its name has been typed.",
		Example: "cacheview clear flask_cache_\n" +
			"cacheview clear --dry-run 'user[1]:'\n" +
			"cacheview clear --match 'session:*:tmp' --yes\n" +
			"cacheview clear --all -n 3 --confirm db3",
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			sel, err := f.selection(args)
			if err != nil {
				return err
			}
			return a.destroy(ctx, f.deleteFlags, sel)
		}),
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.StringVar(&f.match, "match", "", "the keys that match this glob, as Redis matches")
	fl.BoolVar(&f.all, "all", false, "the whole database")
	fl.StringVar(&f.confirm, "confirm", "", "with --all: the name of the database, such as db0, instead of being asked for it")
	return cmd
}

// selection is what the command line means, which must be exactly one thing.
func (f *clearFlags) selection(args []string) (inspect.Selection, error) {
	var sel inspect.Selection
	ways := 0
	if len(args) == 1 {
		if args[0] == "" {
			return sel, usagef("an empty prefix is every key; if that is meant, use --all")
		}
		sel.Prefix, ways = []byte(args[0]), ways+1
	}
	if f.match != "" {
		sel.Glob, ways = f.match, ways+1
	}
	if f.all {
		sel.All, ways = true, ways+1
	}
	switch {
	case ways != 1:
		return sel, usagef("clear needs one of PREFIX, --match or --all")
	case f.confirm != "" && !f.all:
		return sel, usagef("--confirm goes with --all")
	}
	return sel, nil
}
