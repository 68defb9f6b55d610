package inspect

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/tunnel"
)

// hints are the next steps that depend on nothing but the kind.
var hints = map[ConnKind]string{
	ConnNoHost:     "is the name of the host right? does this machine know it (a VPN, the name of a container)?",
	ConnNoRoute:    "check the address, the network and the VPN",
	ConnTimeout:    "the host or a firewall does not answer; check the address and the port",
	ConnLost:       "the server closed the connection; if it expects TLS, use rediss://",
	ConnTLS:        "the server expects TLS (use rediss:// instead of redis://)",
	ConnNoAuth:     "give a password with CACHEVIEW_PASSWORD, --askpass, or password_env in the configuration",
	ConnProtected:  "the server only talks to its own machine; connect from there (--ssh user@host does), or set a password there",
	ConnLoading:    "wait until the server has loaded its data",
	ConnFull:       "the server has no connection left for us (maxclients in redis.conf); whom it has tells redis-cli client list",
	ConnSentinel:   "this is a sentinel, which holds no keys; give the master's name with --sentinel",
	ConnNoMaster:   "the names that a sentinel knows tells redis-cli -p 26379 sentinel masters",
	ConnCluster:    "some slots of the cluster have no node: redis-cli cluster info says how many, and redis-cli --cluster check which",
	ConnNotAllowed: "this user may not list keys; it needs at least +scan +type +pttl",
}

// hintBroke is said of a connection that was fine until it broke.
const hintBroke = "the server or the network broke it off; try again"

// hint is the next step after an error of that kind.
func (c *Client) hint(kind ConnKind, err error) string {
	host, port, _ := net.SplitHostPort(c.opt.Addr)
	ip := net.ParseIP(host)
	switch kind {
	case ConnSSH:
		if way, ok := errors.AsType[*tunnel.Error](err); ok {
			return way.Hint
		}
	case ConnRefused:
		switch {
		case c.cfg.Sentinel != nil:
			return "is the sentinel running there, and is the port right (26379 is usual)?"
		case c.opt.Network == "unix":
			return "the socket is there and nobody listens on it: is the server running?"
		case host == "localhost" || ip != nil && ip.IsLoopback():
			return "is Redis running? redis-cli -p " + port + " ping asks it, redis-server starts one; is the port right?"
		}
		return "is Redis running there, is the port right, and does it listen to other machines (bind in its redis.conf)?"
	case ConnNoSocket:
		if errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "permission") {
			return "is the server running, and is this its unixsocket? redis-cli config get unixsocket says"
		}
		return "this user may not open it: see unixsocketperm in redis.conf, or join the group of the socket"
	case ConnNotRedis:
		return strangers(err.Error())
	case ConnNoDB:
		if strings.Contains(err.Error(), "SELECT is not allowed") {
			return "a cluster has database 0 alone"
		}
		return fmt.Sprintf("the server has no database %d; most have 0 to 15 (databases in redis.conf)", c.opt.DB)
	case ConnNoAuth, ConnWrongAuth:
		return c.authHint(kind, err)
	case ConnLost:
		if c.greeted {
			return hintBroke
		}
	case ConnTLS:
		if c.withTLS {
			return tlsHint(err)
		}
	}
	return hints[kind]
}

func (c *Client) authHint(kind ConnKind, err error) string {
	switch {
	case c.cfg.Sentinel != nil && strings.Contains(err.Error(), noSentinel):
		return "it is the sentinel that asks: its password is CACHEVIEW_SENTINEL_PASSWORD, its user --sentinel-username"
	case kind == ConnNoAuth:
		return hints[kind]
	case strings.Contains(err.Error(), "without any password configured"):
		return "the server asks for no password: leave it out"
	case c.opt.Username != "":
		return fmt.Sprintf("is there a user %q, is it on, and is that its password? without a user it is that of the default one (requirepass)", c.opt.Username)
	}
	return "is that the password (requirepass in redis.conf)? a server with ACLs may want a user, too"
}

// tlsHint is about a handshake that both sides meant.
func tlsHint(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return "the server refused us: it may want a certificate that it trusts (--tls-cert and --tls-key), and its log says why"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the certificate is for another name: connect to that one, or give it with --tls-name"
	}
	if bad, ok := errors.AsType[x509.CertificateInvalidError](err); ok && bad.Reason == x509.Expired {
		return "the certificate is out of date: the server needs a new one (is the clock of this machine right?)"
	}
	if badCertificate(err) {
		return "the certificate is not trusted here: give the authority that it is of with --tls-ca"
	}
	return "the server may not speak TLS on this port (try redis:// instead of rediss://)"
}

// strangers says who else may have answered.
func strangers(answer string) string {
	_, said, _ := strings.Cut(answer, `"`)
	switch {
	case strings.HasPrefix(said, "HTTP/"), strings.HasPrefix(said, "<"):
		return "a web server answers on this port: Redis is on another (6379 is usual)"
	case strings.HasPrefix(said, "SSH-"):
		return "an SSH server answers on this port: to go through it, --ssh user@host and the address of Redis behind it"
	}
	return "something else answers on this port: Redis is on another (6379 is usual)"
}

// short takes off what go-redis and net put around an error that says it all.
func short(err error) error {
	if way, ok := errors.AsType[*tunnel.Error](err); ok {
		return way
	}
	if handshake, ok := errors.AsType[*tlsError](err); ok {
		if errors.Is(err, context.DeadlineExceeded) {
			return &tlsError{noAnswer{}}
		}
		return handshake
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Err
	}
	if reply, ok := errors.AsType[redis.Error](err); ok {
		return firstSentence(reply)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return noAnswer{}
	}
	if errors.Is(err, io.EOF) {
		return errHungUp
	}
	return err
}

// noAnswer stands for a deadline, which people did not set.
type noAnswer struct{}

func (noAnswer) Error() string { return "no answer in time" }
func (noAnswer) Unwrap() error { return context.DeadlineExceeded }

// firstSentence leaves out the advice of the server, which is for its owner.
func firstSentence(reply redis.Error) error {
	text := reply.Error()
	if redis.HasErrorPrefix(reply, "NOAUTH") {
		return quietReply("NOAUTH the server asks for a password")
	}
	first, _, _ := strings.Cut(text, ". ")
	if first = strings.TrimSuffix(first, "."); first == text {
		return reply
	}
	return quietReply(first)
}
