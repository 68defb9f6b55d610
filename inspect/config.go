package inspect

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/flask"
	"cacheview/inspect/tunnel"
)

// DefaultURL is where a Config without a URL leads.
const DefaultURL = "redis://localhost:6379/0"

// Config says which server to open and what the session may do. The zero value
// opens DefaultURL.
type Config struct {
	// URL is redis://[user:password@]host[:port][/db], rediss:// for TLS, or
	// unix://[user:password@]/path[?db=n]. A bare host:port will do as well.
	URL string
	// DB overrides the database of the URL when it is not nil.
	DB *int
	// Username and Password override those of the URL when not empty.
	Username, Password string
	// TLS overrides the settings of a rediss:// URL, and turns TLS on for any
	// other but unix://.
	TLS *tls.Config
	// Cluster treats the URL as one node of a cluster. Open also finds out by
	// itself, unless the server may not be asked.
	Cluster bool
	// SSH is the host through which the server, and every node and sentinel,
	// is reached; nil connects from here.
	SSH *tunnel.Config
	// Sentinel finds the server through sentinels; the URL then only gives
	// user, password and database.
	Sentinel *Sentinel

	// ReadOnly makes the session unable to send a command that writes.
	ReadOnly bool
	// Protected are literal prefixes of keys that are never deleted.
	Protected []string

	// KeyPrefixes are values of CACHE_KEY_PREFIX that apps of this database are
	// known to have; others are found.
	KeyPrefixes []string
	// App is what the source of an app says of its keys, nil if it is not known.
	App *flask.App

	// ClientName is what CLIENT LIST shows, "cacheview" when empty.
	ClientName string
	// Timeout bounds connecting and waiting for one reply; 0 means 5 s.
	Timeout time.Duration
	// StateDir is where undo journals are kept; "" means
	// $XDG_STATE_HOME/cacheview or ~/.local/state/cacheview.
	StateDir string
	// JournalLimit bounds what one delete may write to its undo journal, in
	// bytes; 0 means 256 MiB, less than 0 turns journals off.
	JournalLimit int64
	// JournalDays is after how many days an undo journal is thrown away; 0
	// means 7, less than 0 never for its age.
	JournalDays int
}

// Sentinel is where to ask for the address of a master.
type Sentinel struct {
	Master             string
	Addrs              []string
	Username, Password string // of the sentinels themselves
}

// URLError says what is wrong with a URL without repeating any of it, because
// a URL that cannot be parsed cannot be cleared of its password either.
type URLError struct{ Problem string }

// Error is the problem, with what a URL looks like.
func (e *URLError) Error() string {
	return e.Problem + " (a URL looks like redis://<user>:<password>@host:6379/0; " +
		"characters of a password such as # / ? % are written %23 %2F %3F %25)"
}

// ParseURL checks a URL and returns it in full: with its scheme, and DefaultURL
// for "". Its only error is *URLError.
func ParseURL(s string) (string, error) {
	full, _, err := parseURL(s)
	return full, err
}

func parseURL(s string) (string, *redis.Options, error) {
	switch {
	case s == "":
		s = DefaultURL
	case strings.HasPrefix(s, "/"):
		s = "unix://" + s
	case !strings.Contains(s, "://"):
		s = "redis://" + s
	}
	if scheme, rest, _ := strings.Cut(s, "://"); otherNames[scheme] != "" {
		s = otherNames[scheme] + "://" + rest
	}
	u, err := url.Parse(s)
	if err != nil {
		return "", nil, &URLError{"the URL cannot be parsed"}
	}
	if u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix" {
		return "", nil, &URLError{"the URL must begin with redis://, rediss:// or unix://"}
	}
	if u.Fragment != "" || strings.Contains(u.Path, "@") {
		return "", nil, &URLError{"the URL cannot be parsed"}
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return "", nil, &URLError{"the URL's port is not a number from 1 to 65535"}
		}
	}
	opt, err := redis.ParseURL(s)
	if err != nil {
		return "", nil, &URLError{"the URL's database or one of its options is wrong"}
	}
	if opt.DB < 0 {
		return "", nil, &URLError{"the URL's database is negative"}
	}
	return s, opt, nil
}

// otherNames are what other clients call the schemes.
var otherNames = map[string]string{
	"valkey": "redis", "valkeys": "rediss", "redis+unix": "unix", "redis+socket": "unix", "valkey+unix": "unix",
}

// urlSecret is what stands between the scheme and the last @ of a URL.
var urlSecret = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s"'<>]*@`)

// RedactText returns a text, such as an error of another package, without the
// user and the password of any URL that it quotes.
func RedactText(s string) string {
	return urlSecret.ReplaceAllString(s, "$1***@")
}

// Unverified reports whether the session will have TLS that does not check the
// server's certificate, so that anybody could answer.
func (c Config) Unverified() bool {
	_, opt, err := parseURL(c.URL)
	switch {
	case err != nil || opt.Network == "unix":
		return false
	case c.TLS != nil:
		return c.TLS.InsecureSkipVerify
	}
	return opt.TLSConfig != nil && opt.TLSConfig.InsecureSkipVerify
}

// place is Server.Addr: what tells one server from another, wherever undo
// journals of both are kept. Behind two SSH hosts localhost is two machines, and
// two sets of sentinels may call their masters the same.
func (c Config) place(addr string) string {
	if c.Sentinel != nil {
		addr = c.Sentinel.Master
		if len(c.Sentinel.Addrs) > 0 {
			addr += " of " + slices.Min(c.Sentinel.Addrs)
		}
	}
	if c.SSH != nil {
		addr += " via " + c.SSH.String()
	}
	return addr
}

// String is the configuration for people: no password is in it.
func (c Config) String() string {
	return fmt.Sprintf("{URL:%s DB:%v ReadOnly:%t}", RedactURL(c.URL), c.DB, c.ReadOnly)
}

// GoString is String, for whoever prints values with %#v.
func (c Config) GoString() string { return "inspect.Config" + c.String() }

// String is the sentinels without their password.
func (s *Sentinel) String() string { return fmt.Sprintf("{Master:%s Addrs:%v}", s.Master, s.Addrs) }

// GoString is String, for whoever prints values with %#v.
func (s *Sentinel) GoString() string { return "inspect.Sentinel" + s.String() }

// RedactURL returns a URL for people to see: without its password, whether or
// not it can be parsed.
func RedactURL(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "", s
	} else {
		scheme += "://"
	}
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return s
	}
	user, _, hasPassword := strings.Cut(rest[:at], ":")
	if hasPassword {
		user += ":***"
	}
	return scheme + user + rest[at:]
}
