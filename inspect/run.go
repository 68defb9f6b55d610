package inspect

import (
	"context"
	"errors"
	"strings"

	"cacheview/decode"
	"cacheview/inspect/journal"
)

// RunOptions are the decisions of Run.
type RunOptions struct {
	// Yes allows a write that undo cannot reverse, or not all of it.
	Yes    bool
	NoUndo bool // keep no journal
}

// RunReport is the result of Run.
type RunReport struct {
	Command string // in capitals, with its subcommand
	Reply   Reply
	Write   bool
	Undo    string // the journal's ID, "" if nothing can be undone
}

// UnsafeWriteError is returned by Run for a write that undo cannot reverse, or not
// all of it, unless RunOptions.Yes is set. Nothing was sent.
type UnsafeWriteError struct {
	Command, Reason string
}

// Error gives the reason.
func (e *UnsafeWriteError) Error() string { return "run: " + e.Command + ": " + e.Reason }

// Run sends a command of the user and returns the reply. A command that blocks,
// that is about the server or that the server does not describe is refused
// (*RefusedCommandError), and so is every write of a read-only session. The keys of
// a write, as the server names them (COMMAND GETKEYS), go into an undo journal
// first, and the command is carried out only if they still hold that.
func (c *Client) Run(ctx context.Context, args [][]byte, opt RunOptions) (RunReport, error) {
	command := make([]any, len(args))
	for i, a := range args {
		command[i] = string(a) // the guard reads words
	}
	r := RunReport{Command: commandName(command)}
	class, err := c.classify(ctx, command)
	if err != nil {
		return r, err
	}
	ctx = withPermit(ctx, command, class)
	switch {
	case class == runRead:
		r.Reply, err = c.askTree(ctx, command...)
		return r, c.lostErr(advised(err))
	case c.cfg.ReadOnly:
		return r, ErrReadOnly
	case class == runEffect:
		r.Reply, err = c.askTree(ctx, command...)
		return r, unsure(c.lostErr(advised(err)))
	}
	r.Write = true
	keys, err := c.keysOf(ctx, command, class)
	if err != nil {
		return r, err
	}
	if err := c.protected(keys); err != nil {
		return r, err
	}
	if why := c.unsafeWrite(class, keys, opt); why != "" && !opt.Yes {
		return r, &UnsafeWriteError{r.Command, why}
	}
	if len(keys) == 0 {
		r.Reply, err = c.askTree(ctx, command...)
		return r, unsure(c.lostErr(advised(err)))
	}
	return c.runWrite(ctx, r, command, keys, opt)
}

// unsafeWrite is why undo cannot reverse a write, "" if it can.
func (c *Client) unsafeWrite(class runClass, keys [][]byte, opt RunOptions) string {
	switch {
	case class == runScript:
		return "a program can change keys that it does not name, which undo does not restore"
	case len(keys) == 0:
		return "it names no keys, so it cannot be undone"
	case opt.NoUndo:
		return "it cannot be undone without a journal"
	case c.cfg.JournalLimit < 0:
		return "it cannot be undone: undo is off (undo_limit)"
	case c.lacks("DUMP"):
		return "it cannot be undone: " + errNoDump.Error()
	}
	return ""
}

// keysOf returns the keys of a command, as the server names them.
func (c *Client) keysOf(ctx context.Context, command []any, class runClass) ([][]byte, error) {
	reply, err := c.askTree(ctx, append([]any{"command", "getkeys"}, command...)...)
	switch {
	case err == nil:
		var keys [][]byte
		for _, k := range reply.Items {
			keys = append(keys, k.Text)
		}
		return once(keys), nil
	case !isReply(err):
		return nil, c.lostErr(err)
	case class == runScript, strings.Contains(err.Error(), "no key arguments"):
		return nil, nil
	}
	return nil, KeyError{Op: "run", Key: []byte(word(command, 0)), Err: err}
}

// runWrite carries out a write, with a copy of its keys.
func (c *Client) runWrite(ctx context.Context, r RunReport, command []any, keys [][]byte, opt RunOptions) (RunReport, error) {
	out, err := c.writeKeys(ctx, keyWrite{
		op: "run", what: "run " + decode.Printable(r.Command), keys: keys, noUndo: opt.NoUndo, compare: true, plain: opt.Yes,
		plan: func(before []keyState) ([][]any, []journal.Record, error) {
			records := make([]journal.Record, len(keys))
			for i, k := range before {
				records[i] = journal.Record{Kind: journal.KindCreate, Key: keys[i], Expiry: journal.NoExpiry}
				if k.Exists {
					records[i].Kind, records[i].Dump, records[i].Expiry = journal.KindOverwrite, k.dump, k.Meta.Expiry
				}
			}
			return [][]any{command}, records, nil
		},
	})
	r.Undo = out.undo
	if err != nil {
		no, ok := errors.AsType[*NoCopyError](err)
		switch {
		case ok && opt.Yes && !opt.NoUndo:
			opt.NoUndo = true
			return c.runWrite(ctx, r, command, keys, opt)
		case ok:
			return r, &UnsafeWriteError{r.Command, "it cannot be undone: " + no.Error()}
		}
		return r, err
	}
	r.Reply, err = parseReply(out.replies[0].b)
	if err == nil && r.Reply.Kind == ReplyError {
		err = advised(replyError(r.Reply.Text))
	}
	return r, err
}

// permit is what the guard lets through for Run: one command, by its words.
type permit struct {
	command []any
	class   runClass
}

type permitKey struct{}

func withPermit(ctx context.Context, command []any, class runClass) context.Context {
	return context.WithValue(ctx, permitKey{}, &permit{command, class})
}

// permits reports whether args are the command of a permit. A write passes only in
// a session that is not read-only.
func permits(ctx context.Context, args []any, readOnly bool) bool {
	p, ok := ctx.Value(permitKey{}).(*permit)
	return ok && len(args) > 0 && len(args) == len(p.command) && &args[0] == &p.command[0] && (p.class == runRead || !readOnly)
}
