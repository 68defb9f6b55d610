package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/ownfile"
)

// flagValues are the flags that every subcommand has: which server, and how.
type flagValues struct {
	url, username, theme, prefix, config string
	host                                 string
	port                                 int
	askpass, readOnly, cluster           bool
	db                                   int
	timeout                              time.Duration
	protect, keyPrefix                   []string

	tls, tlsInsecure                bool
	tlsCA, tlsCert, tlsKey, tlsName string

	ssh, sshKey string

	sentinel      string
	sentinelAddrs []string
	sentinelUser  string

	connection string // the name of a saved one
}

const fromURL = math.MinInt32 // --db when it was not given

func (v *flagValues) register(f *pflag.FlagSet) {
	f.StringVarP(&v.url, "url", "u", "", "server: redis://[user@]host[:port][/db], rediss:// for TLS, unix:///path (default "+inspect.DefaultURL+")")
	f.StringVar(&v.host, "host", "", "server host, instead of a URL")
	f.IntVarP(&v.port, "port", "p", 0, "server port (default 6379, or 26379 for a sentinel)")
	f.IntVarP(&v.db, "db", "n", fromURL, "database number, instead of the URL's")
	f.StringVar(&v.username, "username", "", "user, instead of the URL's (password: CACHEVIEW_PASSWORD or --askpass)")
	f.BoolVar(&v.askpass, "askpass", false, "prompt for the password")
	f.BoolVar(&v.readOnly, "read-only", false, "send no command that writes")
	f.StringSliceVar(&v.protect, "protect", nil, "never delete keys with this literal prefix (repeatable)")
	v.timeout = 5 * time.Second
	f.Var((*duration)(&v.timeout), "timeout", "time to wait for the server")
	f.BoolVar(&v.cluster, "cluster", false, "the URL is a cluster node (detected automatically)")
	f.BoolVar(&v.tls, "tls", false, "use TLS, as rediss:// does")
	f.StringVar(&v.tlsCA, "tls-ca", "", "file with the CA certificates to trust")
	f.StringVar(&v.tlsCert, "tls-cert", "", "file with the client certificate")
	f.StringVar(&v.tlsKey, "tls-key", "", "file with the client certificate's key")
	f.StringVar(&v.tlsName, "tls-name", "", "name that the server's certificate must have")
	f.BoolVar(&v.tlsInsecure, "tls-insecure", false, "accept any certificate (the screen shows a warning)")
	f.StringVar(&v.ssh, "ssh", "", "tunnel through this SSH host (user@host:port)")
	f.StringVar(&v.sshKey, "ssh-key", "", "SSH key file (default: agent, ~/.ssh)")
	f.StringVar(&v.sentinel, "sentinel", "", "master name; the URL is then a sentinel's")
	f.StringSliceVar(&v.sentinelAddrs, "sentinel-addr", nil, "host:port of another sentinel (repeatable)")
	f.StringVar(&v.sentinelUser, "sentinel-username", "", "sentinel user (password: CACHEVIEW_SENTINEL_PASSWORD)")
	f.StringVarP(&v.connection, "connection", "c", "", "saved connection to use")
	f.StringVar(&v.prefix, "prefix", "", "only keys with this literal prefix; the screen's first filter")
	f.StringArrayVar(&v.keyPrefix, "key-prefix", nil, "CACHE_KEY_PREFIX of a Flask app (repeatable)")
	f.StringVar(&v.theme, "theme", "", "screen colors: auto, dark, light, contrast or mono")
	f.StringVar(&v.config, "config", "", "configuration file (default ~/.config/cacheview/config.toml)")
	f.Lookup("db").DefValue = "" // of no use to people
	f.Lookup("port").DefValue = ""
	for _, name := range []string{"askpass", "config"} {
		f.Lookup(name).Annotations = map[string][]string{commandLineOnly: {}}
	}
}

