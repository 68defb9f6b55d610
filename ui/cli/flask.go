package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"cacheview/decode"
	"cacheview/decode/flaskcaching"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// flask lists all keys and finds the apps among them that use Flask-Caching.
func (a *app) flask(ctx context.Context, c *inspect.Client) (*inspect.FlaskIndex, error) {
	idx := keyspace.New(0)
	p := a.progress()
	defer p.done()
	for scan := c.NewScan(idx, inspect.ScanOptions{}); ; {
		page, err := scan.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		p.scanned(page.Progress)
	}
	return c.Flask(ctx, idx.Snapshot(), nil)
}

// analyze finds the apps and guesses the arguments of their results for a short
// time: a call that is known tells whether a result is stale.
func (a *app) analyze(ctx context.Context, c *inspect.Client, snap *keyspace.Snapshot) (*inspect.FlaskIndex, error) {
	f, err := c.Flask(ctx, snap, nil)
	if err != nil {
		return nil, err
	}
	return f, a.guess(ctx, c, f)
}

// calls finds the calls behind all keys.
func (a *app) calls(ctx context.Context, c *inspect.Client) (*inspect.Calls, error) {
	f, err := a.flask(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := a.guess(ctx, c, f); err != nil {
		return nil, err
	}
	return c.Calls(ctx, f)
}

func (a *app) guess(ctx context.Context, c *inspect.Client, f *inspect.FlaskIndex) error {
	brief, cancel := context.WithTimeout(ctx, guessTime)
	defer cancel()
	_, err := c.Guess(brief, f)
	return err
}

// explainFlask explains a key with all that the other keys tell of it.
func (a *app) explainFlask(ctx context.Context, c *inspect.Client, f *inspect.FlaskIndex, name []byte, words []string) (inspect.Explanation, error) {
	brief, cancel := context.WithTimeout(ctx, guessTime)
	defer cancel()
	if _, _, err := c.GuessOne(brief, f, name, words...); err != nil {
		return inspect.Explanation{}, err
	}
	x, err := c.Explain(ctx, name, f)
	if err != nil || !x.Possible {
		return x, err
	}
	// Other results may show whose version it was.
	if err := a.guess(ctx, c, f); err != nil {
		return x, err
	}
	return c.Explain(ctx, name, f)
}

// find writes the keys that a call or a request would have.
func (a *app) find(ctx context.Context, c *inspect.Client, f explainFlags) error {
	_, err := flaskcaching.ParseInput(f.find)
	if err != nil && !inspect.IsForeignCall(f.find) {
		return usagef("--find: %v", err)
	}
	calls := err == nil // it may be one of Flask-Caching
	snap, err := a.listing(ctx, c, nil)
	if err != nil {
		return err
	}
	w := a.data()
	others, err := a.findOthers(ctx, c, snap, w, f)
	if err != nil {
		return err
	}
	if !calls {
		if err := w.Flush(); err != nil || others {
			return err
		}
		return a.nothing("No key of this page or call was found")
	}
	apps, err := c.Flask(ctx, snap, nil)
	if err != nil {
		return err
	}
	found, err := apps.FindAll(f.find)
	if err == nil && !found.Exists() {
		// Other calls of the function show what its defaults are.
		if err := a.guess(ctx, c, apps); err != nil {
			return err
		}
		found, err = apps.FindAll(f.find)
	}
	if err != nil {
		return usagef("--find: %v", err)
	}
	for _, k := range found.List {
		if f.json {
			_, err = w.Write(candidate(k))
		} else {
			_, err = fmt.Fprintf(w, "%-9s %s\n          %s, %s\n", presence(k), named(k.Key), decode.Printable(k.Call), decode.Printable(k.Rule))
		}
		if err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if !found.Exists() && !others {
		return a.notFound(apps, found)
	}
	return nil
}

// resultsShown limits the results of a function that are offered instead.
const resultsShown = 10

// notFound says what was tried, and offers the live results of the function.
func (a *app) notFound(apps *inspect.FlaskIndex, found inspect.FoundCall) error {
	for i, key := range found.Results {
		if i == 0 {
			a.note("Live results of the function:\n")
		}
		if i == resultsShown {
			a.note("  and %d more\n", len(found.Results)-i)
			break
		}
		a.note("  %s  %s\n", decode.Printable(apps.Display(key)), shown(key))
	}
	return a.nothing("No key was found, which does not prove that the call is not cached.\nTried: " + found.Tried +
		".\nIf the function has more parameters with defaults, name them all")
}

func presence(k inspect.Candidate) string {
	switch {
	case k.Stale:
		return "stale"
	case k.Exists && k.Other:
		return "similar"
	case k.Exists:
		return "there"
	}
	return "not found"
}

func candidate(k inspect.Candidate) []byte {
	var o object
	o.key("key", k.Key)
	o.bool("exists", k.Exists)
	o.bool("stale", k.Stale)
	o.bool("certain", k.Certain)
	o.bool("did_you_mean", k.Other)
	o.text("call", k.Call)
	o.text("rule", k.Rule)
	return o.line()
}

// clearFlask carries out clear --function and clear --orphans.
func (a *app) clearFlask(ctx context.Context, f clearFlags) error {
	err := a.destroy(ctx, f.deleteFlags, false, func(ctx context.Context, c *inspect.Client) (*inspect.Plan, error) {
		return a.planFlask(ctx, c, f)
	})
	if unknown, ok := errors.AsType[*inspect.FunctionError](err); ok {
		return a.nothing(decode.Printable(unknown.Error()) + "; nothing was deleted")
	}
	return err
}

func (a *app) planFlask(ctx context.Context, c *inspect.Client, f clearFlags) (*inspect.Plan, error) {
	apps, err := a.flask(ctx, c)
	if err != nil {
		return nil, err
	}
	if f.function != "" {
		return c.PlanInvalidation(ctx, apps, f.function, f.entries)
	}
	if err := a.guess(ctx, c, apps); err != nil {
		return nil, err
	}
	p := a.progress()
	defer p.done()
	return c.PlanStale(ctx, apps, func(at inspect.Progress) { p.show("scanned again", at.Visited, at.Total) })
}
