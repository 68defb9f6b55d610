// Package tunnel reaches servers through an SSH host, as ssh -L does, without
// a port on this machine that others could use.
//
// It refuses a host whose key is not in a known_hosts file, knows no passwords
// but those of key files, runs no command on the host, and reads no ssh_config.
package tunnel

import (
	"context"
	"errors"
	"io"
	"net"
	"os/user"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// Config is an SSH host and how to log in there.
type Config struct {
	Host       string // host:port
	User       string
	Identity   *Identity
	KnownHosts []string // files; those that are not there are left out
}

// Parse reads [user@]host[:port], also with ssh:// in front. Without a user it
// is who runs the program, without a port 22.
func Parse(s string) (Config, error) {
	var c Config
	s = strings.TrimSuffix(strings.TrimPrefix(s, "ssh://"), "/")
	host := s
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		c.User, host = s[:at], s[at+1:]
		if strings.Contains(c.User, ":") {
			return c, errors.New("an SSH host has no password here: use a key, or ssh-agent")
		}
	}
	if host == "" || strings.ContainsAny(host, "/ ") || strings.HasPrefix(host, "-") {
		return c, errors.New("an SSH host is [user@]host[:port]")
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), "22"
	}
	if name == "" || port == "" || net.ParseIP(name) == nil && strings.Contains(name, ":") {
		return c, errors.New("an SSH host is [user@]host[:port]")
	}
	if c.User == "" {
		me, err := user.Current()
		if err != nil {
			return c, errors.New("an SSH host needs a user here: user@host")
		}
		c.User = me.Username
	}
	c.Host = net.JoinHostPort(name, port)
	return c, nil
}

// String is the host as it is written, without the usual port.
func (c Config) String() string { return c.User + "@" + strings.TrimSuffix(c.Host, ":22") }

const (
	// keepEvery is how often the host is asked for a sign of life.
	keepEvery = 15 * time.Second
	// keepWait is how long it may take to give one.
	keepWait = 10 * time.Second
)

// Tunnel is a connection with an SSH host, made when it is first needed and
// again after it broke. It may be used by many goroutines.
type Tunnel struct {
	cfg    Config
	turn   chan struct{} // held by whoever connects
	mu     sync.Mutex
	client *ssh.Client // nil while there is none
	closed bool
}

// New prepares a tunnel; nothing is sent yet.
func New(cfg Config) *Tunnel {
	return &Tunnel{cfg: cfg, turn: make(chan struct{}, 1)}
}

// Dial opens a connection from the SSH host to an address, whose name is looked
// up there. Its errors are *Error or that of ctx.
func (t *Tunnel) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	client, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	channel, err := client.DialContext(ctx, network, addr)
	if err == nil {
		return patient(channel), nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if refused, ok := errors.AsType[*ssh.OpenChannelError](err); ok {
		return nil, t.notFrom(addr, refused)
	}
	// The connection with the host broke and nobody had noticed.
	t.drop(client)
	return nil, &Error{Host: t.cfg.Host, Kind: Broken, Err: short(err), Hint: "try again"}
}

// connect returns the connection with the host, and makes it if there is none.
func (t *Tunnel) connect(ctx context.Context) (*ssh.Client, error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t.mu.Lock()
	client, closed := t.client, t.closed
	t.mu.Unlock()
	switch {
	case closed:
		return nil, net.ErrClosed
	case client != nil:
		return client, nil
	}
	client, err := t.open(ctx)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		_ = client.Close()
		return nil, net.ErrClosed
	}
	t.client = client
	go t.keep(client)
	return client, nil
}

// open logs in.
func (t *Tunnel) open(ctx context.Context) (*ssh.Client, error) {
	keys, err := readKnownHosts(t.cfg.KnownHosts)
	if err != nil {
		return nil, &Error{Host: t.cfg.Host, Kind: Unusable, Err: err}
	}
	conn, err := (&net.Dialer{KeepAlive: keepEvery}).DialContext(ctx, "tcp", t.cfg.Host)
	if err != nil {
		return nil, &Error{Host: t.cfg.Host, Kind: Unreachable, Err: short(err), Hint: "is the name of the SSH host right, and its port? does ssh reach it?"}
	}
	// The handshake knows no context.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	signers, done, err := t.cfg.Identity.signers()
	if err != nil {
		_ = conn.Close()
		return nil, &Error{Host: t.cfg.Host, Kind: Unusable, Err: err}
	}
	defer done()
	c, channels, requests, err := ssh.NewClientConn(conn, t.cfg.Host, &ssh.ClientConfig{
		User:              t.cfg.User,
		Auth:              []ssh.AuthMethod{ssh.PublicKeys(signers...)},
		HostKeyCallback:   keys.check,
		HostKeyAlgorithms: keys.algorithms(t.cfg.Host),
	})
	if err != nil {
		_ = conn.Close()
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			return nil, ctx.Err()
		case ctx.Err() != nil:
			return nil, t.cfg.tooSlow()
		}
		return nil, t.cfg.refusal(err, len(signers))
	}
	return ssh.NewClient(c, channels, requests), nil
}

// keep asks for signs of life, so that a host that vanished is noticed and a
// firewall does not forget us.
func (t *Tunnel) keep(client *ssh.Client) {
	over := make(chan struct{})
	go func() {
		_ = client.Wait()
		close(over)
	}()
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-over:
			t.drop(client)
			return
		case <-tick.C:
		}
		late := time.AfterFunc(keepWait, func() { _ = client.Close() })
		_, _, err := client.SendRequest("keepalive@openssh.com", true, nil)
		late.Stop()
		if err != nil {
			_ = client.Close()
		}
	}
}

// drop forgets a connection that is of no use any more.
func (t *Tunnel) drop(client *ssh.Client) {
	_ = client.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client == client {
		t.client = nil
	}
}

// Close ends the tunnel and everything that goes through it.
func (t *Tunnel) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	if t.client == nil {
		return nil
	}
	return t.client.Close()
}

// patient gives a channel the deadlines that it does not have: what is read and
// written goes through a pipe that has them.
func patient(channel net.Conn) net.Conn {
	ours, theirs := net.Pipe()
	go func() {
		_, _ = io.Copy(theirs, channel)
		_ = theirs.Close()
	}()
	go func() {
		_, _ = io.Copy(channel, theirs)
		_ = channel.Close()
	}()
	return ours
}
