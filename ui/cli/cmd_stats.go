package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/inspect/insight"
	"cacheview/inspect/keyspace"
)

type statsFlags struct {
	selectFlags
	depth      int
	delims     string
	server     bool
	exact      bool
	duplicates bool
	json       bool
	monitor    time.Duration
	failOn     string
	prometheus bool
	app        string
}

func (a *app) statsCommand() *cobra.Command {
	var f statsFlags
	cmd := &cobra.Command{
		Use:   "stats [PREFIX]...",
		Short: "Show memory, TTLs and stale results by prefix",
		Long: "Show memory and expiry by prefix, framework and function, after the server's own\n" +
			"figures and warnings. Above 20,000 keys a sample is read, and every estimate has its\n" +
			"margin (95%). --monitor runs MONITOR for a while and estimates hits and misses by\n" +
			"prefix and function; that slows the server down.",
		Example: "cacheview stats\n" +
			"cacheview stats --depth 2 user:\n" +
			"cacheview stats --server\n" +
			"cacheview stats --exact --duplicates\n" +
			"cacheview stats --monitor 10s\n" +
			"cacheview stats --json | jq -s '.[1:] | max_by(.bytes)'",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.asking(a.findKeys),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.stats(ctx, f, args) }),
	}
	fl := cmd.Flags()
	f.register(a, cmd)
	f.names.registerNull(a, cmd)
	fl.IntVar(&f.depth, "depth", 1, "number of segments in a prefix")
	fl.StringVar(&f.delims, "delims", ":", "characters that end a segment")
	fl.BoolVar(&f.server, "server", false, "only the server's own figures; reads no keys")
	fl.BoolVar(&f.exact, "exact", false, "read every key and member instead of a sample")
	fl.BoolVar(&f.duplicates, "duplicates", false, "also read the sampled strings to find equal values")
	fl.BoolVar(&f.json, "json", false, "write one JSON object a line: the server, then the prefixes")
	fl.StringVar(&f.app, "app", "", appHelp)
	fl.Var((*duration)(&f.monitor), "monitor", "run MONITOR for this long, at most 60s")
	for _, flag := range []string{"exact", "duplicates", "depth", "delims", "b64", "literal", "null", "limit"} {
		a.exclusive(cmd, "server", flag)
		a.exclusive(cmd, "monitor", flag)
	}
	for _, flag := range filterFlags {
		a.exclusive(cmd, "server", flag)
		a.exclusive(cmd, "monitor", flag)
	}
	a.exclusive(cmd, "server", "monitor")
	fl.StringVar(&f.failOn, "fail-on", "", "exit status 5 for a finding of this level or worse: note, warn or bad")
	fl.BoolVar(&f.prometheus, "prometheus", false, "write metrics in the text format of Prometheus")
	a.exclusive(cmd, "json", "prometheus")
	a.exclusive(cmd, "monitor", "prometheus")
	a.exclusive(cmd, "monitor", "fail-on")
	a.exclusive(cmd, "server", "key-prefix")
	a.exclusive(cmd, "server", "app")
	a.exclusive(cmd, "monitor", "app")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, scopeGroup, appsGroup)
}

