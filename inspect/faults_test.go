package inspect_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// audit compares what a delete said with what it did to keys that nobody else
// touched and that do not expire during the test.
func audit(t *testing.T, before, after map[string]string, r inspect.DeleteReport, err error) {
	t.Helper()
	gone := 0
	for name, was := range before {
		switch is, there := after[name]; {
		case !there:
			gone++
		case is != was:
			t.Errorf("%q was %q and is %q", name, was, is)
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			t.Errorf("%q is new", name)
		}
	}
	if said := r.Deleted + r.Expired + r.Gone; said > gone || said+r.OutcomeUnknown < gone {
		t.Errorf("%d keys are gone, and the report is %+v", gone, brief(r))
	}
	if r.OutcomeUnknown > r.Failed {
		t.Errorf("more unknown than failed: %+v", brief(r))
	}
	sum := r.Deleted + r.Expired + r.Gone + r.Changed + r.NotCopied + r.Failed
	if sum > r.Planned || sum < r.Planned && err == nil && !r.Stopped {
		t.Errorf("%d of %d keys are told of, and there is no error", sum, r.Planned)
	}
	if err == nil && r.Failed > 0 && len(r.Errors) == 0 {
		t.Error("keys failed and nothing says why")
	}
}

// brief is a report without its hundred errors.
func brief(r inspect.DeleteReport) inspect.DeleteReport {
	r.Uncopied = nil
	if len(r.Errors) > 1 {
		r.Errors = r.Errors[:1]
	}
	return r
}

// restored undoes a delete on a healthy connection, and wants every key back.
func restored(t *testing.T, srv *inspecttest.Server, dir, id string, before map[string]string) {
	t.Helper()
	c := open(t, inspect.Config{URL: srv.URL(0), StateDir: dir})
	if id != "" {
		// A user without INFO cannot tell which server it is.
		report, err := c.Undo(t.Context(), id, inspect.UndoOptions{Anyway: true})
		if err != nil || report.Failed != 0 {
			t.Errorf("undo: %+v, %v", report, err)
		}
	}
	if diff := cmp.Diff(before, state(srv, 0)); diff != "" {
		t.Errorf("after the undo: %.2000s", diff)
	}
}

// openShort opens a client through a proxy that does not wait long, which the
// caller closes.
func openShort(t *testing.T, addr, dir string) *inspect.Client {
	t.Helper()
	leaks(t)
	c, err := inspect.Open(t.Context(), inspect.Config{
		URL: "redis://" + addr, StateDir: dir, Timeout: 2 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sameKeys(t *testing.T, before, after map[string]string) {
	t.Helper()
	if !maps.Equal(before, after) {
		t.Error(cmp.Diff(before, after))
	}
}
