package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commands returns the root command and all that are under it.
func commands() []*cobra.Command {
	a := &app{env: func(string) (string, bool) { return "", false }}
	list := []*cobra.Command{a.rootCommand()}
	for i := 0; i < len(list); i++ {
		list = append(list, list[i].Commands()...)
	}
	return list
}

// calls returns the command lines of cacheview in a line of shell, each without
// the program's name.
func calls(line string) [][]string {
	var found [][]string
	var words []string
	word, quote, any := "", rune(0), false
	end := func() {
		if any {
			words = append(words, word)
		}
		word, any = "", false
	}
	finish := func() {
		end()
		if slices.Contains(words, "xargs") {
			words = append(words, "KEY")
		}
		if at := slices.Index(words, "cacheview"); at >= 0 {
			found = append(found, words[at+1:])
		}
		words = nil
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word += string(r)
		case r == '\'' || r == '"':
			quote, any = r, true
		case strings.ContainsRune("|<>();&", r):
			finish()
		case r == ' ' || r == '\t':
			end()
		default:
			word, any = word+string(r), true
		}
	}
	finish()
	return found
}

// TestExamplesAreTrue reads the examples of every help text as a shell and the
// program would: each is a command with flags that exist.
func TestExamplesAreTrue(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands() {
		if cmd.Short == "" || cmd.Long == "" || cmd.Example == "" {
			t.Errorf("%s: the help lacks a summary, a description or an example", cmd.CommandPath())
		}
		shown := false
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			if strings.HasPrefix(line, "#") {
				continue
			}
			lines := calls(line)
			if len(lines) == 0 {
				t.Errorf("%s: %q does not call cacheview", cmd.CommandPath(), line)
			}
			for _, args := range lines {
				called, rest, err := commands()[0].Find(spellDB(args))
				if err == nil {
					err = called.ParseFlags(rest)
				}
				if err == nil {
					err = called.ValidateArgs(called.Flags().Args())
				}
				if err != nil {
					t.Errorf("%s: %q: %v", cmd.CommandPath(), line, err)
					continue
				}
				shown = shown || called.CommandPath() == cmd.CommandPath()
			}
		}
		if !shown {
			t.Errorf("%s: no example is of the command itself", cmd.CommandPath())
		}
	}
}

// TestEveryValueCompletes holds that a tab after a flag that has a value does
// not offer the files of the directory, unless the value is one.
func TestEveryValueCompletes(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands() {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			_, ok := cmd.GetFlagCompletionFunc(f.Name)
			if want := f.Value.Type() != "bool" && !paths[f.Name]; ok != want && f.Name != "help" {
				t.Errorf("%s --%s has a completion of its own: %v, want %v", cmd.CommandPath(), f.Name, ok, want)
			}
		})
		if files := slices.Contains([]string{"decode", "import"}, cmd.Name()); files == (cmd.ValidArgsFunction != nil || len(cmd.ValidArgs) > 0) {
			t.Errorf("%s completes its arguments as files, or should", cmd.CommandPath())
		}
	}
}

// mayExit says which exit statuses each command has, beside 0 and 2, which all
// have.
var mayExit = map[string][]int{
	"ls":     {exitError, exitNothing},
	"get":    {exitError, exitNothing, exitPartly},
	"del":    {exitError, exitNothing, exitPartly},
	"clear":  {exitError, exitNothing, exitPartly},
	"expire": {exitError, exitNothing, exitPartly},
	"rename": {exitError, exitNothing},
	"copy":   {exitError, exitNothing},
	"set":    {exitError},
	"run":    {exitError},
	"wait":   {exitError, exitNothing},
	"diff":   {exitError, exitNothing, exitDiffers},
	"config": {exitError, exitNothing},
	"doctor": {exitError},

	"connections": {exitNothing},
	"undo":        {exitError, exitNothing, exitPartly},
	"export":      {exitError, exitNothing, exitPartly},
	"import":      {exitError, exitNothing, exitPartly},
	"watch":       {exitError, exitNothing, exitInterrupted},
	"explain":     {exitError, exitNothing},
	"stats":       {exitError, exitNothing, exitDiffers, exitInterrupted},
	"decode":      {exitError},
	"bench":       {exitError},
	"demo":        {exitError},
}

// onTerminals are the flags that need a terminal, which scripts do not have:
// TestAskPass and the journeys use them.
var onTerminals = map[string]bool{"askpass": true, "prefix": true, "theme": true}

// TestScriptsUseEverything holds that the scripts use every command with every
// one of its flags, and bring about each of its exit statuses.
func TestScriptsUseEverything(t *testing.T) {
	t.Parallel()
	flags, statuses := usedByScripts(t)
	all := commands()
	used := func(f *pflag.Flag) bool { // by any command
		return slices.ContainsFunc(all, func(cmd *cobra.Command) bool {
			return flags[strings.TrimPrefix(cmd.CommandPath(), "cacheview ")+" --"+f.Name]
		})
	}
	for _, cmd := range all {
		name := strings.TrimPrefix(cmd.CommandPath(), "cacheview ")
		ownFlags(cmd, func(f *pflag.Flag) {
			everywhere := cmd.PersistentFlags().Lookup(f.Name) != nil
			if f.Name != "help" && !flags[name+" --"+f.Name] && (!everywhere || !used(f)) {
				t.Errorf("no script uses %s --%s", name, f.Name)
			}
		})
		if cmd == all[0] {
			name = ""
		}
		for _, status := range append([]int{exitDone, exitUsage}, mayExit[name]...) {
			if name != "" && !statuses[fmt.Sprint(name, " ", status)] {
				t.Errorf("no script brings %s to exit with %d", name, status)
			}
		}
	}
	all[0].LocalFlags().VisitAll(func(f *pflag.Flag) {
		if isShared(f) && !onTerminals[f.Name] && !used(f) {
			t.Errorf("no script uses --%s", f.Name)
		}
	})
}

// usedByScripts returns the flags of commands ("ls --json") and the exit
// statuses ("ls 3") that the scripts have.
func usedByScripts(t *testing.T) (flags, statuses map[string]bool) {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%v: %d scripts", err, len(scripts))
	}
	flags, statuses = make(map[string]bool), make(map[string]bool)
	root := commands()[0] // of all lines: flags that were set before are noted already
	does := regexp.MustCompile(`^(?:exits|interrupts) (\d+) ('(''|[^'])*' )?`)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		body, _, _ := strings.Cut(string(text), "\n-- ")
		for line := range strings.SplitSeq(body, "\n") {
			status := ""
			if m := does.FindStringSubmatch(line); m != nil {
				status = m[1]
				line = "cacheview " + line[len(m[0]):]
			} else if _, inner, ok := strings.Cut(line, "exec sh -c "); ok {
				line = strings.Trim(inner, "'")
			}
			for _, args := range calls(line) {
				note(root, args, status, flags, statuses)
			}
		}
	}
	return flags, statuses
}

func note(root *cobra.Command, args []string, status string, flags, statuses map[string]bool) {
	cmd, rest, err := root.Find(spellDB(args))
	if err != nil {
		return
	}
	name := strings.TrimPrefix(cmd.CommandPath(), "cacheview ")
	if status != "" {
		statuses[name+" "+status] = true
	}
	// A flag that is only refused is not used.
	if status == strconv.Itoa(exitUsage) || cmd.ParseFlags(rest) != nil {
		return
	}
	cmd.Flags().Visit(func(f *pflag.Flag) { flags[name+" --"+f.Name] = true })
}
