package inspect_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// speaker is a server that answers every connection with the same bytes.
func speaker(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 1024))
				_, _ = io.WriteString(conn, answer)
				if answer == "" { // never an answer
					_, _ = io.Copy(io.Discard, conn)
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t"
	srv := inspecttest.Start(t)
	locked := inspecttest.Start(t, "--requirepass", secret)
	acl := locked.Dial(0)
	acl.Do("AUTH", secret)
	acl.Do("ACL", "SETUSER", "blind", "on", ">"+secret, "+ping", "+hello", "+info", "~*")
	nobody := inspecttest.FreePort
	loopback := func(port int) string { return net.JoinHostPort("127.0.0.1", itoa(port)) }

	tests := []struct {
		name string
		url  string
		kind inspect.ConnKind
		lost bool
	}{
		{"refused", "redis://user:" + secret + "@" + loopback(nobody(t)), inspect.ConnRefused, true},
		{"no such host", "redis://nobody.invalid", inspect.ConnNoHost, true},
		{"no socket", "unix://" + filepath.Join(t.TempDir(), "none"), inspect.ConnNoSocket, true},
		{"no password", locked.URL(0), inspect.ConnNoAuth, false},
		{"no password, other database", locked.URL(2), inspect.ConnNoAuth, false},
		{"wrong password", "redis://:" + secret + "x@" + locked.Addr, inspect.ConnWrongAuth, false},
		{"wrong user", "redis://who:" + secret + "@" + locked.Addr + "/1", inspect.ConnWrongAuth, false},
		{"password for nothing", "redis://user:" + secret + "@" + srv.Addr, inspect.ConnWrongAuth, false},
		{"may not scan", "redis://blind:" + secret + "@" + locked.Addr, inspect.ConnNotAllowed, false},
		{"no such database", srv.URL(99), inspect.ConnNoDB, false},
		{"web server", "redis://" + speaker(t, "HTTP/1.1 400 Bad Request\r\n\r\n"), inspect.ConnNotRedis, false},
		{"mail server", "redis://" + speaker(t, "220 mail ESMTP\r\n"), inspect.ConnNotRedis, false},
		{"silent", "redis://" + speaker(t, ""), inspect.ConnTimeout, true},
		{"hangs up", "redis://" + closer(t), inspect.ConnLost, true},
		{"protected mode", "redis://" + speaker(t, "-DENIED Redis is running in protected mode because protected mode is enabled\r\n"), inspect.ConnProtected, false},
		{"too many clients", "redis://" + speaker(t, "-ERR max number of clients reached\r\n"), inspect.ConnFull, true},
		{"loading", "redis://" + speaker(t, strings.Repeat("-LOADING Redis is loading the dataset in memory\r\n", 9)), inspect.ConnLoading, true},
		{"TLS to a plain server", "rediss://user:" + secret + "@" + srv.Addr, inspect.ConnTLS, false},
		{"plain to a TLS server", "redis://" + speaker(t, "\x15\x03\x01\x00\x02\x02\x46\r\n"), inspect.ConnTLS, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := inspect.Open(t.Context(), inspect.Config{URL: tt.url, Timeout: 2 * time.Second})
			if err == nil {
				_ = c.Close()
				t.Fatal("opened")
			}
			e, ok := errors.AsType[*inspect.ConnError](err)
			if !ok || e.Kind != tt.kind || e.Hint == "" || e.Addr == "" {
				t.Errorf("%#v: %v", err, err)
			}
			if inspect.IsDisconnected(err) != tt.lost {
				t.Errorf("lost is %v", !tt.lost)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the password is shown: %v", err)
			}
		})
	}
}

// closer is a server that hangs up.
func closer(t *testing.T) string {
	t.Helper()
	p := inspecttest.NewProxy(t, "127.0.0.1:1")
	p.Refuse(true)
	return p.Addr
}

