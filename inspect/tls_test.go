package inspect_test

import (
	"crypto/tls"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

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
			if inspect.Lost(err) {
				t.Error("reconnecting would not help")
			}
		})
	}
}
