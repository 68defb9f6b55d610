package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/journal"
	"cacheview/ui/human"
)

type undoFlags struct {
	list, verify, json, replace, here, yes bool
	to                                     string
}

func (a *app) undoCommand() *cobra.Command {
	var f undoFlags
	cmd := &cobra.Command{
		Use:   "undo [ID]",
		Short: "Undo a delete, an edit or another change",
		Long: "Undo one operation: the last one on this server, or the one with ID. Keys get back\n" +
			"the expiry that they had. Keys that would have expired by now, and keys that changed\n" +
			"since, are skipped. On a terminal it asks first, unless the operation is less than a\n" +
			"minute old.\n\n" +
			"A journal belongs to one server, whatever its address. If the open server is not\n" +
			"proven to be that one, nothing is restored unless you pass --here. --list and\n" +
			"--verify need no server.",
		Example: "cacheview undo --list\n" +
			"cacheview undo\n" +
			"cacheview undo --json 20240102T030405-1\n" +
			"cacheview undo --verify",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeUndo,
		RunE: a.runs(func(ctx context.Context, args []string) error {
			return a.runUndo(ctx, f, append(args, "")[0])
		}),
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.list, "list", false, "list what can be undone, newest first")
	fl.BoolVar(&f.verify, "verify", false, "check every record of the journals, or of one")
	fl.BoolVar(&f.json, "json", false, "write one JSON object a line")
	fl.BoolVar(&f.replace, "replace", false, "overwrite keys that exist again (undoable)")
	fl.BoolVar(&f.here, "here", false, "restore to this server even if it may be a different one")
	fl.StringVar(&f.to, "to", "", "restore the values to this server instead (URL)")
	fl.BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	a.exclusive(cmd, "list", "verify", "replace")
	a.exclusive(cmd, "list", "verify", "here", "to")
	return a.reads(cmd, onServer...)
}

