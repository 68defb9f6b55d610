package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
)

// TestSwitchDeletesWhereItSays goes from one saved connection to another, and
// from there to another database, with the same names of keys everywhere, and
// deletes: exactly the keys of the place that the screen names are gone, and of
// each place that was left no connection stays open.
func TestSwitchDeletesWhereItSays(t *testing.T) {
	t.Parallel()
	first, second := inspecttest.Start(t), inspecttest.Start(t, "--requirepass", "hunter2")
	w1, w2 := first.Dial(0), second.Dial(0)
	w2.Do("AUTH", "hunter2")
	fill := func(w *inspecttest.Wire, db int) {
		w.Do("SELECT", fmt.Sprint(db))
		for _, key := range []string{"page:1", "page:2", "page:3"} {
			w.Do("SET", key, fmt.Sprint(w == w1, db))
		}
		w.Do("SELECT", "0")
	}
	for _, w := range []*inspecttest.Wire{w1, w2} {
		fill(w, 0)
		fill(w, 5)
	}
	sizes := func(w *inspecttest.Wire) string {
		var all []string
		for _, db := range []string{"0", "5"} {
			w.Do("SELECT", db)
			all = append(all, fmt.Sprint(w.Int("DBSIZE")))
		}
		w.Do("SELECT", "0")
		return strings.Join(all, " ")
	}
	ours := func(w *inspecttest.Wire) int { return strings.Count(w.Text("CLIENT", "LIST"), " name=cacheview ") }
	dir := t.TempDir()
	config := filepath.Join(dir, "config.toml")
	text := fmt.Sprintf(`
[connections.one]
url = %q
environment = "dev"
[connections.two]
url = %q
password_env = "SECOND"
environment = "production"
`, first.URL(0), second.URL(0))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := openPane(t, 120, 40, "CACHEVIEW_CONFIG="+config, "SECOND=hunter2")
	p.text("cacheview one")
	p.keys("Enter")
	p.waitFor(`DEV .* one · .* db 0 .*● live`)
	p.waitFor(`page:`)
	p.keys("a") // marks, which must not come along
	p.waitFor(`3 marked`)

	p.keys("c")
	p.waitFor(`Switch to`)
	p.text("two")
	p.keys("C-t")
	p.waitFor(`ok, `)
	p.keys("Enter")
	p.waitFor(`PRODUCTION .* two · ` + second.Addr + ` · db 0 .*● live`)
	p.waitUntil("nothing of ours is open at the first server", func() bool { return ours(w1) == 0 })
	if s := p.screen(); strings.Contains(s, "marked") {
		t.Fatalf("marks came along:\n%s", s)
	}

	p.keys("c")
	p.waitFor(`db 5 .* 3 keys`)
	p.text("db 5")
	p.keys("Enter")
	p.waitFor(`two · ` + second.Addr + ` · db 5 .*● live`)
	p.waitFor(`page:`)

	// The connections of the screen are dropped, so that what is deleted next
	// goes over new ones.
	w2.Do("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	p.waitFor(`connected again`)
	p.keys("a")
	p.waitFor(`3 marked`)
	p.keys("d")
	p.waitFor(`Empty the whole database`)
	p.waitFor(second.Addr + ` · db 5`)
	p.answer("db5\r", `deleted 3 keys`)
	if got := sizes(w2); got != "3 0" {
		t.Errorf("the second server has %s", got)
	}
	if got := sizes(w1); got != "3 3" {
		t.Errorf("the first server has %s", got)
	}

	// Undo is of where we are: nothing was deleted in db 0.
	p.keys("c")
	p.waitFor(`Switch to`)
	p.text("db 0")
	p.keys("Enter")
	p.waitFor(`db 0 .*● live`)
	p.keys("u")
	p.waitFor(`nothing to undo here`)
	if got := sizes(w2); got != "3 0" {
		t.Errorf("the second server has %s", got)
	}
	p.keys("c")
	p.waitFor(`Switch to`)
	p.text("5")
	p.keys("Enter")
	p.waitFor(`db 5 .*● live`)
	p.keys("u")
	p.waitFor(`restored 3 keys`)
	if got := sizes(w2); got != "3 3" {
		t.Errorf("the second server has %s", got)
	}
	p.keys("q")
	p.waitUntil("nothing of ours is open at the second server", func() bool { return ours(w2) == 0 })
}
