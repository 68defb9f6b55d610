package inspect_test

import (
	"fmt"
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/journal"
)

// keepBusy runs a script until endBusy.
func keepBusy(srv *inspecttest.Server, w *inspecttest.Wire) {
	script := srv.Dial(0)
	script.Send("EVAL", "while true do end", "0")
	script.Flush()
	for fmt.Sprint(w.Do("PING")) == "PONG" {
	}
}

func endBusy(w *inspecttest.Wire) {
	w.Do("SCRIPT", "KILL")
	for fmt.Sprint(w.Do("PING")) != "PONG" {
	}
}

// TestJournals_BusyServer lists the journals while a script keeps the server
// busy.
func TestJournals_BusyServer(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t, "--busy-reply-threshold", "100")
	w := srv.Dial(0)
	w.Do("SET", "k", "v")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	id := remove(t, c, inspect.Selection{Glob: "*"}).Undo
	keepBusy(srv, w)
	list, err := c.Journals(lasting())
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].Match != journal.Same {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := c.Undo(lasting(), id, inspect.UndoOptions{}); err == nil || !strings.Contains(err.Error(), "SCRIPT KILL") {
		t.Errorf("undo: %v", err)
	}
	endBusy(w)
	if report, err := c.Undo(lasting(), id, inspect.UndoOptions{}); err != nil || report.Restored != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestOpen_BusyServer opens a session while a script keeps the server busy: the
// error says so, and INFO is not taken for missing.
func TestOpen_BusyServer(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t, "--busy-reply-threshold", "100")
	w := srv.Dial(0)
	keepBusy(srv, w)
	c, err := inspect.Open(lasting(), inspect.Config{URL: srv.URL(0)})
	if err == nil {
		_ = c.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "SCRIPT KILL") || !strings.Contains(err.Error(), "try again") {
		t.Errorf("%v", err)
	}
	endBusy(w)
	for _, m := range open(t, inspect.Config{URL: srv.URL(0)}).Server().Missing {
		if m.Command == "INFO" {
			t.Error("INFO is taken for missing")
		}
	}
}
