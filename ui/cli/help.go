package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wherever are the shared flags that the help of every command shows which has
// them. The others are in the help of the program.
var wherever = []string{"url", "port", "db", "connection", "prefix"}

// tidyHelp makes the help of a command fit the terminal and be about the
// command. fang, which writes it, does neither.
func (a *app) tidyHelp(root *cobra.Command) {
	width := min(a.width(), helpWidth)
	wrapFlags(a.set, width-column(root))
	root.Long = wrapped(root.Long, width-helpMargin)
	for _, cmd := range root.Commands() {
		cmd.Long = wrapped(cmd.Long, width-helpMargin)
		width := width - column(cmd)
		ownFlags(cmd, func(f *pflag.Flag) { wrapFlag(f, width) })
		cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
			hidden := false
			cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if isShared(f) && !slices.Contains(wherever, f.Name) {
					f.Hidden, hidden = true, true
				}
			})
			root.HelpFunc()(cmd, args)
			if hidden {
				fmt.Fprintf(a.out, "  Connection flags are listed in %s --help.\n\n", root.Name())
			}
		})
	}
}

const (
	helpWidth = 120 // from here on lines are only harder to read
	// What fang puts before a flag, and between it and its description.
	helpMargin, helpGap = 4, 2
	// leastHelp is what a description is wrapped to where there is no room for it.
	leastHelp = 20
)

// column is where descriptions begin in the help of a command.
func column(cmd *cobra.Command) int {
	widest := 0
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !cmd.HasParent() || !isShared(f) || slices.Contains(wherever, f.Name) {
			widest = max(widest, len("-x --")+len(f.Name))
		}
	})
	for _, sub := range cmd.Commands() {
		widest = max(widest, len(sub.Use)+len(" [--flags]"))
	}
	if cmd.HasParent() {
		widest = max(widest, len("-c --connection"))
	}
	return helpMargin + widest + helpGap
}

// wrapFlags breaks the descriptions of flags into lines. A default comes behind
// the last of them.
func wrapFlags(flags *pflag.FlagSet, width int) {
	flags.VisitAll(func(f *pflag.Flag) { wrapFlag(f, width) })
}

func wrapFlag(f *pflag.Flag, width int) { f.Usage = wrapped(f.Usage, max(width, leastHelp)) }

// wrapped breaks paragraphs between words. fang would also break them in "--db".
func wrapped(text string, width int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		var b strings.Builder
		at := 0
		for word := range strings.FieldsSeq(p) {
			switch n := ansi.StringWidth(word); {
			case at == 0:
				at = n
			case at+1+n > width:
				b.WriteByte('\n')
				at = n
			default:
				b.WriteByte(' ')
				at += 1 + n
			}
			b.WriteString(word)
		}
		paragraphs[i] = b.String()
	}
	return strings.Join(paragraphs, "\n\n")
}
