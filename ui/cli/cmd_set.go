package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// maxSet is the largest string of a server (proto-max-bulk-len), in bytes.
const maxSet = 512 << 20

type setFlags struct {
	writeFlags
	ttl     lifetime
	keepTTL bool
}

func (a *app) setCommand() *cobra.Command {
	f := setFlags{writeFlags: writeFlags{replaceAnyway: "overwrite a key that is not a string"}}
	cmd := &cobra.Command{
		Use:   "set KEY VALUE",
		Short: "Write a string",
		Long: "Write VALUE to KEY, unchanged; - reads the exact bytes of standard input. The\n" +
			"key has no expiry then, unless --ttl or --keep-ttl says otherwise. What it held is\n" +
			"backed up first, so undo restores it. A value that another client writes in that\n" +
			"moment is not lost: it is backed up as well, or the command fails. A key that is not\n" +
			"a string is overwritten with --replace only.",
		Example: "cacheview set feature:banner on --ttl 10m\n" +
			"cacheview set --keep-ttl homepage - < page.html",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: first(a.asking(a.findKeys)),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.setKey(ctx, &f, args) }),
	}
	f.register(a, cmd)
	cmd.Flags().Var(&f.ttl, "ttl", "expire after this time, such as 30s, 5m or 2d")
	cmd.Flags().BoolVar(&f.keepTTL, "keep-ttl", false, "keep the expiry that the key has")
	a.exclusive(cmd, "ttl", "keep-ttl")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup)
}

func (a *app) setKey(ctx context.Context, f *setFlags, args []string) error {
	key, err := f.names.name(args[0])
	if err != nil {
		return err
	}
	value := []byte(args[1])
	if args[1] == stdinNames {
		if value, err = a.readInput(ctx); err != nil {
			return err
		}
	}
	return a.writeOne(ctx, &f.writeFlags, func(c *inspect.Client) error {
		report, err := c.Set(ctx, key, value, inspect.SetOptions{
			WriteOptions: f.options(), TTL: time.Duration(f.ttl), KeepTTL: f.keepTTL,
		})
		what := "created"
		if report.Existed {
			what = "overwrote"
		}
		text := fmt.Sprintf("%s %s (%s)", what, named(key), human.Size(int64(len(value))))
		return a.tellWrite(ctx, c, &f.writeFlags, oneWrite{op: "set", text: text, key: key, report: report}, err)
	})
}

// readInput reads the exact bytes of the standard input, as many as a string can
// have. It gives up when ctx ends.
func (a *app) readInput(ctx context.Context) ([]byte, error) {
	type result struct {
		b   []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		b, err := io.ReadAll(io.LimitReader(a.in, maxSet+1))
		done <- result{b, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		switch {
		case r.err != nil:
			return nil, fmt.Errorf("standard input: %w", r.err)
		case len(r.b) > maxSet:
			return nil, errors.New("standard input: more than 512 MiB, the largest string of a server")
		}
		return r.b, nil
	}
}
