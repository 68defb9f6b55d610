package tunnel

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// known is what known_hosts files say.
type known struct {
	check ssh.HostKeyCallback
}

// readKnownHosts reads the files that are there. Without any, no host is known.
func readKnownHosts(files []string) (known, error) {
	files = slices.DeleteFunc(slices.Clone(files), func(file string) bool {
		_, err := os.Stat(file)
		return err != nil
	})
	check, err := knownhosts.New(files...)
	if err != nil {
		return known{}, fmt.Errorf("known_hosts: %w", err)
	}
	return known{check: func(host string, remote net.Addr, key ssh.PublicKey) error {
		err := check(host, remote, key)
		if err == nil {
			return nil
		}
		return &hostKeyError{key: key, err: err}
	}}, nil
}

// hostKeyError is a host whose key is not the one that is known, if one is.
type hostKeyError struct {
	key ssh.PublicKey
	err error
}

func (e *hostKeyError) Error() string { return e.err.Error() }
func (e *hostKeyError) Unwrap() error { return e.err }

// others are the known keys of the host.
func (e *hostKeyError) others() []knownhosts.KnownKey {
	if wrong, ok := errors.AsType[*knownhosts.KeyError](e.err); ok {
		return wrong.Want
	}
	return nil
}

// algorithms are those of the keys that are known of a host, nil where none is.
// A host has keys of several kinds, and would otherwise show one that is not in
// the file.
func (k known) algorithms(host string) []string {
	nobodys, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		return nil
	}
	wrong, ok := errors.AsType[*hostKeyError](k.check(host, &net.TCPAddr{}, nobodys))
	if !ok {
		return nil
	}
	var all []string
	for _, w := range wrong.others() {
		kinds := []string{w.Key.Type()}
		if w.Key.Type() == ssh.KeyAlgoRSA {
			kinds = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
		}
		for _, kind := range kinds {
			if !slices.Contains(all, kind) {
				all = append(all, kind)
			}
		}
	}
	return all
}
