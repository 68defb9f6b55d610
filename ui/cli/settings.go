package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/spf13/pflag"
)

// getenv returns an environment variable; one that is empty counts as not set.
func (a *app) getenv(name string) string {
	v, _ := a.env(name)
	return v
}

// envName is the environment variable behind a flag: CACHEVIEW_READ_ONLY.
func envName(flag string) string {
	return "CACHEVIEW_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// settle gives every flag that was not on the command line the value of its
// environment variable, else that of the configuration file. Where REDIS_URL is
// all that is said about the server, it is used.
func (a *app) settle(flags *pflag.FlagSet) error {
	file, err := a.readConfig(flags)
	if err != nil {
		return err
	}
	var wrong error
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed || wrong != nil || f.Annotations[commandLineOnly] != nil {
			return
		}
		from := envName(f.Name)
		text := a.getenv(from)
		if text == "" && f.Name == "url" {
			from = "REDIS_URL"
			text = a.getenv(from)
		}
		if text == "" {
			from = "configuration file, " + f.Name
			text = file[f.Name]
		}
		if text == "" {
			return
		}
		if err := f.Value.Set(text); err != nil {
			wrong = usagef("%s: %v", from, err)
		}
	})
	return wrong
}

// commandLineOnly is the annotation of flags that are decisions of the moment.
const commandLineOnly = "command line only"

// readConfig reads the configuration file: TOML, a key for each flag, with _
// for -. Without --config a file that is not there is no error.
func (a *app) readConfig(flags *pflag.FlagSet) (map[string]string, error) {
	path, asked := a.configPath()
	if path == "" {
		return nil, nil
	}
	var raw map[string]any
	if _, err := toml.DecodeFile(path, &raw); err != nil {
		if os.IsNotExist(err) && !asked {
			return nil, nil
		}
		return nil, usagef("configuration file %s: %v", path, err)
	}
	if list, ok := raw["decoder"]; ok {
		var err error
		if a.decoders, err = readDecoders(list); err != nil {
			return nil, usagef("configuration file %s: %v", path, err)
		}
		delete(raw, "decoder")
	}
	settings := make(map[string]string, len(raw))
	for key, v := range raw {
		name := strings.ReplaceAll(key, "_", "-")
		if f := flags.Lookup(name); name != passwordEnv && (f == nil || f.Annotations[commandLineOnly] != nil) {
			return nil, usagef("configuration file %s: there is no setting %q", path, key)
		}
		switch v := v.(type) {
		case []any:
			texts := make([]string, len(v))
			for i, x := range v {
				texts[i] = fmt.Sprint(x)
			}
			settings[name] = strings.Join(texts, ",")
		default:
			settings[name] = fmt.Sprint(v)
		}
	}
	a.flags.passwordEnv = settings[passwordEnv]
	return settings, nil
}

// passwordEnv is the one setting without a flag: the name of the environment
// variable that holds the password.
const passwordEnv = "password-env"

// configPath returns the path of the configuration file, and whether it was
// asked for.
func (a *app) configPath() (path string, asked bool) {
	if a.flags.config != "" {
		return a.flags.config, true
	}
	if path := a.getenv(envName("config")); path != "" {
		return path, true
	}
	if dir := a.getenv("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "cacheview", "config.toml"), false
	}
	if home := a.getenv("HOME"); home != "" {
		return filepath.Join(home, ".config", "cacheview", "config.toml"), false
	}
	return "", false
}

// stateFile is the path of a file in the directory that XDG has for what
// programs remember, "" when there is none.
func (a *app) stateFile(name string) string {
	if dir := a.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "cacheview", name)
	}
	if home := a.getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", "cacheview", name)
	}
	return ""
}
