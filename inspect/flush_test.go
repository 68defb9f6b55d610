package inspect_test

import (
	"fmt"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestFlush_OnlyWhenAskedFor deletes a whole database with every combination of
// the options while another client adds a key: FLUSHDB, which takes that key,
// too, is run for one of them only, and never over protected keys.
func TestFlush_OnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		changed, noUndo, protected, flushes bool
	}{
		{false, false, false, false},
		{true, false, false, false},
		{false, true, false, false},
		{true, true, false, true},
		{true, true, true, false},
	} {
		t.Run(fmt.Sprintf("changed=%v noUndo=%v protected=%v", tt.changed, tt.noUndo, tt.protected), func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			w := srv.Dial(0)
			w.Do("MSET", "a", "x", "b", "x")
			cfg := inspect.Config{URL: srv.URL(0)}
			if tt.protected {
				cfg.Protected = []string{"other:"}
			}
			c := open(t, cfg)
			p := plan(t, c, inspect.Selection{All: true})
			w.Do("SET", "new", "x")
			report, err := c.Delete(lasting(), p, inspect.DeleteOptions{Confirmed: "db0", IncludeChanged: tt.changed, NoUndo: tt.noUndo})
			if err != nil {
				t.Fatal(err)
			}
			if got := srv.Calls("flushdb") > 0; got != tt.flushes {
				t.Errorf("FLUSHDB was run: %v", got)
			}
			if got := w.Int("EXISTS", "new") == 0; got != tt.flushes {
				t.Errorf("the key that was not planned is gone: %v", got)
			}
			if w.Int("EXISTS", "a", "b") != 0 {
				t.Error("a planned key is left")
			}
			if (report.Undo == "") != tt.noUndo {
				t.Errorf("the journal is %q", report.Undo)
			}
		})
	}
}
