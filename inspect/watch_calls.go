package inspect

import (
	"context"
	"errors"
	"io"
	"time"

	"cacheview/inspect/flask"
	"cacheview/inspect/keyspace"
)

// CallWatch tells which calls are behind the keys of events. All keys are listed
// when the first event needs it. Functions that come later are looked up when
// their version keys are written.
type CallWatch struct {
	c     *Client
	idx   *keyspace.Index // nil until it was needed
	f     *FlaskIndex
	calls *Calls
	tried map[string]bool // results whose call was not found
	next  time.Time       // when the functions may be looked up again
}

const (
	callsRest  = 20 // times as long as the last lookup took, to the next
	callsGuess = 500 * time.Millisecond
	callsTried = 100_000
)

// NewCallWatch returns a CallWatch of a client.
func NewCallWatch(c *Client) *CallWatch { return &CallWatch{c: c, tried: map[string]bool{}} }

// Of returns what is known of the call behind the key of each event.
func (w *CallWatch) Of(ctx context.Context, events []Event) ([]CallInfo, error) {
	infos := make([]CallInfo, len(events))
	needed, versions := false, false
	for i, e := range events {
		infos[i].Expiry = keyspace.UnknownExpiry
		needed = needed || NeedsCalls(e.Key.Name)
		versions = versions || flask.IsVersionName(e.Key.Name)
	}
	if !needed {
		return infos, nil
	}
	if err := w.learn(ctx, events, versions); err != nil {
		return nil, err
	}
	for i, e := range events {
		if NeedsCalls(e.Key.Name) {
			expiry := keyspace.UnknownExpiry
			if e.Key.Exists {
				expiry = e.Key.Meta.Expiry
			}
			infos[i] = w.calls.Of(e.Key.Name, expiry)
		}
	}
	return infos, nil
}

// learn brings what is known of the functions up to date, and guesses the calls
// of new results.
func (w *CallWatch) learn(ctx context.Context, events []Event, versions bool) error {
	if w.idx == nil {
		idx := keyspace.New(0)
		for scan := w.c.NewScan(idx, ScanOptions{}); ; {
			_, err := scan.Next(ctx)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
		}
		w.idx, versions = idx, true
	}
	for _, e := range events {
		id, ok := w.idx.Lookup(e.Key.Name)
		switch {
		case e.Key.Exists && !ok && NeedsCalls(e.Key.Name):
			w.idx.Add(e.Key.Name)
		case !e.Key.Exists && ok:
			w.idx.Remove(id)
		}
	}
	if start := time.Now(); versions && start.After(w.next) {
		f, err := w.c.Flask(ctx, w.idx.Snapshot(), nil)
		if err != nil {
			return err
		}
		f.Adopt(w.f)
		if w.calls, err = w.c.Calls(ctx, f); err != nil {
			return err
		}
		w.f = f
		w.next = time.Now().Add(callsRest * time.Since(start))
	}
	return w.guess(ctx, events)
}

// guess looks for the calls of results that were not looked for before.
func (w *CallWatch) guess(ctx context.Context, events []Event) error {
	var keys [][]byte
	for _, e := range events {
		name := e.Key.Name
		if _, known := w.f.Call(name); known || w.tried[string(name)] || !flask.IsResultName(name) {
			continue
		}
		if entry, ok := w.f.Entry(name); ok && entry.Owner.Function != "" && len(w.tried) < callsTried {
			w.tried[string(name)] = true
			keys = append(keys, name)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	brief, cancel := context.WithTimeout(ctx, callsGuess)
	defer cancel()
	return flask.GuessKeys(brief, w.c, w.f, keys)
}