// hostURL makes a URL of --host and --port, which then is as good as --url. Those
// of the environment count less than a URL from anywhere but the configuration.
func (a *app) hostURL() error {
	host, port := a.set.Lookup("host"), a.set.Lookup("port")
	url := a.set.Lookup("url")
	typed := host.Changed || port.Changed
	if !typed && (a.flags.host == "" && a.flags.port == 0 || url.Changed || a.flags.connection != "" || a.origin["url"] == envName("url")) {
		return nil
	}
	if typed {
		for _, other := range []string{"url", "connection"} {
			if a.set.Changed(other) {
				return usagef("use only one of --%s and --host or --port: each names a server", other)
			}
		}
	}
	name := cmp.Or(strings.Trim(a.flags.host, "[]"), "localhost")
	if strings.ContainsAny(name, "/@? ") {
		return usagef("--host is a name or an address; for a URL there is --url")
	}
	switch {
	case a.flags.port != 0 || port.Changed:
		name = net.JoinHostPort(name, strconv.Itoa(a.flags.port))
	case strings.Contains(name, ":"):
		name = "[" + name + "]"
	}
	full, err := inspect.ParseURL("redis://" + name)
	if err != nil {
		return usagef("--host and --port: %v", err)
	}
	url.Changed = typed
	a.origin["url"] = "--host and --port"
	if !typed {
		a.origin["url"] = "CACHEVIEW_HOST and CACHEVIEW_PORT"
	}
	return url.Value.Set(full)
}

// open connects to the server that flags, environment and configuration say.
func (a *app) open(ctx context.Context) (*inspect.Client, error) {
	if err := a.adoptFlask(); err != nil {
		return nil, err
	}
	cfg, err := a.serverConfig(ctx)
	if err != nil {
		return nil, err
	}
	if cfg.Unverified() {
		a.note("cacheview: TLS without checking the server's certificate: anybody could answer, and gets the password\n")
	}
	if a.fromFlask.source != "" {
		a.note("cacheview: the server is %s, as %s says\n", decode.Printable(inspect.RedactURL(cfg.URL)), a.fromFlask.source)
	}
	c, err := inspect.Open(ctx, cfg)
	if err == nil {
		a.opened = c
		context.AfterFunc(ctx, func() {
			time.AfterFunc(lastAnswer, func() { _ = c.Close() })
		})
	}
	return c, err
}

// lastAnswer is how long an interrupted command waits for the answer that is on
// its way, which tells what became of the last keys.
const lastAnswer = time.Second

func (a *app) serverConfig(ctx context.Context) (inspect.Config, error) {
	a.used(serverGroup)
	a.used(safetyGroup)
	v := &a.flags
	full, err := inspect.ParseURL(v.url)
	if err != nil {
		return inspect.Config{}, usageError(err.Error())
	}
	cfg := inspect.Config{
		URL:          full,
		Username:     v.username,
		Cluster:      v.cluster,
		ReadOnly:     v.readOnly,
		Timeout:      v.timeout,
		Protected:    slices.Concat(v.protect, a.file.Protected, a.saved.Protected),
		JournalLimit: a.file.UndoLimit,
		JournalDays:  a.file.UndoDays,
	}
	cfg.App = a.source
	if cfg.KeyPrefixes, err = a.keyPrefixes(); err != nil {
		return cfg, err
	}
	if v.db != fromURL {
		if v.db < 0 {
			return cfg, usagef("--db must not be negative")
		}
		cfg.DB = &v.db
	}
	if cfg.TLS, err = v.tlsConfig(); err != nil {
		return cfg, err
	}
	if cfg.Sentinel, err = a.sentinel(ctx, full); err != nil {
		return cfg, err
	}
	if cfg.SSH, err = a.tunnel(ctx); err != nil {
		return cfg, err
	}
	cfg.Password, err = a.password(ctx)
	return cfg, err
}

// password returns the password for the server, "" to leave it to the URL. A
// password is for the server that it was given for: one of the user (typed, or
// from the environment) goes to a server that the user named, and not to one that
// a file in the working directory names, which may be anybody's. That of a saved
// connection, or of the server in the configuration, goes there alone.
func (a *app) password(ctx context.Context) (string, error) {
	if a.flags.askpass {
		if a.fromFlask.fromFile {
			return "", usagef("%s names the server, which may be anybody's: name it with -u to send it your password", a.fromFlask.source)
		}
		return a.askSecret(ctx, "Password: ")
	}
	variable, own := a.ownPassword()
	switch {
	case a.flags.connection != "":
		p, err := a.secret(ctx, a.saved.Secret)
		if p == "" && err == nil && own != "" && !urlHasPassword(a.saved.URL) {
			a.note("cacheview: %s is not sent to the connection %s: it has no password_env = %q\n", variable, shown([]byte(a.flags.connection)), variable)
		}
		return p, err
	case a.fromFlask.fromFile:
		if own != "" {
			a.note("cacheview: %s is not sent to the server that %s names; name it with -u to send it\n", variable, a.fromFlask.source)
		}
		return a.fromFlask.password, nil
	case own != "":
		return own, nil
	case a.fromFlask.url != "":
		return a.fromFlask.password, nil // that of the configuration is for another server
	case !a.isConfigured():
		return "", nil
	}
	return a.secret(ctx, a.file.Secret)
}

