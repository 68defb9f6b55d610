package cli

import (
	"cacheview/decode"
	"cacheview/inspect/pyapp"
)

const appHelp = "directory of the app's Python source, read as text"

// readSource reads the source of the app; an empty directory is none.
func (a *app) readSource(dir string) error {
	if dir == "" {
		return nil
	}
	source, err := pyapp.Read(dir)
	if err != nil {
		return usagef("--app: %v", err)
	}
	for _, s := range source.Skipped {
		a.note("cacheview: --app: skipped %s\n", decode.Printable(s))
	}
	a.source = source
	return nil
}
