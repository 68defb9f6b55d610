package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"

	"cacheview/decode"
)

const fallbackWidth = 80

// interactive says whether there is a person to ask: somebody who can type and
// sees the question.
func (a *app) interactive() bool { return isTerminal(a.in) && isTerminal(a.errw) }

// isTerminal says whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(f.Fd())
}

// width is that of the terminal that the output goes to, 80 for any other.
func (a *app) width() int {
	if f, ok := a.out.(interface{ Fd() uintptr }); ok {
		if w, _, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			return w
		}
	}
	return fallbackWidth
}

// ask prints a question and returns the line that a person answers with. It
// does not wait for the line once ctx has ended.
func (a *app) ask(ctx context.Context, question string) (string, error) {
	a.note("%s", question)
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := bufio.NewReader(a.in).ReadString('\n')
		got <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		a.note("\n")
		return "", ctx.Err()
	case g := <-got:
		if g.err != nil && !errors.Is(g.err, io.EOF) {
			return "", g.err
		}
		return strings.TrimRight(g.line, "\r\n"), nil
	}
}

// askSecret is ask without an echo. The terminal is restored if ctx ends.
func (a *app) askSecret(ctx context.Context, question string) (string, error) {
	f, ok := a.in.(*os.File)
	if !ok || !a.interactive() {
		return "", usagef("--askpass needs a terminal; set CACHEVIEW_PASSWORD instead")
	}
	restore := modeOf(f)
	a.note("%s", question)
	type answer struct {
		secret []byte
		err    error
	}
	got := make(chan answer, 1)
	go func() {
		secret, err := term.ReadPassword(f.Fd())
		got <- answer{secret, err}
	}()
	defer a.note("\n")
	select {
	case <-ctx.Done():
		restore()
		return "", ctx.Err()
	case g := <-got:
		return string(g.secret), g.err
	}
}

// shown makes bytes from the server safe to print.
func shown(b []byte) string { return decode.PrintableBytes(b) }

// named is the printed form of a key's name, which every command takes back.
func named(name []byte) string { return decode.PrintableName(name) }
