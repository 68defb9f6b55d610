package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cacheview/inspect"
	"cacheview/ui/config"
)

// otherNames are what other programs call our commands.
var otherNames = map[string]string{
	"list": "ls", "keys": "ls", "scan": "ls", "dir": "ls",
	"cat": "get", "show": "get", "read": "get", "view": "get", "hgetall": "get",
	"mv": "rename", "cp": "copy", "ttl": "expire", "put": "set", "command": "run", "call": "run", "exec": "run",
	"rm": "del", "delete": "del", "remove": "del", "unlink": "del",
	"flush": "clear", "flushdb": "clear", "flushall": "clear", "drop": "clear", "purge": "clear",
	"restore": "undo", "monitor": "watch", "subscribe": "watch", "tail": "watch",
	"info": "stats --server", "dump": "export", "load": "import", "type": "ls -l", "ping": "stats --server",
}

// heedMistakes makes the commands say what is wrong with a command line in words
// of their own, and what was probably meant.
func (a *app) heedMistakes(root *cobra.Command) {
	root.SetFlagErrorFunc(a.flagMistake)
	root.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return a.noCommand(root, args[0])
		}
		return nil
	}
	for _, cmd := range root.Commands() {
		check := cmd.Args
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			var err error
			if check != nil {
				err = check(cmd, args)
			}
			server := slices.ContainsFunc(args, isServer)
			switch {
			case err != nil:
				return argsMistake(cmd, args, err)
			case server && len(args) > 1 && strings.Contains(cmd.Use, "KEY") && !cmd.Flags().Changed("literal"):
				return usagef("the server goes to -u, or into CACHEVIEW_URL; --literal takes it for a key")
			case check != nil && server && strings.Contains(cmd.Use, "PREFIX"):
				return usagef("the server goes to -u, or into CACHEVIEW_URL; keys that start as a URL does are found by --match")
			}
			return a.checkRules(cmd)
		}
	}
}

// nearCommand returns the command or saved connection that a word may stand for,
// or "".
func (a *app) nearCommand(root *cobra.Command, word string) string {
	if other := otherNames[strings.ToLower(word)]; other != "" {
		return other
	}
	var names []string
	for _, cmd := range root.Commands() {
		if !cmd.Hidden {
			names = append(names, cmd.Name())
		}
	}
	if a.file != nil {
		names = append(names, a.file.Names()...)
	}
	return config.Suggest(word, names)
}

// noCommand is the error for a word that is not a command, a connection or a URL.
func (a *app) noCommand(root *cobra.Command, word string) error {
	near := a.nearCommand(root, word)
	hint := ""
	if near != "" {
		hint = fmt.Sprintf("; did you mean cacheview %s?", near)
	}
	return usagef("%q is neither a command, nor a URL, nor a connection that the configuration has saved%s", inspect.RedactText(word), hint)
}

// argsMistake says how many arguments a command takes.
func argsMistake(cmd *cobra.Command, args []string, err error) error {
	switch {
	case len(args) == 0 && cmd.Name() != "completion":
		_, what, _ := strings.Cut(cmd.Use, " ")
		first, _, _ := strings.Cut(what, " ")
		return usagef("%s is missing: %s", strings.Trim(first, ".[]"), cmd.CommandPath()+" "+what)
	case slices.ContainsFunc(args, isServer):
		return usagef("the server goes to -u, or into CACHEVIEW_URL")
	case cmd.Name() == "completion":
		return usagef("the shell is one of %s", strings.Join(cmd.ValidArgs, ", "))
	case cmd.Name() == "config" && len(args) == 1:
		return usagef("ACTION is one of %s", strings.Join(cmd.ValidArgs, ", "))
	case !strings.Contains(cmd.Use, " "):
		return usagef("%s takes no arguments", cmd.CommandPath())
	}
	return usagef("too many arguments: %s (put names with spaces in quotes)", cmd.Root().Name()+" "+cmd.Use)
}

// isServer says whether an argument is the URL of a server.
func isServer(arg string) bool {
	scheme, _, ok := strings.Cut(arg, "://")
	return ok && slices.Contains([]string{"redis", "rediss", "unix", "valkey", "valkeys", "redis+unix"}, scheme)
}

// flagMistake says what is wrong with a flag, and which one was probably meant.
func (a *app) flagMistake(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return a.unknownFlag(cmd, unknown)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := invalid.GetFlag()
		return usagef("--%s %s", f.Name, valueMistake(f, invalid.GetValue(), invalid.Unwrap()))
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usagef("--%s needs a value", missing.GetFlag().Name)
	}
	return err
}

// unknownFlag says that a command has no such flag: because it does not read it,
// or because nothing does.
func (a *app) unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	name, short := "--"+unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()
	shared := a.set.Lookup(unknown.GetSpecifiedName())
	if short != "" {
		name = "-" + unknown.GetSpecifiedName()
		shared = a.set.ShorthandLookup(unknown.GetSpecifiedName())
	}
	if args := cmd.Flags().Args(); !cmd.HasParent() && len(args) > 0 && a.nearCommand(cmd, args[0]) != "" {
		return a.noCommand(cmd, args[0]) // whose flag it may be
	}
	if shared != nil {
		return usagef("%s does not read %s%s", cmd.CommandPath(), name, readInstead[flagGroup(shared.Annotations[groupAnnotation][0])])
	}
	hint := ""
	if short == "" {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := config.Suggest(unknown.GetSpecifiedName(), names); near != "" {
			hint = "; did you mean --" + near + "?"
		}
	}
	if hint == "" && strings.Contains(cmd.Use, "KEY") {
		hint = "; names that start with - go after --"
	}
	return usagef("unknown flag %s%s", name, hint)
}

// readInstead says where the flags of a group are read.
var readInstead = map[flagGroup]string{
	themeGroup:   ": it is about the screen",
	protectGroup: ": it deletes nothing",
	scopeGroup:   ": it works on the keys that are named",
}

// takenLiterally is the likeliest reason for finding nothing: a glob that stands
// where a prefix or a name is meant.
func takenLiterally(names ...[]byte) string {
	for _, name := range names {
		if bytes.ContainsAny(name, "*?[") {
			return "; " + named(name) + " is taken literally, a glob goes to --match"
		}
	}
	return ""
}

// noKey says that a key is not there and, to somebody at a terminal, which one
// has a name like that. A script is told no guess, and costs the server nothing.
func (a *app) noKey(ctx context.Context, c *inspect.Client, key []byte) error {
	name := string(key)
	why := "there is no key " + named(key)
	if !isTerminal(a.errw) {
		return a.nothing(why)
	}
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	beginning := name[:strings.LastIndexAny(name, ":/._")+1]
	if near := config.Suggest(name, a.names(ctx, c, beginning)); near != "" {
		why += "; did you mean " + named([]byte(near)) + "?"
	}
	return a.nothing(why)
}
