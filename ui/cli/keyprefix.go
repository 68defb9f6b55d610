package cli

import (
	"cmp"

	"cacheview/decode"
)

// keyPrefixes returns the values of CACHE_KEY_PREFIX that the Flask apps of the
// server have, by the settings that rank highest: those of the command line, of
// the connection, of the environment, of the configuration, of .env. They prove
// nothing: results, pages and versions are looked for under them, too.
func (a *app) keyPrefixes() ([]string, error) {
	if !a.readsApps {
		return nil, nil
	}
	a.used(appsGroup)
	switch typed := a.set.Changed("key-prefix"); {
	case !typed && len(a.saved.KeyPrefixes) > 0:
		return a.saved.KeyPrefixes, nil
	case len(a.flags.keyPrefix) > 0: // of the environment if not typed
		return printedNames(a.flags.keyPrefix, cmp.Or(a.origin["key-prefix"], "--key-prefix"))
	}
	if prefix := a.getenv(flaskPrefix); prefix != "" {
		return []string{prefix}, nil
	}
	if len(a.file.KeyPrefixes) > 0 || a.flags.connection != "" {
		return a.file.KeyPrefixes, nil
	}
	// A file that cannot be read is an error only where it names the server.
	if file, err := readDotEnv(); err == nil && file[flaskPrefix] != "" {
		return []string{file[flaskPrefix]}, nil
	}
	return nil, nil
}

// flaskPrefix is the setting of Flask-Caching with the prefix of all keys.
const flaskPrefix = "CACHE_KEY_PREFIX"

// printedNames parses names in the printed form.
func printedNames(list []string, origin string) ([]string, error) {
	names := make([]string, len(list))
	for i, text := range list {
		name, err := decode.ParseName(text)
		if err != nil {
			return nil, usagef("%s %s: %v", origin, text, err)
		}
		names[i] = string(name)
	}
	return names, nil
}
