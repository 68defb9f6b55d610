package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"

	"cacheview/inspect/inspecttest"
)

// onTerminal runs the program on a terminal where somebody types as soon as there
// is a question, and returns its exit status and what the terminal showed.
func onTerminal(t *testing.T, typed string, args ...string) (int, string) {
	t.Helper()
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	var shown bytes.Buffer
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		buf, asked := make([]byte, 4096), false
		for {
			n, err := screen.Read(buf) // fails when the terminal is closed
			shown.Write(buf[:n])
			if err != nil {
				return
			}
			if text := shown.String(); !asked && question.MatchString(text) {
				asked = true
				_, _ = screen.WriteString(typed)
			}
		}
	}()
	state := t.TempDir()
	env := func(name string) (string, bool) {
		if name == "XDG_STATE_HOME" || name == "HOME" {
			return state, true
		}
		return "", false
	}
	status := Main(args, terminal, terminal, terminal, env)
	_ = terminal.Close()
	<-copied
	return status, shown.String()
}

// question is at the end of what waits for an answer.
var question = regexp.MustCompile(`(\[y/N\]|:) $`)

// TestDeletingAsksFirst answers the question in every way.
func TestDeletingAsksFirst(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		typed  string
		args   []string
		status int
		gone   int64
		shows  string
	}{
		{"yes", "y\n", []string{"del", "a:0", "a:1"}, exitDone, 2, "Delete 2 keys?"},
		{"the word yes", "yes\n", []string{"clear", "a:"}, exitDone, 5, "prefix"},
		{"no", "n\n", []string{"del", "a:0"}, exitError, 0, "nothing was deleted"},
		{"only enter", "\n", []string{"del", "a:0"}, exitError, 0, "nothing was deleted"},
		{"another word", "yep\n", []string{"clear", "a:"}, exitError, 0, "nothing was deleted"},
		{"end of input", "\x04", []string{"del", "a:0"}, exitError, 0, "nothing was deleted"},
		{"yes for many", "y\n", []string{"clear", "b:"}, exitError, 0, "Type 1500"},
		{"the count for many", "1500\n", []string{"clear", "b:"}, exitDone, 1500, "and 1,490 more"},
		{"yes for everything", "y\n", []string{"clear", "--db"}, exitError, 0, "Type db2"},
		{"--yes is not enough for everything", "\n", []string{"clear", "--db", "--yes"}, exitError, 0, "Type db2"},
		{"another name", "db0\n", []string{"clear", "--db"}, exitError, 0, "nothing was deleted"},
		{"yes for every key by a glob", "y\n", []string{"clear", "--match", "[ab]*"}, exitError, 0, "Type db2"},
		{"--yes for every key by a glob", "\n", []string{"clear", "--match", "[ab]*", "--yes"}, exitError, 0, "Type db2"},
		{"the name of every key by a glob", "db2\n", []string{"clear", "--match", "[ab]*"}, exitDone, 1505, "whole database"},
		{"the name of everything", "db2\n", []string{"clear", "--db"}, exitDone, 1505, "whole database"},
		{"nothing to ask about", "", []string{"clear", "none:"}, exitNothing, 0, "no key matches"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := inspecttest.Start(t)
			s.Fill(2, 5, func(i int) string { return fmt.Sprintf("a:%d", i) }, "v")
			s.Fill(2, 1500, func(i int) string { return fmt.Sprintf("b:%d", i) }, "v")
			w := s.Dial(2)
			before := w.Int("DBSIZE")
			status, screen := onTerminal(t, tt.typed, append(tt.args, "-u", s.URL(2))...)
			if status != tt.status || !strings.Contains(screen, tt.shows) {
				t.Errorf("exit status %d, want %d, and %q on the screen:\n%s", status, tt.status, tt.shows, screen)
			}
			if gone := before - w.Int("DBSIZE"); gone != tt.gone {
				t.Errorf("%d keys are gone, want %d:\n%s", gone, tt.gone, screen)
			}
			if sent := deletions(w); (tt.gone == 0) && strings.Contains(sent, "unlink") {
				t.Errorf("nothing was to be deleted, and this was sent:\n%s", sent)
			}
		})
	}
}

