package cli

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/demoapp"
	"cacheview/inspect"
)

type demoFlags struct {
	redis, layout    string
	port             int
	work             time.Duration
	headless, remove bool
	quiet            bool
}

func (a *app) demoCommand() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try cacheview on a small web app with a cache",
		Long: "Start a small web app that caches as Flask-Caching does, with a store of its own,\n" +
			"and open the screen on it. Nothing has to be installed, and nothing is left behind.\n" +
			"With --redis it uses a real server, where all its keys start with cacheview-demo:",
		Example: "cacheview demo\n" +
			"cacheview demo --headless --port 8000\n" +
			"cacheview demo --redis redis://localhost:6379/5 --remove",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              a.runs(func(ctx context.Context, _ []string) error { return a.demo(ctx, f) }),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.redis, "redis", "", "use this server instead of the embedded store")
	fl.StringVar(&f.layout, "layout", string(demoapp.Guide), "key names: guide (readable) or flask-caching (as the library writes)")
	fl.IntVar(&f.port, "port", 5000, "port of the web app on 127.0.0.1; the next free one if it is taken")
	f.work = 2 * time.Second
	fl.Var((*duration)(&f.work), "work", "duration of the slow function")
	fl.BoolVar(&f.headless, "headless", false, "run the web app without the screen, until ctrl+c")
	fl.BoolVar(&f.remove, "remove", false, "with --redis: delete everything the demo wrote when it ends")
	fl.BoolVar(&f.quiet, "quiet", false, "without sample keys and traffic")
	a.needs(cmd, "remove", "redis")
	a.exclusive(cmd, "headless", "theme")
	return a.reads(cmd, configGroup, safetyGroup, themeGroup)
}

var layoutNames = []string{string(demoapp.Guide), string(demoapp.FlaskCaching)}

func (a *app) demo(ctx context.Context, f demoFlags) error {
	a.used(safetyGroup)
	switch {
	case a.flags.readOnly && f.redis != "":
		return fmt.Errorf("the demo app writes to its server: %w", inspect.ErrReadOnly)
	case a.set.Changed("read-only") && f.headless:
		return usagef("use only one of --headless and --read-only: the demo app writes")
	}
	if !slices.Contains(layoutNames, f.layout) {
		return usagef("--layout is guide or flask-caching, not %q", f.layout)
	}
	if f.port < 0 || f.port > 65535 {
		return usagef("--port is between 0 and 65535")
	}
	if !f.headless && (!isTerminal(a.in) || !isTerminal(a.out)) {
		return usagef("the screen needs a terminal; --headless runs only the web app")
	}
	if f.work == 0 {
		f.work = -1 // demoapp takes zero for its default
	}
	run, err := demoapp.Serve(ctx, demoapp.Config{
		RedisURL: f.redis,
		Layout:   demoapp.Layout(f.layout),
		Work:     f.work,
		Addr:     net.JoinHostPort("127.0.0.1", strconv.Itoa(f.port)),
		Quiet:    f.quiet,
		Remove:   f.remove,
	})
	if err != nil {
		return err
	}
	err = a.watchDemo(ctx, f, run)
	if closed := run.Close(); err == nil {
		err = closed
	}
	return err
}

// watchDemo shows the screen, or waits until the demo is ended.
func (a *app) watchDemo(ctx context.Context, f demoFlags, run *demoapp.Server) error {
	if !f.headless {
		notice := "demo app " + run.URL
		if run.Note != "" {
			notice += " · " + decode.Printable(run.Note)
		}
		cfg := inspect.Config{URL: run.RedisURL, ReadOnly: a.flags.readOnly, Timeout: a.flags.timeout}
		a.flags.prefix = "" // of the user's own server
		return a.screen(ctx, cfg, notice)
	}
	if run.Note != "" {
		a.note("cacheview: %s\n", decode.Printable(run.Note))
	}
	if _, err := fmt.Fprintf(a.out, "app   %s\nredis %s\n", run.URL, decode.Printable(inspect.RedactURL(run.RedisURL))); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
