package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// within says that packages inside a subtree may import these subtrees of ours,
// beside the subtree itself. The deepest rule that holds a package decides.
var within = map[string][]string{
	"cacheview":                     {"cacheview/ui/cli"},
	"cacheview/ui/cli":              {"cacheview/ui", "cacheview/inspect", "cacheview/decode", "cacheview/demoapp"},
	"cacheview/ui":                  {"cacheview/inspect", "cacheview/decode"},
	"cacheview/ui/theme":            {},
	"cacheview/ui/config":           {},
	"cacheview/inspect":             {"cacheview/decode"},
	"cacheview/inspect/keyspace":    {"cacheview/decode"},
	"cacheview/inspect/tunnel":      {},
	"cacheview/inspect/journal":     {},
	"cacheview/inspect/inspecttest": {"cacheview/inspect", "cacheview/decode"},
	"cacheview/demoapp":             {"cacheview/decode"},
	"cacheview/decode":              {},
}

// onlyUnder says where a library may be imported. What testsMay does not list
// is as forbidden to test files.
var onlyUnder = map[string][]string{
	"charm.land":                    {"cacheview/ui"},
	"github.com/charmbracelet":      {"cacheview/ui"},
	"github.com/spf13":              {"cacheview/ui/cli"},
	"github.com/redis/go-redis":     {"cacheview/inspect", "cacheview/demoapp"},
	"golang.org/x/crypto":           {"cacheview/inspect/tunnel"},
	"github.com/joho":               {"cacheview/ui/cli"},
	"github.com/alicebob":           {"cacheview/demoapp", "cacheview/inspect/inspecttest"},
	"github.com/rogpeppe":           {},
	"github.com/google/go-cmp":      {},
	"github.com/creack/pty":         {},
	"testing":                       {"cacheview/inspect/inspecttest"},
	"cacheview/inspect/inspecttest": {"cacheview/inspect/inspecttest"},
}

// testsMay lists what test files may import wherever they are.
var testsMay = []string{
	"testing", "cacheview/inspect/inspecttest", "github.com/rogpeppe", "github.com/google/go-cmp",
	"github.com/alicebob", "github.com/creack/pty",
}

// decodeNever lists what makes a decoder impure.
var decodeNever = []string{"os", "net", "os/exec", "syscall", "plugin", "log"}

type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// TestArrows walks every import of the module and fails on one that the
// package map has no arrow for.
func TestArrows(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		for _, imp := range p.Imports {
			if why := forbidden(p.ImportPath, imp, false); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imp, why)
			}
		}
		for _, imp := range append(p.TestImports, p.XTestImports...) {
			if why := forbidden(p.ImportPath, imp, true); why != "" {
				t.Errorf("a test of %s imports %s: %s", p.ImportPath, imp, why)
			}
		}
	}
}

// TestArrowRules proves that the rules above catch what they are for.
func TestArrowRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, to string
		test, ok bool
	}{
		{"cacheview", "cacheview/ui/cli", false, true},
		{"cacheview", "cacheview/inspect", false, false},
		{"cacheview/ui/cli", "cacheview/demoapp", false, true},
		{"cacheview/ui", "cacheview/ui/theme", false, true},
		{"cacheview/ui", "cacheview/demoapp", false, false},
		{"cacheview/ui", "cacheview/ui/cli", false, false},
		{"cacheview/ui/theme", "cacheview/ui", false, false},
		{"cacheview/ui/cli", "cacheview/ui/config", false, true},
		{"cacheview/ui/config", "cacheview/inspect", false, false},
		{"cacheview/inspect", "cacheview/inspect/keyspace", false, true},
		{"cacheview/inspect/keyspace", "cacheview/inspect", false, false},
		{"cacheview/inspect", "cacheview/ui", false, false},
		{"cacheview/decode/pickle", "cacheview/decode/value", false, true},
		{"cacheview/decode", "cacheview/inspect", true, false},
		{"cacheview/decode", "os", false, false},
		{"cacheview/decode", "os", true, true},
		{"cacheview/inspect", "charm.land/bubbletea/v2", false, false},
		{"cacheview/ui/theme", "charm.land/lipgloss/v2", false, true},
		{"cacheview/ui", "github.com/redis/go-redis/v9", false, false},
		{"cacheview/ui", "github.com/redis/go-redis/v9", true, false},
		{"cacheview/inspect", "github.com/alicebob/miniredis/v2", false, false},
		{"cacheview/inspect", "github.com/alicebob/miniredis/v2", true, true},
		{"cacheview/inspect", "cacheview/inspect/inspecttest", false, false},
		{"cacheview/ui", "cacheview/inspect/inspecttest", true, true},
		{"cacheview/newcomer", "cacheview/decode", false, false},
	}
	for _, tt := range tests {
		if why := forbidden(tt.from, tt.to, tt.test); (why == "") != tt.ok {
			t.Errorf("%s -> %s (test %v): %q", tt.from, tt.to, tt.test, why)
		}
	}
}

// forbidden says why package from may not import imp, or nothing if it may.
func forbidden(from, imp string, test bool) string {
	if test && (imp == from || underAny(imp, testsMay)) {
		return ""
	}
	for lib, homes := range onlyUnder {
		if under(imp, lib) && !underAny(from, homes) {
			return lib + " belongs under " + strings.Join(append(homes, "(tests)"), ", ")
		}
	}
	if under(from, "cacheview/decode") && !test && slices.Contains(decodeNever, imp) {
		return "decoders do no I/O"
	}
	if !under(imp, "cacheview") {
		return ""
	}
	home := ruleOf(from)
	if home == "" {
		return "the package map does not know this package"
	}
	if ruleOf(imp) == home || underAny(imp, within[home]) {
		return ""
	}
	// A subtree may import the deeper ones that have rules of their own, unless
	// they point back.
	if home != "cacheview" && under(imp, home) && !slices.Contains(within[ruleOf(imp)], home) {
		return ""
	}
	return "no such arrow"
}

// ruleOf returns the deepest subtree with a rule that holds a package; the root
// holds only itself.
func ruleOf(pkg string) string {
	for p := pkg; strings.Contains(p, "/"); p = path.Dir(p) {
		if _, ok := within[p]; ok {
			return p
		}
	}
	if pkg == "cacheview" {
		return pkg
	}
	return ""
}

func under(pkg, tree string) bool {
	return pkg == tree || strings.HasPrefix(pkg, tree+"/")
}

func underAny(pkg string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return under(pkg, tree) })
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []goPackage
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if len(pkgs) == 0 {
		t.Fatal("go list found no packages")
	}
	return pkgs
}

// TestDecodeStartsNoGoroutines holds that decode needs no race detector: a caller
// that decodes from several goroutines shares nothing but tables.
func TestDecodeStartsNoGoroutines(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir("decode", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s starts a goroutine", file)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
