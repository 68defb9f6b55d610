//go:build !race

package ui

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	keylayout "cacheview/decode/layout"
	"cacheview/inspect"
	"cacheview/ui/internal/hostile"
)

// Info tells of a policy that is a payload.
func (h hostileServer) Info(ctx context.Context) (inspect.Info, error) {
	info, err := h.fake.Info(ctx)
	info.Policy = h.text
	if h.broken {
		err = h.err()
	}
	return info, err
}

// Slowlog has commands and clients that are payloads.
func (h hostileServer) Slowlog(context.Context, int) ([]inspect.Slow, error) {
	if h.broken {
		return nil, h.err()
	}
	return []inspect.Slow{{At: time.Now(), Took: time.Second, Command: []string{h.text, h.text}, Client: h.text}}, nil
}

// Monitor has clients, commands, keys and values that are payloads.
func (h hostileServer) Monitor(_ context.Context, _ time.Duration, fn func(inspect.Command)) error {
	b := []byte(h.text)
	for _, name := range []string{"GET", "SET", h.text} {
		fn(inspect.Command{At: time.Now(), Got: time.Now(), Client: h.text, Args: [][]byte{[]byte(name), b, b}})
	}
	if h.broken {
		return h.err()
	}
	return nil
}

func (h hostileServer) Retime(_ context.Context, p *inspect.Plan, _ inspect.TTLChange, _ func(int, int)) (inspect.TTLReport, error) {
	r := inspect.TTLReport{Planned: len(p.Keys), Failed: len(p.Keys)}
	r.Errors = []inspect.KeyError{{Op: "expire", Key: []byte(h.text), Err: h.err()}}
	if h.broken {
		return r, h.err()
	}
	return r, nil
}

func (h hostileServer) Rename(context.Context, []byte, []byte) error { return h.err() }

func (h hostileServer) Replace(ctx context.Context, key, old, now []byte) (string, error) {
	if h.broken {
		return "", h.err()
	}
	return h.fake.Replace(ctx, key, old, now)
}

// hostileEditor makes $EDITOR a program that writes a payload into the file.
func hostileEditor(t *testing.T, text string) {
	t.Helper()
	dir := t.TempDir()
	value, script := filepath.Join(dir, "value"), filepath.Join(dir, "editor")
	for path, text := range map[string]string{value: text + "\nedited\n", script: "#!/bin/sh\ncat '" + value + "' > \"$1\"\n"} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("EDITOR", script)
	t.Setenv("VISUAL", script)
	t.Setenv("PAGER", "true")
}

// TestHostileContentOnEveryPage goes through the pages, the dialogs that change a
// key, and the pickers, once with a server that does what it is asked and once with
// one that refuses everything in a payload's words.
func TestHostileContentOnEveryPage(t *testing.T) {
	for _, broken := range []bool{false, true} {
		for i, p := range together(hostile.Payloads()) {
			hostileEditor(t, p.Text)
			playing(t, func(t *testing.T) {
				f := hostileKeys(p.Text)
				f.beside = []inspect.Beside{{Role: keylayout.Session, Keys: 2, Like: []byte(p.Text)}}
				size := sizes[i%len(sizes)]
				w := watch(t, hostileServer{fake: f, text: p.Text, broken: broken}, p, size[0], size[1])
				// How the server does, what changes, and a sample of all commands.
				w.does("2", "j", "j", "pgdn", "G", "g", "3", "j", "s").wait(time.Second)
				w.does("y").wait(11 * time.Second)
				w.does("j", "pgdn", "G", "1")
				// Times to live, of one key and of all.
				w.does("G", "e").pastes(p.Text).does("enter", "esc", "e").typed("5m").press("enter").wait(time.Second)
				w.look()
				w.does("esc", "a", "e").typed("5m").press("enter").wait(time.Second)
				w.look()
				w.does("y", "esc", "A")
				// Another name, going to a key, and visits.
				w.does("R").pastes(p.Text).does("enter", "esc", "J").pastes(p.Text).does("enter", "esc", "[", "]")
				// The palette, formats, other databases, help.
				w.does(":").pastes(p.Text).does("down", "enter", "esc", "enter", "V", "j", "esc", "V").pastes(p.Text).does("esc", "?", "?", "esc", "esc", "c").pastes(p.Text).does("enter", "esc")
				// The editor and its differences; the pager.
				w.does("g", "O").wait(time.Second)
				w.look()
				w.does("j", "y").wait(time.Second)
				w.look()
				w.does("u", "o", "esc", "esc")
				// The undo that is offered after a delete, and clearing.
				w.does("d").wait(time.Second)
				w.does("y").wait(time.Second)
				w.look()
				w.does("u", "esc", "C", "j", "1").wait(time.Second)
				w.does("esc", "esc")
				if !w.seen && w.w >= 80 {
					t.Errorf("%s was never on the screen:\n%s", p.Name, w.screen())
				}
			})
		}
	}
}
