package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPromisesHaveTests wants each promise of docs/safety.md, and each figure
// that docs/insight.md says is held, to name a test, and each test that they
// name to be there.
func TestPromisesHaveTests(t *testing.T) {
	t.Parallel()
	there := testNames(t)
	for _, doc := range []struct {
		name, from string
		least      int
	}{{"safety.md", "", 20}, {"insight.md", "## Tests behind these figures", 15}} {
		t.Run(doc.name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("docs", doc.name))
			if err != nil {
				t.Fatal(err)
			}
			_, promises, found := strings.Cut(string(text), doc.from)
			if !found {
				t.Fatalf("there is no %q", doc.from)
			}
			haveTests(t, promises, doc.least, there)
		})
	}
}

// haveTests wants each item of a list to name tests that are there.
func haveTests(t *testing.T, list string, least int, there map[string]bool) {
	t.Helper()
	promises := strings.Split(list, "\n- ")[1:]
	named := regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	for _, p := range promises {
		tests := named.FindAllStringSubmatch(p, -1)
		if len(tests) == 0 {
			t.Errorf("no test is named: %s", p)
		}
		for _, m := range tests {
			if !there[m[1]] {
				t.Errorf("there is no %s", m[1])
			}
		}
	}
	if len(promises) < least {
		t.Errorf("%d promises were found", len(promises))
	}
}

// testNames are the tests of the whole module.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	names := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			names[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
