package inspect_test

import (
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestRename_Undo renames a key and back, for users of few rights too. A key that
// was written since is left.
func TestRename_Undo(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	for name, rules := range map[string][]string{
		"everything":      {"~*", "+@all"},
		"no scripts":      {"~*", "+@all", "-eval", "-evalsha"},
		"no DUMP":         {"~*", "+@all", "-dump"},
		"no MEMORY":       {"~*", "+@all", "-memory"},
		"no transactions": {"~*", "+@all", "-eval", "-evalsha", "-multi"},
	} {
		t.Run(name, func(t *testing.T) {
			w := srv.Dial(0)
			w.Do("FLUSHALL")
			w.Do("HSET", "from", "f", strings.Repeat("v", 2000))
			w.Do("PEXPIRE", "from", "5000000")
			before := state(srv, 0)
			c := restricted(t, srv, rules...)
			undo, err := c.Rename(lasting(), []byte("from"), []byte("to"))
			if err != nil || w.Int("EXISTS", "to") != 1 || w.Int("EXISTS", "from") != 0 {
				t.Fatalf("%q, %v", undo, err)
			}
			if name == "no DUMP" {
				if undo != "" {
					t.Errorf("a journal %s without DUMP", undo)
				}
				return
			}
			w.Do("HSET", "to", "f", "written since")
			if r, err := c.Undo(lasting(), undo, inspect.UndoOptions{}); name != "no transactions" && (err != nil || r.Changed != 1 || r.Restored != 0) {
				t.Errorf("written since: %+v, %v", r, err)
			}
			w.Do("HSET", "to", "f", strings.Repeat("v", 2000))
			if name == "no transactions" {
				return // there is nothing to undo it with in one step
			}
			r, err := c.Undo(lasting(), undo, inspect.UndoOptions{})
			if err != nil || r.Restored != 1 || !r.Marked {
				t.Errorf("%+v, %v", r, err)
			}
			sameKeys(t, before, state(srv, 0))
		})
	}
}

// TestRename_NothingDone leaves no journal of a rename that was refused.
func TestRename_NothingDone(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("MSET", "a", "1", "b", "2")
	dir := t.TempDir()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	for _, names := range [][2]string{{"a", "b"}, {"a", "a"}, {"gone", "c"}} {
		if undo, err := c.Rename(lasting(), []byte(names[0]), []byte(names[1])); err == nil || undo != "" {
			t.Errorf("%v: %q, %v", names, undo, err)
		}
	}
	if all, err := inspect.Journals(inspect.Config{StateDir: dir}); err != nil || len(all) > 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if w.Text("GET", "a") != "1" || w.Text("GET", "b") != "2" {
		t.Error("a key was changed")
	}
}
