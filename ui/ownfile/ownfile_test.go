//go:build unix

package ownfile

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestReadTrusted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := at("good", 0o644)
	if text, err := ReadTrusted(good); err != nil || string(text) != "x" {
		t.Errorf("a file of our own: %q, %v", text, err)
	}
	open := at("open/file", 0o600)
	if err := os.Chmod(filepath.Dir(open), 0o777); err != nil {
		t.Fatal(err)
	}
	sticky := at("sticky/file", 0o600)
	if err := os.Chmod(filepath.Dir(sticky), 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadTrusted(sticky); err != nil {
		t.Errorf("in a directory as /tmp: %v", err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(open, link); err != nil {
		t.Fatal(err)
	}
	inLink := filepath.Join(dir, "dirlink")
	if err := os.Symlink(filepath.Dir(open), inLink); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{at("group", 0o664), at("others", 0o606), open, at("open/below/file", 0o600), link, filepath.Join(inLink, "file")} {
		if _, err := ReadTrusted(path); err == nil {
			t.Errorf("%s is trusted", path)
		} else if _, ok := errors.AsType[*TrustError](err); !ok {
			t.Errorf("%s: %v", path, err)
		}
	}
	if os.Geteuid() == 0 {
		foreign := at("foreign", 0o600)
		if err := os.Chown(foreign, 4711, 4711); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadTrusted(foreign); err == nil {
			t.Error("the file of somebody else is trusted")
		}
	}
}

// TestRead_FIFO opens what would wait for a writer.
func TestRead_FIFO(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := Read(path)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, ErrNotRegular) {
			t.Errorf("a FIFO: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("a FIFO hangs")
	}
	if _, err := Read(filepath.Dir(path)); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a directory: %v", err)
	}
}
