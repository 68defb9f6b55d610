package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"cacheview/ui/config"
)

// use makes the flags say what a saved connection does. What was given on the
// command line counts more, the environment and the rest of the file less.
func (a *app) use(name string) error {
	c, ok := a.file.Connections[name]
	if !ok {
		hint := ""
		if near := config.Suggest(name, a.file.Names()); near != "" {
			hint = "; did you mean " + strconv.Quote(near) + "?"
		} else if names := a.file.Names(); len(names) > 0 {
			hint = "; there are " + strings.Join(names, ", ")
		}
		return usagef("there is no connection %q in the configuration%s", name, hint)
	}
	a.saved, a.flags.connection = c, name
	var wrong error
	a.set.VisitAll(func(f *pflag.Flag) {
		text, said := flagsOf(c)[f.Name]
		if f.Changed || !said || wrong != nil {
			return
		}
		a.origin[f.Name] = "the connection " + name
		if f.Name == "prefix" {
			a.literalPrefix = true
		}
		if err := f.Value.Set(text); err != nil {
			wrong = usageError(a.file.Errorf(err.Error(), "connections", name).Error())
		}
	})
	return wrong
}

// flagsOf are the flags that say what a connection does.
func flagsOf(c config.Connection) map[string]string {
	// What a flag for another server said must not stay.
	flags := map[string]string{
		"url": c.URL, "db": strconv.Itoa(fromURL), "username": c.User, "prefix": c.Prefix,
		"cluster": strconv.FormatBool(c.Cluster), "tls": strconv.FormatBool(c.TLS.On),
		"tls-ca": c.TLS.CA, "tls-cert": c.TLS.Cert, "tls-key": c.TLS.Key, "tls-name": c.TLS.Name,
		"ssh": c.SSH, "ssh-key": c.SSHKey,
		"tls-insecure": strconv.FormatBool(c.TLS.Insecure), "sentinel": "", "sentinel-username": "",
	}
	if c.DB != nil {
		flags["db"] = strconv.Itoa(*c.DB)
	}
	if c.ReadOnly { // and not the other way round
		flags["read-only"] = "true"
	}
	if c.Theme != "" {
		flags["theme"] = c.Theme
	}
	if c.Timeout > 0 {
		flags["timeout"] = c.Timeout.String()
	}
	return flags
}

// delims are the bytes that end a prefix of the tree.
func (a *app) delims() string {
	if len(a.saved.Delimiters) > 0 {
		return strings.Join(a.saved.Delimiters, "")
	}
	return strings.Join(a.file.Delimiters, "")
}
