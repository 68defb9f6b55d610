package cli

import (
	"context"
	"path/filepath"
	"strings"

	"cacheview/inspect/tunnel"
)

// usualKeys are the files that ssh tries, in its order.
var usualKeys = []string{"id_rsa", "id_ecdsa", "id_ed25519"}

// tunnel is the SSH host to go through, nil where nobody said so. Keys are read
// once: the passphrase of one can be asked for now, and not while the screen is
// open.
func (a *app) tunnel(ctx context.Context) (*tunnel.Config, error) {
	if a.flags.ssh == "" {
		if a.flags.sshKey != "" {
			return nil, usagef("--ssh-key is for --ssh")
		}
		return nil, nil
	}
	if a.way != nil {
		return a.way, nil
	}
	c, err := tunnel.Parse(a.flags.ssh)
	if err != nil {
		return nil, usagef("--ssh: %v", err) // what was given may hold a password
	}
	home := a.getenv("HOME")
	c.KnownHosts = []string{filepath.Join(home, ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"}
	src := tunnel.Source{Agent: a.getenv("SSH_AUTH_SOCK")}
	if key := a.flags.sshKey; key != "" {
		if rest, ok := strings.CutPrefix(key, "~/"); ok {
			key = filepath.Join(home, rest)
		}
		src.Required = []string{key}
	} else {
		for _, name := range usualKeys {
			src.Optional = append(src.Optional, filepath.Join(home, ".ssh", name))
		}
	}
	if a.interactive() {
		src.Ask = func(file string) ([]byte, error) {
			phrase, err := a.askSecret(ctx, "Passphrase of "+shown([]byte(file))+": ")
			return []byte(phrase), err
		}
	}
	if c.Identity, err = tunnel.Load(src); err != nil {
		return nil, err
	}
	a.way = &c
	return a.way, nil
}
