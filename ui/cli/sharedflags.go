package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The shared flags are those that several commands have: where the server is,
// and how the program behaves there. Each belongs to one group, and a command
// has the flags of just the groups that it declares with [app.reads]. Whoever
// uses the values of a group says so with [app.used]; a test runs every command
// and compares the two, so that no flag is accepted and then not read.

// flagGroup is a group of the shared flags.
type flagGroup string

const (
	configGroup  flagGroup = "config"  // the configuration file
	serverGroup  flagGroup = "server"  // the server, and how it is reached
	safetyGroup  flagGroup = "safety"  // what must not be written at all
	protectGroup flagGroup = "protect" // what must not be deleted
	scopeGroup   flagGroup = "scope"   // the prefix that all keys must have
	themeGroup   flagGroup = "theme"   // the colors of the screen
	appsGroup    flagGroup = "apps"    // the Flask apps whose keys are analyzed
)

// groupOf has the groups of the shared flags that are not of the server.
var groupOf = map[string]flagGroup{
	"config": configGroup, "read-only": safetyGroup, "protect": protectGroup, "prefix": scopeGroup, "theme": themeGroup,
	"key-prefix": appsGroup,
}

// onServer are the groups of commands that open a server and delete nothing.
var onServer = []flagGroup{configGroup, serverGroup, safetyGroup}

// groupAnnotation holds the group of a shared flag.
const groupAnnotation = "cacheview group"

// shared registers the shared flags, each with its group.
func (v *flagValues) shared() *pflag.FlagSet {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	v.register(set)
	set.VisitAll(func(f *pflag.Flag) {
		group, ok := groupOf[f.Name]
		if !ok {
			group = serverGroup
		}
		if f.Annotations == nil {
			f.Annotations = map[string][]string{}
		}
		f.Annotations[groupAnnotation] = []string{string(group)}
	})
	return set
}

// isShared reports whether a flag is one of the shared flags.
func isShared(f *pflag.Flag) bool { return f.Annotations[groupAnnotation] != nil }

// reads gives a command the shared flags of groups. It reads the configuration
// and the environment for them before the command runs.
func (a *app) reads(cmd *cobra.Command, groups ...flagGroup) *cobra.Command {
	a.set.VisitAll(func(f *pflag.Flag) {
		if slices.Contains(groups, flagGroup(f.Annotations[groupAnnotation][0])) {
			cmd.Flags().AddFlag(f)
		}
	})
	cmd.PreRunE = func(*cobra.Command, []string) error {
		a.readsApps = slices.Contains(groups, appsGroup)
		return a.settle()
	}
	return cmd
}

// used notes that the values of a group were read.
func (a *app) used(group flagGroup) {
	if a.groups == nil {
		a.groups = map[flagGroup]bool{}
	}
	a.groups[group] = true
}

// ownFlags calls fn for the flags of a command that are not shared.
func ownFlags(cmd *cobra.Command, fn func(*pflag.Flag)) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !isShared(f) {
			fn(f)
		}
	})
}

// flagRule is what a combination of a command's own flags must be.
type flagRule struct {
	flags []string
	needs bool // the first flag needs one of the others; else they exclude each other
}

// exclusive makes flags of a command exclude each other.
func (a *app) exclusive(cmd *cobra.Command, flags ...string) {
	a.rules[cmd] = append(a.rules[cmd], flagRule{flags: flags})
}

// needs makes a flag of a command an error unless one of others is given, too: it
// would not be read.
func (a *app) needs(cmd *cobra.Command, flag string, others ...string) {
	a.rules[cmd] = append(a.rules[cmd], flagRule{append([]string{flag}, others...), true})
}

// checkRules returns an error for a combination of flags that cannot be meant.
func (a *app) checkRules(cmd *cobra.Command) error {
	given := func(name string) bool {
		f := cmd.Flags().Lookup(name)
		return f != nil && f.Changed && f.Value.String() != "false"
	}
	for _, r := range a.rules[cmd] {
		var found []string
		for _, name := range r.flags {
			if given(name) {
				found = append(found, "--"+name)
			}
		}
		switch {
		case r.needs && given(r.flags[0]) && len(found) == 1:
			return usagef("--%s is only read with --%s", r.flags[0], strings.Join(r.flags[1:], " or --"))
		case !r.needs && len(found) > 1:
			return usagef("use only one of %s", strings.Join(found, " and "))
		}
	}
	return nil
}
