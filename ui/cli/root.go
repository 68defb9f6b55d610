package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/ui/theme"
)

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "cacheview [URL | CONNECTION]",
		Short: "Inspect a Redis cache from the terminal",
		Long: "Inspect a Redis cache from the terminal: browse keys, read decoded values\n" +
			"(pickles, compressed JSON, sessions of a dozen frameworks), watch them expire,\n" +
			"and delete exactly what you mean to, with undo.",
		Example: "# the server on this machine\n" +
			"cacheview\n" +
			"# another server, read-only\n" +
			"cacheview --read-only redis://cache.example.com:6379/1\n" +
			"# a saved connection named prod\n" +
			"cacheview prod\n" +
			"# try it without a server\n" +
			"cacheview demo",
		ValidArgsFunction: first(a.completeConnections),
	}
	var urls string
	root.RunE = a.runs(func(ctx context.Context, args []string) error {
		var err error
		if a.urls, err = readURLs(urls); err != nil {
			return err
		}
		return a.runScreen(ctx, root, args)
	})
	root.Flags().StringVar(&urls, "urls", "", urlsHelp)
	root.PersistentFlags().Var(&a.color, "color", "colors of help and errors: auto, always or never")
	root.Version, root.SilenceUsage, root.SilenceErrors = fullVersion(), true, true
	root.SetVersionTemplate("cacheview {{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpFunc(a.help)
	root.SetHelpCommand(a.helpCommand())
	a.set, a.rules = a.flags.shared(), map[*cobra.Command][]flagRule{}
	a.reads(root, configGroup, serverGroup, safetyGroup, protectGroup, scopeGroup, themeGroup, appsGroup)
	root.AddCommand(
		a.lsCommand(),
		a.getCommand(),
		a.delCommand(),
		a.clearCommand(),
		a.expireCommand(),
		a.renameCommand(),
		a.copyCommand(),
		a.setCommand(),
		a.runCommand(),
		a.waitCommand(),
		a.diffCommand(),
		a.connectionsCommand(),
		a.configCommand(),
		a.doctorCommand(),
		a.undoCommand(),
		a.exportCommand(),
		a.importCommand(),
		a.watchCommand(),
		a.explainCommand(),
		a.statsCommand(),
		a.benchCommand(),
		a.demoCommand(),
		a.decodeCommand(),
		a.versionCommand(),
		a.completionCommand(),
		a.manCommand(),
	)
	a.completeFlags(root)
	a.heedMistakes(root)
	return root
}

var themeNames = []string{theme.Auto, theme.Dark, theme.Light, theme.Contrast, theme.Mono}

// runScreen opens the terminal UI on the server that the command line means.
func (a *app) runScreen(ctx context.Context, cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		if a.set.Changed("url") {
			return usagef("both %q and --url, --host or --port name a server: use one", inspect.RedactURL(args[0]))
		}
		_, saved := a.file.Connections[args[0]]
		switch {
		case saved:
			if err := a.use(args[0]); err != nil {
				return err
			}
		case !strings.ContainsAny(args[0], ":/.") && args[0] != "localhost":
			return a.noCommand(cmd, args[0])
		default:
			a.flags.url = args[0]
		}
	}
	if !isTerminal(a.in) || !isTerminal(a.out) {
		return usagef("the screen needs a terminal; for scripts there are ls, get and the other commands")
	}
	a.used(protectGroup)
	if a.flags.theme != "" && !slices.Contains(themeNames, a.flags.theme) {
		return usagef("--theme is auto, dark, light, contrast or mono, not %q", a.flags.theme)
	}
	if err := a.adoptFlask(); err != nil {
		return err
	}
	if _, err := a.scopePrefix(); err != nil {
		return err
	}
	cfg, err := a.serverConfig(ctx)
	if err != nil {
		return err
	}
	return a.screen(ctx, cfg, "")
}
