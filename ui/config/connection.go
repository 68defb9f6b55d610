package config

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Environment is how much a mistake on a server costs.
type Environment string

// The environments. The empty one is a server that nothing is said of.
const (
	Dev        Environment = "dev"
	Staging    Environment = "staging"
	Production Environment = "production" // every delete is confirmed by its count
)

// Connection is a saved server.
type Connection struct {
	URL         string
	DB          *int // instead of the URL's
	User        string
	Secret      Secret
	Environment Environment
	ReadOnly    bool
	Prefix      string    // literal prefix that the screen starts with
	KeyPrefixes []string  // CACHE_KEY_PREFIX of apps, instead of the file's
	Protected   []string  // in addition to the file's
	Delimiters  []string  // instead of the file's
	Decoders    []Decoder // before the file's
	Theme       string
	Cluster     bool
	Sentinel    *Sentinel
	SSH         string // [user@]host[:port] to go through
	SSHKey      string // a path
	TLS         TLS
	Timeout     time.Duration // 0 where the file does not say
}

// Sentinel finds a master by name.
type Sentinel struct {
	Master string
	Addrs  []string // host:port
	User   string
	Secret Secret
}

// TLS is about the server's certificate and ours. The zero value leaves it to
// the URL.
type TLS struct {
	On            bool
	CA, Cert, Key string // paths
	Name          string // that the server's certificate must have
	Insecure      bool   // any certificate will do
}

func readConnection(t *table) Connection {
	c := Connection{
		URL: t.text("url"), DB: t.number("db"), User: t.text("user"), Secret: readSecret(t),
		Environment: Environment(t.choice("environment", string(Dev), string(Staging), string(Production))),
		ReadOnly:    t.yes("read_only"), Prefix: t.text("prefix"), KeyPrefixes: t.texts("key_prefix"),
		Protected: t.texts("protected"), Delimiters: readDelimiters(t),
		Decoders: readDecoders(t), Theme: t.text("theme"),
		Cluster: t.yes("cluster"), Sentinel: readSentinel(t.table("sentinel")),
		SSH: t.text("ssh"), SSHKey: t.text("ssh_key"),
		TLS: TLS{
			On: t.yes("tls"), CA: t.text("tls_ca"), Cert: t.text("tls_cert"), Key: t.text("tls_key"),
			Name: t.text("tls_name"), Insecure: t.yes("tls_insecure"),
		},
		Timeout: t.duration("timeout"),
	}
	if c.URL == "" && c.Sentinel == nil {
		t.wrong("url", `a connection needs a URL, such as "redis://cache.example:6379/0"`)
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		t.wrong("tls_cert", "tls_cert and tls_key go together")
	}
	t.done()
	return c
}

func readSentinel(t *table) *Sentinel {
	if t == nil {
		return nil
	}
	s := &Sentinel{Master: t.text("master"), Addrs: t.texts("addrs"), User: t.text("user"), Secret: readSecret(t)}
	if s.Master == "" || len(s.Addrs) == 0 {
		t.report(`a sentinel is { master = "mymaster", addrs = ["host:26379"] }`, t.path...)
	}
	t.done()
	return s
}

func readSecret(t *table) Secret {
	s := Secret{Password: t.text("password"), Env: t.text("password_env"), Command: t.texts("password_command")}
	ways := 0
	for _, given := range []bool{s.Password != "", s.Env != "", len(s.Command) > 0} {
		if given {
			ways++
		}
	}
	if ways > 1 {
		t.wrong("password_env", "give one of password_env, password_command and password")
	}
	return s
}

// PlaintextPassword returns the first key whose value is a password that everybody who
// reads the file can read: password, or a URL that holds one.
func (f *File) PlaintextPassword() (key []string, ok bool) {
	if f.Secret.Password != "" {
		return []string{"password"}, true
	}
	if urlHasPassword(f.Settings["url"]) {
		return []string{"url"}, true
	}
	for _, name := range f.Names() {
		c := f.Connections[name]
		at := []string{"connections", name}
		switch {
		case c.Secret.Password != "":
			return append(at, "password"), true
		case urlHasPassword(c.URL):
			return append(at, "url"), true
		case c.Sentinel != nil && c.Sentinel.Secret.Password != "":
			return append(at, "sentinel", "password"), true
		}
	}
	return nil, false
}

// urlHasPassword errs on the side of yes where s cannot be parsed.
func urlHasPassword(s string) bool {
	if !strings.Contains(s, "@") {
		return false
	}
	if !strings.Contains(s, "://") {
		s = "redis://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return true
	}
	secret, _ := u.User.Password()
	return secret != "" || u.User == nil
}

// Names are the names of the connections, sorted.
func (f *File) Names() []string {
	names := make([]string, 0, len(f.Connections))
	for name := range f.Connections {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// SecretVariables are the environment variables that hold passwords, by the
// password_env of the file and of each connection.
func (f *File) SecretVariables() []string {
	var names []string
	add := func(s Secret) {
		if s.Env != "" {
			names = append(names, s.Env)
		}
	}
	add(f.Secret)
	for _, name := range f.Names() {
		c := f.Connections[name]
		add(c.Secret)
		if c.Sentinel != nil {
			add(c.Sentinel.Secret)
		}
	}
	return names
}

// Programs are the programs that the file has run: those of the decoders and of
// each password_command.
func (f *File) Programs() []string {
	var programs []string
	add := func(command []string) {
		if len(command) > 0 {
			programs = append(programs, command[0])
		}
	}
	add(f.Secret.Command)
	for _, d := range f.Decoders {
		add(d.Command)
	}
	for _, name := range f.Names() {
		c := f.Connections[name]
		add(c.Secret.Command)
		for _, d := range c.Decoders {
			add(d.Command)
		}
		if c.Sentinel != nil {
			add(c.Sentinel.Secret.Command)
		}
	}
	return programs
}
