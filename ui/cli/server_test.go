package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect"
)

func TestSentinelConfig(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		flags flagValues
		url   string
		want  *inspect.Sentinel
	}{
		{"none asked for", flagValues{}, "redis://h:1/0", nil},
		{"the URL's host", flagValues{sentinel: "m"}, "redis://h:26380/0", &inspect.Sentinel{Master: "m", Addrs: []string{"h:26380"}, Password: "pw"}},
		{"its usual port", flagValues{sentinel: "m"}, "redis://h/0", &inspect.Sentinel{Master: "m", Addrs: []string{"h:26379"}, Password: "pw"}},
		{"an IPv6 host", flagValues{sentinel: "m"}, "redis://[::1]/0", &inspect.Sentinel{Master: "m", Addrs: []string{"[::1]:26379"}, Password: "pw"}},
		{"further ones", flagValues{sentinel: "m", sentinelAddrs: []string{"b:1"}, sentinelUser: "u"}, "redis://a:1", &inspect.Sentinel{Master: "m", Addrs: []string{"a:1", "b:1"}, Username: "u", Password: "pw"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.flags.sentinelConfig(tt.url, "pw")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTLSConfig(t *testing.T) {
	t.Parallel()
	noCertificate := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(noCertificate, []byte("no PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		flags  flagValues
		on     bool
		failed bool
	}{
		{"not asked for", flagValues{}, false, false},
		{"--tls", flagValues{tls: true}, true, false},
		{"a name implies it", flagValues{tlsName: "cache"}, true, false},
		{"any certificate", flagValues{tlsInsecure: true}, true, false},
		{"a missing CA", flagValues{tlsCA: "/nowhere/ca.pem"}, false, true},
		{"a CA without a certificate", flagValues{tlsCA: noCertificate}, false, true},
		{"a certificate without its key", flagValues{tlsCert: "c.pem"}, false, true},
		{"a missing certificate", flagValues{tlsCert: "/nowhere/c.pem", tlsKey: "/nowhere/k.pem"}, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := tt.flags.tlsConfig()
			if (cfg != nil) != tt.on || (err != nil) != tt.failed {
				t.Fatalf("%v, %v", cfg, err)
			}
			if cfg != nil && (cfg.ServerName != tt.flags.tlsName || cfg.InsecureSkipVerify != tt.flags.tlsInsecure) {
				t.Errorf("name %q, insecure %v", cfg.ServerName, cfg.InsecureSkipVerify)
			}
		})
	}
}

// TestUTF8 follows the order in which a C library looks for the locale.
func TestUTF8(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  map[string]string
		want bool
	}{
		{"nothing said", nil, true},
		{"the plain locale", map[string]string{"LANG": "C"}, false},
		{"UTF-8", map[string]string{"LANG": "de_DE.UTF-8"}, true},
		{"the category before the language", map[string]string{"LANG": "C", "LC_CTYPE": "C.utf8"}, true},
		{"LC_ALL before all", map[string]string{"LC_ALL": "POSIX", "LC_CTYPE": "C.utf8"}, false},
	}
	for _, tt := range tests {
		a := app{env: func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }}
		if got := a.utf8(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
