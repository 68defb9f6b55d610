package human

import (
	"slices"
	"testing"

	"cacheview/inspect"
)

func TestMasters(t *testing.T) {
	node := func(scanned, total int64, done bool) inspect.NodeProgress {
		return inspect.NodeProgress{Scanned: scanned, Total: total, Done: done}
	}
	three := []inspect.NodeProgress{node(40, 100, false), node(0, 0, true), node(205, 500, false)}
	for _, tt := range []struct {
		want  string
		nodes []inspect.NodeProgress
	}{
		{"", nil},
		{"", []inspect.NodeProgress{node(1, 2, false)}},
		{"", []inspect.NodeProgress{node(1, 2, false), node(1, -1, false)}},
		{"3 masters: 40% 100% 41%", three},
		{"2 masters: 99% 0%", []inspect.NodeProgress{node(120, 100, false), node(0, 0, false)}},
		{"2 masters: 100% 100%", []inspect.NodeProgress{node(90, 100, true), node(100, 100, true)}},
		{"9 masters: 40% to 100%", slices.Concat(three, three, three)},
	} {
		if got := ScanProgress(tt.nodes); got != tt.want {
			t.Errorf("%q, not %q", got, tt.want)
		}
	}
}
