package inspect_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/tunnel"
)

// through is the way through an SSH host with a key of its own.
func through(t *testing.T, h *inspecttest.SSHHost, src tunnel.Source) *tunnel.Config {
	t.Helper()
	if src.Required == nil && src.Agent == "" {
		src.Required = []string{h.Key}
	}
	id, err := tunnel.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	return &tunnel.Config{Host: h.Addr, User: h.User, Identity: id, KnownHosts: []string{h.KnownHosts}}
}

// TestSSH lists, reads, watches, deletes and undoes through a tunnel, whatever
// is at its end.
func TestSSH(t *testing.T) {
	t.Parallel()
	h := inspecttest.StartSSH(t)
	way := through(t, h, tunnel.Source{})
	plain := inspecttest.Start(t)
	secure, secureAddr, trust := inspecttest.StartTLS(t)
	watched := inspecttest.Start(t)
	sentinel := watched.StartSentinel("cache")
	tests := []struct {
		name string
		srv  *inspecttest.Server
		cfg  inspect.Config
	}{
		{"TCP", plain, inspect.Config{URL: plain.URL(2)}},
		{"a socket of the host", plain, inspect.Config{URL: "unix://" + plain.Sock + "?db=2"}},
		{"TLS", secure, inspect.Config{URL: "rediss://" + secureAddr + "/2", TLS: trust}},
		{"a sentinel", watched, inspect.Config{URL: "redis:///2", Sentinel: &inspect.Sentinel{Master: "cache", Addrs: []string{sentinel}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.srv.Dial(2)
			w.Do("FLUSHDB")
			tt.srv.Fill(2, 2000, itoa, strings.Repeat("x", 1000))
			w.Do("SET", "expires", "x", "PX", "900000")
			tt.cfg.SSH = way
			c := open(t, tt.cfg)
			if got := c.Server().Addr; !strings.HasSuffix(got, " via "+h.User+"@"+h.Addr) {
				t.Errorf("it is called %s", got)
			}
			if got := listed(t, c, inspect.ScanOptions{}); len(got) != 2001 {
				t.Errorf("%d keys", len(got))
			}
			if win, err := c.Read(t.Context(), []byte("7"), inspect.ReadOptions{}); err != nil || len(win.Raw) != 1000 {
				t.Errorf("%d bytes, %v", len(win.Raw), err)
			}
			watching := watch(t, c)
			w.Do("SET", "new", "x")
			until(t, watching, hasAll("new"))
			dump, ttl := w.Text("DUMP", "expires"), w.Int("PEXPIRETIME", "expires")
			if r := remove(t, c, inspect.Selection{All: true}); r.Deleted != 2002 || w.Int("DBSIZE") != 0 {
				t.Errorf("%+v", r)
			}
			if r, err := c.Undo(t.Context(), "", inspect.UndoOptions{}); err != nil || r.Restored != 2002 {
				t.Errorf("%+v, %v", r, err)
			}
			if w.Text("DUMP", "expires") != dump || w.Int("PEXPIRETIME", "expires") != ttl {
				t.Error("the key is not what it was")
			}
		})
	}
}

func TestSSHLeadsToACluster(t *testing.T) {
	t.Parallel()
	h := inspecttest.StartSSH(t)
	cluster := inspecttest.StartCluster(t, 3)
	cluster.Set(900, itoa, "x")
	c := open(t, inspect.Config{URL: cluster.Nodes[1].URL(0), SSH: through(t, h, tunnel.Source{})})
	if got := listed(t, c, inspect.ScanOptions{}); len(got) != 900 || c.Server().Mode != "cluster" {
		t.Errorf("%d keys of a %s", len(got), c.Server().Mode)
	}
	if r := remove(t, c, inspect.Selection{Prefix: []byte("1")}); cluster.Size() != 900-r.Deleted || r.Deleted == 0 {
		t.Errorf("%+v, %d left", r, cluster.Size())
	}
}

// TestSSHComesBack cuts the tunnel: what is under way fails as a lost server
// does, and the next request makes a new tunnel.
func TestSSHComesBack(t *testing.T) {
	t.Parallel()
	h := inspecttest.StartSSH(t)
	proxy := inspecttest.NewProxy(t, h.Addr)
	h.KnowAs(t, proxy.Addr)
	srv := inspecttest.Start(t)
	srv.Fill(0, 10, itoa, "x")
	way := through(t, h, tunnel.Source{})
	way.Host = proxy.Addr
	c := open(t, inspect.Config{URL: srv.URL(0), SSH: way, Timeout: 5 * time.Second})
	watching := watch(t, c)
	proxy.Refuse(true)
	proxy.Cut()
	if _, err := watching.Next(t.Context()); !inspect.IsDisconnected(err) {
		t.Errorf("the watch says %v", err)
	}
	for range 3 { // the connections of the pool, and then a new one
		if _, err := c.Ping(t.Context()); !inspect.IsDisconnected(err) || errors.Is(err, io.EOF) {
			t.Errorf("without a way: %v", err)
		}
	}
	proxy.Refuse(false)
	if _, err := c.Ping(t.Context()); err != nil {
		t.Errorf("with a way again: %v", err)
	}
	if got := listed(t, c, inspect.ScanOptions{}); len(got) != 10 {
		t.Errorf("%d keys", len(got))
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Ping(t.Context()); err == nil {
		t.Error("a closed client answers")
	}
}

func TestSSHLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	h := inspecttest.StartSSH(t)
	srv := inspecttest.Start(t)
	c := open(t, inspect.Config{URL: srv.URL(0), SSH: through(t, h, tunnel.Source{})})
	ours := func() int { return strings.Count(srv.Dial(0).Text("CLIENT", "LIST"), " name=cacheview ") }
	if ours() == 0 {
		t.Fatal("there is no connection")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ours() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a connection is left open")
		}
	}
}

func TestSSHSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := inspecttest.StartSSH(t)
	strict := inspecttest.StartSSH(t, "AllowTcpForwarding no")
	srv := inspecttest.Start(t)
	stranger := h.KeyPair(t, "stranger", "")
	other := inspecttest.StartSSH(t)
	wrongKeys := filepath.Join(t.TempDir(), "known_hosts")
	swap(t, h, other, wrongKeys)
	refused := net.JoinHostPort("127.0.0.1", itoa(inspecttest.RefusingPort(t)))

	tests := []struct {
		name string
		host *inspecttest.SSHHost
		url  string
		with func(*tunnel.Config)
		kind tunnel.Kind
		says []string
		lost bool
	}{
		{name: "an unknown host", host: h, with: func(c *tunnel.Config) { c.KnownHosts = nil }, kind: tunnel.UnknownHost, says: []string{"its key is SHA256:", "ssh -p", "answer yes"}},
		{name: "files that are not there", host: h, with: func(c *tunnel.Config) { c.KnownHosts = []string{"/nowhere"} }, kind: tunnel.UnknownHost, says: []string{"SHA256:"}},
		{name: "another key than before", host: h, with: func(c *tunnel.Config) { c.KnownHosts = []string{wrongKeys} }, kind: tunnel.ChangedHost, says: []string{wrongKeys + ":1", "ssh-keygen -R '[127.0.0.1]:"}},
		{name: "a key that it does not take", host: h, with: func(c *tunnel.Config) { c.Identity = identity(t, stranger) }, kind: tunnel.NoLogin, says: []string{"takes none of our keys (1 tried)", "--ssh-key"}},
		{name: "nobody listens", host: h, with: func(c *tunnel.Config) { c.Host = refused }, kind: tunnel.Unreachable, says: []string{refused, "connection refused"}, lost: true},
		{name: "a server that is no SSH host", host: h, with: func(c *tunnel.Config) { c.Host = srv.Addr }, kind: tunnel.Unreachable, says: []string{"SSH host " + srv.Addr}, lost: true},
		{name: "a web server", host: h, with: func(c *tunnel.Config) { c.Host = speaker(t, strings.Repeat("HTTP/1.1 400 Bad Request ", 100)) }, kind: tunnel.NotSSH, says: []string{"something else than SSH"}},
		{name: "no such host", host: h, with: func(c *tunnel.Config) { c.Host = "nobody.invalid:22" }, kind: tunnel.Unreachable, says: []string{"no such host"}, lost: true},
		{name: "forwarding is forbidden", host: strict, kind: tunnel.Prohibited, says: []string{"AllowTcpForwarding"}},
		{name: "nothing behind it", host: h, url: "redis://" + refused, kind: tunnel.NoTarget, says: []string{"from there " + refused, "Connection refused"}, lost: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			way := through(t, tt.host, tunnel.Source{})
			if tt.with != nil {
				tt.with(way)
			}
			url := tt.url
			if url == "" {
				url = srv.URL(0)
			}
			c, err := inspect.Open(t.Context(), inspect.Config{URL: url, SSH: way, Timeout: 5 * time.Second})
			if err == nil {
				_ = c.Close()
				t.Fatal("opened")
			}
			e, ok := errors.AsType[*inspect.ConnError](err)
			why, is := errors.AsType[*tunnel.Error](err)
			if !ok || !is || e.Kind != inspect.ConnSSH || why.Kind != tt.kind || e.Hint == "" {
				t.Fatalf("%#v: %v", why, err)
			}
			if inspect.IsDisconnected(err) != tt.lost {
				t.Errorf("lost is %v", !tt.lost)
			}
			for _, want := range tt.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v does not say %s", err, want)
				}
			}
		})
	}
}

