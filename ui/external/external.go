// Package external runs the programs that a user has configured to read values
// which nothing here can read, such as Protobuf by its schema.
//
// A program gets a value on its standard input, and nothing of the value or of
// its key anywhere else. There is no shell. It is killed, with all that it
// started, when its time is over, and no more than OutputMax of what it writes
// is taken. The package never runs what was not configured.
package external

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
	"cacheview/ui/child"
)

const (
	// MaxOutput is how much a program may write, in bytes.
	MaxOutput = 4 << 20
	// complaintMax is how much is kept of what it writes on its error stream.
	complaintMax = 4 << 10
	// lingering is how long pipes may stay open after the program has ended.
	lingering = 200 * time.Millisecond
)

// Decoder is a program that reads the values of some keys.
type Decoder struct {
	Match   string        // a glob over the key, as Redis matches
	Command []string      // the program and its arguments
	Timeout time.Duration // positive
	Secrets []string      // variables that are kept from it, beside those of this program
}

// Match returns the first decoder whose glob matches the key.
func Match(decoders []Decoder, key []byte) (Decoder, bool) {
	for _, d := range decoders {
		if len(d.Command) > 0 && keyspace.MatchGlob(d.Match)(key) {
			return d, true
		}
	}
	return Decoder{}, false
}

// String is the command as it was configured.
func (d Decoder) String() string { return strings.Join(d.Command, " ") }

// Error is a program that did not do its work.
type Error struct {
	Command string
	Err     error
	Stderr  string // the last line on its error stream
}

// Error says what happened, and what the program says about it.
func (e *Error) Error() string {
	s := "the external decoder " + e.Command + ": " + e.Err.Error()
	if e.Stderr != "" {
		s += ": " + e.Stderr
	}
	return s
}

// Unwrap returns what happened.
func (e *Error) Unwrap() error { return e.Err }

// What may go wrong with a program, beside what package exec says.
var (
	ErrTimeout = errors.New("it took too long and was killed")
	ErrOutput  = fmt.Errorf("it wrote more than %d MiB and was killed", MaxOutput>>20)
)

// Decode runs the program on a value and reads what it writes: JSON as JSON,
// anything else as text. The error is an *Error, or that of ctx.
func (d Decoder) Decode(ctx context.Context, raw []byte) (decode.Result, error) {
	out, err := d.run(ctx, raw)
	if err != nil {
		return decode.Result{}, err
	}
	r := decode.Decode(out, decode.Options{As: "json"})
	if r.Err != nil || r.TrailingBytes > 0 {
		r = decode.Decode(out, decode.Options{As: "text"})
	}
	outer := decode.Layer{Name: "external", Reason: "configured for this key", Size: len(raw), Detail: d.String()}
	r.Layers = append([]decode.Layer{outer}, r.Layers...)
	return r, nil
}

func (d Decoder) run(ctx context.Context, raw []byte) ([]byte, error) {
	limited, stop := context.WithTimeoutCause(ctx, d.Timeout, ErrTimeout)
	defer stop()
	running, kill := context.WithCancelCause(limited)
	defer kill(nil)
	out := &bounded{max: MaxOutput, full: func() { kill(ErrOutput) }}
	complaint := &bounded{max: complaintMax}
	cmd := child.Command(running, d.Secrets, d.Command[0], d.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(raw), out, complaint
	cmd.Env = environment(cmd.Env)
	cmd.WaitDelay = lingering
	ownGroup(cmd)
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		_ = killGroup(cmd) // it has left others behind
	}
	switch cause := context.Cause(running); {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case cause != nil:
		err = cause
	case err == nil:
		return out.kept, nil
	}
	lines := strings.Split(strings.TrimSpace(string(complaint.kept)), "\n")
	return nil, &Error{Command: d.String(), Err: err, Stderr: decode.Printable(lines[len(lines)-1])}
}

// environment leaves out what may hold the server's password.
func environment(all []string) []string {
	kept := make([]string, 0, len(all))
	for _, e := range all {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "CACHEVIEW_") && !strings.HasPrefix(name, "CACHE_REDIS_") && !strings.HasPrefix(name, "REDIS") {
			kept = append(kept, e)
		}
	}
	return kept
}

// bounded keeps the first max bytes of what is written to it.
type bounded struct {
	kept []byte
	max  int
	full func() // called when there is more; may be nil
}

// Write never fails, so that the program is not stopped by its own output.
func (b *bounded) Write(p []byte) (int, error) {
	n := len(p)
	if room := b.max - len(b.kept); len(p) > room {
		p = p[:room]
		if b.full != nil {
			b.full()
		}
	}
	b.kept = append(b.kept, p...)
	return n, nil
}
