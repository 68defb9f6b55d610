package cli

import (
	"context"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

func (a *app) delCommand() *cobra.Command {
	var f deleteFlags
	var b64 bool
	cmd := &cobra.Command{
		Use:   "del KEY...",
		Short: "Delete keys by name",
		Long: "Delete exactly these keys. On a terminal it shows what it is about to delete and\n" +
			"asks; without one it needs --yes. What is deleted can be brought back with undo.",
		Example: "cacheview del flask_cache_homepage\n" +
			"cacheview del --dry-run --json a b c\n" +
			"cacheview ls -0 --no-ttl tmp: | xargs -0 cacheview del --yes",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.asking(a.findKeys),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			keys := make([][]byte, len(args))
			for i, arg := range args {
				name, err := keyBytes(arg, b64)
				if err != nil {
					return err
				}
				keys[i] = name
			}
			return a.destroySelected(ctx, f, inspect.Selection{Keys: keys})
		}),
	}
	f.register(cmd)
	registerB64(cmd, &b64)
	return cmd
}
