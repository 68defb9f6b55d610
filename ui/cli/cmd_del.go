package cli

import (
	"context"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

func (a *app) delCommand() *cobra.Command {
	var f deleteFlags
	sel := selectFlags{keys: true, writes: true}
	cmd := &cobra.Command{
		Use:   "del KEY...",
		Short: "Delete keys by name",
		Long: "Delete exactly these keys. On a terminal it shows what it will delete and asks;\n" +
			"otherwise pass --yes. cacheview undo restores what was deleted.\n\n" +
			"- reads names from standard input, one a line as ls prints them, or with -0 exact\n" +
			"bytes that each end in NUL. However many there are, it is one delete with one undo.\n\n" +
			"The flags of ls select keys, too: among those that are named, or among all.",
		Example: "cacheview del flask_cache_homepage\n" +
			"cacheview del --dry-run --json a b c\n" +
			"cacheview del --prefix tmp: --idle 1s --dry-run\n" +
			"cacheview ls -0 --no-ttl tmp: | cacheview del -0 - --yes",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.asking(a.findKeys),
	}
	cmd.RunE = a.runs(func(ctx context.Context, args []string) error {
		if err := a.missingKey(cmd, &sel, args); err != nil {
			return err
		}
		if err := a.answered(f, false); err != nil {
			return err // before the standard input is read
		}
		s, err := a.selection(ctx, &sel, args)
		if err != nil {
			return err
		}
		if s.names != nil && !sel.given() && s.limit == 0 {
			return a.destroySelected(ctx, f, inspect.Selection{Keys: s.names})
		}
		return a.destroySelection(ctx, f, s)
	})
	f.register(a, cmd)
	sel.register(a, cmd)
	sel.names.registerNull(a, cmd)
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup, scopeGroup, appsGroup)
}
