package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/human"
)

type undoFlags struct{ list, json, replace bool }

func (a *app) undoCommand() *cobra.Command {
	var f undoFlags
	cmd := &cobra.Command{
		Use:   "undo [ID]",
		Short: "Bring back what was deleted",
		Long: "Bring back the keys of one delete, the last one on this server unless an ID says\n" +
			"which. They get the time to live that is left of theirs; what would have expired\n" +
			"meanwhile stays dead, and a key that exists again is left alone.",
		Example: "cacheview undo --list\n" +
			"cacheview undo\n" +
			"cacheview undo --json 20240102T030405-1",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: first(a.asking(a.findUndo)),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			if f.list && len(args) > 0 {
				return usagef("--list takes no ID")
			}
			c, err := a.open(ctx)
			if err != nil {
				return err
			}
			defer c.Close()
			if f.list {
				return a.listJournals(c, f.json)
			}
			return a.undo(ctx, c, f, append(args, "")[0])
		}),
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.list, "list", false, "list what can be undone, newest first")
	fl.BoolVar(&f.json, "json", false, "write JSON, one object a line")
	fl.BoolVar(&f.replace, "replace", false, "overwrite keys that exist again; what they are goes into a journal of its own")
	a.exclusive(cmd, "list", "replace")
	return a.reads(cmd, onServer...)
}

func (a *app) listJournals(c *inspect.Client, json bool) error {
	journals, err := c.Journals()
	if err != nil {
		return err
	}
	if len(journals) == 0 {
		return a.nothing("there is nothing to undo")
	}
	w := a.data()
	for _, j := range journals {
		if json {
			var o object
			o.text("id", j.ID)
			o.text("server", j.Addr)
			o.int("db", int64(j.DB))
			o.text("when", j.When.UTC().Format(time.RFC3339))
			o.text("what", j.What)
			o.int("keys", int64(j.Keys))
			o.int("bytes", j.Bytes)
			o.bool("undone", j.Undone)
			o.bool("here", j.Elsewhere(c.Server()) == "")
			_, err = w.Write(o.line())
		} else {
			undone := ""
			if j.Undone {
				undone = " (undone)"
			}
			if why := j.Elsewhere(c.Server()); why != "" {
				undone += " (not here: " + shown([]byte(why)) + ")"
			}
			_, err = fmt.Fprintf(w, "%s  %s  %s db%d  %s: %s%s\n", shown([]byte(j.ID)), j.When.Local().Format(time.DateTime),
				shown([]byte(j.Addr)), j.DB, human.Plural(j.Keys, "key"), shown([]byte(j.What)), undone)
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

func (a *app) undo(ctx context.Context, c *inspect.Client, f undoFlags, id string) error {
	p := a.progress()
	r, err := c.Undo(ctx, id, inspect.UndoOptions{
		Replace:  f.replace,
		Progress: func(done, total int) { p.show("restored", int64(done), int64(total)) },
	})
	p.done()
	if errors.Is(err, inspect.ErrNoJournal) {
		return a.nothing(err.Error() + "; cacheview undo --list has those that there are")
	}
	if err != nil && r.Planned == 0 {
		return err
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		a.note("cacheview: %s\n", decode.Printable(err.Error()))
	}
	if werr := a.tellUndo(r, f.json); werr != nil {
		return werr
	}
	switch {
	case err == nil && r.Restored+r.Expired == r.Planned:
		return nil
	case r.Restored == 0 && r.Failed > 0 && !r.Stopped:
		return errReported
	}
	return errPartly
}

func (a *app) tellUndo(r inspect.UndoReport, json bool) error {
	if json {
		return a.tell(undoObject(r).line())
	}
	text := "restored " + human.Plural(r.Restored, "key")
	if r.Restored != r.Planned {
		text += " of " + human.Count(r.Planned)
	}
	if r.What != "" {
		text += " (" + shown([]byte(r.What)) + ")"
	}
	if r.Expired > 0 {
		text += "; " + human.Count(r.Expired) + " would have expired meanwhile"
	}
	if r.Exists > 0 {
		text += "; " + human.Count(r.Exists) + " exist again (cacheview undo --replace " + r.ID + " overwrites them)"
	}
	if r.Failed > 0 {
		text += "; " + human.Count(r.Failed) + " could not be restored"
	}
	if r.Stopped {
		text += "; stopped, cacheview undo " + r.ID + " does the rest"
	}
	return a.tellRestored(text, r)
}

// tellRestored ends what is told of an undo or an import with what it wrote over.
func (a *app) tellRestored(text string, r inspect.UndoReport) error {
	text += "\n"
	if r.Overwritten != "" {
		text += "to get back what was written over: cacheview undo --replace " + r.Overwritten + "\n"
	}
	err := a.tell([]byte(text))
	if r.NotUndoable > 0 {
		a.note("cacheview: of %s nobody can get back what was there before\n", human.Plural(r.NotUndoable, "key"))
	}
	a.tellErrors(r.Errors)
	return err
}

// undoObject is what an undo or an import did.
func undoObject(r inspect.UndoReport) *object {
	o := new(object)
	o.int("planned", int64(r.Planned))
	o.int("restored", int64(r.Restored))
	o.int("expired", int64(r.Expired))
	o.int("exists", int64(r.Exists))
	o.int("failed", int64(r.Failed))
	o.known("undo", r.ID)
	if r.Overwritten != "" {
		o.text("overwritten_undo", r.Overwritten)
	}
	if r.NotUndoable > 0 {
		o.int("not_undoable", int64(r.NotUndoable))
	}
	o.objects("errors", errorObjects(r.Errors))
	return o
}
