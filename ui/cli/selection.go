package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// The selection language: the flags with which every command that works on keys
// says which. selectFlags declares them once, selection is what they mean, and each
// finds the keys. The conditions themselves are those of inspect.Filter.

// selectFlags are the flags of the selection language.
type selectFlags struct {
	names                          nameFlags
	match, typ                     string
	exclude                        []string
	noTTL, stale                   bool
	within, idle                   lifetime
	larger                         int64
	function, framework, textInKey string
	limit                          int
	// keys says that the arguments are names of keys, and not prefixes.
	keys bool
	// writes says that only what is proven is selected, for it is changed.
	writes bool
}

// filterFlags are the names of the flags that say which keys, without the limit.
var filterFlags = []string{"match", "exclude", "type", "no-ttl", "expires-within", "larger-than", "idle", "function", "framework", "stale", "grep"}

// register adds the flags, but for those that the command has with a meaning of its
// own.
func (f *selectFlags) register(a *app, cmd *cobra.Command, own ...string) {
	fl := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.larger = -1
	fl.StringVar(&f.match, "match", "", "only keys that match this Redis glob")
	fl.StringArrayVar(&f.exclude, "exclude", nil, "no keys that match this glob (may be repeated)")
	fl.StringVar(&f.typ, "type", "", "only keys of this type, such as string, hash or zset")
	fl.BoolVar(&f.noTTL, "no-ttl", false, "only keys without expiry")
	fl.Var(&f.within, "expires-within", "only keys that expire within this time, such as 60s")
	fl.Var((*bytesValue)(&f.larger), "larger-than", "only keys that take more memory, such as 1MB")
	fl.Var(&f.idle, "idle", "only keys that were not used for this time, such as 1h")
	fl.StringVar(&f.function, "function", "", "only the results and the version of this memoized function")
	fl.StringVar(&f.framework, "framework", "", "only keys of this framework, such as django")
	fl.BoolVar(&f.stale, "stale", false, "only memoized results that no call can reach (proven)")
	fl.StringVar(&f.textInKey, "grep", "", "only keys whose decoded value has this text")
	fl.IntVar(&f.limit, "limit", 0, "at most this many keys")
	fl.Lookup("larger-than").DefValue = ""
	fl.VisitAll(func(flag *pflag.Flag) {
		if !slices.Contains(own, flag.Name) {
			cmd.Flags().AddFlag(flag)
		}
	})
	f.names.register(a, cmd)
	a.exclusive(cmd, "no-ttl", "expires-within")
}

// selection is which keys a command line means.
type selection struct {
	filter inspect.Filter
	names  [][]byte // the only keys, in their order; nil for all that fit
	limit  int
}

// given reports whether a flag says which keys.
func (f *selectFlags) given() bool {
	return f.match != "" || len(f.exclude) > 0 || f.typ != "" || f.noTTL || f.within > 0 || f.larger >= 0 || f.idle > 0 ||
		f.function != "" || f.framework != "" || f.stale || f.textInKey != ""
}

// selection reads the arguments: prefixes, or names, or - for names on the standard
// input.
func (a *app) selection(ctx context.Context, f *selectFlags, args []string) (*selection, error) {
	if err := checkType(f.typ); err != nil {
		return nil, err
	}
	if f.limit < 0 {
		return nil, usagef("--limit must not be negative")
	}
	s := &selection{limit: f.limit, filter: inspect.Filter{
		Match: f.match, Exclude: f.exclude, NoTTL: f.noTTL, ExpiresWithin: time.Duration(f.within), LargerThan: f.larger,
		Idle: time.Duration(f.idle), Function: f.function, Framework: f.framework, Stale: f.stale, Grep: f.textInKey, Proven: f.writes,
	}}
	if f.typ != "" {
		s.filter.Type = typeOf(f.typ)
	}
	var err error
	switch {
	case f.keys && len(args) > 0, slices.ContainsFunc(args, f.names.isStdin):
		a.used(scopeGroup)
		if !f.keys && len(args) > 1 {
			return nil, usagef("use only one of PREFIX and -")
		}
		if a.set.Changed("prefix") {
			return nil, usagef("use only one of --prefix and names of keys")
		}
		s.filter.WithMeta = true // a name that is not there does not count
		s.names, err = a.keyNames(ctx, f.names, args)
		return s, err
	case f.names.null && f.keys:
		return nil, usagef("-0 is about names on the standard input: add -")
	}
	s.filter.Prefixes, err = a.scopes(f.names, args)
	return s, err
}

// scopes returns the literal prefixes of the arguments, each within that of
// --prefix; none means every key.
func (a *app) scopes(f nameFlags, args []string) ([][]byte, error) {
	if len(args) == 0 {
		args = []string{""}
		f = nameFlags{}
	}
	var list [][]byte
	for _, arg := range args {
		one := []string{arg}
		if arg == "" {
			one = nil
		}
		prefix, err := a.scope(f, one)
		if err != nil {
			return nil, err
		}
		if len(prefix) == 0 {
			return nil, nil
		}
		list = append(list, prefix)
	}
	return list, nil
}

