package inspect_test

import (
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// TestPlanTellsWhatItLeavesBehind plans to delete versions by every kind of
// selection, compares what the plan tells with the orphans that there really
// are after the delete, and undoes it.
func TestPlanTellsWhatItLeavesBehind(t *testing.T) {
	t.Parallel()
	const (
		square = "flask_cache_app.square_memver"
		total  = "flask_cache___main__.Basket.total_memver"
		seven  = "flask_cache___main__.Basket.total.<Basket 7>_memver"
	)
	keys := func(names ...string) (sel inspect.Selection) {
		for _, n := range names {
			sel.Keys = append(sel.Keys, []byte(n))
		}
		return sel
	}
	contract(t, func(t *testing.T, on target) {
		fillFlask(on.w)
		// An entry by another app's prefix with the same version is not meant.
		on.w.Do("SET", "elsewhere_"+square4+"AAAAAA", "nobody's")
		c := open(t, inspect.Config{URL: on.url})
		older := flaskOf(t, c)
		before, _ := older.StaleTotals()
		for _, tt := range []struct {
			name string
			sel  inspect.Selection
			left int
		}{
			{"a function", keys(square), 2},
			{"a method", keys(total), 2},
			{"a method for one object", keys(seven), 1},
			{"a method and an object of it", keys(total, seven), 2},
			{"two functions", keys(square, total), 4},
			{"a function and one of its results", keys(square, "flask_cache_"+square4+"AAAAAA"), 1},
			{"a prefix", inspect.Selection{Prefix: []byte("flask_cache_app.")}, 2},
			{"a prefix with all results", inspect.Selection{Prefix: []byte("flask_cache_")}, 0},
			{"a glob", inspect.Selection{Glob: "*_memver"}, 4},
			{"no version", keys("other", "flask_cache_"+square4+"AAAAAA"), 0},
		} {
			t.Run(tt.name, func(t *testing.T) {
				for _, listed := range []*keyspace.Snapshot{nil, indexOf(t, c).Snapshot()} {
					tt.sel.Snapshot = listed
					p, err := c.Plan(t.Context(), tt.sel, nil)
					if err != nil {
						t.Fatal(err)
					}
					if p.StaleEntries != tt.left || (p.StaleBytes > 0) != (tt.left > 0) {
						t.Errorf("listed %v: %d results of %d bytes stay behind, want %d", listed != nil, p.StaleEntries, p.StaleBytes, tt.left)
					}
					r, err := c.Delete(t.Context(), p, inspect.DeleteOptions{})
					if err != nil || r.Deleted != len(p.Keys) {
						t.Fatalf("%+v, %v", r, err)
					}
					if tt.name != "a prefix with all results" {
						f := flaskOf(t, c)
						f.Adopt(older)
						if s, _ := f.StaleTotals(); s.Keys-before.Keys != tt.left {
							t.Errorf("%d results became stale, the plan said %d", s.Keys-before.Keys, tt.left)
						}
					}
					if u, err := c.Undo(t.Context(), r.Undo, inspect.UndoOptions{}); err != nil || u.Restored != r.Deleted {
						t.Fatalf("%+v, %v", u, err)
					}
				}
			})
		}
	})
}

// TestPlanOfOrdinaryKeysListsNothing counts the scans of the server.
func TestPlanOfOrdinaryKeysListsNothing(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	fillFlask(w)
	c := open(t, inspect.Config{URL: s.URL(0)})
	w.Do("CONFIG", "RESETSTAT")
	if _, err := c.Plan(t.Context(), inspect.Selection{Keys: [][]byte{[]byte("other")}}, nil); err != nil {
		t.Fatal(err)
	}
	if stats := w.Text("INFO", "commandstats"); strings.Contains(stats, "cmdstat_scan:") {
		t.Errorf("a plan without a version scanned:\n%s", stats)
	}
}
