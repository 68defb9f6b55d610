// Package pyapp reads the source of a Python app, and finds in it what decides on
// the keys of Flask-Caching: decorators, signatures, routes and settings. It reads
// files as text. It imports, compiles and runs nothing, and writes nothing.
package pyapp

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"cacheview/decode/pysource"
	"cacheview/inspect/flask"
)

const (
	maxFile    = 1 << 20
	maxFiles   = 5000
	maxSkipped = 20
)

// skippedDirs are not of the app itself.
var skippedDirs = map[string]bool{
	"node_modules": true, "__pycache__": true, "site-packages": true, "venv": true, "env": true, ".venv": true, "build": true, "dist": true,
}

// source is one file.
type source struct {
	modules []string // names that it may be imported by
	file    *pysource.File
}

// Read reads the Python files below a directory. Files that are too large, cannot
// be read, are no Python or are links are skipped, with a note in App.Skipped.
func Read(dir string) (*flask.App, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	app := &flask.App{}
	skip := func(name, why string) {
		if len(app.Skipped) < maxSkipped {
			app.Skipped = append(app.Skipped, name+": "+why)
		}
	}
	var sources []source
	base := ""
	if _, err := root.Lstat("__init__.py"); err == nil {
		if full, err := filepath.Abs(dir); err == nil {
			base = filepath.Base(full)
		}
	}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if name == "." {
				return err
			}
			skip(name, "it cannot be read")
			return nil
		case d.IsDir():
			if name != "." && (skippedDirs[d.Name()] || strings.HasPrefix(d.Name(), ".")) {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, ".py"):
			return nil
		case !d.Type().IsRegular():
			skip(name, "it is a link, or no file")
			return nil
		case len(sources) == maxFiles:
			skip(name, fmt.Sprintf("there are more than %d files", maxFiles))
			return fs.SkipAll
		}
		text, why := readFile(root, name)
		if why != "" {
			skip(name, why)
			return nil
		}
		file, ok := pysource.Parse(text)
		if !ok {
			skip(name, "not valid Python: a string or bracket is not closed")
			return nil
		}
		sources = append(sources, source{modulesOf(name, base), file})
		return nil
	})
	if err != nil {
		return nil, err
	}
	b := builder{app: app, blueprints: map[string]string{}}
	b.settings(sources)
	for i := range sources {
		b.functions(&sources[i])
	}
	return app, nil
}

func readFile(root *os.Root, name string) (text, why string) {
	f, err := root.Open(name)
	if err != nil {
		return "", "it cannot be read"
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return "", "it cannot be read"
	case len(raw) > maxFile:
		return "", "it has more than 1 MiB"
	case !utf8.Valid(raw):
		return "", "it is not UTF-8"
	}
	return string(raw), ""
}

// modulesOf returns the names that a file may be imported by, the usual one first.
// A file at the top may be the main program.
func modulesOf(name, base string) []string {
	name = strings.TrimSuffix(name, ".py")
	name = strings.TrimSuffix(strings.TrimSuffix(name, "__init__"), "/")
	dotted := strings.ReplaceAll(name, "/", ".")
	var list []string
	add := func(m string) {
		if m != "" {
			list = append(list, m)
		}
	}
	if base != "" {
		add(strings.TrimSuffix(base+"."+dotted, "."))
	}
	for _, outer := range []string{"src.", "lib.", "app."} {
		if rest, ok := strings.CutPrefix(dotted, outer); ok && outer != "app." {
			add(rest)
		}
	}
	add(dotted)
	// A directory above may be on the path.
	if at := strings.IndexByte(dotted, '.'); at >= 0 {
		add(dotted[at+1:])
	}
	if !strings.Contains(name, "/") || path.Base(name) == "__main__" || path.Base(name) == "app" || path.Base(name) == "wsgi" {
		add("__main__")
	}
	return list
}