// swap writes a known_hosts file that has the key of another host for h.
func swap(t *testing.T, h, other *inspecttest.SSHHost, file string) {
	t.Helper()
	mine, err := os.ReadFile(h.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(other.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(string(mine), " ")
	_, key, _ := strings.Cut(string(theirs), " ")
	if err := os.WriteFile(file, []byte(name+" "+key), 0o600); err != nil {
		t.Fatal(err)
	}
}

func identity(t *testing.T, files ...string) *tunnel.Identity {
	t.Helper()
	id, err := tunnel.Load(tunnel.Source{Required: files})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestSSHKeys logs in with what there is: an agent, a key with a passphrase, and
// a host that shows several kinds of keys.
func TestSSHKeys(t *testing.T) {
	t.Parallel()
	h := inspecttest.StartSSH(t)
	srv := inspecttest.Start(t)
	locked := h.KeyPair(t, "locked", "sesame")
	h.Authorize(t, locked)
	opens := func(t *testing.T, src tunnel.Source) {
		t.Helper()
		c := open(t, inspect.Config{URL: srv.URL(0), SSH: through(t, h, src)})
		if _, err := c.Size(t.Context()); err != nil {
			t.Error(err)
		}
	}
	asked := 0
	says := func(phrase string) func(string) ([]byte, error) {
		return func(file string) ([]byte, error) {
			asked++
			if file != locked {
				t.Errorf("asked for %s", file)
			}
			return []byte(phrase), nil
		}
	}
	opens(t, tunnel.Source{Required: []string{locked}, Ask: says("sesame")})
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	// Where another key will do, nobody is asked.
	opens(t, tunnel.Source{Required: []string{h.Key}, Optional: []string{locked, "/nowhere"}, Ask: says("")})
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	for want, src := range map[string]tunnel.Source{
		"that is not its passphrase": {Required: []string{locked}, Ask: says("wrong")},
		"ssh-add " + locked:          {Required: []string{locked}},
		"no such file":               {Required: []string{"/nowhere"}},
		"not a private key":          {Required: []string{locked + ".pub"}},
		"there is no SSH key":        {Optional: []string{"/nowhere"}},
	} {
		if _, err := tunnel.Load(src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v is not %q", err, want)
		}
	}

	socket := agentWith(t, h.Key)
	opens(t, tunnel.Source{Agent: socket, Optional: []string{locked}})
}

// agentWith runs an ssh-agent that holds a key, and returns its socket.
func agentWith(t *testing.T, key string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cv")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "agent")
	agent := exec.Command("ssh-agent", "-D", "-a", socket)
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = agent.Process.Kill()
		_ = agent.Wait()
		_ = os.RemoveAll(dir)
	})
	add := func() error {
		cmd := exec.Command("ssh-add", "-q", key)
		cmd.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
		return cmd.Run()
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := add(); err == nil {
			return socket
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// TestSSHKnowsNamesOfTLS shows that a certificate is checked against the name of
// the server, not that of the SSH host.
func TestSSHKnowsNamesOfTLS(t *testing.T) {
	t.Parallel()
	h := inspecttest.StartSSH(t)
	_, addr, trust := inspecttest.StartTLS(t)
	other := &tls.Config{RootCAs: trust.RootCAs, ServerName: "cache.example", MinVersion: tls.VersionTLS12}
	_, err := inspect.Open(t.Context(), inspect.Config{URL: "rediss://" + addr, TLS: other, SSH: through(t, h, tunnel.Source{})})
	if e, ok := asConnError(err); !ok || e.Kind != inspect.ConnTLS {
		t.Errorf("another name: %v", err)
	}
	_, port, _ := net.SplitHostPort(addr)
	// localhost is no name of the certificate, and has it for SNI.
	_, err = inspect.Open(t.Context(), inspect.Config{URL: "rediss://localhost:" + port, TLS: trust, SSH: through(t, h, tunnel.Source{})})
	if e, ok := asConnError(err); !ok || e.Kind != inspect.ConnTLS || !strings.Contains(err.Error(), "localhost") {
		t.Errorf("no name of the certificate: %v", err)
	}
}
