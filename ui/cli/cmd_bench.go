package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/inspect/pagebench"
	"cacheview/ui/human"
)

type benchFlags struct {
	pagebench.Options
	names    nameFlags
	keys     []string
	noDelete bool
	yes      bool
	json     bool
}

func (a *app) benchCommand() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "bench PAGE",
		Short: "Time a page with and without the cache",
		Long: "Request a page of a web app while its entries are missing from the cache and while\n" +
			"they are there; show both distributions and which keys appeared. The first request\n" +
			"is cold if the page was not cached yet. For more cold requests, the keys that\n" +
			"appeared are shown and deleted if you agree (--yes agrees, --no-delete declines);\n" +
			"cacheview undo restores them. Only pages of this machine are requested unless you\n" +
			"pass --remote.",
		Example: "cacheview bench http://127.0.0.1:5000/\n" +
			"cacheview bench --warm 50 --cold 5 --yes http://127.0.0.1:5000/square/4\n" +
			"cacheview bench --key homepage http://127.0.0.1:5000/\n" +
			"cacheview bench --no-delete --json http://127.0.0.1:5000/",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.bench(ctx, f, args[0]) }),
	}
	fl := cmd.Flags()
	fl.IntVar(&f.Warm, "warm", 10, "number of warm requests (entries cached)")
	fl.IntVar(&f.Cold, "cold", 3, "maximum number of cold requests (entries deleted)")
	fl.Float64Var(&f.Rate, "rate", 10, "requests a second, at most 50")
	fl.BoolVar(&f.Remote, "remote", false, "allow a page on another machine")
	fl.StringArrayVar(&f.keys, "key", nil, "key of the page to delete before the first request (repeatable)")
	fl.BoolVar(&f.noDelete, "no-delete", false, "delete nothing; only the first request can be cold")
	fl.BoolVarP(&f.yes, "yes", "y", false, "delete the keys that appeared without asking")
	fl.BoolVar(&f.json, "json", false, "write the result as a JSON object")
	f.names.register(a, cmd)
	a.exclusive(cmd, "yes", "no-delete")
	a.exclusive(cmd, "key", "no-delete")
	a.needs(cmd, "b64", "key")
	a.needs(cmd, "literal", "key")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup)
}

func (a *app) bench(ctx context.Context, f benchFlags, page string) error {
	f.URL = page
	a.used(protectGroup)
	for _, k := range f.keys {
		name, err := f.names.name(k)
		if err != nil {
			return err
		}
		f.Keys = append(f.Keys, name)
	}
	if err := f.Check(); err != nil {
		return usagef("%v", err)
	}
	if f.yes && a.production() {
		return usagef("%s is production, where --yes is not enough: run it on a terminal, which asks, or with --no-delete", shown([]byte(a.productionName())))
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if len(f.Keys) > 0 && c.ReadOnly() {
		return inspect.ErrReadOnly
	}
	p := a.progress()
	f.Progress = func(done, total int) { p.show("asked", int64(done), int64(total)) }
	store := &benchStore{a: a, c: c, f: f, clear: p.done}
	r, err := pagebench.Run(ctx, f.Options, store)
	p.done()
	if len(store.undo) > 0 { // whatever becomes of the answer
		a.note("cacheview: to undo what was deleted: cacheview undo %s\n", strings.Join(store.undo, "; cacheview undo "))
	}
	if err != nil {
		return err
	}
	w := a.data()
	if f.json {
		o := benchObject(r)
		_, err = w.Write(o.line())
	} else {
		writeBench(w, r)
	}
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if r.Cached {
		a.note("cacheview: no key appeared: the page was cached already, or never is; --key KEY deletes its entry first\n")
	}
	return nil
}

// benchStore is the cache of a bench, and who is asked before a key of it is
// deleted.
type benchStore struct {
	a      *app
	c      *inspect.Client
	f      benchFlags
	clear  func() // takes the progress off the screen
	agreed map[string]bool
	undo   []string // the journals of what was deleted
}

// Names lists all keys.
func (s *benchStore) Names(ctx context.Context) ([][]byte, error) {
	var names [][]byte
	err := eachPage(ctx, s.c, inspect.ScanOptions{}, func(page [][]byte, _ inspect.Progress) error {
		for _, n := range page {
			names = append(names, bytes.Clone(n))
		}
		return nil
	})
	slices.SortFunc(names, bytes.Compare)
	return names, err
}

// Look asks for types, sizes and times to live.
func (s *benchStore) Look(ctx context.Context, names [][]byte) ([]inspect.Key, error) {
	return s.c.Meta(ctx, names, true)
}

// Forget deletes keys by a plan and with a journal, once somebody has agreed to
// just these.
func (s *benchStore) Forget(ctx context.Context, names [][]byte) (bool, error) {
	if s.f.noDelete || s.c.ReadOnly() {
		return false, nil
	}
	plan, err := s.c.Plan(ctx, inspect.Selection{Keys: names}, nil)
	if err != nil {
		return false, err
	}
	if len(plan.Keys) == 0 {
		return true, nil // expired meanwhile: as cold as can be
	}
	if ok, err := s.agree(ctx, plan); !ok || err != nil {
		return false, err
	}
	r, err := s.c.Delete(ctx, plan, inspect.DeleteOptions{})
	if r.Undo != "" {
		s.undo = append(s.undo, r.Undo)
	}
	if err == nil && r.Failed > 0 {
		err = errors.New("the entries of the page could not be deleted")
	}
	return err == nil, err
}

// agree asks, the first time that a key is among those to delete.
func (s *benchStore) agree(ctx context.Context, plan *inspect.Plan) (bool, error) {
	fresh := false
	for _, k := range plan.Keys {
		fresh = fresh || !s.agreed[string(k)]
	}
	if !fresh {
		return true, nil
	}
	s.clear()
	switch {
	case s.f.yes:
		s.a.note("cacheview: deleting %s that appeared, for cold requests (cacheview undo restores them): %s\n", human.Plural(len(plan.Keys), "key"), sampleNames(plan))
	case !s.a.interactive():
		s.a.note("cacheview: not a terminal, so nothing is deleted and only the first request is cold; pass --yes to delete the keys that appeared\n")
		return false, nil
	default:
		s.a.note("%s", planText(plan, s.c.UndoLimit()))
		word := s.a.toType(plan)
		question := "Delete these for each cold request? [y/N] "
		if word != "" {
			question = "Type " + word + " to delete these for each cold request: "
		}
		answer, err := s.a.ask(ctx, question)
		if err != nil || word != "" && answer != word || word == "" && answer != "y" && answer != "yes" {
			return false, err
		}
	}
	s.agreed = map[string]bool{}
	for _, k := range plan.Keys {
		s.agreed[string(k)] = true
	}
	return true, nil
}

func sampleNames(plan *inspect.Plan) string {
	var names []string
	for _, k := range plan.Sample {
		names = append(names, named(k))
	}
	return strings.Join(names, " ")
}

// seconds writes a time as the guide does: 2.002 s, 0.0012 s.
func seconds(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.4f s", d.Seconds())
	}
	return fmt.Sprintf("%.3f s", d.Seconds())
}