// TestOpenSaysWhatToDo asks real servers for what they refuse, and wants the
// next step named.
func TestOpenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t"
	loopback := func(port int) string { return net.JoinHostPort("127.0.0.1", itoa(port)) }
	srv := inspecttest.Start(t)
	sentinel := srv.StartSentinel("cache")
	guarded := inspecttest.Start(t).StartSentinel("cache")
	inspecttest.Dial(t, "tcp", guarded, 0).Do("ACL", "SETUSER", "default", "resetpass", ">"+secret)
	locked := inspecttest.Start(t, "--requirepass", secret)
	full := inspecttest.Start(t, "--maxclients", "2")
	for held := 0; held < 2; {
		if full.Dial(0).Do("PING") == "PONG" { // and not refused for one that is being closed
			held++
		}
	}
	empty := inspecttest.Start(t, "--cluster-enabled", "yes", "--cluster-port", itoa(inspecttest.FreePort(t)))
	private := inspecttest.Start(t, "--unixsocketperm", "0")

	tests := []struct {
		name string
		cfg  inspect.Config
		kind inspect.ConnKind
		says string
	}{
		{"nobody at home", inspect.Config{URL: "redis://" + loopback(inspecttest.RefusingPort(t))}, inspect.ConnRefused, "start Redis with redis-server"},
		{"no socket", inspect.Config{URL: "unix:///nowhere"}, inspect.ConnNoSocket, "config get unixsocket"},
		{"no password", inspect.Config{URL: locked.URL(0)}, inspect.ConnNoAuth, "requires a password: give a password with CACHEVIEW_PASSWORD"},
		{"wrong password", inspect.Config{URL: locked.URL(0), Password: secret + "x"}, inspect.ConnWrongAuth, "check the password (requirepass"},
		{"no such user", inspect.Config{URL: locked.URL(0), Username: "user", Password: secret}, inspect.ConnWrongAuth, `user is disabled: check that user "user"`},
		{"full", inspect.Config{URL: full.URL(0)}, inspect.ConnFull, "maxclients"},
		{"no such database", inspect.Config{URL: srv.URL(99)}, inspect.ConnNoDB, "no database 99; most have 0 to 15"},
		{"a database of a cluster", inspect.Config{URL: empty.URL(1)}, inspect.ConnNoDB, "a cluster has only database 0"},
		{"a cluster without slots", inspect.Config{URL: empty.URL(0)}, inspect.ConnCluster, "redis-cli cluster info"},
		{"a sentinel", inspect.Config{URL: "redis://" + sentinel}, inspect.ConnSentinel, "--sentinel"},
		{"an unknown master", inspect.Config{Sentinel: &inspect.Sentinel{Master: "other", Addrs: []string{sentinel}}}, inspect.ConnNoMaster, `no sentinel knows a master "other"`},
		{"no sentinel", inspect.Config{Sentinel: &inspect.Sentinel{Master: "cache", Addrs: []string{loopback(inspecttest.RefusingPort(t))}}}, inspect.ConnRefused, "check that the sentinel runs there"},
		{"a sentinel with a password", inspect.Config{Sentinel: &inspect.Sentinel{Master: "cache", Addrs: []string{guarded}}}, inspect.ConnNoAuth, "CACHEVIEW_SENTINEL_PASSWORD"},
		{"a wrong password for it", inspect.Config{Sentinel: &inspect.Sentinel{Master: "cache", Addrs: []string{guarded}, Password: secret + "x"}}, inspect.ConnWrongAuth, "CACHEVIEW_SENTINEL_PASSWORD"},
		{"a web server", inspect.Config{URL: "redis://" + speaker(t, "HTTP/1.1 400 Bad Request\r\n\r\n")}, inspect.ConnNotRedis, "a web server answers"},
		{"an SSH host", inspect.Config{URL: "redis://" + inspecttest.StartSSH(t).Addr}, inspect.ConnNotRedis, "--ssh user@host"},
	}
	if os.Getuid() != 0 { // whom no permission holds up
		tests = append(tests, struct {
			name string
			cfg  inspect.Config
			kind inspect.ConnKind
			says string
		}{"a private socket", inspect.Config{URL: "unix://" + private.Sock}, inspect.ConnNoSocket, "unixsocketperm"})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.cfg.Timeout = 3 * time.Second
			c, err := inspect.Open(t.Context(), tt.cfg)
			if err == nil {
				_ = c.Close()
				t.Fatal("opened")
			}
			e, ok := errors.AsType[*inspect.ConnError](err)
			if !ok || e.Kind != tt.kind || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%#v: %v", err, err)
			}
			if text := err.Error(); strings.Contains(text, secret) || len(text) > 300 {
				t.Errorf("%d bytes: %s", len(text), text)
			}
		})
	}
}

