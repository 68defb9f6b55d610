package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"cacheview/inspect"
)

func (a *app) connectionsCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:   "connections",
		Short: "List the saved connections",
		Long: "List the connections of the configuration: name, environment and server. No server\n" +
			"is opened, and no password is read. cacheview NAME opens one, -c NAME uses it.",
		Example: "cacheview connections",
		Args:    cobra.NoArgs, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.runs(func(context.Context, []string) error { return a.listConnections(json) }),
	}
	cmd.Flags().BoolVar(&json, "json", false, "write one JSON object a line: name, url, environment, read_only")
	return a.reads(cmd, configGroup)
}

func (a *app) listConnections(json bool) error {
	names := a.file.Names()
	if len(names) == 0 {
		return a.nothing("no connection is saved in " + shown([]byte(cmp.Or(a.file.Path, "the configuration"))) + ". To begin one: cacheview config init")
	}
	w := a.data()
	for _, name := range names {
		c := a.file.Connections[name]
		url := inspect.RedactURL(c.URL)
		if json {
			var o object
			o.text("name", name)
			o.text("url", url)
			o.known("environment", string(c.Environment))
			o.bool("read_only", c.ReadOnly)
			if _, err := w.Write(o.line()); err != nil {
				return err
			}
			continue
		}
		mark := ""
		if c.ReadOnly {
			mark = "  read-only"
		}
		if _, err := fmt.Fprintf(w, "%-16s %-11s %s%s\n", shown([]byte(name)), cmp.Or(string(c.Environment), "-"), shown([]byte(url)), mark); err != nil {
			return err
		}
	}
	return w.Flush()
}