func (a *app) runUndo(ctx context.Context, f undoFlags, id string) error {
	switch {
	case f.list && id != "":
		return usagef("--list takes no ID")
	case f.list:
		return a.listJournals(f.json)
	case f.verify:
		return a.verifyJournals(id, f.json)
	case f.to != "":
		if err := a.redirectTo(f.to); err != nil {
			return err
		}
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if c.ReadOnly() {
		return inspect.ErrReadOnly
	}
	return a.undo(ctx, c, f, id)
}

// redirectTo replaces the server of the configuration.
func (a *app) redirectTo(url string) error {
	full, err := inspect.ParseURL(url)
	if err != nil {
		return usagef("--to: %v", err)
	}
	for _, other := range []string{"url", "connection", "host", "port", "db"} {
		if a.set.Changed(other) {
			return usagef("--to names the server, and so does --%s: give one", other)
		}
	}
	f := a.set.Lookup("url")
	f.Changed = true
	return f.Value.Set(full)
}

// undo asks if need be, and undoes.
func (a *app) undo(ctx context.Context, c *inspect.Client, f undoFlags, id string) error {
	if f.to != "" && id == "" {
		id = a.newestJournal()
	}
	found, err := c.FindUndo(ctx, id)
	if errors.Is(err, inspect.ErrNoJournal) {
		if id != "" {
			return a.nothing("no undo journal " + shown([]byte(id)) + ". List them: cacheview undo --list")
		}
		return a.nothing("nothing to undo on this server. List older operations: cacheview undo --list")
	}
	if err != nil {
		return err
	}
	anyway, err := a.agreeToUndo(ctx, c, f, &found, id)
	if err != nil {
		return err
	}
	p := a.progress()
	r, err := c.Undo(ctx, found.ID, inspect.UndoOptions{
		Replace: f.replace, Anyway: anyway, Elsewhere: f.to != "",
		Progress: func(done, total int) { p.show("restored", int64(done), int64(total)) },
	})
	p.done()
	if err != nil && r.Restored+r.Failed == 0 {
		return err
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		a.complain(err)
	}
	if werr := a.tellUndo(&r, f); werr != nil {
		return werr
	}
	switch {
	case err == nil && r.Complete():
		return nil
	case r.Restored == 0 && r.Failed > 0 && !r.Stopped:
		return errReported
	}
	return errPartly
}

// newestJournal returns the last operation on any server that was not undone, ""
// without one.
func (a *app) newestJournal() string {
	journals, err := inspect.Journals(a.journalConfig())
	if err != nil {
		return ""
	}
	for i := range journals {
		if j := &journals[i]; !j.Undone && j.Err == nil {
			return j.ID
		}
	}
	return ""
}

// recently is the age up to which an operation is undone without a question.
const recently = time.Minute

// agreeToUndo says what is undone, and asks on a terminal. It reports whether the
// journal is restored although it is not proven to belong to this server.
func (a *app) agreeToUndo(ctx context.Context, c *inspect.Client, f undoFlags, j *inspect.Journal, id string) (anyway bool, err error) {
	if f.to != "" {
		j.NotHere = j.Err
	}
	terminal := isTerminal(a.in)
	_, unproven := errors.AsType[*inspect.ServerError](j.NotHere)
	switch {
	case j.NotHere == nil:
	case j.Err != nil:
		return false, j.Err
	case f.here:
		anyway = true
	case !unproven || !terminal:
		return false, &refusedUndo{j}
	}
	if j.Err != nil {
		return false, j.Err
	}
	if !f.json {
		a.note("cacheview: undo %s\n", human.JournalText(j, time.Now()))
	}
	if j.Undone {
		a.note("cacheview: it was undone before\n")
	}
	question := ""
	age := time.Since(j.When)
	switch {
	case j.NotHere != nil && !anyway:
		a.note("cacheview: %s\n", decode.Printable(j.NotHere.Error()))
		question = "Restore it to " + decode.Printable(c.Server().Addr) + " anyway? [y/N] "
	case !terminal || f.yes || id != "" && f.here:
		return anyway, nil
	case j.Undone, age > recently, age < -recently:
		question = "Undo it? [y/N] "
	default:
		return anyway, nil
	}
	if err := a.settled(ctx); err != nil {
		return false, err
	}
	answer, err := a.ask(ctx, question)
	switch {
	case err != nil:
		return false, err
	case answer != "y" && answer != "yes":
		return false, errUndoDeclined
	}
	return anyway || j.NotHere != nil, nil
}

var errUndoDeclined = errors.New("nothing was restored")

// refusedUndo is an undo that a script must confirm with a flag.
type refusedUndo struct{ j *inspect.Journal }

// Error names the journal and the flag.
func (e *refusedUndo) Error() string {
	return "undo " + e.j.ID + ": " + e.j.NotHere.Error() +
		". Nothing was restored. To restore it here anyway: cacheview undo --here " + e.j.ID
}

func (e *refusedUndo) Unwrap() error { return e.j.NotHere }

func (a *app) tellUndo(r *inspect.UndoReport, f undoFlags) error {
	for _, err := range r.Damage[:min(len(r.Damage), maxToldErrors)] {
		a.note("cacheview: journal %s: %s\n", r.ID, decode.Printable(err.Error()))
	}
	if r.MarkErr != nil {
		a.note("cacheview: the journal could not be marked as undone: %s\n", decode.Printable(r.MarkErr.Error()))
	}
	if f.json {
		return a.tell(undoObject(r).line())
	}
	text := human.Undone(r)
	if r.Exists+r.Changed > 0 && !f.replace {
		text += " (to overwrite them: cacheview undo --replace " + r.ID + ")"
	}
	return a.tellRestored(text, r, "what was overwritten")
}

// tellRestored ends the report of an undo or an import with the undo of what it
// wrote.
func (a *app) tellRestored(text string, r *inspect.UndoReport, wrote string) error {
	text += "\n"
	if r.Overwritten != "" {
		text += "to undo " + wrote + ": cacheview undo " + r.Overwritten + "\n"
	}
	err := a.tell([]byte(text))
	if r.NotUndoable > 0 {
		a.note("cacheview: %s overwritten without a backup: undo is off\n", human.Plural(r.NotUndoable, "key"))
	}
	a.tellErrors(r.Errors)
	return err
}

// undoObject is what an undo or an import did.
func undoObject(r *inspect.UndoReport) *object {
	o := new(object)
	o.int("planned", int64(r.Planned))
	o.int("restored", int64(r.Restored))
	o.int("expired", int64(r.Expired))
	o.int("exists", int64(r.Exists))
	o.int("failed", int64(r.Failed))
	o.int("deleted", int64(r.Deleted))
	o.int("already", int64(r.Already))
	o.int("changed", int64(r.Changed))
	o.int("in_doubt", int64(r.InDoubt))
	o.int("damaged", int64(r.Damaged))
	if len(r.Damage) > 0 {
		list := make([]object, len(r.Damage))
		for i, err := range r.Damage {
			if d, ok := errors.AsType[*journal.DamageError](err); ok && d.Key != nil {
				list[i].key("key", d.Key)
				list[i].bool("key_certain", d.KeyProven)
			}
			list[i].text("message", err.Error())
		}
		o.objects("damage", list)
	}
	o.known("undo", r.ID)
	if r.Overwritten != "" {
		o.text("overwritten_undo", r.Overwritten)
	}
	if r.NotUndoable > 0 {
		o.int("not_undoable", int64(r.NotUndoable))
	}
	if r.NotCopied > 0 {
		o.int("not_copied", int64(r.NotCopied))
	}
	if r.NotApplicable > 0 {
		o.int("not_applicable", int64(r.NotApplicable))
	}
	o.objects("errors", errorObjects(r.Errors))
	return o
}