// TestWhatWasTypedBeforeIsNoAnswer has a y in the terminal before there is a
// question.
func TestWhatWasTypedBeforeIsNoAnswer(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	w.Do("SET", "a", "x")
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	if _, err := screen.WriteString("y\n"); err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		buf := make([]byte, 4096)
		for {
			n, err := screen.Read(buf)
			shown.Write(buf[:n])
			if err != nil {
				return
			}
			if question.Match(shown.Bytes()) {
				_, _ = screen.WriteString("\n")
			}
		}
	}()
	status := Main([]string{"del", "a", "-u", s.URL(0)}, terminal, terminal, terminal, noEnv(t))
	_ = terminal.Close()
	<-copied
	if status != exitError || w.Int("EXISTS", "a") != 1 {
		t.Errorf("exit status %d: %s", status, shown.String())
	}
}

// TestProductionWantsTheCount has a connection that is marked as production.
func TestProductionWantsTheCount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, typed string
		args        []string
		status      int
		gone        int64
		shows       string
	}{
		{"a yes", "y\n", []string{"del", "a"}, exitError, 0, "Type 1 to confirm"},
		{"the count", "2\n", []string{"del", "a", "b"}, exitDone, 2, "Type 2 to confirm"},
		{"--yes", "", []string{"del", "a", "--yes"}, exitUsage, 0, "shop is production"},
		{"--confirm", "", []string{"del", "a", "b", "--confirm", "2"}, exitDone, 2, "deleted 2 keys"},
		{"another count", "", []string{"del", "a", "b", "--yes", "--confirm", "3"}, exitUsage, 0, "it would be 2 keys"},
		{"a dry run", "", []string{"del", "a", "--dry-run"}, exitDone, 0, "Dry run"},
		{"every key", "3\n", []string{"del", "a", "b", "other"}, exitError, 0, "Type db0"},
		{"every key, counted", "", []string{"del", "a", "b", "other", "--confirm", "3"}, exitUsage, 0, "the database is db0"},
		{"every key, named", "", []string{"del", "a", "b", "other", "--confirm", "db0"}, exitDone, 3, "deleted 3 keys"},
		{"a page", "", []string{"bench", "--yes", "http://127.0.0.1:1/"}, exitUsage, 0, "shop is production"},
		{"the same server without its name", "", []string{"del", "a", "--yes", "-u"}, exitUsage, 0, "shop is production"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := inspecttest.Start(t)
			w := s.Dial(0)
			w.Do("MSET", "a", "1", "b", "2", "other", "3")
			file := filepath.Join(t.TempDir(), "config.toml")
			text := fmt.Sprintf("[connections.shop]\nurl = %q\nenvironment = \"production\"\n", s.URL(0))
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			which := []string{"--config", file, "-c", "shop"}
			if slices.Contains(tt.args, "-u") {
				which = []string{strings.Replace(s.URL(7), "127.0.0.1", "localhost", 1), "--config", file}
			}
			status, screen := onTerminal(t, tt.typed, append(tt.args, which...)...)
			if status != tt.status || w.Int("DBSIZE") != 3-tt.gone || !strings.Contains(screen, tt.shows) {
				t.Errorf("exit status %d, %d keys left:\n%s", status, w.Int("DBSIZE"), screen)
			}
		})
	}
}

// TestAskPass asks for a password without showing it.
func TestAskPass(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t, "--requirepass", "hunter2")
	status, screen := onTerminal(t, "hunter2\n", "ls", "--askpass", "-u", s.URL(0))
	if status != exitNothing || !strings.Contains(screen, "Password: ") {
		t.Errorf("exit status %d:\n%s", status, screen)
	}
}

// TestRawBytesStayOffTheTerminal refuses them there unless they are forced.
func TestRawBytesStayOffTheTerminal(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	s.Dial(0).Do("SET", "k", "raw\x1b[31mbytes")
	if status, screen := onTerminal(t, "", "get", "--raw", "k", "-u", s.URL(0)); status != exitUsage || strings.Contains(screen, "\x1b[31m") {
		t.Errorf("exit status %d: %q", status, screen)
	}
	if status, screen := onTerminal(t, "", "get", "--raw", "--force", "k", "-u", s.URL(0)); status != exitDone || !strings.Contains(screen, "raw\x1b[31mbytes") {
		t.Errorf("exit status %d: %q", status, screen)
	}
}
