package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/licences.md anew")

// platforms are those that releases are built for.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

const licencesFile = "docs/licences.md"

// TestLicences holds docs/licences.md, which is in every release, against the
// modules that the program is made of: none may be missing, and each must have
// a licence that lets us pass it on.
func TestLicences(t *testing.T) {
	t.Parallel()
	want := licences(t)
	if *update {
		if err := os.WriteFile(licencesFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(licencesFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the modules say; go test . -run Licences -update writes it anew", licencesFile)
	}
}

// TestKnownLicences proves that what must not be passed on is noticed.
func TestKnownLicences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"MIT License\n\nPermission is hereby granted, free of charge, to any person": "MIT",
		"GNU GENERAL PUBLIC LICENSE\nVersion 3":                                      "",
		"All rights reserved.":                                                       "",
	} {
		if got := licenceOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// module is a part of the program that somebody else wrote.
type module struct{ Path, Version, Dir string }

// licences is the text of docs/licences.md.
func licences(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("# Licences of what cacheview is made of\n\n" +
		"Made by `go test . -run Licences -update` from the modules of the program, on all\n" +
		"platforms that it is released for.\n\n| module | version | licence |\n| --- | --- | --- |\n")
	owners := map[string][]string{} // by the text
	var texts []string
	add := func(m module) {
		text := licenceText(t, m)
		kind := licenceOf(text)
		if kind == "" {
			t.Errorf("the licence of %s in %s is none that is known", m.Path, m.Dir)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.Path, m.Version, kind)
		if owners[text] == nil {
			texts = append(texts, text)
		}
		owners[text] = append(owners[text], m.Path)
	}
	list := modules(t)
	for _, m := range list {
		if m.Path == "golang.org/x/sys" { // by the same authors under the same text
			add(module{Path: "Go's standard library", Dir: m.Dir})
		}
	}
	for _, m := range list {
		add(m)
	}
	for _, text := range texts {
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s\n```\n", strings.Join(owners[text], ", "), strings.TrimSpace(text))
	}
	return b.Bytes()
}

// modules are those of the packages that the program imports.
func modules(t *testing.T) []module {
	t.Helper()
	found := map[string]module{}
	for _, platform := range platforms {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=Module", ".")
		goos, goarch, _ := strings.Cut(platform, "/")
		cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct{ Module *module }
			err := dec.Decode(&p)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if m := p.Module; m != nil && m.Version != "" {
				found[m.Path] = *m
			}
		}
	}
	list := make([]module, 0, len(found))
	for _, m := range found {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b module) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// licenceText is what a module's directory says, with the notice that goes with
// it where there is one.
func licenceText(t *testing.T, m module) string {
	t.Helper()
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		t.Fatalf("%s: %v", m.Path, err)
	}
	var parts []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.Type().IsRegular() && (strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, "LICENCE") || strings.HasPrefix(name, "COPYING") || strings.HasPrefix(name, "NOTICE")) {
			text, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
		}
	}
	return strings.Join(parts, "\n\n")
}

// licenceOf names the licences in a text that let us pass the work on with it,
// "" where there is none.
func licenceOf(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	var names []string
	for _, known := range []struct{ name, phrase string }{
		{"Apache-2.0", "Apache License Version 2.0"},
		{"MPL-2.0", "Mozilla Public License Version 2.0"},
		{"BSD-3-Clause", "Neither the name of"},
		{"BSD-3-Clause", "may not be used to endorse or promote products derived from this software"},
		{"BSD-2-Clause", "Redistributions in binary form must reproduce the above copyright notice"},
		{"MIT", "Permission is hereby granted, free of charge, to any person"},
		{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
	} {
		// The shorter BSD licence is a part of the longer one.
		if strings.Contains(text, known.phrase) && !slices.Contains(names, known.name) &&
			(known.name != "BSD-2-Clause" || !slices.Contains(names, "BSD-3-Clause")) {
			names = append(names, known.name)
		}
	}
	return strings.Join(names, ", ")
}
