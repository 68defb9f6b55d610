package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

const (
	patience = 20 * time.Second // for a screen on a busy machine
	prompt   = "shell>"
)

// pane is a shell in a real terminal: a tmux server of its own.
type pane struct {
	t      *testing.T
	socket string
}

// openPane starts a terminal of that size.
func openPane(t *testing.T, width, height int, env ...string) *pane {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_REDIS") == "1" {
			t.Fatal("CACHEVIEW_REQUIRE_REDIS=1 and there is no tmux")
		}
		t.Skip("no tmux on the path")
	}
	// Paths of sockets are short, and those of t.TempDir are not.
	dir, err := os.MkdirTemp("", "cv")
	if err != nil {
		t.Fatal(err)
	}
	p := &pane{t: t, socket: filepath.Join(dir, "tmux")}
	t.Cleanup(func() {
		_ = exec.Command("tmux", "-S", p.socket, "kill-server").Run()
		_ = os.RemoveAll(dir)
	})
	cmd := exec.Command("tmux", "-S", p.socket, "-f", os.DevNull, "new-session", "-d",
		"-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "env", "PS1="+prompt, "sh")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir, "LC_ALL=C.UTF-8", "ENV=")
	cmd.Env = append(cmd.Env, env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v\n%s", err, out)
	}
	p.waitFor(regexp.QuoteMeta(prompt))
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", p.socket}, args...)...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// keys presses keys by their tmux names.
func (p *pane) keys(names ...string) {
	p.t.Helper()
	p.tmux(append([]string{"send-keys"}, names...)...)
}

// text types characters.
func (p *pane) text(s string) { p.t.Helper(); p.tmux("send-keys", "-l", s) }

// screen is what a person sees.
func (p *pane) screen() string { p.t.Helper(); return p.tmux("capture-pane", "-p") }

// waitFor waits until the screen matches a pattern and returns the submatches.
func (p *pane) waitFor(pattern string) []string {
	p.t.Helper()
	re := regexp.MustCompile(`(?m)` + pattern)
	var m []string
	p.waitUntil("the screen matches "+pattern, func() bool {
		m = re.FindStringSubmatch(p.screen())
		return m != nil
	})
	return m
}

// waitUntil waits for something that another process does.
func (p *pane) waitUntil(what string, done func() bool) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for !done() {
		if time.Now().After(deadline) {
			p.t.Fatalf("waited in vain until %s:\n%s", what, p.screen())
		}
		time.Sleep(20 * time.Millisecond) // there is no event to wait for
	}
}

// pickled is what Flask-Caching stores for a short text.
func pickled(s string) string {
	return fmt.Sprintf("!\x80\x04\x8c%c%s\x94.", len(s), s)
}

// deletions counts the calls of commands that delete or write.
func deletions(w *inspecttest.Wire) string {
	var calls []string
	for line := range strings.Lines(w.Text("INFO", "commandstats")) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":")
		switch name {
		case "unlink", "del", "flushdb", "flushall", "expire", "pexpire", "persist", "set", "restore", "getdel", "rename":
			calls = append(calls, line)
		}
	}
	return strings.Join(calls, "")
}

// TestTheScreen goes the way of somebody who looks for a stale value: finds it,
// deletes it, thinks better of deleting another, clears the rest, and leaves.
func TestTheScreen(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	w.Do("SET", "homepage", pickled("Landing page"), "EX", "500")
	for n := 4; n <= 7; n++ {
		w.Do("SET", fmt.Sprintf("flask_cache_memoize:square:%d", n), pickled(fmt.Sprintf("Square of %d is %d", n, n*n)), "EX", "900")
	}
	w.Do("SET", "other", "stays")

	p := openPane(t, 120, 40, "CACHEVIEW_URL="+s.URL(0))
	p.text("cacheview")
	p.keys("Enter")

	// The key, what its value means, and time running out.
	p.waitFor(`homepage .* str`)
	p.filter("homepage")
	p.waitFor(`│ Landing page `)
	first := p.waitFor(`expires in (\S+)`)[1]
	p.waitUntil("the time to live falls", func() bool {
		return p.waitFor(`expires in (\S+)`)[1] != first
	})

	// A filter narrows the list; one key is deleted, and only that one.
	p.filter("flask_cache_memoize:")
	p.waitFor(`4 of 6`)
	p.keys("g")
	p.waitFor(`▌ ▾ flask_cache_memoize:square: `)
	p.keys("j", "j")
	p.waitFor(`▌ +(square\(5\) +)?5 `)
	p.waitFor(`│ Square of 5 is 25 `)
	p.keys("d")
	p.waitFor(`Delete 1 key\?`)
	p.answer("y", `deleted 1 key`)
	if n := w.Int("EXISTS", "flask_cache_memoize:square:5"); n != 0 {
		t.Error("the key is still there")
	}
	if n := w.Int("DBSIZE"); n != 5 {
		t.Errorf("%d keys are left, want 5", n)
	}

	// The answer no sends nothing.
	p.waitFor(`3 of 5`)
	w.Do("CONFIG", "RESETSTAT")
	p.keys("d")
	p.waitFor(`Delete 1 key\?`)
	p.answer("n", `nothing was deleted`)
	if sent := deletions(w); sent != "" {
		t.Errorf("the answer was no, and this was sent:\n%s", sent)
	}

	// The prefix is cleared, and nothing beside it.
	p.keys("D")
	p.waitFor(`Delete 3 keys\?`)
	p.answer("y", `deleted 3 keys`)
	if n := w.Int("EXISTS", "homepage", "other"); n != 2 {
		t.Errorf("%d of the other keys are left, want 2", n)
	}
	if n := w.Int("DBSIZE"); n != 2 {
		t.Errorf("%d keys are left, want 2", n)
	}

	// Leaving gives the terminal back: the shell's screen, echo and cursor.
	p.keys("q")
	p.waitFor(`^` + prompt + `cacheview$`)
	p.text("stty -a | grep -o ' echo '; echo back $?")
	p.keys("Enter")
	p.waitFor(`^back 0$`)
	if shown := strings.TrimSpace(p.tmux("display-message", "-p", "#{cursor_flag}#{alternate_on}#{mouse_any_flag}")); shown != "100" {
		t.Errorf("cursor, alternate screen, mouse: %s, want 100", shown)
	}
}

// filter replaces the filter.
func (p *pane) filter(s string) {
	p.t.Helper()
	p.keys("/")
	p.keys("C-u")
	p.text(s)
	p.keys("Enter")
	p.waitFor(`prefix ` + regexp.QuoteMeta(s) + ` `)
}

// answer types the answer of a dialog that is on the screen, and waits for what
// the program says then.
func (p *pane) answer(key, want string) {
	p.t.Helper()
	p.text(key)
	p.waitFor(want)
}
