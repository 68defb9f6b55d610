package inspect

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/resp"
	"cacheview/inspect/tunnel"
)

// tlsError is a failure after the TCP connection stood: the other side is there
// and TLS is what it does not do, or not so.
type tlsError struct{ err error }

func (e *tlsError) Error() string { return fmt.Sprintf("TLS handshake: %v", e.err) }
func (e *tlsError) Unwrap() error { return e.err }

// dialer opens connections for go-redis. It does TLS itself to be able to say
// which of the two steps failed.
type dialer struct {
	timeout time.Duration
	tls     *tls.Config // nil without TLS
	via     *tunnel.Tunnel
	dialed  *sync.Map // where from, as the server sees us; may be nil
}

// dial opens a connection whose replies are bounded.
func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := d.open(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return resp.Bound(conn, resp.Limits{}), nil
}

func (d *dialer) open(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	conn, err := d.plain(ctx, network, addr)
	if err == nil && d.dialed != nil && d.via == nil && network == "tcp" {
		d.dialed.Store(conn.LocalAddr().String(), nil)
	}
	if err != nil || d.tls == nil {
		return conn, err
	}
	config := d.tls
	if host, _, err := net.SplitHostPort(addr); err == nil && config.ServerName == "" {
		config = config.Clone()
		config.ServerName = host // of this node, in a cluster
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, &tlsError{err}
	}
	return alerted{secure}, nil
}

// alerted is a TLS connection that tells why the server closed it. With TLS 1.3
// a server refuses a client's certificate after the handshake, and the client
// may write to the closed connection before it has read the alert.
type alerted struct{ *tls.Conn }

// alertTimeout limits the wait for an alert, which is in flight if there is one.
const alertTimeout = time.Second

// Write returns the alert instead of the failure to write.
func (a alerted) Write(p []byte) (int, error) {
	n, err := a.Conn.Write(p)
	if err != nil {
		_ = a.SetReadDeadline(time.Now().Add(alertTimeout))
		_, reason := a.Read(make([]byte, 1))
		if op, ok := errors.AsType[*net.OpError](reason); ok && op.Op == "remote error" {
			return n, reason
		}
	}
	return n, err
}

// plain opens the connection itself, from here or from the SSH host.
func (d *dialer) plain(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.via != nil {
		return d.via.Dial(ctx, network, addr)
	}
	return (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext(ctx, network, addr)
}

// speaksTLS tries a handshake with a server that hung up on a plain session.
// Nothing but the handshake is sent, so that the certificate does not matter.
func speaksTLS(ctx context.Context, timeout time.Duration, via *tunnel.Tunnel, addr string) bool {
	d := dialer{timeout: timeout, via: via, tls: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}
	conn, err := d.dial(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// handshake is a hook that remembers how the server answered HELLO. A server
// that will not have us says why there and hangs up, and go-redis takes it for
// one that does not know HELLO and only finds the broken connection.
type handshake struct {
	mu  sync.Mutex
	err error
}

// DialHook changes nothing.
func (h *handshake) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook changes nothing.
func (h *handshake) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook takes note of the answer to HELLO.
func (h *handshake) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := quiet(cmd, next(ctx, cmd))
		if word(cmd.Args(), 0) == "hello" && (err == nil || isReply(err)) {
			h.mu.Lock()
			h.err = err
			h.mu.Unlock()
		}
		return err
	}
}

// reason is what the server said before it hung up, or else err.
func (h *handshake) reason(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if kindOf(err) == ConnLost && isReply(h.err) {
		switch kindOf(h.err) {
		case ConnProtected, ConnFull, ConnLoading:
			return h.err
		}
	}
	return err
}
