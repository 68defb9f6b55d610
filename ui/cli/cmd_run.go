package cli

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect"
)

type runFlags struct {
	json, raw, force, yes, noUndo, escaped bool
	as                                     string
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run COMMAND...",
		Short: "Run any Redis command",
		Long: "Send one command and print the decoded reply. Flags of cacheview go before it.\n\n" +
			"COMMAND INFO of the server classifies the command. A write is backed up first: the\n" +
			"keys that it names go into a journal, and undo restores them. A write that names no\n" +
			"keys, a script, and whatever cannot be backed up needs --yes. Commands that block or\n" +
			"are about the server are refused, such as KEYS, MONITOR, FLUSHALL, CONFIG SET, DEBUG\n" +
			"and SHUTDOWN; with --read-only every write is.",
		Example: "cacheview run HGETALL user:42:profile\n" +
			"cacheview run --json GET flask_cache_homepage\n" +
			"cacheview run HSET user:42:profile name Grace\n" +
			"cacheview run --read-only MEMORY USAGE homepage",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.completeRun,
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.runRedis(ctx, &f, args) }),
	}
	fl := cmd.Flags()
	fl.SetInterspersed(false) // what follows the command is its own, such as -1
	registerAs(cmd, &f.as)
	fl.BoolVar(&f.json, "json", false, "write a JSON object: command, reply_type, layers, value, error, flags, undo")
	fl.BoolVar(&f.raw, "raw", false, "write the exact bytes of a reply that is one string")
	fl.BoolVar(&f.force, "force", false, "write --raw bytes even to a terminal, which they may confuse")
	fl.BoolVar(&f.escaped, "escaped", false, `arguments are in the printed form of names: \xff is one byte`)
	fl.BoolVarP(&f.yes, "yes", "y", false, "allow a write that undo cannot reverse, or not all of it")
	fl.BoolVar(&f.noUndo, "no-undo", false, "keep no journal; needs --yes for a write")
	a.exclusive(cmd, "json", "raw")
	a.exclusive(cmd, "as", "raw")
	a.needs(cmd, "force", "raw")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup)
}

// completeRun offers keys for the arguments of a command.
func (a *app) completeRun(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.asking(a.findKeys)(cmd, args, word)
}

func (a *app) runRedis(ctx context.Context, f *runFlags, args []string) error {
	if err := checkFormats(f.as); err != nil {
		return err
	}
	if f.raw && isTerminal(a.out) && !f.force {
		return usagef("--raw bytes may confuse a terminal: redirect them to a file, or add --force")
	}
	command := make([][]byte, len(args))
	for i, arg := range args {
		command[i] = []byte(arg)
		if f.escaped {
			name, err := decode.ParseName(arg)
			if err != nil {
				return usagef("%s: %v", arg, err)
			}
			command[i] = name
		}
	}
	if f.yes && a.production() {
		return usagef("%s is production, where a write without an undo is refused: --yes", shown([]byte(a.productionName())))
	}
	a.used(protectGroup)
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	r, err := c.Run(ctx, command, inspect.RunOptions{Yes: f.yes, NoUndo: f.noUndo})
	if refused, ok := errors.AsType[*inspect.RefusedCommandError](err); ok && refused.Instead != "" {
		return usagef("%v. Instead: %s", err, refused.Instead)
	}
	if _, ok := errors.AsType[*inspect.UnsafeWriteError](err); ok {
		return usagef("%v. Nothing was sent. To send it: --yes", err)
	}
	if err == nil {
		if r.Undo != "" { // whatever becomes of the reply, the ID is written
			defer survivePipe()()
		}
		err = a.writeReply(f, r)
	}
	if r.Undo != "" && !(f.json && err == nil) {
		a.note("cacheview: to undo it: cacheview undo %s\n", r.Undo)
	}
	if r.Undo != "" && a.isOutput(err) {
		a.note("cacheview: write the reply: %v\n", err)
		return errReported
	}
	return err
}

// writeReply writes a reply, decoded.
func (a *app) writeReply(f *runFlags, r inspect.RunReport) error {
	if f.raw {
		if r.Reply.Kind != inspect.ReplyString && r.Reply.Kind != inspect.ReplyStatus && r.Reply.Kind != inspect.ReplyInteger {
			return errors.New("the reply is not a string, so it has no raw bytes: use --json")
		}
		_, err := a.out.Write(r.Reply.Text)
		return err
	}
	result := decodeReply(r.Reply, f.as)
	if f.json {
		var o object
		o.text("command", r.Command)
		o.text("reply_type", replyTypes[r.Reply.Kind])
		failure := addReading(&o, result)
		o.known("undo", r.Undo)
		if err := a.tell(o.line()); err != nil {
			return err
		}
		if failure != nil {
			return errReported
		}
		return nil
	}
	ok, err := a.writePretty(a.data(), result)
	if err == nil && !ok {
		return errReported
	}
	return err
}

// replyTypes are the names of the kinds of replies.
var replyTypes = map[inspect.ReplyKind]string{
	inspect.ReplyString: "string", inspect.ReplyStatus: "status", inspect.ReplyInteger: "integer", inspect.ReplyDouble: "double",
	inspect.ReplyBool: "boolean", inspect.ReplyBig: "number", inspect.ReplyNull: "null", inspect.ReplyList: "list",
	inspect.ReplySet: "set", inspect.ReplyMap: "map", inspect.ReplyError: "error",
}

// decodeReply reads a reply as a value. The strings in it share one budget.
func decodeReply(r inspect.Reply, as string) decode.Result {
	opt := decode.Options{As: as, Budget: decode.NewBudget()}
	if r.Kind == inspect.ReplyString {
		return decode.Decode(r.Text, opt)
	}
	d := replyDecoder{opt: opt}
	v := d.value(r)
	return decode.Result{Value: v, Err: d.err, Layers: []decode.Layer{{Name: "redis-" + replyTypes[r.Kind], Reason: "the reply's type", Size: d.size}}}
}

type replyDecoder struct {
	opt  decode.Options
	err  *value.Error // the first
	size int          // bytes that were read
}

func (d *replyDecoder) value(r inspect.Reply) value.Value {
	text := string(r.Text)
	d.size += len(text) + 1
	switch r.Kind {
	case inspect.ReplyNull:
		return value.Value{}
	case inspect.ReplyInteger:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return value.NewInt(n)
		}
	case inspect.ReplyBig:
		return value.NewBigInt(text)
	case inspect.ReplyBool:
		return value.NewBool(text == "t")
	case inspect.ReplyDouble:
		if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(f) {
			return value.NewNumber(f, text)
		}
	case inspect.ReplyList, inspect.ReplySet:
		list := make(value.List, len(r.Items))
		for i, item := range r.Items {
			list[i] = d.value(item)
		}
		return value.NewSeq(list)
	case inspect.ReplyMap:
		dict := make(value.Dict, len(r.Items)/2)
		for i := range dict {
			dict[i] = value.Pair{Key: d.value(r.Items[2*i]), Value: d.value(r.Items[2*i+1])}
		}
		return value.NewMap(dict)
	case inspect.ReplyString:
		found := decode.DecodeMember(r.Text, d.opt)
		if d.err == nil {
			d.err = found.Err
		}
		return found.Value
	}
	return value.NewText(text)
}
