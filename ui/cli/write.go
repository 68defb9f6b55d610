package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

// writeFlags are what the commands have in common that write one key by its name.
type writeFlags struct {
	names         nameFlags
	json, noUndo  bool
	replace       bool
	confirm       string
	replaceAnyway string // the meaning of --replace; empty without the flag
}

func (f *writeFlags) register(a *app, cmd *cobra.Command) {
	fl := cmd.Flags()
	f.names.register(a, cmd)
	if f.replaceAnyway != "" {
		fl.BoolVar(&f.replace, "replace", false, f.replaceAnyway)
	}
	fl.BoolVar(&f.noUndo, "no-undo", false, "keep no journal to undo this with")
	fl.StringVar(&f.confirm, "confirm", "", "in production: the number of keys that change")
	fl.BoolVar(&f.json, "json", false, "write the report as a JSON object")
}

// options are the decisions as the engine takes them.
func (f *writeFlags) options() inspect.WriteOptions {
	return inspect.WriteOptions{Replace: f.replace, NoUndo: f.noUndo}
}

// confirmed returns an error unless n keys may be changed without a question.
func (a *app) confirmed(confirm string, n int) error {
	want := fmt.Sprint(n)
	switch {
	case confirm != "" && confirm != want:
		return usagef("--confirm %s: it would be %s. Nothing was changed", confirm, want)
	case confirm == "" && a.production():
		return usagef("%s is production: add --confirm %s", shown([]byte(a.productionName())), want)
	}
	return nil
}

// writeOne opens the server for a command that writes one key.
func (a *app) writeOne(ctx context.Context, f *writeFlags, write func(c *inspect.Client) error) error {
	if err := a.confirmed(f.confirm, 1); err != nil {
		return err
	}
	a.used(protectGroup)
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if c.ReadOnly() {
		return inspect.ErrReadOnly
	}
	return write(c)
}

// writeReport is what a command did that wrote one key.
type oneWrite struct {
	op       string // the command
	text     string // what was done, for people
	key, new []byte // the names; new is nil without one
	report   inspect.WriteReport
	undo     string // the flags of the undo's command line, for another server
}

// tellWrite reports a write of one key, and the error that ended it.
func (a *app) tellWrite(ctx context.Context, c *inspect.Client, f *writeFlags, w oneWrite, err error) error {
	switch {
	case errors.Is(err, inspect.ErrNoKey):
		return a.missing(ctx, c, w.key, err)
	case err != nil && w.report.Undo != "":
		a.note("cacheview: to undo what may have been done: cacheview undo %s%s\n", w.undo, w.report.Undo)
		return err
	case err != nil:
		return withHint(err)
	}
	if f.json {
		var o object
		o.text("op", w.op)
		o.key("key", w.key)
		if w.new != nil {
			o.key("new_key", w.new)
		}
		o.bool("existed", w.report.Existed)
		o.known("undo", w.report.Undo)
		return a.tell(o.line())
	}
	text := w.text + "\n"
	if w.report.Undo != "" {
		text += "to undo it: cacheview undo " + w.undo + w.report.Undo + "\n"
	}
	if err := a.tell([]byte(text)); err != nil {
		return err
	}
	if w.report.Undo == "" && !f.noUndo {
		a.note("cacheview: %s\n", noUndoText)
	}
	return nil
}

// noUndoText is said of a change that left no journal though one was wanted.
const noUndoText = "this cannot be undone: undo is off (undo_limit), or this user or server does not have DUMP"

// withHint adds what to do about the refusal of a write.
func withHint(err error) error {
	hint := ""
	_, noCopy := errors.AsType[*inspect.NoCopyError](err)
	_, otherType := errors.AsType[*inspect.OtherTypeError](err)
	switch {
	case noCopy:
		hint = "To write without an undo: --no-undo"
	case otherType, errors.Is(err, inspect.ErrExists):
		hint = "To overwrite it, which can be undone: --replace"
	case errors.Is(err, inspect.ErrChanged):
		hint = "Another client keeps writing it. Nothing was changed; try again"
	default:
		return err
	}
	return fmt.Errorf("%w. %s", err, strings.TrimSpace(hint))
}
