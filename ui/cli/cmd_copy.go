package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

type copyFlags struct {
	writeFlags
	to   string
	toDB int
}

func (a *app) copyCommand() *cobra.Command {
	f := copyFlags{writeFlags: writeFlags{replaceAnyway: "overwrite DST if it exists; undo restores it"}}
	cmd := &cobra.Command{
		Use:   "copy SRC [DST]",
		Short: "Copy a key",
		Long: "Write what SRC holds to DST: the exact value of any type, and the expiry. With\n" +
			"--to-db it goes to another database of the server, with --to to another server, and\n" +
			"DST is the same name unless another one is given. A key that exists there is\n" +
			"overwritten with --replace only. The journal belongs to where the key was written:\n" +
			"the report has the whole command that undoes it.",
		Example: "cacheview copy homepage homepage:backup\n" +
			"cacheview copy session:42 --to-db 3\n" +
			"cacheview copy user:42:profile profile:copy --to redis://other:6379/1",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: a.asking(a.findKeys),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.copyKey(ctx, &f, args) }),
	}
	f.register(a, cmd)
	cmd.Flags().StringVar(&f.to, "to", "", "URL of the server to copy to")
	cmd.Flags().IntVar(&f.toDB, "to-db", -1, "database to copy to, on the same server")
	cmd.Flags().Lookup("to-db").DefValue = ""
	a.exclusive(cmd, "to", "to-db")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup)
}

func (a *app) copyKey(ctx context.Context, f *copyFlags, args []string) error {
	away := f.to != "" || f.toDB >= 0
	switch {
	case len(args) == 1 && !away:
		return usagef("DST is missing: cacheview copy SRC DST, or add --to or --to-db")
	case f.toDB < -1:
		return usagef("--to-db must not be negative")
	case len(args) == 1:
		args = []string{args[0], args[0]}
	}
	names, err := a.twoNames(f.names, args)
	if err != nil {
		return err
	}
	return a.writeOne(ctx, &f.writeFlags, func(c *inspect.Client) error {
		to, undo := c, ""
		if away {
			if to, undo, err = a.openOther(ctx, f); err != nil {
				return err
			}
			defer to.Close()
		}
		report, err := c.Copy(ctx, names[0], to, names[1], f.options())
		text := fmt.Sprintf("copied %s to %s", named(names[0]), named(names[1]))
		if away {
			text += " on " + shown([]byte(to.Server().Addr)) + ", " + to.Server().Name()
		}
		return a.tellWrite(ctx, c, &f.writeFlags, oneWrite{op: "copy", text: text, key: names[0], new: names[1], report: report, undo: undo}, err)
	})
}

// openOther opens the database or the server to copy to, and returns the flags with
// which it is undone there. Passwords of the first server are not sent to another.
func (a *app) openOther(ctx context.Context, f *copyFlags) (*inspect.Client, string, error) {
	cfg, err := a.serverConfig(ctx)
	if err != nil {
		return nil, "", err
	}
	undo := ""
	if f.to == "" {
		cfg.DB = &f.toDB
		undo = "-n " + strconv.Itoa(f.toDB) + " "
	} else {
		full, err := inspect.ParseURL(f.to)
		if err != nil {
			return nil, "", usagef("--to: %v", err)
		}
		undo = "-u " + inspect.RedactURL(full) + " "
		cfg = inspect.Config{
			URL: full, ReadOnly: cfg.ReadOnly, Timeout: cfg.Timeout, Protected: cfg.Protected,
			JournalLimit: cfg.JournalLimit, JournalDays: cfg.JournalDays,
		}
	}
	c, err := inspect.Open(ctx, cfg)
	if err == nil && c.ReadOnly() {
		_ = c.Close()
		return nil, "", inspect.ErrReadOnly
	}
	return c, undo, err
}
