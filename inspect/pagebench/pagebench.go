// Package pagebench measures what a cache does for a page: it asks for the page
// while its entries are not there, and again while they are, and says which
// keys appeared in between.
//
// It only ever sends GET, one at a time and at a bounded rate, and only to this
// machine unless it is told that another is meant. It deletes nothing itself:
// whoever calls decides what may be forgotten, and does it.
package pagebench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"cacheview/inspect"
)

// Limits of what may be asked for.
const (
	MaxRequests = 1000
	MaxRate     = 50.0 // requests a second
)

// ErrRemote is returned for a URL, or a redirect, that leads to another machine
// without Options.Remote.
var ErrRemote = errors.New("the page is not on this machine: pass --remote to allow that")

// StatusError is returned when the page answers with an error.
type StatusError struct {
	URL    string
	Status string
}

// Error names the page and its answer.
func (e *StatusError) Error() string { return fmt.Sprintf("%s answers %s", e.URL, e.Status) }

// Store is the cache behind the page.
type Store interface {
	// Names returns the names of all keys, sorted.
	Names(ctx context.Context) ([][]byte, error)
	// Look returns what is known of keys.
	Look(ctx context.Context, names [][]byte) ([]inspect.Key, error)
	// Forget deletes keys so that the next request is cold. It reports false
	// when that is not wanted; then there are no more cold requests.
	Forget(ctx context.Context, names [][]byte) (bool, error)
}

// Options say what is measured.
type Options struct {
	URL  string
	Cold int // requests with the entries gone, at least 1
	Warm int // requests with the entries there
	Rate float64
	// Remote allows a page on another machine.
	Remote bool
	// Keys are forgotten before the first request. Without them the first is
	// cold only if the page was not cached yet.
	Keys [][]byte
	// Timeout is for one request; 0 means a minute.
	Timeout time.Duration
	// Progress may be nil; it is called after each request.
	Progress func(done, total int)
}

// Key is an entry that appeared while the page was made.
type Key struct {
	inspect.Key
	Times int // cold requests after which it was there anew
}

// Result is what was measured.
type Result struct {
	Cold, Warm Times
	Keys       []Key
	// Cached is true when the first request made no key appear: the page was
	// in the cache already, or is never put there. Then Cold is empty.
	Cached bool
}

// Check returns a *url.Error, ErrRemote, or what else is wrong with the options.
func (o Options) Check() error {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return errors.New("the URL of the page cannot be parsed")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return errors.New("the page is a URL such as http://127.0.0.1:5000/")
	case !o.Remote && !local(u.Hostname()):
		return fmt.Errorf("%s is %w", u.Hostname(), ErrRemote)
	case o.Cold < 1 || o.Warm < 1 || o.Cold+o.Warm > MaxRequests:
		return fmt.Errorf("between 1 and %d requests", MaxRequests)
	case o.Rate <= 0 || o.Rate > MaxRate:
		return fmt.Errorf("the rate is more than 0 and at most %.0f requests a second", MaxRate)
	}
	return nil
}

// Run measures a page: first cold, then warm, then cold again as often as is
// wanted and allowed.
func Run(ctx context.Context, opt Options, store Store) (*Result, error) {
	if err := opt.Check(); err != nil {
		return nil, err
	}
	b := &bench{opt: opt, store: store, browser: newBrowser(opt), seen: map[string]int{}}
	defer b.browser.close()
	if err := b.first(ctx); err != nil {
		return nil, err
	}
	for range opt.Warm {
		took, err := b.ask(ctx)
		if err != nil {
			return nil, err
		}
		b.result.Warm = append(b.result.Warm, took)
	}
	if err := b.more(ctx); err != nil {
		return nil, err
	}
	return &b.result, b.describe(ctx)
}

// bench is a measurement under way.
type bench struct {
	opt     Options
	store   Store
	browser *browser
	result  Result
	entries [][]byte       // what is forgotten for a cold request
	seen    map[string]int // how often a key appeared
	done    int
}

func (b *bench) ask(ctx context.Context) (time.Duration, error) {
	took, err := b.browser.get(ctx)
	if err == nil && b.opt.Progress != nil {
		b.done++
		b.opt.Progress(b.done, b.opt.Cold+b.opt.Warm)
	}
	return took, err
}

// first asks for the first time, and finds the entries of the page.
func (b *bench) first(ctx context.Context) error {
	b.entries = b.opt.Keys
	forgotten := false
	if len(b.entries) > 0 {
		var err error
		if forgotten, err = b.store.Forget(ctx, b.entries); err != nil {
			return err
		}
	}
	took, appeared, err := b.watched(ctx)
	if err != nil {
		return err
	}
	if len(appeared) == 0 && !forgotten {
		b.result.Cached = true
		return nil
	}
	b.result.Cold = append(b.result.Cold, took)
	if len(b.entries) == 0 {
		b.entries = appeared
	}
	return nil
}

// more makes the other cold requests. Only the entries of the first are ever
// forgotten, whatever appears later.
func (b *bench) more(ctx context.Context) error {
	for len(b.result.Cold) > 0 && len(b.result.Cold) < b.opt.Cold {
		ok, err := b.store.Forget(ctx, b.entries)
		if err != nil || !ok {
			return err
		}
		took, _, err := b.watched(ctx)
		if err != nil {
			return err
		}
		b.result.Cold = append(b.result.Cold, took)
	}
	return nil
}

// watched asks once and returns which keys appeared meanwhile.
func (b *bench) watched(ctx context.Context) (time.Duration, [][]byte, error) {
	before, err := b.store.Names(ctx)
	if err != nil {
		return 0, nil, err
	}
	took, err := b.ask(ctx)
	if err != nil {
		return 0, nil, err
	}
	after, err := b.store.Names(ctx)
	if err != nil {
		return 0, nil, err
	}
	var appeared [][]byte
	for _, n := range after {
		if _, there := slices.BinarySearchFunc(before, n, bytes.Compare); !there {
			appeared = append(appeared, n)
			b.seen[string(n)]++
		}
	}
	return took, appeared, nil
}

// describe looks at the keys that appeared.
func (b *bench) describe(ctx context.Context) error {
	var names [][]byte
	for n := range b.seen {
		names = append(names, []byte(n))
	}
	slices.SortFunc(names, bytes.Compare)
	keys, err := b.store.Look(ctx, names)
	if err != nil {
		return err
	}
	for _, k := range keys {
		b.result.Keys = append(b.result.Keys, Key{k, b.seen[string(k.Name)]})
	}
	slices.SortStableFunc(b.result.Keys, func(x, y Key) int { return y.Times - x.Times })
	return nil
}
