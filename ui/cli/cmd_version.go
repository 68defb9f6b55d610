package cli

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: "Print the version that this was built from, its commit and when that was made, by\n" +
			"which Go and for which machine.",
		Example:           "cacheview version",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.runs(func(context.Context, []string) error {
			_, err := fmt.Fprintln(a.out, "cacheview", fullVersion())
			return err
		}),
	}
}

// buildVersion is the version the Go tool recorded: a tag, a pseudo-version of
// the commit, or "(devel)".
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return devel
	}
	return cmp.Or(info.Main.Version, devel)
}

const devel = "(devel)"

// fullVersion is all that there is to know of this program's origin.
func fullVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return originOf(info) + fmt.Sprintf(" %s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// originOf is a version with its commit and when that was made, as far as the
// Go tool recorded them: outside of a clone, and for a module from a proxy, it
// does not.
func originOf(info *debug.BuildInfo) string {
	settings := make(map[string]string)
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	version := cmp.Or(info.Main.Version, devel)
	revision := settings["vcs.revision"]
	if revision == "" {
		return version
	}
	day, _, _ := strings.Cut(settings["vcs.time"], "T")
	parts := []string{"commit " + revision[:min(len(revision), 12)], day}
	if settings["vcs.modified"] == "true" {
		parts = append(parts, "and changes")
	}
	return version + " (" + strings.Join(parts, " ") + ")"
}
