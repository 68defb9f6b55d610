package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

type waitFlags struct {
	names      nameFlags
	json, gone bool
	during     duration
}

// waitEvery is the time between two looks at the key.
const waitEvery = 100 * time.Millisecond

func (a *app) waitCommand() *cobra.Command {
	var f waitFlags
	cmd := &cobra.Command{
		Use:   "wait KEY --for TIME",
		Short: "Wait until a key exists",
		Long: "Wait until KEY exists, or with --gone until it does not. The exit status is 3 if that\n" +
			"does not happen in the time of --for. The key is not read.",
		Example: "cacheview wait homepage --for 30s\n" +
			"cacheview wait --gone job:done:lock --for 5s",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.asking(a.findKeys)),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.wait(ctx, f, args[0]) }),
	}
	fl := cmd.Flags()
	f.names.register(a, cmd)
	fl.Var(&f.during, "for", "give up after this time, such as 30s or 5m")
	fl.BoolVar(&f.gone, "gone", false, "wait until the key does not exist")
	fl.BoolVar(&f.json, "json", false, "write the key as a JSON object, as ls does")
	a.exclusive(cmd, "gone", "json")
	return a.reads(cmd, onServer...)
}

func (a *app) wait(ctx context.Context, f waitFlags, arg string) error {
	name, err := f.names.name(arg)
	switch {
	case err != nil:
		return err
	case f.during <= 0:
		return usagef("--for is missing: how long to wait, such as --for 30s")
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	end := time.NewTimer(time.Duration(f.during))
	defer end.Stop()
	for {
		keys, err := c.Meta(ctx, [][]byte{name}, f.json)
		if err == nil {
			err = keys[0].Err
		}
		switch {
		case err != nil:
			return err
		case keys[0].Exists == f.gone:
		case f.json:
			var o object
			addKey(&o, keys[0], time.Now())
			return a.tell(o.line())
		default:
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-end.C:
			if f.gone {
				return a.nothing(named(name) + " still exists")
			}
			return a.nothing("there is no key " + named(name))
		case <-time.After(waitEvery):
		}
	}
}

// isMissing reports whether a key does not exist.
func isMissing(err error) bool { return errors.Is(err, inspect.ErrNoKey) }
