package hostile

import (
	"fmt"
	"io"
	"slices"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// Terminal is an emulator that takes note of what is done to it beside being
// written on.
type Terminal struct {
	*vt.Emulator
	Titles []string // in the order in which they were set
	Did    []string // what else text may not do, as "clipboard T1dO"
	modes  map[int]bool
	done   chan struct{} // closed after the last reply
}

// NewTerminal returns a terminal of w by h cells; what it answers when it is
// asked goes to replies. The caller closes it.
func NewTerminal(w, h int, replies io.Writer) *Terminal {
	t := &Terminal{Emulator: vt.NewEmulator(w, h), modes: map[int]bool{}, done: make(chan struct{})}
	did := func(format string, args ...any) { t.Did = append(t.Did, fmt.Sprintf(format, args...)) }
	t.SetCallbacks(vt.Callbacks{
		Bell:             func() { did("bell") },
		Title:            func(s string) { t.Titles = append(t.Titles, s) },
		WorkingDirectory: func(s string) { did("directory %q", s) },
		EnableMode:       func(m ansi.Mode) { t.modes[m.Mode()] = true },
		DisableMode:      func(m ansi.Mode) { t.modes[m.Mode()] = false },
	})
	for number, name := range map[int]string{8: "link", 52: "clipboard", 9: "notice", 777: "notice", 1337: "file"} {
		t.RegisterOscHandler(number, func(data []byte) bool {
			did("%s %q", name, data)
			return true
		})
	}
	go func() {
		defer close(t.done)
		_, _ = io.Copy(replies, t.Emulator)
	}()
	return t
}

// Close ends the replies. The emulator's own Close may not be called while they
// are read: it is not made for two goroutines.
func (t *Terminal) Close() error {
	var err error
	if pipe, ok := t.InputPipe().(io.Closer); ok {
		err = pipe.Close()
		<-t.done
	}
	return err
}

// Modes are the numbers of the modes that are on and were not at first.
func (t *Terminal) Modes() []int {
	var on []int
	for m, set := range t.modes {
		if set != (m == 25 || m == 7) {
			on = append(on, m)
		}
	}
	slices.Sort(on)
	return on
}
