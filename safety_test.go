package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPromisesHaveTests wants each promise of docs/safety.md to name a test, and
// each test that it names to be there.
func TestPromisesHaveTests(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("docs", "safety.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := testNames(t)
	promises := strings.Split(string(doc), "\n- ")[1:]
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
	if len(promises) < 20 {
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
