package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wherever are the shared flags that the help of every command lists if the
// command has them. The others are in the help of the program.
var wherever = []string{"url", "port", "db", "connection", "prefix"}

const (
	maxHelpWidth  = 120 // longer lines are harder to read
	minHelpColumn = 20  // the least width of descriptions
	helpMargin    = 4
	helpGap       = 2 // between a name and its description
)

// help writes the help of a command. It uses the 16 colors that every theme of a
// terminal defines, so it never has to query the terminal.
func (a *app) help(cmd *cobra.Command, _ []string) {
	b := a.data()
	defer b.Flush()
	h := helpPage{Writer: b, width: a.helpWidth(), pen: a.penFor(a.out)}
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	h.line("")
	for line := range strings.SplitSeq(wrapped(text, h.width-helpMargin), "\n") {
		h.line("  " + line)
	}
	h.title("usage")
	h.line(strings.Repeat(" ", helpMargin) + usageLine(cmd))
	if cmd.Example != "" {
		h.title("examples")
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			if strings.HasPrefix(line, "#") {
				line = h.pen.dim(line)
			}
			h.line(strings.Repeat(" ", helpMargin) + line)
		}
	}
	commands, flags, hidden := commandRows(cmd), []helpRow(nil), false
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		switch {
		case f.Hidden:
		case cmd.HasParent() && isShared(f) && !slices.Contains(wherever, f.Name):
			hidden = true
		default:
			flags = append(flags, flagRow(f))
		}
	})
	column := 0
	for _, row := range slices.Concat(commands, flags) {
		column = max(column, helpMargin+len(row.name)+helpGap)
	}
	h.rows("commands", commands, column)
	h.rows("flags", flags, column)
	h.line("")
	if hidden {
		h.line("  Connection flags are listed in " + cmd.Root().Name() + " --help.\n")
	}
}

// helpWidth is the width of the terminal, that of COLUMNS without one, and at most
// maxHelpWidth.
func (a *app) helpWidth() int {
	width := a.width()
	if n, err := strconv.Atoi(a.getenv("COLUMNS")); err == nil && n > 0 && !isTerminal(a.out) {
		width = n
	}
	return min(width, maxHelpWidth)
}

// usageLine is a command with its arguments.
func usageLine(cmd *cobra.Command) string {
	name, args, _ := strings.Cut(cmd.Use, " ")
	if cmd.HasParent() {
		name = cmd.Parent().CommandPath() + " " + name
	}
	words := []string{name}
	if args != "" {
		words = append(words, args)
	}
	if cmd.HasAvailableFlags() {
		words = append(words, "[--flags]")
	}
	return strings.Join(words, " ")
}

// helpRow is a command or a flag with its description.
type helpRow struct{ name, description string }

func commandRows(cmd *cobra.Command) (rows []helpRow) {
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() && sub.Name() != "help" {
			continue
		}
		rows = append(rows, helpRow{sub.Use, sub.Short})
	}
	return rows
}

func flagRow(f *pflag.Flag) helpRow {
	name, description := "--"+f.Name, upperFirst(f.Usage)
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + " " + name
	}
	if !slices.Contains([]string{"", "0", "0s", "false", "[]"}, f.DefValue) {
		description += " (" + f.DefValue + ")"
	}
	return helpRow{name, description}
}

// helpPage writes help.
type helpPage struct {
	io.Writer
	width int
	pen   pen
}

func (h helpPage) line(s string) { fmt.Fprintln(h, s) }

func (h helpPage) title(s string) {
	h.line("\n  " + h.pen.title(strings.ToUpper(s)) + "\n")
}

// rows writes a section; descriptions begin in column and are wrapped there.
func (h helpPage) rows(title string, rows []helpRow, column int) {
	if len(rows) == 0 {
		return
	}
	h.title(title)
	for _, row := range rows {
		name := h.pen.name(row.name)
		left := strings.Repeat(" ", helpMargin) + name + strings.Repeat(" ", column-helpMargin-len(row.name))
		for line := range strings.SplitSeq(wrapped(row.description, max(h.width-column, minHelpColumn)), "\n") {
			h.line(left + line)
			left = strings.Repeat(" ", column)
		}
	}
}

// wrapped breaks paragraphs between words.
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

func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// helpCommand is "cacheview help [COMMAND]".
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			for _, sub := range cmd.Root().Commands() {
				if len(args) == 0 && sub.IsAvailableCommand() {
					names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return a.noCommand(cmd.Root(), strings.Join(args, " "))
			}
			a.help(about, nil)
			return nil
		},
	}
}
