package inspect_test

import (
	"errors"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

func TestRenameKeepsValueAndTTL(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "from\xff", "v", "PX", "100000")
		on.w.Do("SET", "taken", "w")
		c := open(t, inspect.Config{URL: on.url, Protected: []string{"keep:"}})
		if _, err := c.Rename(t.Context(), []byte("from\xff"), []byte("taken")); !errors.Is(err, inspect.ErrExists) {
			t.Errorf("over another key: %v", err)
		}
		if on.w.Text("GET", "taken") != "w" {
			t.Error("a key was overwritten")
		}
		for _, to := range []string{"keep:a"} {
			if _, err := c.Rename(t.Context(), []byte("from\xff"), []byte(to)); !isProtected(err) {
				t.Errorf("into a protected prefix: %v", err)
			}
		}
		if _, err := c.Rename(t.Context(), []byte("nobody"), []byte("x")); !errors.Is(err, inspect.ErrNoKey) {
			t.Errorf("no key: %v", err)
		}
		if _, err := c.Rename(t.Context(), []byte("from\xff"), []byte("to\x00")); err != nil {
			t.Fatal(err)
		}
		if on.w.Text("GET", "to\x00") != "v" || on.w.Int("EXISTS", "from\xff") != 0 {
			t.Error("not renamed")
		}
		near(t, "to", on.w.Int("PTTL", "to\x00"), 100_000)
	})
}

func TestReplaceKeepsTTLAndCanBeUndone(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "k", "old\xff", "PX", "100000")
		c := open(t, inspect.Config{URL: on.url})
		id, err := c.Replace(t.Context(), []byte("k"), []byte("old\xff"), []byte("new"))
		if err != nil || id == "" {
			t.Fatal(id, err)
		}
		if on.w.Text("GET", "k") != "new" {
			t.Error("not written")
		}
		near(t, "k", on.w.Int("PTTL", "k"), 100_000)

		r, err := c.Undo(t.Context(), "", inspect.UndoOptions{})
		if err != nil || r.ID != id || r.Restored != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		if on.w.Text("GET", "k") != "old\xff" {
			t.Error("not undone")
		}
		near(t, "k", on.w.Int("PTTL", "k"), 100_000)
	})
}

func TestUndoOfAnEditLeavesALaterValueAlone(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "k", "old")
		c := open(t, inspect.Config{URL: on.url})
		if _, err := c.Replace(t.Context(), []byte("k"), []byte("old"), []byte("new")); err != nil {
			t.Fatal(err)
		}
		on.w.Do("SET", "k", "newer")
		r, err := c.Undo(t.Context(), "", inspect.UndoOptions{})
		if err != nil || r.Changed != 1 || r.Restored != 0 {
			t.Fatalf("%+v %v", r, err)
		}
		if on.w.Text("GET", "k") != "newer" {
			t.Error("a later value was overwritten")
		}
	})
}

// held is the type of a key and what it holds.
func held(w *inspecttest.Wire, key string) string {
	switch typ := w.Text("TYPE", key); typ {
	case "string":
		return typ + w.Text("GET", key)
	case "list":
		return typ + w.Text("LINDEX", key, "0")
	default:
		return typ
	}
}

func TestReplaceRefusesWhatItHasNotRead(t *testing.T) {
	for _, tt := range []struct {
		name, key, read string
		set             []string
		want            error
	}{
		{"another value", "k", "old", []string{"SET", "k", "other"}, inspect.ErrChanged},
		{"a longer value", "k", "old", []string{"SET", "k", "older"}, inspect.ErrChanged},
		{"a shorter value", "k", "old", []string{"SET", "k", "ol"}, inspect.ErrChanged},
		{"no key", "k", "old", []string{"SET", "x", "old"}, inspect.ErrNoKey},
		{"no key, nothing read", "k", "", []string{"SET", "x", "old"}, inspect.ErrNoKey},
		{"another type", "k", "old", []string{"RPUSH", "k", "old"}, nil},
		{"protected", "keep:k", "old", []string{"SET", "keep:k", "old"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			contract(t, func(t *testing.T, on target) {
				on.w.Do(tt.set...)
				before := held(on.w, tt.key)
				c := open(t, inspect.Config{URL: on.url, Protected: []string{"keep:"}})
				_, err := c.Replace(t.Context(), []byte(tt.key), []byte(tt.read), []byte("new"))
				if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
					t.Errorf("%v", err)
				}
				if after := held(on.w, tt.key); after != before {
					t.Error("it was changed")
				}
				if js, err := c.Journals(lasting()); err != nil || len(js) > 0 {
					t.Errorf("a journal of nothing is left: %v %v", js, err)
				}
			})
		})
	}
}
