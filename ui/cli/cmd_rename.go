package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

func (a *app) renameCommand() *cobra.Command {
	f := writeFlags{replaceAnyway: "overwrite NEW if it exists; undo restores it"}
	cmd := &cobra.Command{
		Use:   "rename OLD NEW",
		Short: "Rename a key",
		Long: "Give a key another name, with its value and its expiry. A key of the new name is\n" +
			"overwritten with --replace only. undo restores both. In a cluster both names must\n" +
			"have the same {tag}.",
		Example: "cacheview rename flask_cache_homepage homepage:old\n" +
			"cacheview rename --replace --json a b",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.asking(a.findKeys),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			names, err := a.twoNames(f.names, args)
			if err != nil {
				return err
			}
			return a.writeOne(ctx, &f, func(c *inspect.Client) error {
				report, err := c.RenameKey(ctx, names[0], names[1], f.options())
				text := fmt.Sprintf("renamed %s to %s", named(names[0]), named(names[1]))
				return a.tellWrite(ctx, c, &f, oneWrite{op: "rename", text: text, key: names[0], new: names[1], report: report}, err)
			})
		}),
	}
	f.register(a, cmd)
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup)
}

// twoNames returns the names of two arguments.
func (a *app) twoNames(f nameFlags, args []string) ([2][]byte, error) {
	var names [2][]byte
	for i := range names {
		name, err := f.name(args[i])
		if err != nil {
			return names, err
		}
		names[i] = name
	}
	return names, nil
}
