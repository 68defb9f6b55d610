package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cacheview/decode"
)

// nameFlags say how the names of keys are written on the command line and on the
// standard input. Without any of them they are in the printed form.
type nameFlags struct{ b64, literal, null bool }

// register adds the flags that say how the names of arguments are written.
func (f *nameFlags) register(a *app, cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.BoolVar(&f.b64, "b64", false, "names are in base64, as key_b64 in JSON")
	fl.BoolVar(&f.literal, "literal", false, `take names literally: no escapes, and "-" is a key`)
	a.exclusive(cmd, "b64", "literal")
}

// registerNull adds the flag for names from the standard input that are exact.
func (f *nameFlags) registerNull(a *app, cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.null, "null", "0", false, `with "-": names on standard input end in NUL bytes`)
	a.exclusive(cmd, "b64", "literal", "null")
}

// name returns the bytes of a name that was given as an argument.
func (f nameFlags) name(arg string) ([]byte, error) {
	switch {
	case f.b64:
		name, err := base64.StdEncoding.DecodeString(arg)
		if err != nil {
			return nil, usagef("%q is not base64", arg)
		}
		return name, nil
	case f.literal:
		return []byte(arg), nil
	}
	name, err := decode.ParseName(arg)
	if err != nil {
		return nil, usagef("%s: %v (--literal takes a name without escapes)", arg, err)
	}
	return name, nil
}

// prefix returns the bytes of an optional prefix among the arguments.
func (f nameFlags) prefix(args []string) ([]byte, error) {
	if len(args) == 0 {
		return nil, nil
	}
	return f.name(args[0])
}

// stdinNames is the argument that stands for the names on the standard input.
const stdinNames = "-"

// isStdin reports whether an argument stands for the standard input.
func (f nameFlags) isStdin(arg string) bool { return arg == stdinNames && !f.literal && !f.b64 }

// keyNames returns the names that the arguments stand for, in their order, each
// once. A "-" stands for those on the standard input. It is errNothing if there
// are none at all.
func (a *app) keyNames(ctx context.Context, f nameFlags, args []string) ([][]byte, error) {
	var names [][]byte
	read := false
	for _, arg := range args {
		if !f.isStdin(arg) {
			name, err := f.name(arg)
			if err != nil {
				return nil, err
			}
			names = append(names, name)
			continue
		}
		if read {
			return nil, usagef("the standard input can be read once: give one -")
		}
		read = true
		var err error
		if names, err = a.readNames(ctx, f, names); err != nil {
			return nil, err
		}
	}
	if f.null && !read {
		return nil, usagef("-0 is about names on the standard input: add -")
	}
	if len(names) == 0 {
		return nil, a.nothing("there are no names on the standard input")
	}
	return unique(names), nil
}

// unique returns the names, each once.
func unique(names [][]byte) [][]byte {
	if len(names) < 2 {
		return names
	}
	seen := make(map[string]struct{}, len(names))
	kept := names[:0]
	for _, n := range names {
		if _, ok := seen[string(n)]; !ok {
			seen[string(n)] = struct{}{}
			kept = append(kept, n)
		}
	}
	return kept
}

// readNames appends the names on the standard input. It gives up when ctx ends.
func (a *app) readNames(ctx context.Context, f nameFlags, names [][]byte) ([][]byte, error) {
	type result struct {
		names [][]byte
		err   error
	}
	done := make(chan result, 1)
	go func() {
		names, err := f.read(a.in, names)
		done <- result{names, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.names, r.err
	}
}

// read appends the names in r: lines in the printed form, of which empty ones
// are left out, or exact bytes with a NUL after each, which the last may lack.
func (f nameFlags) read(r io.Reader, names [][]byte) ([][]byte, error) {
	end := byte('\n')
	if f.null {
		end = 0
	}
	in := bufio.NewReaderSize(r, 1<<16)
	for line := 1; ; line++ {
		raw, err := in.ReadBytes(end)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		last := err != nil
		raw = bytes.TrimSuffix(raw, []byte{end})
		switch {
		case f.null:
			if len(raw) > 0 || !last {
				names = append(names, bytes.Clone(raw))
			}
		case len(bytes.TrimSuffix(raw, []byte("\r"))) > 0:
			name, err := f.name(strings.TrimSuffix(string(raw), "\r"))
			if err != nil {
				return nil, usagef("standard input, line %d: %v", line, err)
			}
			names = append(names, name)
		}
		if last {
			return names, nil
		}
	}
}
