package cli

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"cacheview/ui/internal/hostile"
)

// seat is the program on a terminal of its own, which judges what is written
// to it.
type seat struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	out  *stream
	over chan struct{} // closed when nothing more can come
}

// openTerminal starts the program on a terminal of that size.
func openTerminal(t *testing.T, width, height int, args ...string) *seat {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "cacheview", args...)
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "CACHEVIEW_URL=")
	return openTerminalFor(t, cmd, width, height)
}

// openTerminalFor starts any command on a terminal of that size.
func openTerminalFor(t *testing.T, cmd *exec.Cmd, width, height int) *seat {
	t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{t: t, cmd: cmd, tty: tty, out: &stream{term: hostile.NewTerminal(width, height, tty)}, over: make(chan struct{})}
	go func() {
		defer close(s.over)
		_, _ = io.Copy(s.out, tty)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = tty.Close()
		<-s.over
		_ = s.out.term.Close()
	})
	return s
}

// press types keys.
func (s *seat) press(keys ...string) {
	for _, k := range keys {
		_, _ = io.WriteString(s.tty, k)
		time.Sleep(30 * time.Millisecond) // as a person types; the program has no sign of being ready
	}
}

// shows waits for a text on the screen, and presses keys again and again until it
// is there.
func (s *seat) shows(what string, keys ...string) string {
	s.t.Helper()
	for deadline := time.Now().Add(3 * patience); ; time.Sleep(10 * time.Millisecond) {
		screen := s.out.screen()
		if strings.Contains(screen, what) {
			return screen
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("waited in vain for %q:\n%s", what, screen)
		}
		s.press(keys...)
	}
}

// answers presses a key in a dialog, which ignores it in its first moments, until
// the dialog is gone and the screen says what is wanted.
func (s *seat) answers(dialog, key, want string) {
	s.t.Helper()
	s.shows(dialog)
	for deadline := time.Now().Add(patience); strings.Contains(s.out.screen(), dialog); time.Sleep(500 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("the answer %s is not taken:\n%s", key, s.out.screen())
		}
		s.press(key)
	}
	s.shows(want)
}

// wrote is all that came so far, with its sequences.
func (s *seat) wrote() string {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	return s.out.text.String()
}
