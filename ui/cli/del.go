package cli

import (
	"context"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

func (a *app) delCommand() *cobra.Command {
	var f deleteFlags
	var names nameFlags
	cmd := &cobra.Command{
		Use:   "del KEY...",
		Short: "Delete keys by name",
		Long: "Delete exactly these keys. On a terminal it shows what it will delete and asks;\n" +
			"otherwise pass --yes. cacheview undo restores what was deleted.\n\n" +
			"- reads names from standard input, one a line as ls prints them, or with -0 exact\n" +
			"bytes that each end in NUL. However many there are, it is one delete with one undo.",
		Example: "cacheview del flask_cache_homepage\n" +
			"cacheview del --dry-run --json a b c\n" +
			"cacheview ls -0 --no-ttl tmp: | cacheview del -0 - --yes",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.asking(a.findKeys),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			if err := a.answered(f, false); err != nil {
				return err // before the standard input is read
			}
			keys, err := a.keyNames(ctx, names, args)
			if err != nil {
				return err
			}
			return a.destroySelected(ctx, f, inspect.Selection{Keys: keys})
		}),
	}
	f.register(a, cmd)
	names.register(a, cmd)
	names.registerNull(a, cmd)
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup)
}
