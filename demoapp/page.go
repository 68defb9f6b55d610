package demoapp

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed page.html
var pageHTML string

// visit is one answer, for the list on the page.
type visit struct {
	Path   string
	Origin Origin
	Key    string
	Took   time.Duration
	At     time.Time
}

// Millis is the time it took, for people.
func (v visit) Millis() string {
	if v.Took >= 100*time.Millisecond {
		return fmt.Sprintf("%.2f s", v.Took.Seconds())
	}
	return fmt.Sprintf("%.1f ms", float64(v.Took.Microseconds())/1000)
}

// historySize is how many answers the page lists.
const historySize = 10

// history holds the last answers, newest first.
type history struct {
	mu     sync.Mutex
	visits []visit
}

func (h *history) add(v visit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.visits = slices.Insert(h.visits, 0, v)
	h.visits = h.visits[:min(len(h.visits), historySize)]
}

func (h *history) list() []visit {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.visits)
}

// page is what page.html shows.
type page struct {
	Text    string
	Path    string
	Last    *visit // nil when nothing was asked of the cache
	Error   string
	History []visit
	Layout  Layout
}

// write sends an answer: a page to a browser, else a line of text.
func (a *App) write(w http.ResponseWriter, r *http.Request, text string, ans *Result, took time.Duration) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, text)
		return
	}
	p := page{Text: text, Path: r.URL.Path, History: a.history.list(), Layout: a.cfg.Layout}
	if ans != nil {
		p.Last = &visit{Path: r.URL.Path, Origin: ans.Origin, Key: ans.Key, Took: took}
		if ans.Err != nil {
			p.Error = ans.Err.Error()
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
	tmpl, err := template.New("page").Parse(pageHTML)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = tmpl.Execute(w, p) // the browser went away: there is nobody to tell
}
