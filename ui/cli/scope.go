package cli

import (
	"bytes"

	"cacheview/decode"
)

// scope returns the literal prefix that the keys of a command must have: that of
// the arguments, within that of --prefix.
//
// A prefix that the environment or the configuration gives is the first filter
// of the screen. A command obeys it, and says so, where nothing on its command
// line names a prefix, so that it reads and deletes no more than the screen
// shows at first; a prefix that was typed counts more.
func (a *app) scope(f nameFlags, args []string) ([]byte, error) {
	a.used(scopeGroup)
	prefix, err := f.prefix(args)
	if err != nil {
		return nil, err
	}
	if a.flags.prefix == "" {
		return prefix, nil
	}
	outer, err := a.scopePrefix()
	if err != nil {
		return nil, err
	}
	typed := a.set.Changed("prefix")
	switch {
	case len(prefix) == 0 && typed:
		return outer, nil
	case len(prefix) == 0:
		a.note("cacheview: only keys that start with %s, as %s says (--prefix '' lifts it)\n", named(outer), a.origin["prefix"])
		return outer, nil
	case bytes.HasPrefix(prefix, outer):
		return prefix, nil
	case typed:
		return nil, usagef("no key can start with both %s and %s, which is --prefix", named(prefix), named(outer))
	}
	a.note("cacheview: the prefix %s, which %s says, does not apply: another one was given\n", named(outer), a.origin["prefix"])
	return prefix, nil
}

// scopePrefix returns the bytes of the prefix in force. On the command line and
// in the environment it is in the printed form; a file has ways of its own to
// write any character.
func (a *app) scopePrefix() ([]byte, error) {
	if a.literalPrefix {
		return []byte(a.flags.prefix), nil
	}
	prefix, err := decode.ParseName(a.flags.prefix)
	if err != nil {
		return nil, usagef("--prefix %s: %v", a.flags.prefix, err)
	}
	return prefix, nil
}
