package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// left are the names in a directory.
func left(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestCopiesOfTheDeadAreRemoved has copies of a program that was killed, one
// that runs, and files that only look like copies.
func TestCopiesOfTheDeadAreRemoved(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	dirs := []string{copyPrefix + "41-x", copyPrefix + "42-x", copyPrefix + "x-1", copyPrefix + "-1-x", copyPrefix + "41", keptPrefix + "41-x", "cacheview-41-x"}
	for _, d := range dirs {
		if err := os.Mkdir(filepath.Join(tmp, d), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tmp, d, "value.txt"), []byte("secret"), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(tmp, copyPrefix+"41-file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sweepCopies(tmp, func(pid int) bool { return pid == 42 })
	got := left(t, tmp)
	want := append(slices.Clone(dirs[1:]), copyPrefix+"41-file")
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("there are\n%q, want\n%q", got, want)
	}
	if !running(os.Getpid()) {
		t.Error("this process does not run")
	}
}

func TestCopiesAreTheUsersAlone(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	c, err := newCopy("value.txt", []byte("secret"), 0o400)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(filepath.Base(c.dir), fmt.Sprint(copyPrefix, os.Getpid(), "-")) {
		t.Errorf("the copy is in %s", c.dir)
	}
	for path, want := range map[string]os.FileMode{c.dir: 0o700, c.path: 0o400} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", path, info, err, want)
		}
	}
	if c.remove(); len(left(t, tmp)) != 0 {
		t.Errorf("%q are left", left(t, tmp))
	}
	// What is kept for the user stays when the program ends.
	if c, err = newCopy("value.txt", []byte("work"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.keep()
	c.remove()
	if got, err := os.ReadFile(c.path); string(got) != "work" || len(left(t, tmp)) != 1 {
		t.Errorf("%q (%v) is in %s; %q are left", got, err, c.path, left(t, tmp))
	}
}
