// Package ui is the terminal program: a list of keys beside the value of the
// one under the cursor, and the dialogs that stand before anything is deleted.
//
// It decides what is shown and asks before it destroys; it talks to no server
// itself (Backend does), decodes nothing while it draws, and lets no byte from
// Redis reach the terminal that has not passed decode.Printable.
package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
)

// Options steer Run. Only Open is needed.
type Options struct {
	Site                                 // where to begin
	ASCII            bool                // nothing but ASCII: the locale is not UTF-8
	Mono             bool                // no colour, as NO_COLOR asks
	Banner           string              // stands in the top line, as the address of the demo app
	Sites            []Site              // the servers that can be switched to
	OfferConnections bool                // nobody said which server: offer the sites when it does not answer
	Keys             map[string][]string // the keys of actions that have others than their own; see CheckKeys
	Pager            string              // the command that shows a value, as $PAGER; "" has none
	Editor           string              // the command that edits one, as $EDITOR; "" has none
	Clipboard        []string            // the command that takes what is copied on its standard input; nil leaves it to the terminal
	StateFile        string              // where the screens are remembered as they were left; "" is nowhere
	Now              func() time.Time    // the clock; nil is time.Now
	Input            io.Reader           // nil is the terminal
	Output           io.Writer           // nil is the terminal
	// URLs are addresses and paths that cached pages may have.
	URLs []string
	// Secrets are environment variables that programs which are started do not get.
	Secrets []string
	// ExitOutput gets, once the screen is gone, what became of a change that the
	// user left in its middle; nil is nowhere.
	ExitOutput io.Writer
	// NewFile makes the file of an export; nil makes one that only its owner can
	// read, and never writes over another.
	NewFile func(path string) (*os.File, error)
}

// Run shows the program until the user quits or ctx ends. opt.Open is called in
// the background, and again with back-off for as long as there is no server. A
// panic is returned as a *crash.Error.
func Run(ctx context.Context, opt Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newModel(ctx, opt)
	defer func() {
		if m.be != nil {
			_ = m.be.Close()
		}
		for _, c := range m.copies {
			c.remove()
		}
	}()
	args := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithFilter(coalesce()), tea.WithoutCatchPanics(),
		tea.WithoutSignalHandler(), // a signal ends ctx, and only that knows which it was
	}
	if opt.Mono {
		args = append(args, tea.WithColorProfile(colorprofile.ASCII))
	}
	if in := input(opt.Input); in != nil {
		args = append(args, tea.WithInput(in))
	}
	if opt.Output != nil {
		args = append(args, tea.WithOutput(opt.Output))
	}
	panics := new(caught)
	p := tea.NewProgram(guarded{m, panics}, args...)
	panics.quit = p.Quit
	_, err := p.Run()
	cancel()
	if said := m.changes.settle(farewell); opt.ExitOutput != nil {
		for _, line := range said {
			fmt.Fprintln(opt.ExitOutput, line)
		}
	}
	if bug := panics.first(); bug != nil {
		return bug
	}
	if opt.StateFile != "" && m.be != nil {
		err = errors.Join(err, m.memory().save(opt.StateFile, m.server))
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// input is where keys come from; nil is what Bubble Tea would take.
func input(in io.Reader) io.Reader {
	tty, ok := in.(*os.File)
	if in == nil {
		tty, ok = os.Stdin, true
	}
	// The console of Windows has events, and no bytes.
	if !ok || runtime.GOOS == "windows" || !term.IsTerminal(tty.Fd()) {
		return in
	}
	return &pastedText{File: tty}
}

// wheelEvery is the shortest time between two events of the wheel, or of a drag,
// that count: a touchpad sends hundreds a second.
const wheelEvery = 16 * time.Millisecond

// coalesce drops the wheel and drag events that come faster than the screen is drawn.
func coalesce() func(tea.Model, tea.Msg) tea.Msg {
	var last time.Time
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch msg.(type) {
		case tea.MouseWheelMsg, tea.MouseMotionMsg:
			now := time.Now()
			if now.Sub(last) < wheelEvery {
				return nil
			}
			last = now
		}
		return msg
	}
}
