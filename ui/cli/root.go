package cli

import "github.com/spf13/cobra"

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "cacheview",
		Short: "look into a Redis cache from the terminal",
	}
	root.AddCommand(a.versionCommand())
	return root
}
