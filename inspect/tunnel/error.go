package tunnel

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Kind is why there is no way through an SSH host.
type Kind string

// The kinds of Error.
const (
	Unreachable Kind = "unreachable"  // the host does not answer
	Broken      Kind = "broken"       // the connection with it broke
	UnknownHost Kind = "unknown-host" // its key is in no known_hosts file
	ChangedHost Kind = "changed-host" // its key is another than that in the file
	NoLogin     Kind = "no-login"     // it does not take our keys
	NotSSH      Kind = "not-ssh"      // somebody else answers there
	Prohibited  Kind = "prohibited"   // it forwards nothing, or not there
	NoTarget    Kind = "no-target"    // what lies behind it cannot be reached from there
	Unusable    Kind = "unusable"     // our own files or agent
)

// Error is why there is no way, and what to do.
type Error struct {
	Host string
	Kind Kind
	Err  error
	Hint string
}

// Error names the host.
func (e *Error) Error() string { return fmt.Sprintf("SSH host %s: %v", e.Host, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsRetryable reports whether it may help to try again.
func (e *Error) IsRetryable() bool {
	switch e.Kind {
	case Unreachable, Broken, NoTarget:
		return true
	}
	return false
}

// errHungUp stands for io.EOF, which means the end of a listing elsewhere.
var errHungUp = errors.New("it closed the connection")

// short leaves out what net says of its own call.
func short(err error) error {
	if errors.Is(err, io.EOF) {
		return errHungUp
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Err
	}
	return err
}

// refusal makes an Error of a login that failed.
func (c Config) refusal(err error, keys int) *Error {
	e := &Error{Host: c.Host, Kind: Broken, Err: short(err)}
	name, port, _ := net.SplitHostPort(c.Host)
	by := c.byHand()
	e.Hint = "does " + by + " work?"
	if wrong, ok := errors.AsType[*hostKeyError](err); ok {
		print := ssh.FingerprintSHA256(wrong.key)
		if others := wrong.others(); len(others) > 0 {
			at := fmt.Sprintf("%s:%d", others[0].Filename, others[0].Line)
			e.Kind, e.Err = ChangedHost, fmt.Errorf("its key %s (%s) is not the one in %s", print, wrong.key.Type(), at)
			e.Hint = "the connection may be intercepted, or the host has a new key; check with its owner, then run: ssh-keygen -R '" + knownName(name, port) + "'"
			return e
		}
		e.Kind, e.Err = UnknownHost, fmt.Errorf("it is not known; its key is %s (%s)", print, wrong.key.Type())
		e.Hint = "compare that with what the host's owner says; if it is the same, run " + by + " once and answer yes"
		return e
	}
	switch text := err.Error(); {
	case strings.Contains(text, "unable to authenticate"):
		e.Kind, e.Err = NoLogin, fmt.Errorf("it takes none of our keys (%d tried) for the user %s", keys, c.User)
		e.Hint = "does " + by + " work? name the key with --ssh-key, or give it to ssh-agent with ssh-add"
	case strings.Contains(text, "overflow reading version string"), strings.Contains(text, "invalid packet length"), strings.Contains(text, "no common algorithm"):
		e.Kind, e.Hint = NotSSH, "something else than SSH may answer on this port; check the port"
	}
	return e
}

// tooSlow is the Error of a login that did not end in time.
func (c Config) tooSlow() *Error {
	return &Error{
		Host: c.Host, Kind: Unreachable, Err: errors.New("the host answers, but the login timed out"),
		Hint: "does " + c.byHand() + " work? something else than SSH may answer on this port",
	}
}

// byHand is the command that does the same.
func (c Config) byHand() string {
	name, port, _ := net.SplitHostPort(c.Host)
	if port == "22" {
		return "ssh " + c.User + "@" + name
	}
	return "ssh -p " + port + " " + c.User + "@" + name
}

// knownName is what a known_hosts file calls a host.
func knownName(name, port string) string {
	if port == "22" {
		return name
	}
	return "[" + name + "]:" + port
}

// notFrom is the Error of a target that the host does not lead to.
func (t *Tunnel) notFrom(addr string, refused *ssh.OpenChannelError) *Error {
	e := &Error{Host: t.cfg.Host, Kind: NoTarget, Err: fmt.Errorf("from there %s: %s", addr, refused.Message)}
	if refused.Reason == ssh.Prohibited {
		e.Kind = Prohibited
		e.Hint = "the host forwards nothing for this user, or not to this address (AllowTcpForwarding, PermitOpen)"
		return e
	}
	e.Hint = "the address is looked up on the SSH host: is it right there, and is the server running?"
	return e
}
