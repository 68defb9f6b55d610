package inspect_test

import (
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestHugeStringWithoutMemoryUsage has a user who may not ask how large a key is:
// its length tells, and it is not dumped in one answer.
func TestHugeStringWithoutMemoryUsage(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	w.Do("SETRANGE", "huge", itoa(65<<20), "x")
	w.Do("RPUSH", "list", "a", "b")
	c := restricted(t, srv, "~*", "&*", "+@all", "-memory")
	p := plan(t, c, inspect.Selection{Glob: "*"})
	if p.TooLarge != 1 || p.TooLargeBytes != 65<<20+1 {
		t.Errorf("%d keys are too large, %d bytes", p.TooLarge, p.TooLargeBytes)
	}
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
	if err != nil || report.Deleted != 1 || report.NotCopied != 1 || w.Int("EXISTS", "huge") != 1 || srv.Calls("dump") > 4 { // of the list: by the probes, the copy and the delete
		t.Errorf("%+v, %v, %d dumps", brief(report), err, srv.Calls("dump"))
	}
	if r, err := c.Undo(lasting(), report.Undo, inspect.UndoOptions{}); err != nil || r.Restored != 1 || w.Int("LLEN", "list") != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}
