// Package child starts other programs: the editor, the pager, the clipboard, a
// password_command and the external decoders. Nothing else in the program starts
// one, which a test holds.
//
// A program that is started gets the environment of the user without the
// passwords that are in it for cacheview.
package child

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// passwords are the variables that hold passwords for this program alone.
var passwords = []string{"CACHEVIEW_PASSWORD", "CACHEVIEW_SENTINEL_PASSWORD", "REDISCLI_AUTH"}

// Command returns a command whose environment lacks the passwords, and the
// variables that secrets names. It is killed when ctx ends.
func Command(ctx context.Context, secrets []string, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = environment(os.Environ(), secrets)
	return cmd
}

// environment leaves out the variables that hold passwords.
func environment(all, secrets []string) []string {
	kept := make([]string, 0, len(all))
	for _, entry := range all {
		name, _, _ := strings.Cut(entry, "=")
		if !has(passwords, name) && !has(secrets, name) {
			kept = append(kept, entry)
		}
	}
	return kept
}

// has ignores the case, as Windows does.
func has(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