func writeBench(w *bufio.Writer, r *pagebench.Result) {
	fmt.Fprintf(w, "%-5s %8s %10s %10s %10s %10s\n", "", "REQUESTS", "MIN", "MEDIAN", "P95", "MAX")
	row := func(name string, t pagebench.Times) {
		if len(t) > 0 {
			fmt.Fprintf(w, "%-5s %8d %10s %10s %10s %10s\n", name, len(t), seconds(t.Min()), seconds(t.Median()), seconds(t.P95()), seconds(t.Max()))
		}
	}
	row("cold", r.Cold)
	row("warm", r.Warm)
	if warm := r.Warm.Median(); warm > 0 && len(r.Cold) > 0 {
		fmt.Fprintf(w, "\n%.4g times as fast from the cache\n", float64(r.Cold.Median())/float64(warm))
	}
	fmt.Fprintf(w, "\n%10s\n", "UP TO")
	cold, warm := r.Cold.Histogram(), r.Warm.Histogram()
	for i := range cold {
		if cold[i]+warm[i] == 0 {
			continue
		}
		edge := "longer"
		if i < len(pagebench.Edges) {
			edge = pagebench.Edges[i].String()
		}
		bar := func(name string, n, of int) {
			if n > 0 {
				fmt.Fprintf(w, "%10s  %s %s %d\n", edge, name, strings.Repeat("#", max(30*n/of, 1)), n)
			}
		}
		bar("cold", cold[i], len(r.Cold))
		bar("warm", warm[i], len(r.Warm))
	}
	if len(r.Keys) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%8s %10s %12s  %s\n", "MEMORY", "EXPIRES IN", "APPEARED", "KEY")
	for _, k := range r.Keys {
		left := "gone"
		switch {
		case k.Meta.Expiry > 0:
			left = human.Expiry(k.Meta.Expiry, k.At)
		case k.Meta.Expiry == keyspace.NoExpiry:
			left = "never"
		case k.Meta.Expiry == keyspace.FieldsExpire:
			left = fieldsWord
		}
		fmt.Fprintf(w, "%8s %10s %12s  %s\n", human.Size(max(k.Meta.Size, 0)), left, fmt.Sprintf("%d of %d", k.Times, len(r.Cold)), named(k.Name))
	}
}

func benchObject(r *pagebench.Result) object {
	var o object
	times := func(name string, t pagebench.Times) {
		var one object
		one.int("requests", int64(len(t)))
		if len(t) > 0 {
			one.float("min_ms", ms(t.Min()))
			one.float("median_ms", ms(t.Median()))
			one.float("p95_ms", ms(t.P95()))
			one.float("max_ms", ms(t.Max()))
		}
		o.raw(name, one.end())
	}
	times("cold", r.Cold)
	times("warm", r.Warm)
	o.bool("cached_before", r.Cached)
	keys := make([]object, len(r.Keys))
	for i, k := range r.Keys {
		keys[i].key("key", k.Name)
		keys[i].int("appeared", int64(k.Times))
		keys[i].bool("exists", k.Exists)
		if k.Meta.Expiry > 0 {
			keys[i].int("ttl_ms", max(keyspace.TTLAt(k.Meta.Expiry, k.At).Milliseconds(), 0))
		} else if k.Meta.Expiry == keyspace.NoExpiry {
			keys[i].int("ttl_ms", -1)
		}
		keys[i].int("bytes", max(k.Meta.Size, 0))
	}
	o.objects("keys", keys)
	return o
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
