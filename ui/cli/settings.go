package cli

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/pflag"

	"cacheview/ui"
	"cacheview/ui/config"
	"cacheview/ui/ownfile"
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

// settle reads the configuration and gives every shared flag that was not on the
// command line its value.
func (a *app) settle() error {
	file, err := a.readConfig()
	if err != nil {
		return err
	}
	a.file = file
	a.warnOfVariables()
	if err := a.fill(); err != nil {
		return err
	}
	if err := a.hostURL(); err != nil {
		return err
	}
	if a.flags.connection != "" {
		return a.use(a.flags.connection)
	}
	return nil
}

// fill gives every shared flag that was not on the command line the value of its
// environment variable, else that of the configuration file, and notes which it
// was. Where REDIS_URL is all that is said about the server, it is used.
func (a *app) fill() error {
	var wrong error
	a.origin = map[string]string{}
	a.set.VisitAll(func(f *pflag.Flag) {
		if f.Changed || wrong != nil || f.Annotations[commandLineOnly] != nil {
			return
		}
		from := envName(f.Name)
		text := a.getenv(from)
		if text == "" && f.Name == "url" && a.getenv("CACHEVIEW_HOST") == "" && a.getenv("CACHEVIEW_PORT") == "" {
			from = "REDIS_URL"
			text = a.getenv(from)
		}
		inFile := false
		if text == "" {
			text = a.file.Settings[f.Name]
			from, inFile = "the configuration", true
		}
		if text == "" {
			return
		}
		a.origin[f.Name] = from
		if f.Name == "prefix" {
			a.literalPrefix = inFile
		}
		switch err := f.Value.Set(text); {
		case err == nil:
		case inFile:
			wrong = usageError(a.file.Errorf(valueMistake(f, text, err), strings.ReplaceAll(f.Name, "-", "_")).Error())
		default:
			wrong = usagef("%s %s", from, valueMistake(f, text, err))
		}
	})
	return wrong
}

// commandLineOnly is the annotation of flags that are decisions of the moment.
const commandLineOnly = "command line only"

// readConfig reads the configuration file. Without --config a file that is not
// there is an empty one.
func (a *app) readConfig() (*config.File, error) {
	a.used(configGroup)
	path, asked := a.configPath()
	if path == "" {
		return &config.File{}, nil
	}
	text, err := ownfile.ReadTrusted(path)
	switch {
	case os.IsNotExist(err) && !asked:
		return &config.File{Path: path}, nil
	case err != nil:
		return nil, usagef("configuration file: %v; nothing of it is used", err)
	}
	var names []string
	a.set.VisitAll(func(f *pflag.Flag) {
		if f.Annotations[commandLineOnly] == nil && f.Name != "host" && f.Name != "port" && f.Name != "key-prefix" {
			names = append(names, f.Name)
		}
	})
	file, err := config.Parse(path, string(text), names)
	if err != nil {
		return nil, usageError(err.Error())
	}
	if key, ok := file.PlaintextPassword(); ok {
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			return nil, usageError(file.Errorf("the file has a password, and other users can read it: chmod 600 "+path+
				", or take it from password_env or password_command", key...).Error())
		}
	}
	for _, program := range file.Programs() {
		if err := checkProgram(program); err != nil {
			return nil, usagef("configuration file: the program %v; nothing is run", err)
		}
	}
	if err := ui.ValidateKeys(file.Keys); err != nil {
		return nil, usageError(file.Errorf(err.Error(), "keys").Error())
	}
	return file, nil
}

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
	if home := a.home(); home != "" {
		return filepath.Join(home, ".config", "cacheview", "config.toml"), false
	}
	return "", false
}

// home is the person's directory: what a shell says, and else what Windows does.
func (a *app) home() string { return cmp.Or(a.getenv("HOME"), a.getenv("USERPROFILE")) }

// stateFile is the path of a file in the directory that XDG has for what
// programs remember, "" when there is none.
func (a *app) stateFile(name string) string {
	if dir := a.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "cacheview", name)
	}
	if home := a.home(); home != "" {
		return filepath.Join(home, ".local", "state", "cacheview", name)
	}
	return ""
}
