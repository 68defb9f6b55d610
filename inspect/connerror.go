package inspect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/resp"
	"cacheview/inspect/tunnel"
)

// ConnKind is why there is no session with a server.
type ConnKind string

// The kinds of ConnError.
const (
	ConnRefused    ConnKind = "refused"     // connection refused
	ConnNoHost     ConnKind = "no-host"     // the name does not resolve
	ConnNoRoute    ConnKind = "no-route"    // the network cannot be reached
	ConnNoSocket   ConnKind = "no-socket"   // the unix socket is missing or closed to the user
	ConnTimeout    ConnKind = "timeout"     // no answer in time
	ConnLost       ConnKind = "lost"        // the connection broke
	ConnTLS        ConnKind = "tls"         // TLS mismatch and the other does not, or the certificate is bad
	ConnNotRedis   ConnKind = "not-redis"   // somebody else answers
	ConnNoAuth     ConnKind = "no-auth"     // a password is needed
	ConnWrongAuth  ConnKind = "wrong-auth"  // the password or the user is wrong
	ConnNoDB       ConnKind = "no-db"       // the database does not exist
	ConnProtected  ConnKind = "protected"   // protected mode refuses other machines
	ConnLoading    ConnKind = "loading"     // the server is still loading its data
	ConnFull       ConnKind = "full"        // maxclients reached
	ConnSentinel   ConnKind = "sentinel"    // a sentinel, which has no keys
	ConnNotAllowed ConnKind = "not-allowed" // the user may not do what every session needs
	ConnNoMaster   ConnKind = "no-master"   // no sentinel knows the master
	ConnCluster    ConnKind = "cluster"     // slots of the cluster have no node
	ConnSSH        ConnKind = "ssh"         // there is no way through the SSH host
	ConnOther      ConnKind = "other"
)

// ConnError is why Open failed or a session broke, for people: Hint is the next
// step to take. Addr never holds a password.
type ConnError struct {
	Addr string
	Kind ConnKind
	Err  error
	Hint string
}

// Error is the address, what went wrong and what to do.
func (e *ConnError) Error() string {
	s := fmt.Sprintf("%s: %v", e.Addr, e.Err)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// Unwrap returns the cause.
func (e *ConnError) Unwrap() error { return e.Err }

// IsDisconnected reports whether err means that the server could not be reached or the
// connection broke, so that reconnecting may help. A refused command, a missing
// key and a cancelled context are not lost servers.
func IsDisconnected(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	if way, ok := errors.AsType[*tunnel.Error](err); ok {
		return way.IsRetryable()
	}
	if e, ok := errors.AsType[*ConnError](err); ok {
		switch e.Kind {
		case ConnRefused, ConnNoHost, ConnNoRoute, ConnNoSocket, ConnTimeout, ConnLost, ConnLoading, ConnFull, ConnCluster:
			return true
		}
		return false
	}
	switch kindOf(err) {
	case ConnRefused, ConnNoHost, ConnNoRoute, ConnNoSocket, ConnTimeout, ConnLost, ConnLoading, ConnFull, ConnCluster:
		return true
	}
	return false
}

// diagnose turns what go-redis says into a ConnError. After there has been a
// session, a TLS handshake that breaks off is a lost server too.
func (c *Client) diagnose(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, ok := errors.AsType[*ConnError](err); ok {
		return err
	}
	kind := kindOf(err)
	if kind == ConnTLS && c.withTLS && c.greeted && !badCertificate(err) {
		kind = ConnLost
	}
	said := short(err)
	switch {
	case kind == ConnSSH:
	case errors.Is(err, net.ErrClosed), errors.Is(err, redis.ErrClosed):
		return &ConnError{Addr: c.server.Addr, Kind: kind, Err: errClosed, Hint: "try again"}
	case kind == ConnNoMaster:
		said = fmt.Errorf("no sentinel knows a master %q", c.cfg.Sentinel.Master)
	}
	return &ConnError{Addr: c.server.Addr, Kind: kind, Err: said, Hint: c.hint(kind, err)}
}

// noSentinel is what go-redis says when none of the sentinels helped; what each
// of them said is wrapped in it.
const noSentinel = "all sentinels specified in configuration are unreachable"

func kindOf(err error) ConnKind {
	if errors.Is(err, redis.Nil) && strings.Contains(err.Error(), noSentinel) {
		return ConnNoMaster
	}
	if _, ok := errors.AsType[redis.Error](err); ok {
		return kindOfReply(err)
	}
	if _, ok := errors.AsType[*tunnel.Error](err); ok {
		return ConnSSH
	}
	if _, ok := errors.AsType[*tlsError](err); ok {
		return ConnTLS
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return ConnTLS // an alert, which TLS 1.3 may send after the handshake
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && !dns.IsTimeout {
		return ConnNoHost
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return ConnOther // the same numbers, of a file
	}
	switch {
	case errors.Is(err, syscall.ENOENT), errors.Is(err, fs.ErrPermission):
		return ConnNoSocket
	case errors.Is(err, syscall.ECONNREFUSED):
		return ConnRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return ConnNoRoute
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, redis.ErrPoolTimeout):
		return ConnTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, redis.ErrClosed):
		return ConnLost
	}
	if ne, ok := errors.AsType[net.Error](err); ok {
		if ne.Timeout() {
			return ConnTimeout
		}
		return ConnLost
	}
	if bad, ok := errors.AsType[*resp.SyntaxError](err); ok {
		if strings.HasPrefix(bad.Line, "\x15\x03") { // a TLS alert
			return ConnTLS
		}
		return ConnNotRedis
	}
	if _, ok := errors.AsType[*resp.LimitError](err); ok {
		return ConnOther
	}
	// go-redis has no type for bytes that are not RESP.
	msg := err.Error()
	if strings.Contains(msg, "can't parse") || strings.Contains(msg, "invalid reply") || strings.Contains(msg, "can't read raw reply") {
		if strings.Contains(msg, `"\x15\x03`) { // a TLS alert
			return ConnTLS
		}
		return ConnNotRedis
	}
	return ConnOther
}

func kindOfReply(err error) ConnKind {
	for prefix, kind := range map[string]ConnKind{
		"NOAUTH":      ConnNoAuth,
		"WRONGPASS":   ConnWrongAuth,
		"DENIED":      ConnProtected,
		"LOADING":     ConnLoading,
		"MASTERDOWN":  ConnLoading,
		"CLUSTERDOWN": ConnCluster,
	} {
		if redis.HasErrorPrefix(err, prefix) {
			return kind
		}
	}
	msg := replyText(err)
	switch {
	case strings.Contains(msg, "invalid password"), // before Redis 6
		strings.Contains(msg, "without any password configured"):
		return ConnWrongAuth
	case strings.Contains(msg, "operation not permitted"): // before Redis 2.8
		return ConnNoAuth
	case strings.Contains(msg, "max number of clients"):
		return ConnFull
	case strings.Contains(msg, "DB index is out of range"), strings.Contains(msg, "invalid DB index"),
		strings.Contains(msg, "SELECT is not allowed"):
		return ConnNoDB
	case redis.HasErrorPrefix(err, "NOPERM"):
		return ConnNotAllowed
	}
	return ConnOther
}

func badCertificate(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	return ok
}

// errClosed is for a session that was closed, or that has a new master.
var errClosed = errors.New("the connection was closed before the server answered")

// errHungUp stands for an io.EOF of a connection, which must not be taken for
// that of Scan.Next: the end of all keys.
var errHungUp = errors.New("the other side closed the connection")
