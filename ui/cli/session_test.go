package cli

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"cacheview/ui/internal/hostile"
)

// session is the program in a terminal of its own, which is an emulator.
type session struct {
	t      *testing.T
	cmd    *exec.Cmd
	tty    *os.File
	out    *stream
	home   string
	before *term.State   // how the terminal was set
	over   chan struct{} // closed after the last byte of the program
}

// startScreen starts the program in a terminal of that size.
func startScreen(t *testing.T, width, height int, env []string, args ...string) *session {
	t.Helper()
	return startIn(t, width, height, env, exec.CommandContext(t.Context(), "cacheview", args...))
}

// startIn starts any program in a terminal of that size, with a home of its own
// that it is in.
func startIn(t *testing.T, width, height int, env []string, cmd *exec.Cmd) *session {
	t.Helper()
	s := &session{t: t, cmd: cmd, home: t.TempDir(), over: make(chan struct{})}
	s.cmd.Dir = s.home
	s.cmd.Env = append(os.Environ(), "HOME="+s.home, "XDG_STATE_HOME="+s.home, "XDG_CONFIG_HOME="+s.home,
		"TERM=xterm-256color", "LC_ALL=C.UTF-8", "CACHEVIEW_URL=")
	s.cmd.Env = append(s.cmd.Env, env...)
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s.tty = master
	if err := pty.Setsize(master, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	if s.before, err = term.GetState(master.Fd()); err != nil {
		t.Fatal(err)
	}
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = slave, slave, slave
	s.cmd.SysProcAttr = controlling()
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close()
	s.out = &stream{term: hostile.NewTerminal(width, height, master)}
	go func() {
		defer close(s.over)
		_, _ = io.Copy(s.out, master)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = master.Close()
		<-s.over
		_ = s.out.term.Close()
	})
	return s
}

// shows waits until the screen has a text on it.
func (s *session) shows(what string) {
	s.t.Helper()
	s.until("the screen shows "+what, func() bool { return strings.Contains(s.out.screen(), what) })
}

func (s *session) until(what string, done func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) { // another process
		if time.Now().After(deadline) {
			s.t.Fatalf("waited in vain until %s:\n%s", what, s.out.screen())
		}
	}
}

// resize gives the terminal another size, as somebody does who pulls at its
// corner.
func (s *session) resize(width, height int) {
	s.out.mu.Lock()
	s.out.term.Resize(width, height)
	s.out.mu.Unlock()
	_ = pty.Setsize(s.tty, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
}

func (s *session) press(keys string) { _, _ = io.WriteString(s.tty, keys) }

// ends waits for the end of the program and returns its exit status, -1 when a
// signal ended it.
func (s *session) ends() int {
	s.t.Helper()
	ended := make(chan struct{})
	go func() {
		_ = s.cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		s.t.Fatalf("it does not end:\n%s", s.out.screen())
	}
	return s.cmd.ProcessState.ExitCode()
}

// restored wants the terminal to be as it was before the program.
func (s *session) restored() {
	s.t.Helper()
	now, err := term.GetState(s.tty.Fd())
	if err != nil {
		s.t.Fatal(err)
	}
	if *now != *s.before {
		s.t.Errorf("the terminal is set differently: %+v", now)
	}
	var on []int
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) { // the reader may be behind
		if on = s.out.modes(); len(on) == 0 || time.Now().After(deadline) {
			break
		}
	}
	_ = s.tty.Close() // the reader has all by then, or is waiting for more
	<-s.over
	if len(on) > 0 {
		s.t.Errorf("modes %v are left on", on)
	}
}
