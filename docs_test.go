package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages returns the Markdown pages of the repository with their text.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(file, ".md") {
			raw, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			out[file] = string(raw)
		}
		return nil
	})
	if err != nil || len(out) < 10 {
		t.Fatalf("%d pages, %v", len(out), err)
	}
	return out
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notSlug = regexp.MustCompile(`[^a-z0-9 _-]`)
	goFile  = regexp.MustCompile(`[a-z0-9_/*]+\.go\b`)
)

// anchor returns the fragment that leads to a heading.
func anchor(title string) string {
	return strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
}

// TestDocs_LinksResolve follows every relative link of the pages to a file and a
// heading in it.
func TestDocs_LinksResolve(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for file, text := range all {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			path, fragment, _ := strings.Cut(m[1], "#")
			target := file
			if path != "" {
				target = filepath.Join(filepath.Dir(file), path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s: no such file", file, m[1])
				continue
			}
			if fragment == "" || !strings.HasSuffix(target, ".md") {
				continue
			}
			found := false
			for _, h := range heading.FindAllStringSubmatch(all[target], -1) {
				found = found || anchor(h[1]) == fragment
			}
			if !found {
				t.Errorf("%s: %s: no such heading", file, m[1])
			}
		}
	}
}

// TestDocs_MapNamesFiles holds that every Go file that the map of the code names
// exists, in any package.
func TestDocs_MapNamesFiles(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("docs", "dev", "map.md"))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	err = filepath.WalkDir(".", func(file string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(file, ".go") {
			files = append(files, filepath.ToSlash(file))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range goFile.FindAllString(string(raw), -1) {
		pattern, found := name[strings.LastIndex(name, "/")+1:], false
		for _, file := range files {
			ok, _ := filepath.Match(pattern, filepath.Base(file))
			found = found || ok && (strings.Contains(name, "*") || strings.HasSuffix("/"+file, "/"+name))
		}
		if !found {
			t.Errorf("there is no %s", name)
		}
	}
}
