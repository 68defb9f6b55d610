package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/charmbracelet/x/term"
)

// signalError is the signal that ended the program.
type signalError syscall.Signal

func (e signalError) Error() string { return syscall.Signal(e).String() }

// endingSignals end the program in order: what it changed is reported, and the
// terminal is restored.
var endingSignals = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGHUP}

// signals cancels the context of a run with the first signal that ends the
// program, also when its terminal is closed. The next one ends it at once.
type signals struct {
	onScreen atomic.Bool // the terminal shows the screen
	before   func()      // restores the mode of the terminal
	out      io.Writer   // the terminal
	came     chan os.Signal
}

// watchSignals returns a context that ends with the first signal. in and out may
// be terminals.
func watchSignals(in io.Reader, out io.Writer) (ctx context.Context, s *signals, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	s = &signals{before: modeOf(in), out: out, came: make(chan os.Signal, 1)}
	for _, sig := range endingSignals {
		if sig != syscall.SIGHUP || !signal.Ignored(sig) { // as nohup has it
			signal.Notify(s.came, sig)
		}
	}
	stopped := make(chan struct{})
	go func() {
		select {
		case sig := <-s.came:
			n, _ := sig.(syscall.Signal)
			cancel(signalError(n))
		case <-stopped:
			return
		}
		select {
		case sig := <-s.came:
			n, _ := sig.(syscall.Signal)
			s.end(n)
		case <-stopped:
		}
	}()
	return ctx, s, func() {
		signal.Stop(s.came)
		close(stopped)
		cancel(nil)
	}
}

// leaveScreen is what ends the screen of a terminal: its alternate buffer, the
// mouse, bracketed paste and the hidden cursor.
const leaveScreen = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[0m"

// end ends the process at once, and restores the terminal.
func (s *signals) end(sig syscall.Signal) {
	if s.onScreen.Load() {
		_, _ = io.WriteString(s.out, leaveScreen)
	}
	s.before()
	os.Exit(128 + int(sig))
}

// modeOf returns the function that restores the mode that a terminal has now.
func modeOf(in io.Reader) func() {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return func() {}
	}
	mode, err := term.GetState(f.Fd())
	if err != nil {
		return func() {}
	}
	return func() { _ = term.Restore(f.Fd(), mode) }
}

// interrupted is the exit status of a program that a signal ended, as the shell
// has it: 128 and the signal's number.
func interrupted(ctx context.Context) int {
	if sig, ok := errors.AsType[signalError](context.Cause(ctx)); ok && sig > 0 {
		return 128 + int(sig)
	}
	return exitInterrupted
}
