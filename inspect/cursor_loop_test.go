package inspect

import (
	"errors"
	"testing"
)

func TestLoopDetector_FindsCycles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tail, cycle int }{{0, 1}, {0, 2}, {3, 1}, {5, 7}, {100, 33}, {1000, 512}} {
		var d loopDetector
		at, pages := 1, 0
		for ; pages < 10_000; pages++ {
			if err := d.page(uint64(at), 10, 0, 10); err != nil {
				if !errors.Is(err, ErrCursorLoop) {
					t.Fatal(err)
				}
				break
			}
			if at++; at > c.tail+c.cycle {
				at = c.tail + 1
			}
		}
		if pages >= 4*(c.tail+c.cycle)+2 {
			t.Errorf("tail %d, cycle %d: %d pages", c.tail, c.cycle, pages)
		}
	}
}

func TestLoopDetector_LetsScansEnd(t *testing.T) {
	t.Parallel()
	var d loopDetector
	for i := range 1_000_000 { // a sparse table: pages without a name
		if err := d.page(uint64(i+1), 0, 0, 10); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 { // the same cursor, and a new name each time
		if err := d.page(17, 10, 1, i); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.page(0, 10, 0, 10); err != nil {
		t.Fatal(err)
	}
}

func TestLoopDetector_FindsRepeatedNames(t *testing.T) {
	t.Parallel()
	var d loopDetector
	for i := range 100_000 {
		if err := d.page(uint64(i+1), 10, 0, 10); err != nil {
			return
		}
	}
	t.Error("a million repeated names are not noticed")
}
