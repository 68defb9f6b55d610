package cli

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"cacheview/inspect/inspecttest"
)

// TestFlags_RefusedUnlessRead parses every flag of the program for every command:
// one that the command does not have is refused by its name. One command line per
// command goes through Main, where it ends before anything is done.
func TestFlags_RefusedUnlessRead(t *testing.T) {
	t.Parallel()
	all := map[string]*pflag.Flag{}
	list := commands()
	for _, cmd := range list {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { all[f.Name] = f })
	}
	for _, cmd := range list[1:] {
		var refused []string
		for name, f := range all {
			if cmd.Flags().Lookup(name) != nil || cmd.InheritedFlags().Lookup(name) != nil || name == "version" || name == "help" {
				continue
			}
			arg := "--" + name
			if f.Value.Type() != "bool" {
				arg += "=1"
			}
			refused = append(refused, arg)
			err := cmd.ParseFlags([]string{arg})
			if err != nil {
				err = cmd.FlagErrorFunc()(cmd, err)
			}
			if _, usage := errors.AsType[usageError](err); !usage || !strings.Contains(err.Error(), "--"+name) {
				t.Errorf("%s %s: %v", cmd.CommandPath(), arg, err)
			}
		}
		var errw bytes.Buffer
		args := append(strings.Fields(cmd.CommandPath())[1:], refused...)
		status := Main(args, strings.NewReader(""), &bytes.Buffer{}, &errw, func(string) (string, bool) { return "", false })
		if name, _, _ := strings.Cut(refused[0], "="); status != exitUsage || !strings.Contains(errw.String(), name) {
			t.Errorf("%q ends with %d: %s", args, status, errw.String())
		}
	}
}

// TestFlags_SharedOnesAreRead runs every command and holds that it uses the
// values of exactly the groups of shared flags that it has.
func TestFlags_SharedOnesAreRead(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	s.Dial(0).Do("MSET", "app:1", "1", "app:2", "2", "app:3", "3")
	dir := t.TempDir()
	export := filepath.Join(dir, "export")
	lines := map[string][]string{
		"cacheview": {"cacheview"}, // the screen, which needs a terminal: up to there
		"ls":        {"ls", "app:"},
		"get":       {"get", "app:1"},
		"del":       {"del", "app:3", "--yes"},
		"clear":     {"clear", "app:", "--dry-run"},
		"undo":      {"undo"}, // of the delete before
		"expire":    {"expire", "app:1", "never"},
		"rename":    {"rename", "app:2", "app:4"},
		"copy":      {"copy", "app:1", "app:5"},
		"set":       {"set", "app:6", "x"},
		"run":       {"run", "GET", "app:1"},
		"wait":      {"wait", "app:1", "--for", "1s"},
		"diff":      {"diff", "app:1", "app:1"},
		"config":    {"config", "show"},
		"doctor":    {"doctor"},

		"connections": {"connections"},
		"export":      {"export", "app:"},
		"import":      {"import", "--dry-run", export},
		"watch":       {"watch", "--for", "10ms", "app:"},
		"explain":     {"explain", "app:1"},
		"stats":       {"stats", "app:"},
		"bench":       {"bench", "http://127.0.0.1:1/"},
		"demo":        {"demo"},
		"decode":      {"decode"}, "version": {"version"}, "completion": {"completion", "bash"}, "man": {"man"},
	}
	env := map[string]string{"CACHEVIEW_URL": s.URL(0), "HOME": dir, "XDG_STATE_HOME": dir}
	for _, cmd := range commands() {
		name := strings.TrimPrefix(cmd.CommandPath(), "cacheview ")
		line, ok := lines[name]
		if !ok {
			t.Errorf("%s: no command line of it is here", name)
			continue
		}
		if name == "cacheview" || name == "demo" {
			continue // on terminals, in the journeys
		}
		var out bytes.Buffer
		a := &app{in: strings.NewReader(""), errw: &bytes.Buffer{}, env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
		a.out, a.written = newOutput(&out)
		root := a.rootCommand()
		root.SetArgs(line)
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if name == "export" {
			if err := os.WriteFile(export, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		has := map[flagGroup]bool{}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if isShared(f) {
				has[flagGroup(f.Annotations[groupAnnotation][0])] = true
			}
		})
		for _, group := range []flagGroup{configGroup, serverGroup, safetyGroup, protectGroup, scopeGroup, themeGroup, appsGroup} {
			switch {
			case has[group] && !a.groups[group]:
				t.Errorf("%s accepts the flags of the group %q and does not read them", name, group)
			case !has[group] && a.groups[group] && group != protectGroup:
				t.Errorf("%s reads the flags of the group %q and does not have them", name, group)
			}
		}
	}
}

// TestFlags_OwnOnesAreRead reads the source: every variable that a flag of a
// command sets is used somewhere else than where the flag is declared.
func TestFlags_OwnOnesAreRead(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	declared, used := map[string]token.Pos{}, map[string]int{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				fun, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || !strings.Contains(fun.Sel.Name, "Var") || len(n.Args) < 3 {
					return true
				}
				ast.Inspect(n.Args[0], func(n ast.Node) bool {
					if field, ok := n.(*ast.SelectorExpr); ok {
						declared[field.Sel.Name] = field.Pos()
						used[field.Sel.Name]--
						return false
					}
					return true
				})
			case *ast.SelectorExpr:
				used[n.Sel.Name]++
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(declared) < 30 {
		t.Errorf("only %d flags are found in the source", len(declared))
	}
	for name, pos := range declared {
		if used[name] <= 0 && !ast.IsExported(name) { // which another package reads
			t.Errorf("%s: the flag sets %s, which nothing reads", set.Position(pos), name)
		}
	}
}

// TestFlags_Rules holds that every rule is about flags that the command has.
func TestFlags_Rules(t *testing.T) {
	t.Parallel()
	a := &app{env: func(string) (string, bool) { return "", false }}
	a.rootCommand()
	for cmd, rules := range a.rules {
		for _, r := range rules {
			if i := slices.IndexFunc(r.flags, func(name string) bool { return cmd.Flags().Lookup(name) == nil }); i >= 0 {
				t.Errorf("%s: a rule is about --%s, which it does not have", cmd.Name(), r.flags[i])
			}
		}
	}
}