// ownPassword returns the password in the environment and its variable. A line
// end, as a file has it, is no part of it.
func (a *app) ownPassword() (variable, password string) {
	for _, variable := range []string{"CACHEVIEW_PASSWORD", "REDISCLI_AUTH"} {
		if p := strings.TrimRight(a.getenv(variable), "\r\n"); p != "" {
			return variable, p
		}
	}
	return "", ""
}

// isConfigured reports whether the server is the one of the configuration, for
// which its password is. A configuration that names no server means any.
func (a *app) isConfigured() bool {
	configured := a.file.Settings["url"]
	if configured == "" {
		return true
	}
	theirs, err := inspect.ParseURL(configured)
	ours, err2 := inspect.ParseURL(a.flags.url)
	return err == nil && err2 == nil && hostOf(theirs) == hostOf(ours)
}

// hostOf is where a URL leads, without the user and the database.
func hostOf(full string) string {
	u, err := url.Parse(full)
	if err != nil {
		return ""
	}
	if u.Scheme == "unix" {
		return u.Scheme + "://" + u.Path
	}
	return strings.ToLower(u.Hostname()) + ":" + cmp.Or(u.Port(), "6379")
}

// urlHasPassword reports whether a URL has a password in it.
func urlHasPassword(full string) bool {
	u, err := url.Parse(full)
	if err != nil || u.User == nil {
		return false
	}
	_, ok := u.User.Password()
	return ok
}

// sentinel is where the master is asked for, nil where nobody said so.
func (a *app) sentinel(ctx context.Context, full string) (*inspect.Sentinel, error) {
	password := strings.TrimRight(a.getenv("CACHEVIEW_SENTINEL_PASSWORD"), "\r\n")
	s := a.saved.Sentinel
	if s == nil {
		return a.flags.sentinelConfig(full, password), nil
	}
	bound, err := a.secret(ctx, s.Secret)
	if err != nil {
		return nil, err
	}
	if bound == "" && password != "" {
		a.note("cacheview: CACHEVIEW_SENTINEL_PASSWORD is not sent to the sentinels of %s: they have no password_env\n", shown([]byte(a.flags.connection)))
	}
	password = bound
	return &inspect.Sentinel{Master: s.Master, Addrs: s.Addrs, Username: s.User, Password: password}, nil
}

func (v *flagValues) tlsConfig() (*tls.Config, error) {
	if !v.tls && !v.tlsInsecure && v.tlsCA == "" && v.tlsCert == "" && v.tlsKey == "" && v.tlsName == "" {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: v.tlsName, InsecureSkipVerify: v.tlsInsecure}
	if v.tlsCA != "" {
		pem, err := ownfile.Read(v.tlsCA)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, usagef("--tls-ca %s holds no certificate", v.tlsCA)
		}
	}
	if (v.tlsCert == "") != (v.tlsKey == "") {
		return nil, usagef("--tls-cert and --tls-key go together")
	}
	if v.tlsCert != "" {
		cert, err := tls.LoadX509KeyPair(v.tlsCert, v.tlsKey)
		if err != nil {
			return nil, err
		}
		cfg.Certificates = []tls.Certificate{cert}
	}
	return cfg, nil
}

// sentinelConfig treats the URL's host as a sentinel.
func (v *flagValues) sentinelConfig(full, password string) *inspect.Sentinel {
	if v.sentinel == "" {
		return nil
	}
	s := &inspect.Sentinel{Master: v.sentinel, Username: v.sentinelUser, Password: password}
	if u, err := url.Parse(full); err == nil && u.Host != "" {
		host := u.Host
		if u.Port() == "" {
			host = strings.TrimSuffix(host, ":") + ":26379"
		}
		s.Addrs = append(s.Addrs, host)
	}
	s.Addrs = append(s.Addrs, v.sentinelAddrs...)
	return s
}