// TestProtectedMode comes from an address of this machine that is not loopback.
func TestProtectedMode(t *testing.T) {
	t.Parallel()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		ip, ok := a.(*net.IPNet)
		if !ok || ip.IP.IsLoopback() || ip.IP.To4() == nil {
			continue
		}
		srv := inspecttest.Start(t, "--bind", "127.0.0.1", ip.IP.String(), "--protected-mode", "yes")
		_, port, _ := net.SplitHostPort(srv.Addr)
		_, err := inspect.Open(t.Context(), inspect.Config{URL: "redis://" + net.JoinHostPort(ip.IP.String(), port)})
		e, ok := errors.AsType[*inspect.ConnError](err)
		if !ok || e.Kind != inspect.ConnProtected || !strings.Contains(err.Error(), "--ssh") || len(err.Error()) > 400 {
			t.Errorf("%v", err)
		}
		return
	}
	// A machine without a network has the words of the server in the table above.
}

func TestOpenTakesEveryKindOfURL(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 3, itoa, "x")
	srv.Fill(2, 5, itoa, "x")
	two, product := 2, "Redis"
	if strings.Contains(srv.Dial(0).Text("INFO", "server"), "server_name:valkey") {
		product = "Valkey" // which inspecttest starts where somebody says so
	}
	for name, cfg := range map[string]inspect.Config{
		"redis":         {URL: srv.URL(2)},
		"unix":          {URL: "unix://" + srv.Sock + "?db=2"},
		"path":          {URL: srv.Sock, DB: &two},
		"host and port": {URL: srv.Addr, DB: &two},
		"flag wins":     {URL: srv.URL(0), DB: &two},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t, cfg)
			size, err := c.Size(t.Context())
			if err != nil || size != 5 || c.Server().DB != 2 {
				t.Errorf("%d keys, %v", size, err)
			}
			if s := c.Server(); s.Product != product || s.Version == "" || s.Mode != "standalone" || len(s.Missing) > 1 {
				t.Errorf("%+v", s)
			}
			if _, err := c.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenNamesItsConnections(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	c := open(t, inspect.Config{URL: srv.URL(0)})
	if _, err := c.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(srv.Dial(0).Text("CLIENT", "LIST")) {
		if strings.Contains(line, " name=cacheview ") && strings.Contains(line, " resp=3") {
			return
		}
	}
	t.Error("no connection of that name that speaks RESP3")
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	srv := inspecttest.Start(t)
	if _, err := inspect.Open(ctx, inspect.Config{URL: srv.URL(0)}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestInfoAndDatabases(t *testing.T) {
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "a", "x")
		on.w.Do("SET", "b", "x", "EX", "100")
		on.w.Do("GET", "a")
		on.w.Do("GET", "nobody")
		c := open(t, inspect.Config{URL: on.url})
		info, err := c.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if on.srv == nil { // miniredis has no figures
			return
		}
		ratio, ok := info.HitRatio()
		if !ok || ratio <= 0 || ratio >= 1 || info.UsedMemory == 0 || info.Clients == 0 || info.At.IsZero() {
			t.Errorf("%+v", info)
		}
		on.srv.Fill(5, 4, itoa, "x")
		dbs, err := c.Databases(t.Context())
		if err != nil || len(dbs) != 2 || dbs[0] != (inspect.Database{Number: 0, Keys: 2, Expires: 1}) || dbs[1].Number != 5 || dbs[1].Keys != 4 {
			t.Errorf("%+v, %v", dbs, err)
		}
	})
}
