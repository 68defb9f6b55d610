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
	ConnNoHost:     "check the host name, and that this machine can resolve it (VPN, container name)",
	ConnNoRoute:    "check the address, the network and the VPN",
	ConnTimeout:    "the host or a firewall does not answer; check the address and the port",
	ConnLost:       "the server closed the connection; if it expects TLS, use rediss://",
	ConnTLS:        "the server expects TLS (use rediss:// instead of redis://)",
	ConnNoAuth:     "give a password with CACHEVIEW_PASSWORD, --askpass, or password_env in the configuration",
	ConnProtected:  "the server only talks to its own machine; connect from there (--ssh user@host does), or set a password there",
	ConnLoading:    "wait until the server has loaded its data",
	ConnFull:       "the server has reached maxclients (redis.conf); list its clients with redis-cli client list",
	ConnSentinel:   "this is a sentinel, which holds no keys; give the master's name with --sentinel",
	ConnNoMaster:   "list the masters that a sentinel knows with redis-cli -p 26379 sentinel masters",
	ConnCluster:    "some slots of the cluster have no node: see redis-cli cluster info and redis-cli --cluster check",
	ConnNotAllowed: "this user cannot list keys; it needs at least +scan +type +pttl",
}

// hintBroke is said of a connection that was fine until it broke.
const hintBroke = "the server or the network closed it; try again"

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
			return "check that the sentinel runs there and that the port is right (usually 26379)"
		case c.opt.Network == "unix":
			return "the socket exists, but no server listens on it; start the server"
		case host == "localhost" || ip != nil && ip.IsLoopback():
			return "start Redis with redis-server, check it with redis-cli -p " + port + " ping, or pass another port with -p"
		}
		return "check that Redis runs there, that the port is right, and that it accepts other machines (bind in redis.conf)"
	case ConnNoSocket:
		if errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "permission") {
			return "check that the server runs and that this is its unixsocket (redis-cli config get unixsocket)"
		}
		return "permission denied: see unixsocketperm in redis.conf, or join the group of the socket"
	case ConnNotRedis:
		return strangers(err.Error())
	case ConnNoDB:
		if strings.Contains(err.Error(), "SELECT is not allowed") {
			return "a cluster has only database 0"
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
		return "the sentinel requires a password: set CACHEVIEW_SENTINEL_PASSWORD, and --sentinel-username for its user"
	case kind == ConnNoAuth:
		return hints[kind]
	case strings.Contains(err.Error(), "without any password configured"):
		return "the server has no password: leave it out"
	case c.opt.Username != "":
		return fmt.Sprintf("check that user %q exists, is on and has that password; without a user, the default user's password (requirepass) is needed", c.opt.Username)
	}
	return "check the password (requirepass in redis.conf); a server with ACLs may also need a user"
}

// tlsHint is about a handshake that both sides meant.
func tlsHint(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return "the server refused the handshake: it may require a client certificate (--tls-cert and --tls-key); its log has the reason"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the certificate is for another name: connect to that one, or give it with --tls-name"
	}
	if bad, ok := errors.AsType[x509.CertificateInvalidError](err); ok && bad.Reason == x509.Expired {
		return "the certificate is out of date: the server needs a new one (is the clock of this machine right?)"
	}
	if badCertificate(err) {
		return "the certificate is not trusted: pass its certificate authority with --tls-ca"
	}
	return "the server probably has no TLS on this port; try redis:// instead of rediss://"
}

// strangers says who else may have answered.
func strangers(answer string) string {
	_, said, _ := strings.Cut(answer, `"`)
	switch {
	case strings.HasPrefix(said, "HTTP/"), strings.HasPrefix(said, "<"):
		return "a web server answers on this port; Redis usually listens on 6379"
	case strings.HasPrefix(said, "SSH-"):
		return "an SSH server answers on this port: to tunnel through it, pass --ssh user@host and the address of Redis behind it"
	}
	return "another program answers on this port; Redis usually listens on 6379"
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
		return quietReply("NOAUTH the server requires a password")
	}
	first, _, _ := strings.Cut(text, ". ")
	if first = strings.TrimSuffix(first, "."); first == text {
		return reply
	}
	return quietReply(first)
}
