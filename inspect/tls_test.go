package inspect_test

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestMutualTLS shows our certificate to a server that wants one, and is told
// what to do where there is none or another.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	srv, addr, certFile, keyFile, trust := inspecttest.StartMutualTLS(t)
	srv.Fill(0, 3, itoa, "x")
	ours, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	_, _, otherCert, otherKey, _ := inspecttest.StartMutualTLS(t)
	others, err := tls.LoadX509KeyPair(otherCert, otherKey)
	if err != nil {
		t.Fatal(err)
	}
	with := func(version uint16, certs ...tls.Certificate) *tls.Config {
		c := trust.Clone()
		c.Certificates, c.MaxVersion = certs, version
		return c
	}
	c := open(t, inspect.Config{URL: "rediss://" + addr, TLS: with(tls.VersionTLS13, ours)})
	if got := listed(t, c, inspect.ScanOptions{}); len(got) != 3 {
		t.Errorf("%d keys", len(got))
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for name, cfg := range map[string]*tls.Config{"none": with(version), "another": with(version, others)} {
			_, err := inspect.Open(t.Context(), inspect.Config{URL: "rediss://" + addr, TLS: cfg})
			e, ok := asConnError(err)
			if !ok || e.Kind != inspect.ConnTLS || !strings.Contains(e.Hint, "--tls-cert") || inspect.IsDisconnected(err) {
				t.Errorf("%s, TLS %x: %v", name, version, err)
			}
		}
	}
}

// TestTLSAsksForTheName sees which name a handshake asks for (SNI): that of the
// URL, or the one that the settings give.
func TestTLSAsksForTheName(t *testing.T) {
	t.Parallel()
	for want, cfg := range map[string]inspect.Config{
		"localhost":     {TLS: &tls.Config{InsecureSkipVerify: true}},
		"cache.example": {TLS: &tls.Config{InsecureSkipVerify: true, ServerName: "cache.example"}},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		names := make(chan string, 4)
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_ = tls.Server(conn, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
					names <- hello.ServerName
					return nil, net.ErrClosed
				}}).HandshakeContext(t.Context())
				_ = conn.Close()
			}
		}()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		cfg.URL, cfg.Timeout = "rediss://localhost:"+port, time.Second
		if c, err := inspect.Open(t.Context(), cfg); err == nil {
			_ = c.Close()
			t.Error("opened")
		}
		if got := <-names; got != want {
			t.Errorf("it asks for %q, not %q", got, want)
		}
		_ = l.Close()
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	srv, addr, trust := inspecttest.StartTLS(t)
	srv.Fill(0, 3, itoa, "x")
	other := trust.Clone()
	other.ServerName = "cache.example"
	tests := []struct {
		name string
		cfg  inspect.Config
		kind inspect.ConnKind // "" opens
	}{
		{"trusted", inspect.Config{URL: "rediss://" + addr, TLS: trust}, ""},
		{"settings turn it on", inspect.Config{URL: "redis://" + addr, TLS: trust}, ""},
		{"not checked", inspect.Config{URL: "rediss://" + addr, TLS: &tls.Config{InsecureSkipVerify: true}}, ""},
		{"not trusted", inspect.Config{URL: "rediss://" + addr}, inspect.ConnTLS},
		{"another name", inspect.Config{URL: "rediss://" + addr, TLS: other}, inspect.ConnTLS},
		{"plain", inspect.Config{URL: "redis://" + addr}, inspect.ConnTLS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.kind == "" {
				c := open(t, tt.cfg)
				if got := listed(t, c, inspect.ScanOptions{}); len(got) != 3 {
					t.Errorf("%d keys", len(got))
				}
				w := watch(t, c)
				srv.Dial(0).Do("EXPIRE", "1", "1000")
				until(t, w, hasAll("1"))
				return
			}
			c, err := inspect.Open(t.Context(), tt.cfg)
			if err == nil {
				_ = c.Close()
				t.Fatal("opened")
			}
			if e, ok := asConnError(err); !ok || e.Kind != tt.kind {
				t.Errorf("%v", err)
			}
			if inspect.IsDisconnected(err) {
				t.Error("reconnecting would not help")
			}
		})
	}
}
