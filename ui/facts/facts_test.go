package facts

import (
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
)

// TestPersistence_NeverSaved has a server that reports its start as the time of its
// last snapshot, as Redis does until it makes one.
func TestPersistence_NeverSaved(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	for name, tt := range map[string]struct {
		saved, uptime time.Duration // ago
		want          string
	}{
		"never saved":    {time.Hour, time.Hour, "no snapshot since the start, 3 changes since"},
		"clocks differ":  {time.Hour - time.Second, time.Hour, "no snapshot since the start"},
		"saved":          {time.Minute, time.Hour, "snapshot 60s ago, 3 changes since"},
		"uptime unknown": {time.Minute, 0, "snapshot 60s ago"},
	} {
		if got := persistence(inspect.Info{At: now, LastSave: now.Add(-tt.saved), Uptime: tt.uptime, Unsaved: 3}); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
