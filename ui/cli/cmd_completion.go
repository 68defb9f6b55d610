package cli

import (
	"cmp"
	"context"
	_ "embed" // the completions of zsh and fish
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cacheview/inspect"
)

func (a *app) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script for a shell",
		Long: "Print the script that makes a shell complete commands, flags, and names from the\n" +
			"server and configuration: keys and prefixes, functions, undo IDs, connections. SHELL\n" +
			"is bash, zsh, fish or powershell; bash needs the package bash-completion.\n\n" +
			"Completion waits at most 300 ms for the server and never prompts for a password. zsh\n" +
			"and fish quote key names; bash and PowerShell only offer plain words.",
		Example: "# bash: now, or in ~/.bashrc\n" +
			"source <(cacheview completion bash)\n" +
			"# zsh, after compinit\n" +
			"source <(cacheview completion zsh)\n" +
			"# fish\n" +
			"cacheview completion fish > ~/.config/fish/completions/cacheview.fish\n" +
			"# PowerShell, in $PROFILE\n" +
			"cacheview completion powershell | Out-String | Invoke-Expression",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			a.failure = writeCompletion(cmd.Root(), a.out, args[0])
			return nil
		},
	}
}

// The completions of zsh and fish are ours. Those of cobra evaluate the line that
// is completed: fish then runs what was quoted in it, which may be the name of a
// key, and zsh what was not.
var (
	//go:embed completion.zsh
	zshCompletion string
	//go:embed completion.fish
	fishCompletion string
)

func writeCompletion(root *cobra.Command, w io.Writer, shell string) (err error) {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		_, err = io.WriteString(w, zshCompletion)
	case "fish":
		_, err = io.WriteString(w, fishCompletion)
	default:
		return root.GenPowerShellCompletionWithDesc(w)
	}
	return err
}

// shellVariable is set by the completions of a shell that quotes what it inserts.
const shellVariable = "CACHEVIEW_SHELL"

// offers says whether a name can be put on the command line that is completed.
func (a *app) offers(name string) bool {
	switch a.getenv(shellVariable) {
	case "zsh", "fish":
		return isQuotable(name)
	}
	return isWord(name)
}

// completionPatience is how long somebody who has pressed tab waits at most,
// connecting included. What was found by then is offered.
const completionPatience = 300 * time.Millisecond

// finder finds what a word on the command line may become. When ctx ends it
// returns what it has.
type finder func(ctx context.Context, c *inspect.Client, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective)

// first lets only the first argument be completed.
func first(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, word)
	}
}

// asking completes a word by asking the server that the command line means. It
// answers in time whatever becomes of the server, and does not say what went
// wrong: the command itself will.
func (a *app) asking(find finder) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		type answer struct {
			words     []cobra.Completion
			directive cobra.ShellCompDirective
		}
		found := make(chan answer, 1)
		go func() {
			var got answer
			if c := a.openSilently(ctx); c != nil {
				defer c.Close()
				got.words, got.directive = find(ctx, c, args, word)
			}
			found <- got
		}()
		var got answer
		select {
		case got = <-found:
		case <-time.After(completionPatience + completionPatience/10):
		}
		return got.words, got.directive | cobra.ShellCompDirectiveNoFileComp
	}
}

// openSilently connects without a word, and not at all where that would ask
// somebody, or some program, for a password.
func (a *app) openSilently(ctx context.Context) *inspect.Client {
	a.errw = io.Discard
	if a.settle() != nil || a.flags.askpass {
		return nil
	}
	if s := a.saved.Sentinel; len(a.saved.Secret.Command)+len(a.file.Secret.Command) > 0 || s != nil && len(s.Secret.Command) > 0 {
		return nil
	}
	a.flags.timeout = completionPatience
	c, err := a.open(ctx)
	if err != nil {
		return nil
	}
	return c
}

// completeFlags gives every flag with a value its completion. What is not named
// here has a value that cannot be guessed; only paths are left to the shell.
func (a *app) completeFlags(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) { a.completeFlag(cmd, f) })
	cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { a.completeFlag(cmd, f) })
	for _, sub := range cmd.Commands() {
		a.completeFlags(sub)
	}
}

func (a *app) completeFlag(cmd *cobra.Command, f *pflag.Flag) {
	if f.Value.Type() == "bool" || paths[f.Name] {
		return
	}
	complete := map[string]cobra.CompletionFunc{
		"sort":       cobra.FixedCompletions(sortNames, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder),
		"type":       cobra.FixedCompletions(typeNames, cobra.ShellCompDirectiveNoFileComp),
		"format":     cobra.FixedCompletions(exportFormats, cobra.ShellCompDirectiveNoFileComp),
		"fail-on":    cobra.FixedCompletions(findingLevels, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder),
		"color":      cobra.FixedCompletions(colorChoices, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder),
		"theme":      cobra.FixedCompletions(themeNames, cobra.ShellCompDirectiveNoFileComp),
		"layout":     cobra.FixedCompletions(layoutNames, cobra.ShellCompDirectiveNoFileComp),
		"as":         completeFormats,
		"connection": a.completeConnections,
		"key":        a.asking(a.findKeys),
		"prefix":     a.asking(a.findKeys),
		"protect":    a.asking(a.findKeys),
		"function":   a.asking(a.findFunctions),
	}[f.Name]
	if complete == nil {
		complete = cobra.NoFileCompletions
	}
	_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // fails only for a flag that is not there
}

// paths are the flags whose values are names of files.
var paths = map[string]bool{"config": true, "tls-ca": true, "tls-cert": true, "tls-key": true, "urls": true, "app": true}

// completeConnections offers the saved connections. It asks no server.
func (a *app) completeConnections(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	file, err := a.readConfig()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []cobra.Completion
	for _, name := range file.Names() {
		if c := file.Connections[name]; a.offers(name) && strings.HasPrefix(name, word) {
			about := cmp.Or(string(c.Environment), "connection")
			if c.ReadOnly {
				about += ", read-only"
			}
			words = append(words, cobra.CompletionWithDesc(name, about))
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}
