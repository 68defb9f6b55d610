package child

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCommand_Environment(t *testing.T) {
	t.Setenv("CACHEVIEW_PASSWORD", "a")
	t.Setenv("CACHEVIEW_SENTINEL_PASSWORD", "b")
	t.Setenv("REDISCLI_AUTH", "c")
	t.Setenv("PROD_PASSWORD", "d")
	t.Setenv("MINE", "kept")
	env := Command(t.Context(), []string{"PROD_PASSWORD"}, "env").Env
	for _, entry := range env {
		if name, _, _ := strings.Cut(entry, "="); slices.Contains([]string{"CACHEVIEW_PASSWORD", "CACHEVIEW_SENTINEL_PASSWORD", "REDISCLI_AUTH", "PROD_PASSWORD"}, name) {
			t.Errorf("a child gets %s", name)
		}
	}
	if !slices.Contains(env, "MINE=kept") {
		t.Error("a child lacks a variable of the user")
	}
}

// TestCommand_OnlyHere reads the source of the program: nothing else starts
// other programs, whose environment would then have the passwords in it.
func TestCommand_OnlyHere(t *testing.T) {
	t.Parallel()
	starts := map[string]bool{
		"exec.Command": true, "exec.CommandContext": true, "exec.Cmd": true, "os.StartProcess": true,
		"syscall.ForkExec": true, "syscall.Exec": true, "syscall.StartProcess": true, "unix.Exec": true,
	}
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || rel == filepath.Join("inspect", "inspecttest") || rel == filepath.Join("ui", "child")):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			var x ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				x = n.Fun
			case *ast.CompositeLit:
				x = n.Type
			}
			if sel, ok := x.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok && starts[pkg.Name+"."+sel.Sel.Name] {
					t.Errorf("%s: %s.%s: programs are started by child.Command", set.Position(sel.Pos()), pkg.Name, sel.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || files < 100 {
		t.Errorf("%d files: %v", files, err)
	}
}
