package cli

import (
	"runtime/debug"
	"testing"
)

// TestOrigin tells where programs come from that were built in different ways.
func TestOrigin(t *testing.T) {
	t.Parallel()
	commit := []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"},
		{Key: "vcs.time", Value: "2026-01-02T23:04:05Z"},
		{Key: "vcs.modified", Value: "false"},
	}
	changed := append(commit[:2:2], debug.BuildSetting{Key: "vcs.modified", Value: "true"})
	for _, tt := range []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"a release", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: commit}, "v1.2.3 (commit 0123456789ab 2026-01-02)"},
		{"a clone with changes", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3+dirty"}, Settings: changed}, "v1.2.3+dirty (commit 0123456789ab 2026-01-02 and changes)"},
		{"a module from a proxy", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3"},
		{"sources without git", debug.BuildInfo{}, "(devel)"},
	} {
		if got := originOf(&tt.info); got != tt.want {
			t.Errorf("%s is %q, want %q", tt.name, got, tt.want)
		}
	}
}
