// Package cli is the command line: it reads flags, the environment and the
// configuration, opens the server, and turns what the engines below answer into
// text, JSON and exit statuses. One file holds one subcommand.
//
// It refuses to decide anything about the server or about a value itself: what
// is deleted, how it is undone and what bytes mean is said by inspect and
// decode.
package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/tunnel"
	"cacheview/ui/config"
	"cacheview/ui/crash"
)

// The exit statuses. Scripts may rely on them.
const (
	exitDone        = 0
	exitError       = 1
	exitUsage       = 2
	exitNothing     = 3   // nothing matched
	exitPartly      = 4   // some of it was done; the report says what
	exitDiffers     = 5   // a check did not hold: diff found differences, stats --fail-on a finding
	exitInterrupted = 130 // ctrl+c; 128 and its number for another signal
)

// app is one run of the program.
type app struct {
	opened    *inspect.Client // the server of the command, nil before it is open
	in        io.Reader
	out, errw io.Writer
	written   *output  // behind out
	signals   *signals // that end it
	env       func(string) (string, bool)
	flags     flagValues
	set       *pflag.FlagSet     // the shared flags, which hold them
	origin    map[string]string  // where the shared flags that were not typed have their values from
	groups    map[flagGroup]bool // the groups of shared flags that were used
	rules     map[*cobra.Command][]flagRule
	file      *config.File      // the configuration; empty where there is none
	saved     config.Connection // the one of its connections that is used, else zero
	way       *tunnel.Config    // the SSH host to go through, once its keys were read
	fromFlask flaskServer       // the server, where only Flask's settings name one
	readsApps bool              // the command analyzes the keys of Flask apps
	cmd       *cobra.Command    // that runs, nil before its flags are parsed
	color     colorChoice       // auto, always or never
	urls      []string          // addresses that cached pages may have
	source    *inspect.FlaskApp // of --app; nil without it
	// literalPrefix says that flags.prefix is not in the printed form of names.
	literalPrefix bool
	// failure is what the subcommand came to. It is kept here and not returned
	// through cobra, whose own errors are all about usage.
	failure error
}

// Main runs the program and returns its exit status. Data goes to out, the rest
// to errw; lookup is os.LookupEnv or a test's environment.
func Main(args []string, in io.Reader, out, errw io.Writer, lookup func(string) (string, bool)) (status int) {
	ctx, sigs, stop := watchSignals(in, out)
	defer stop()
	a := &app{in: in, errw: errw, env: lookup, signals: sigs}
	a.out, a.written = newOutput(out)
	defer func() {
		if r := recover(); r != nil {
			a.failure = crash.FromPanic(r)
			status = a.status(ctx)
		}
	}()
	root := a.rootCommand()
	spelled := spellDB(args)
	if !slices.Equal(spelled, args) {
		a.note("cacheview: --db without a number is deprecated: the whole database is --all\n")
	}
	root.SetArgs(spelled)
	root.SetIn(in)
	root.SetOut(a.out)
	root.SetErr(errw)
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) { a.cmd = cmd }
	if cmd, err := root.ExecuteContextC(ctx); err != nil {
		a.cmd = cmd
		a.usageError(err, a.jsonErrors() || typedJSON(args))
		return exitUsage
	}
	return a.status(ctx)
}

// usageError prints what is wrong with the command line of a command.
func (a *app) usageError(err error, json bool) {
	if json {
		f := faultOf(a.operation(), err)
		f.hint = a.cmd.CommandPath() + " --help"
		_, _ = a.errw.Write(f.json())
		return
	}
	a.note("%s %s\nTry %s --help for usage.\n", a.penFor(a.errw).fault("cacheview:"), complaint(err), a.cmd.CommandPath())
}

// complaint is an error as it may be printed. It repeats arguments and texts of
// files, which may hold names of keys, or a URL in the wrong place: neither
// escape sequences nor passwords pass. Lines after the first are indented, so
// that none can pass for another message.
func complaint(err error) string {
	lines := strings.Split(strings.TrimRight(inspect.RedactText(err.Error()), "\n"), "\n")
	for i, line := range lines {
		lines[i] = decode.Printable(line)
	}
	return strings.Join(lines, "\n  ")
}

// runs wraps a subcommand so that its usage errors go the way of cobra's own
// and every other outcome is kept for the exit status.
func (a *app) runs(run func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := run(cmd.Context(), args)
		a.noteEvictions()
		if usage, ok := errors.AsType[usageError](err); ok {
			return usage
		}
		a.failure = err
		return nil
	}
}

// status says what went wrong on the error stream and returns the exit status.
// An answer that could not be written is no success, whatever else is.
func (a *app) status(ctx context.Context) int {
	err := a.failure
	if lost := a.written.failed(); lost != nil && !errors.Is(lost, syscall.EPIPE) && (err == nil || isOutcome(err)) {
		err = lost
	}
	if bug, ok := errors.AsType[*crash.Error](err); ok {
		a.note("cacheview: %s\n", bug.Report())
		return exitError
	}
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE):
		// Whoever read the output has seen enough.
		return exitDone
	case errors.Is(err, errPartly):
		if ctx.Err() != nil {
			return interrupted(ctx)
		}
		return exitPartly
	case ctx.Err() != nil:
		return interrupted(ctx)
	case errors.Is(err, errNothing):
		return exitNothing
	case errors.Is(err, errDiffers):
		return exitDiffers
	case errors.Is(err, errReported):
		return exitError
	}
	a.complain(err)
	return exitError
}
