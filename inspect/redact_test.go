package inspect_test

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestServerThatRepeatsThePassword has a server quote what AUTH was given.
func TestServerThatRepeatsThePassword(t *testing.T) {
	t.Parallel()
	for name, renamed := range map[string][]string{
		"AUTH is not known":           {"--rename-command", "AUTH", "nobody-knows"},
		"neither HELLO nor AUTH":      {"--rename-command", "AUTH", "x-auth", "--rename-command", "HELLO", "x-hello"},
		"HELLO is not known, no AUTH": {"--rename-command", "HELLO", "x-hello", "--rename-command", "AUTH", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inspecttest.Start(t, append(renamed, "--requirepass", "other")...)
			for _, user := range []string{"", "someone"} {
				for _, secret := range []string{"s3cretpw", "pw"} {
					_, err := inspect.Open(t.Context(), inspect.Config{URL: s.URL(0), Username: user, Password: secret})
					if err == nil || strings.Contains(strings.ReplaceAll(err.Error(), "password", ""), secret) {
						t.Errorf("user %q: %v", user, err)
					}
				}
			}
		})
	}
}

// TestConfigPrintsNoPassword prints a configuration in every way, as a panic or
// a debug line might.
func TestConfigPrintsNoPassword(t *testing.T) {
	t.Parallel()
	cfg := inspect.Config{
		URL: "redis://u:s3cret@h", Password: "s3cret",
		Sentinel: &inspect.Sentinel{Master: "m", Password: "s3cret"},
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, v := range []any{cfg, &cfg, []inspect.Config{cfg}, cfg.Sentinel, struct{ C inspect.Config }{cfg}} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "s3cret") {
				t.Errorf("%s of %T: %s", verb, v, text)
			}
		}
	}
}

// TestClientPrintsNoPassword prints open sessions, and what holds them.
func TestClientPrintsNoPassword(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t, "--requirepass", "s3cret")
	addr := srv.StartSentinel("cache")
	for name, cfg := range map[string]inspect.Config{
		"in the URL": {URL: "redis://:s3cret@" + srv.Addr},
		"beside it":  {URL: srv.URL(0), Password: "s3cret"},
		"a sentinel": {Password: "s3cret", Sentinel: &inspect.Sentinel{Master: "cache", Addrs: []string{addr}}},
	} {
		c := open(t, cfg)
		type page struct{ Backend any }
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			for _, v := range []any{c, []*inspect.Client{c}, page{c}, &page{c}, struct{ *inspect.Client }{c}} {
				text := fmt.Sprintf(verb, v)
				if strings.Contains(text, "s3cret") || strings.Contains(text, "733363726574") {
					t.Errorf("%s: %s of %T: %s", name, verb, v, text)
				}
			}
			if text := fmt.Sprintf(verb, c); !strings.Contains(text, c.Server().Addr) {
				t.Errorf("%s: %s does not say where: %s", name, verb, text)
			}
		}
	}
}

func TestUnverified(t *testing.T) {
	t.Parallel()
	insecure := &tls.Config{InsecureSkipVerify: true}
	for _, tt := range []struct {
		cfg  inspect.Config
		want bool
	}{
		{inspect.Config{}, false},
		{inspect.Config{URL: "rediss://h"}, false},
		{inspect.Config{URL: "rediss://h?skip_verify=true"}, true},
		{inspect.Config{URL: "redis://h", TLS: insecure}, true},
		{inspect.Config{URL: "redis://h", TLS: &tls.Config{}}, false},
		{inspect.Config{URL: "unix:///s", TLS: insecure}, false},
	} {
		if got := tt.cfg.Unverified(); got != tt.want {
			t.Errorf("%v: %t", tt.cfg, got)
		}
	}
}

func TestRedactText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`invalid argument "redis://u:p@ss@h:1/0" for`: `invalid argument "redis://***@h:1/0" for`,
		"a rediss://:x@h, b redis://h":                "a rediss://***@h, b redis://h",
		"no url: a@b":                                 "no url: a@b",
	} {
		if got := inspect.RedactText(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
