package tunnel

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// Identity is what there is to log in with: keys of files, read once, and those
// of an agent, which keeps them to itself.
type Identity struct {
	socket string
	keys   []ssh.Signer
}

// Source is where an Identity is read from.
type Source struct {
	Agent    string   // the agent's socket; "" for none
	Required []string // files that must be there
	Optional []string // files that may be there
	// Ask returns the passphrase of a file. It is only called for a key that
	// was named, or when there is no other; nil is nobody to ask.
	Ask func(file string) ([]byte, error)
}

// Load reads an Identity.
func Load(s Source) (*Identity, error) {
	id := &Identity{socket: s.Agent}
	held := id.held()
	var locked []string
	for _, file := range slices.Concat(s.Required, s.Optional) {
		raw, err := os.ReadFile(file)
		if err != nil {
			if slices.Contains(s.Required, file) {
				return nil, fmt.Errorf("SSH key: %w", err)
			}
			continue
		}
		key, err := ssh.ParsePrivateKey(raw)
		missing, encrypted := errors.AsType[*ssh.PassphraseMissingError](err)
		switch {
		case err == nil:
			id.keys = append(id.keys, key)
		case encrypted && missing.PublicKey != nil && slices.Contains(held, string(missing.PublicKey.Marshal())):
			// The agent has it.
		case encrypted:
			locked = append(locked, file)
		case slices.Contains(s.Required, file):
			return nil, fmt.Errorf("SSH key %s: not a private key", file)
		}
	}
	for _, file := range locked {
		named := slices.Contains(s.Required, file)
		if !named && len(id.keys)+len(held) > 0 {
			continue
		}
		key, err := unlock(file, s.Ask)
		if err != nil {
			return nil, err
		}
		id.keys = append(id.keys, key)
	}
	if len(id.keys)+len(held) == 0 {
		return nil, errors.New("there is no SSH key to log in with: name one with --ssh-key (in the configuration ssh_key), or give one to ssh-agent with ssh-add")
	}
	return id, nil
}

func unlock(file string, ask func(string) ([]byte, error)) (ssh.Signer, error) {
	if ask == nil {
		return nil, fmt.Errorf("SSH key %s: it has a passphrase, and there is no terminal to ask on: ssh-add %s", file, file)
	}
	phrase, err := ask(file)
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("SSH key: %w", err)
	}
	key, err := ssh.ParsePrivateKeyWithPassphrase(raw, phrase)
	if err != nil {
		return nil, fmt.Errorf("SSH key %s: that is not its passphrase", file)
	}
	return key, nil
}

// held are the public keys that the agent has.
func (id *Identity) held() []string {
	signers, done, err := id.ofAgent()
	if err != nil {
		return nil
	}
	defer done()
	var all []string
	for _, s := range signers {
		all = append(all, string(s.PublicKey().Marshal()))
	}
	return all
}

// ofAgent asks the agent; done ends the conversation. An agent that does not
// answer has no keys.
func (id *Identity) ofAgent() (signers []ssh.Signer, done func(), err error) {
	nothing := func() {}
	if id.socket == "" {
		return nil, nothing, nil
	}
	conn, err := net.Dial("unix", id.socket)
	if err != nil {
		return nil, nothing, err
	}
	signers, err = agent.NewClient(conn).Signers()
	return signers, func() { _ = conn.Close() }, err
}

// signers are all keys, the agent's first; done is called after the login.
func (id *Identity) signers() (all []ssh.Signer, done func(), err error) {
	ofAgent, done, err := id.ofAgent()
	if err != nil && len(id.keys) == 0 {
		done()
		return nil, nil, fmt.Errorf("ssh-agent: %w", err)
	}
	return append(ofAgent, id.keys...), done, nil
}
