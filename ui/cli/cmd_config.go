package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cacheview/inspect"
)

// configActions are what config does.
var configActions = []string{"show", "path", "check", "init"}

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config ACTION",
		Short: "Show or check the configuration",
		Long: "show lists every setting that has a value, with its origin: the command line, the\n" +
			"environment, a saved connection, or the file. Passwords are never shown. path\n" +
			"writes the path of the file. check reads the file and names what is wrong in it.\n" +
			"init writes a commented file if none exists.",
		Example: "cacheview config show\n" +
			"cacheview config path\n" +
			"cacheview config check",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: configActions,
	}
	cmd.RunE = a.runs(func(_ context.Context, args []string) error { return a.config(args[0]) })
	a.reads(cmd, configGroup, serverGroup, safetyGroup, protectGroup, scopeGroup, themeGroup)
	settle := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && (args[0] == "path" || args[0] == "init") {
			a.used(configGroup)
			return nil // a broken file must not keep them from working
		}
		return settle(cmd, args)
	}
	return cmd
}

func (a *app) config(action string) error {
	for _, group := range []flagGroup{serverGroup, safetyGroup, protectGroup, scopeGroup, themeGroup} {
		a.used(group)
	}
	path, _ := a.configPath()
	switch {
	case path == "":
		return errors.New("config: there is no home directory; name a file with --config")
	case action == "path":
		return a.tell([]byte(path + "\n"))
	case action == "init":
		return a.initConfig(path)
	case action == "check":
		return a.checkConfig(path)
	}
	return a.showConfig()
}

// showConfig writes the settings that have a value.
func (a *app) showConfig() error {
	var rows []string
	a.set.VisitAll(func(f *pflag.Flag) {
		origin := a.origin[f.Name]
		if f.Changed {
			origin = "the command line"
		}
		text := f.Value.String()
		if origin == "" || text == "" || text == "[]" {
			return
		}
		if f.Name == "url" {
			text = inspect.RedactURL(text)
		}
		rows = append(rows, fmt.Sprintf("%-18s %-40s %s\n", f.Name, shown([]byte(text)), shown([]byte(origin))))
	})
	for _, name := range a.file.Names() {
		rows = append(rows, fmt.Sprintf("%-18s %-40s %s\n", "connection", shown([]byte(name)), "the configuration"))
	}
	if len(rows) == 0 {
		return a.nothing("nothing is configured; the server is " + inspect.DefaultURL)
	}
	return a.tell([]byte(strings.Join(rows, "")))
}

// checkConfig reports what reading the file does not find.
func (a *app) checkConfig(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return a.nothing("there is no file " + shown([]byte(path)) + ". To begin one: cacheview config init")
	}
	var wrong []string
	theme := func(where, name string) {
		if name != "" && !slices.Contains(themeNames, name) {
			wrong = append(wrong, fmt.Sprintf("%s: theme is auto, dark, light, contrast or mono, not %q", where, name))
		}
	}
	url := func(where, text string) {
		if text == "" {
			return
		}
		if _, err := inspect.ParseURL(text); err != nil {
			wrong = append(wrong, where+": "+err.Error())
		}
	}
	theme(path, a.file.Settings["theme"])
	url(path, a.file.Settings["url"])
	for _, name := range a.file.Names() {
		c := a.file.Connections[name]
		theme(path+": connection "+name, c.Theme)
		url(path+": connection "+name, c.URL)
	}
	for _, w := range wrong {
		a.note("cacheview: config: %s\n", complaint(errors.New(w)))
	}
	if len(wrong) > 0 {
		return errReported
	}
	return a.tell([]byte(path + ": ok\n"))
}

// configTemplate is a file to begin with.
const configTemplate = `# cacheview. Each setting is explained in docs/connections.md.
# url = "redis://localhost:6379/0"
# read_only = true
# theme = "auto"

# [connections.shop]
# url = "rediss://cache.example:6379/0"
# environment = "production"
# password_env = "SHOP_REDIS_PASSWORD"
`

// initConfig writes the template where no file is.
func (a *app) initConfig(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return errors.New("config: init: " + path + ": the file exists. To check it: cacheview config check")
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(configTemplate)
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return a.tell([]byte("wrote " + path + "\n"))
}
