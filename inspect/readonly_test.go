package inspect_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

func TestReadOnlySessionSendsNoWrite(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SET", "k", "v", "PX", "1000000")
	w.Do("SET", "gone", "v")
	state := t.TempDir()
	free := open(t, inspect.Config{URL: srv.URL(0), StateDir: state})
	deleted, err := free.Delete(t.Context(), plan(t, free, inspect.Selection{Keys: byteSlices("gone")}), inspect.DeleteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	one, all := plan(t, free, inspect.Selection{Keys: byteSlices("k")}), plan(t, free, inspect.Selection{All: true})
	before := srv.Keys(0)
	w.Do("CONFIG", "RESETSTAT")

	c := open(t, inspect.Config{URL: srv.URL(0), ReadOnly: true, StateDir: state})
	if !c.ReadOnly() {
		t.Error("not read-only")
	}
	for name, call := range map[string]func(context.Context) error{
		"delete": func(ctx context.Context) error {
			_, err := c.Delete(ctx, one, inspect.DeleteOptions{})
			return err
		},
		"delete without undo": func(ctx context.Context) error {
			_, err := c.Delete(ctx, one, inspect.DeleteOptions{NoUndo: true})
			return err
		},
		"flush": func(ctx context.Context) error {
			_, err := c.Delete(ctx, all, inspect.DeleteOptions{Confirmed: "db0"})
			return err
		},
		"undo": func(ctx context.Context) error {
			_, err := c.Undo(ctx, deleted.Undo, inspect.UndoOptions{})
			return err
		},
		"undo and replace": func(ctx context.Context) error {
			_, err := c.Undo(ctx, "", inspect.UndoOptions{Replace: true})
			return err
		},
		"change a time to live": func(ctx context.Context) error {
			_, err := c.ChangeTTL(ctx, one, inspect.TTLChange{To: time.Second}, nil)
			return err
		},
		"rename": func(ctx context.Context) error { _, err := c.Rename(ctx, []byte("k"), []byte("l")); return err },
		"edit": func(ctx context.Context) error {
			_, err := c.Replace(ctx, []byte("k"), []byte("v"), []byte("w"))
			return err
		},
	} {
		if err := call(t.Context()); !errors.Is(err, inspect.ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Everything else works.
	if got := listed(t, c, inspect.ScanOptions{}); len(got) != 1 {
		t.Errorf("%q", got)
	}
	plan(t, c, inspect.Selection{All: true})
	if _, err := c.Read(t.Context(), []byte("k"), inspect.ReadOptions{}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, srv.Keys(0)); diff != "" {
		t.Error(diff)
	}
	for _, stat := range []string{"unlink", "del", "flushdb", "restore", "pexpire", "persist", "set", "renamenx", "multi"} {
		if sent := srv.Calls(stat); sent != 0 {
			t.Errorf("%s was sent %d times", stat, sent)
		}
	}
}