func (a *app) stats(ctx context.Context, f statsFlags, args []string) error {
	if f.failOn != "" && !slices.Contains(findingLevels, f.failOn) {
		return usagef("--fail-on is note, warn or bad, not %q", f.failOn)
	}
	if f.depth < 1 {
		return usagef("--depth must be at least 1")
	}
	if (f.monitor > 0 || f.server) && (len(args) > 0 || a.set.Changed("prefix")) {
		return usagef("use only one of a prefix and --server or --monitor, which are about all keys")
	}
	if f.monitor < 0 || f.monitor > inspect.MaxMonitorTime {
		return usagef("--monitor is between 1s and %s", inspect.MaxMonitorTime)
	}
	var sel *selection
	if f.monitor == 0 && !f.server {
		if f.names.null && !slices.ContainsFunc(args, f.names.isStdin) {
			return usagef("-0 is about names on the standard input: add -")
		}
		var err error
		if sel, err = a.selection(ctx, &f.selectFlags, args); err != nil {
			return err
		}
	}
	if err := a.readSource(f.app); err != nil {
		return err
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	switch {
	case f.monitor > 0:
		return a.monitor(ctx, c, f)
	case f.server:
		return a.serverStats(ctx, c, f)
	}
	vitals, err := insight.ReadVitals(ctx, c, inspect.Info{})
	if err != nil {
		return err
	}
	opt := insight.Options{Depth: f.depth, Delims: f.delims, Exact: f.exact, Duplicates: f.duplicates, Seed: uint64(time.Now().UnixNano())}
	// All keys are listed: whether a result is stale is decided by version keys
	// that need not start with the prefix.
	snap, err := a.listing(ctx, c, nil)
	if err != nil {
		return err
	}
	apps, err := a.analyze(ctx, c, snap)
	if err != nil {
		return err
	}
	var unchecked error
	switch {
	case sel.names == nil && !f.given() && sel.limit == 0 && len(sel.filter.Prefixes) < 2:
		opt.Prefix = commonPrefix(sel.filter.Prefixes)
	default:
		if snap, unchecked = a.selected(ctx, c, sel); unchecked != nil && !errors.Is(unchecked, errUnchecked) {
			return unchecked
		}
	}
	report, err := a.survey(ctx, c, snap, apps, opt)
	if err != nil {
		return err
	}
	w := a.data()
	switch {
	case f.json:
		err = writeStatsJSON(w, c.Server(), vitals, report, apps)
	case f.prometheus:
		err = writePrometheus(w, c.Server(), vitals, report)
	default:
		err = writeStats(w, c.Server(), vitals, report, apps)
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil && report.All.Keys.Value == 0 {
		return cmp.Or(unchecked, a.noneSelected(sel))
	}
	return cmp.Or(err, f.judge(vitals), unchecked)
}

// findingLevels are the levels of findings, the least first.
var findingLevels = []string{"note", "warn", "bad"}

// judge returns errDiffers for a finding of the level of --fail-on or worse.
func (f *statsFlags) judge(v insight.Vitals) error {
	least := slices.Index(findingLevels, f.failOn)
	for _, found := range insight.Findings(v) {
		if least >= 0 && slices.Index(findingLevels, found.Level.String()) >= least {
			return errDiffers
		}
	}
	return nil
}

// commonPrefix returns the only prefix, nil without one.
func commonPrefix(list [][]byte) []byte {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// selected returns a snapshot that has only the selected keys.
func (a *app) selected(ctx context.Context, c *inspect.Client, s *selection) (*keyspace.Snapshot, error) {
	idx := keyspace.New(0)
	err := a.each(ctx, c, s, a.progress(), func(keys []inspect.Key) error {
		for _, k := range keys {
			idx.Add(k.Name)
		}
		return nil
	})
	return idx.Snapshot(), err
}

// survey computes the figures, and shows how far it is.
func (a *app) survey(ctx context.Context, c *inspect.Client, snap *keyspace.Snapshot, apps *inspect.FlaskIndex, opt insight.Options) (*insight.Report, error) {
	p := a.progress()
	defer p.done()
	opt.Progress = func(done, total int) { p.show("looked at", int64(done), int64(total)) }
	return insight.Survey(ctx, c, snap, apps, opt)
}

// serverStats looks at the server's figures twice, a second apart, for what
// happens now.
func (a *app) serverStats(ctx context.Context, c *inspect.Client, f statsFlags) error {
	before, err := c.Info(ctx)
	if err != nil {
		return err
	}
	if before != (inspect.Info{}) {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
	v, err := insight.ReadVitals(ctx, c, before)
	if err != nil {
		return err
	}
	w := a.data()
	switch {
	case f.json:
		var o object
		identify(&o, c.Server())
		vitalsMembers(&o, v)
		_, err = w.Write(o.line())
	case f.prometheus:
		err = writePrometheus(w, c.Server(), v, nil)
	default:
		err = writeServer(w, c.Server(), v)
	}
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.judge(v)
}

// listing reads the names of a prefix, or all of them.
func (a *app) listing(ctx context.Context, c *inspect.Client, prefix []byte) (*keyspace.Snapshot, error) {
	idx := keyspace.New(0)
	p := a.progress()
	defer p.done()
	for scan := c.NewScan(idx, inspect.ScanOptions{Prefix: prefix}); ; {
		page, err := scan.Next(ctx)
		if errors.Is(err, io.EOF) {
			return idx.Snapshot(), nil
		}
		if err != nil {
			return nil, err
		}
		p.scanned(page.Progress)
	}
}
