package cli

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cacheview/decode"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "man",
		Short:             "Write the man page",
		Long:              "Write the man page of all commands in roff. Packages install it.",
		Example:           "cacheview man | man -l -",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		// Without runs, which has no use for the command: the page is about all
		// of them.
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.failure = writeManPage(a.out, cmd.Root())
			return nil
		},
	}
}

// writeManPage writes a page that is the same whenever it is made: it has the
// program's version and no date.
func writeManPage(w io.Writer, root *cobra.Command) error {
	m := manPage{bufio.NewWriter(w)}
	m.macro("TH", "CACHEVIEW", "1", "", "cacheview "+buildVersion(), "User Commands")
	m.macro("SH", "NAME")
	m.text("cacheview - " + lowerFirst(root.Short))
	m.macro("SH", "SYNOPSIS")
	m.synopsis(root)
	m.macro("br")
	m.line(`\fBcacheview\fR \fICOMMAND\fR [\fIFLAGS\fR] [\fIARGUMENTS\fR]`)
	m.macro("SH", "DESCRIPTION")
	m.text(root.Long)
	m.example(root.Example)
	m.macro("SH", "COMMANDS")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			m.command(c)
		}
	}
	m.macro("SH", "SHARED FLAGS")
	m.text("Most commands have these; one that does not read a flag refuses it. Each can be an environment variable, too: CACHEVIEW_URL, CACHEVIEW_READ_ONLY. The command line " +
		"counts more than a saved connection, that more than the environment, and this more than the rest of the configuration.")
	m.flags(func(fn func(*pflag.Flag)) { root.LocalFlags().VisitAll(fn) })
	for _, s := range manSections {
		m.macro("SH", s.title)
		for _, row := range s.rows {
			m.macro("TP")
			m.line(`\fB` + roff(row[0]) + `\fR`)
			m.text(row[1])
		}
	}
	return m.Flush()
}

// manSections are what is true of all commands.
var manSections = []struct {
	title string
	rows  [][2]string
}{
	{"EXIT STATUS", [][2]string{
		{"0", "Done."},
		{"1", "An error, which is on the error stream."},
		{"2", "A command line or configuration that cannot be meant."},
		{"3", "Nothing matched."},
		{"4", "Partly done; the report has the details."},
		{"5", "A check did not hold: diff found differences, or stats --fail-on a finding."},
		{"130", "Interrupted by ctrl+c; another signal gives 128 and its number."},
	}},
	{"ENVIRONMENT", [][2]string{
		{"CACHEVIEW_URL, REDIS_URL", "The server, if neither --url nor a connection is given. The first takes precedence."},
		{"CACHEVIEW_PASSWORD", "The password, which has no flag: command lines can be read by others."},
		{"CACHEVIEW_SENTINEL_PASSWORD", "The password at the sentinels."},
		{"CACHEVIEW_PAGER, PAGER", "What the screen opens a value in."},
		{"CACHEVIEW_EDITOR, VISUAL, EDITOR", "What the screen edits a value in."},
		{"NO_COLOR", "No colors when it is not empty. --color counts more."},
		{"CLICOLOR_FORCE", "Colors even where the output is not a terminal, unless it is empty or 0."},
	}},
	{"FILES", [][2]string{
		{"$XDG_CONFIG_HOME/cacheview/config.toml, ~/.config/cacheview/config.toml", "The configuration: saved connections, keys, decoders."},
		{"$XDG_STATE_HOME/cacheview, ~/.local/state/cacheview", "What can be undone, readable only for its owner, and how the screen was left."},
	}},
}

// manPage writes roff.
type manPage struct{ *bufio.Writer }

func (m manPage) line(s string) { fmt.Fprintln(m, s) }

// macro writes a request with its arguments.
func (m manPage) macro(name string, args ...string) {
	fmt.Fprint(m, ".", name)
	for _, arg := range args {
		fmt.Fprintf(m, ` "%s"`, strings.ReplaceAll(roff(arg), `"`, `\(dq`))
	}
	m.line("")
}

// text writes paragraphs, which are filled.
func (m manPage) text(s string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(s), "\n\n") {
		if i > 0 {
			m.macro("PP")
		}
		m.line(roff(strings.ReplaceAll(paragraph, "\n", " ")))
	}
}

// example writes lines as they are.
func (m manPage) example(s string) {
	m.macro("PP")
	m.macro("RS", "4")
	m.macro("nf")
	for line := range strings.SplitSeq(s, "\n") {
		m.line(roff(line))
	}
	m.macro("fi")
	m.macro("RE")
}

func (m manPage) synopsis(c *cobra.Command) {
	name, args, _ := strings.Cut(c.Use, " ")
	if c.HasParent() {
		name = c.Root().Name() + " " + name
	}
	m.line(`\fB` + roff(name) + `\fR [\fIFLAGS\fR] ` + roff(args))
}

func (m manPage) command(c *cobra.Command) {
	m.macro("SS", c.Name())
	m.synopsis(c)
	m.macro("PP")
	m.text(c.Long)
	m.flags(func(fn func(*pflag.Flag)) { ownFlags(c, fn) })
	m.example(c.Example)
}

func (m manPage) flags(each func(func(*pflag.Flag))) {
	each(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		m.macro("TP")
		name := `\fB` + roff("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			name = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + name
		}
		if word, ok := valueWords[f.Value.Type()]; ok {
			name += ` \fI` + word + `\fR`
		}
		m.line(name)
		usage := f.Usage
		if d := f.DefValue; !slices.Contains([]string{"", "0", "0s", "false", "[]"}, d) {
			usage += " (default " + d + ")"
		}
		m.text(usage)
	})
}

// valueWords are what stands for the value of a flag.
var valueWords = map[string]string{
	"string": "TEXT", "stringArray": "TEXT", "stringSlice": "TEXT,...",
	"int": "N", "int64": "N", "float64": "N", "duration": "TIME",
}

// roff makes text mean itself: its hyphens are those that people type, and no
// line of it is a request.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "~", `\(ti`, "^", `\(ha`).Replace(decode.Printable(s))
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
