package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"cacheview/ui/crash"
)

// TestPanicEndsTheProgramInOrder panics in each place where the program's own
// code is called: in a command, in an update, in a view. Nothing of what the
// panic says is written to the terminal, which is given back.
func TestPanicEndsTheProgramInOrder(t *testing.T) {
	const secret = "Sw0rdfish-7"
	boom := func() { panic(fmt.Errorf("redis://:%s@host \x1b]0;%s\a", secret, secret)) }
	for place, panicking := range map[string]func(o *Options){
		"Update": func(o *Options) { o.Now = boomIn("ui.(*model).Update", boom) },
		"View":   func(o *Options) { o.Now = boomIn("ui.(*model).View", boom) },
		"command": func(o *Options) {
			o.Open = func(context.Context, int) (Backend, error) { boom(); return nil, nil }
		},
	} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			tty, screen, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer tty.Close()
			if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
				t.Fatal(err)
			}
			before, _ := term.GetState(tty.Fd())
			var out strings.Builder
			read := make(chan struct{})
			go func() {
				defer close(read)
				_, _ = io.Copy(&out, tty)
			}()
			o := Options{Input: screen, Output: screen, Site: Site{Open: func(context.Context, int) (Backend, error) {
				return nil, errors.New("no server")
			}}}
			panicking(&o)
			done := make(chan error, 1)
			go func() { done <- Run(t.Context(), o) }()
			select {
			case err = <-done:
			case <-time.After(20 * time.Second):
				t.Fatal("it does not end")
			}
			after, _ := term.GetState(tty.Fd())
			_ = screen.Close()
			<-read
			bug, ok := errors.AsType[*crash.Error](err)
			if !ok {
				t.Fatalf("%v", err)
			}
			if text := bug.Report() + out.String(); strings.Contains(text, secret) || strings.Contains(out.String(), "panic") {
				t.Errorf("%q", text)
			}
			if !strings.Contains(bug.Report(), "TestPanicEndsTheProgramInOrder") {
				t.Errorf("it does not say where:\n%s", bug.Report())
			}
			if on, off := "\x1b[?1049h", "\x1b[?1049l"; *after != *before || strings.LastIndex(out.String(), on) > strings.LastIndex(out.String(), off) {
				t.Errorf("the terminal is left as it was not: %+v, %q", after, out.String())
			}
		})
	}
}

// boomIn is a clock that goes off in one place only.
func boomIn(place string, boom func()) func() time.Time {
	return func() time.Time {
		if strings.Contains(string(debug.Stack()), place) {
			boom()
		}
		return time.Now()
	}
}
