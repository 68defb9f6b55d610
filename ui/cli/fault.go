package cli

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"cacheview/decode"
	"cacheview/inspect"
)

// fault is what went wrong, in the parts that the JSON of an error has. Only the
// operation and the reason are always known.
type fault struct{ operation, object, reason, hint string }

// faultOf divides an error into its parts.
func faultOf(operation string, err error) fault {
	f := fault{operation: operation, reason: inspect.RedactText(err.Error())}
	if e, ok := errors.AsType[*inspect.ConnError](err); ok {
		f.object, f.reason, f.hint = e.Addr, inspect.RedactText(e.Err.Error()), e.Hint
	} else if e, ok := errors.AsType[inspect.KeyError](err); ok {
		f.object, f.reason = decode.PrintableName(e.Key), inspect.RedactText(e.Err.Error())
	} else if e, ok := errors.AsType[*inspect.RefusedCommandError](err); ok {
		f.object, f.reason, f.hint = e.Command, e.Reason, e.Instead
	} else if e, ok := errors.AsType[*fs.PathError](err); ok {
		f.object, f.reason = e.Path, e.Err.Error()
	}
	return f
}

// json writes the error as one object.
func (f fault) json() []byte {
	var parts, o object
	parts.text("operation", f.operation)
	parts.known("object", f.object)
	parts.text("reason", strings.TrimSpace(f.reason))
	parts.known("hint", f.hint)
	o.raw("error", parts.end())
	return o.line()
}

// operation is the name of the command that runs.
func (a *app) operation() string {
	if a.cmd == nil {
		return "cacheview"
	}
	return a.cmd.Name()
}

// jsonErrors reports whether errors are written as JSON: the command has --json.
func (a *app) jsonErrors() bool {
	if a.cmd == nil {
		return false
	}
	f := a.cmd.Flags().Lookup("json")
	return f != nil && f.Value.String() == "true"
}

// typedJSON reports whether --json is on a command line, which may be one that
// cannot be parsed.
func typedJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.Contains(args, "--json")
}

// complain writes an error of a command to the error stream, as words or as JSON.
func (a *app) complain(err error) {
	if a.jsonErrors() {
		_, _ = a.errw.Write(faultOf(a.operation(), err).json())
		return
	}
	a.note("%s %s\n", a.penFor(a.errw).fault("cacheview:"), decode.Printable(inspect.RedactText(err.Error())))
}
