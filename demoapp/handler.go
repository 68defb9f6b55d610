package demoapp

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// maxDigits bounds the number in /square/<n>, and with it the key.
const maxDigits = 40

// errClosed ends work that is under way when the app closes.
var errClosed = errors.New("the demo app is closing")

// Handler returns the routes of the app:
//
//	/                       a page that shows what to try, around a cached part
//	/home                   the cached part alone: 30 s, "homepage"
//	/square/<n>             a slow function, memoized for 60 s
//	/clear-cache            forgets everything the app cached
//	/delete-homepage-cache  forgets the home page
//
// Every answer says in its headers whether it came from the cache (X-Cache),
// under which key (X-Cache-Key) and how long it took (X-Cache-Ms). A browser
// gets a page, any other client a line of text.
func (a *App) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.index)
	mux.HandleFunc("GET /home", a.home)
	mux.HandleFunc("GET /square/{n}", a.square)
	mux.HandleFunc("GET /clear-cache", a.clear)
	mux.HandleFunc("GET /delete-homepage-cache", a.deleteHome)
	return mux
}

func (a *App) index(w http.ResponseWriter, r *http.Request) {
	a.answer(w, r, a.homePart)
}

func (a *App) home(w http.ResponseWriter, r *http.Request) {
	r.Header.Set("Accept", "text/plain")
	a.answer(w, r, a.homePart)
}

// homePart is what the home page caches.
func (a *App) homePart(ctx context.Context) (Result, error) {
	return a.cache.Cached(ctx, homeName, homeTimeout, func(ctx context.Context) (value.Value, error) {
		if err := a.work(a.cfg.Work / 4); err != nil {
			return value.Nil, err
		}
		return text("Landing page rendered at %s", a.cfg.Now().Format(time.TimeOnly)), nil
	})
}

func (a *App) square(w http.ResponseWriter, r *http.Request) {
	s := r.PathValue("n")
	n, ok := new(big.Int).SetString(s, 10)
	if !ok || len(s) > maxDigits || s[0] == '+' {
		http.Error(w, fmt.Sprintf("/square/ wants a whole number of at most %d digits", maxDigits), http.StatusNotFound)
		return
	}
	a.answer(w, r, func(ctx context.Context) (Result, error) { return a.squareOf(ctx, n) })
}

// squareOf is the slow function.
func (a *App) squareOf(ctx context.Context, n *big.Int) (Result, error) {
	call := flaskcaching.Call{Args: []value.Value{value.NewBigInt(n.String())}}
	return a.cache.Memoize(ctx, square(), call, squareTimeout, func(context.Context) (value.Value, error) {
		if err := a.work(a.cfg.Work); err != nil {
			return value.Nil, err
		}
		return text("Square of %s is %s", n, new(big.Int).Mul(n, n)), nil
	})
}

// work pretends to work.
func (a *App) work(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-a.done:
		return errClosed
	}
}

// answer runs get and writes what it returns.
func (a *App) answer(w http.ResponseWriter, r *http.Request, get func(context.Context) (Result, error)) {
	start := a.cfg.Now()
	ans, err := get(r.Context())
	took := a.cfg.Now().Sub(start)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	h := w.Header()
	ms := strconv.FormatFloat(float64(took.Microseconds())/1000, 'f', 3, 64)
	h.Set("X-Cache", strings.ToUpper(string(ans.Origin)))
	h.Set("X-Cache-Key", ans.Key)
	h.Set("X-Cache-Ms", ms)
	h.Set("Server-Timing", fmt.Sprintf("cache;desc=%q;dur=%s", ans.Origin, ms))
	if ans.Err != nil {
		h.Set("X-Cache-Error", oneLine(ans.Err))
	}
	a.history.add(visit{Path: r.URL.EscapedPath(), Origin: ans.Origin, Key: ans.Key, Took: took, At: start})
	a.write(w, r, shown(ans.Value), &ans, took)
}

func (a *App) clear(w http.ResponseWriter, r *http.Request) {
	n, err := a.cache.Clear(r.Context())
	a.told(w, r, fmt.Sprintf("Cache cleared: %d keys deleted", n), err)
}

func (a *App) deleteHome(w http.ResponseWriter, r *http.Request) {
	was, err := a.cache.Delete(r.Context(), homeName)
	msg := "Homepage cache deleted"
	if !was {
		msg = "Homepage cache deleted (it was not in the cache)"
	}
	a.told(w, r, msg, err)
}

// told answers a request that deletes.
func (a *App) told(w http.ResponseWriter, r *http.Request, msg string, err error) {
	if err != nil {
		w.Header().Set("X-Cache-Error", oneLine(err))
		http.Error(w, "Redis does not answer: "+oneLine(err), http.StatusServiceUnavailable)
		return
	}
	a.write(w, r, msg, nil, 0)
}

// shown is a cached value as text: a str as it is, anything else as Python
// prints it.
func shown(v value.Value) string {
	if v.Kind() == value.Text && v.Tag() == "" {
		return v.Text()
	}
	repr, err := flaskcaching.PyRepr(v)
	if err != nil {
		return err.Error()
	}
	return repr
}

// oneLine is an error as a header may hold it.
func oneLine(err error) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return ' '
		}
		return c
	}, err.Error())
}