// selector prepares the selection on an open server. What the filter needs to know
// of other keys is found out first.
func (a *app) selector(ctx context.Context, c *inspect.Client, s *selection) (*inspect.Selector, error) {
	var apps *inspect.FlaskIndex
	if s.filter.NeedsIndex() {
		snap, err := a.listing(ctx, c, nil)
		if err != nil {
			return nil, err
		}
		if apps, err = a.analyze(ctx, c, snap); err != nil {
			return nil, err
		}
	}
	sel, err := c.NewSelector(s.filter, apps)
	if unknown, ok := errors.AsType[*inspect.FunctionError](err); ok {
		return nil, a.nothing(shown([]byte(unknown.Error())))
	}
	return sel, err
}

// each calls visit with the keys of the selection, a batch at a time, until there
// are no more or visit returns errEnough. It says what could not be checked, and
// how many values were searched.
func (a *app) each(ctx context.Context, c *inspect.Client, s *selection, p *progressLine, visit func([]inspect.Key) error) error {
	sel, err := a.selector(ctx, c, s)
	if err != nil {
		return err
	}
	sel.Progress = func(at inspect.Selected) { p.show("searched", int64(at.Searched), -1) }
	left := s.limit
	pick := func(names [][]byte) error {
		keys, err := sel.Pick(ctx, names)
		if err != nil {
			return err
		}
		enough := s.limit > 0 && len(keys) >= left
		if enough {
			keys = keys[:left]
		}
		left -= len(keys)
		if err := visit(keys); err != nil {
			return err
		}
		if enough {
			return errEnough
		}
		return nil
	}
	if s.names != nil {
		for batch := range slices.Chunk(s.names, inspect.MetaBatchSize) {
			if err = pick(batch); err != nil {
				break
			}
		}
		if errors.Is(err, errEnough) {
			err = nil
		}
	} else {
		err = eachPage(ctx, c, sel.Scan(), func(names [][]byte, at inspect.Progress) error {
			p.scanned(at)
			return pick(names)
		})
	}
	p.done()
	at := sel.Selected()
	if s.filter.Grep != "" {
		text := "searched " + human.Plural(at.Searched, "value")
		if at.Partly > 0 {
			text += "; of " + human.Count(at.Partly) + " only the beginning: they are large"
		}
		a.note("cacheview: %s\n", text)
	}
	if at.Unknown > 0 {
		a.note("cacheview: %s left out, for they could not be checked (%s)\n", human.Plural(at.Unknown, "key"), shown([]byte(at.Why)))
		if err == nil {
			err = errUnchecked
		}
	}
	return err
}

// errUnchecked is the outcome of a selection of which some keys are not known to
// belong to it. What was selected is dealt with.
var errUnchecked = errors.Join(errPartly)

// collect returns the names of the selected keys, each once. Its error is
// errUnchecked if there may be more.
func (a *app) collect(ctx context.Context, c *inspect.Client, s *selection) ([][]byte, error) {
	var names [][]byte
	p := a.progress()
	err := a.each(ctx, c, s, p, func(keys []inspect.Key) error {
		for _, k := range keys {
			names = append(names, k.Name)
		}
		return nil
	})
	return unique(names), err
}

// missingKey is the error of a command that is given neither names nor conditions.
func (a *app) missingKey(cmd *cobra.Command, f *selectFlags, args []string) error {
	if len(args) > 0 || f.given() || a.set.Changed("prefix") && a.flags.prefix != "" {
		return nil
	}
	return usagef("KEY is missing: %s %s", cmd.CommandPath(), strings.SplitN(cmd.Use, " ", 2)[1])
}

// noneSelected says that nothing fits.
func (a *app) noneSelected(s *selection) error {
	if s.names != nil || len(s.filter.Prefixes) == 0 {
		return a.nothing("no key matches")
	}
	return a.nothing("no key matches" + takenLiterally(s.filter.Prefixes...))
}

// describe says in words what is selected, of n keys.
func (s *selection) describe(n int) string {
	parts := []string{human.Plural(n, "key")}
	add := func(yes bool, text string) {
		if yes {
			parts = append(parts, text)
		}
	}
	f := &s.filter
	for _, p := range f.Prefixes {
		add(true, "prefix "+named(p))
	}
	add(f.Match != "", "glob "+shown([]byte(f.Match)))
	add(f.Type != keyspace.UnknownType, "type "+shown([]byte(f.Type.String())))
	add(f.NoTTL, "no expiry")
	add(f.ExpiresWithin > 0, "expires within "+f.ExpiresWithin.String())
	add(f.LargerThan >= 0, "larger than "+human.Size(f.LargerThan))
	add(f.Idle > 0, "idle "+f.Idle.String())
	add(f.Function != "", "function "+shown([]byte(f.Function)))
	add(f.Framework != "", "framework "+shown([]byte(f.Framework)))
	add(f.Stale, "stale")
	add(f.Grep != "", "value with "+shown([]byte(f.Grep)))
	for _, glob := range f.Exclude {
		add(true, "not "+shown([]byte(glob)))
	}
	return strings.Join(parts, ", ")
}
