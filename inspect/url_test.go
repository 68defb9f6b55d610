package inspect_test

import (
	"errors"
	"strings"
	"testing"

	"cacheview/inspect"
)

func TestParseURLNeverTellsThePassword(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	tests := []struct {
		url  string
		full string // "" means refused
	}{
		{"", inspect.DefaultURL},
		{"localhost:6379", "redis://localhost:6379"},
		{"redis://u:" + secret + "@h:1/2", "redis://u:" + secret + "@h:1/2"},
		{"/run/redis.sock", "unix:///run/redis.sock"},
		{"valkey://h:1", "redis://h:1"},
		{"valkeys://h:1", "rediss://h:1"},
		{"redis+unix:///run/redis.sock?db=2", "unix:///run/redis.sock?db=2"},
		{"[::1]:6380", "redis://[::1]:6380"},
		{"rediss://u:" + secret + "@[2001:db8::7]:6380/2", "rediss://u:" + secret + "@[2001:db8::7]:6380/2"},
		{"redis://u:" + secret + "@h:99999", ""},
		{"redis://:" + secret + "#x@h", ""},
		{"redis://:" + secret + "/x@h", ""},
		{"redis://:1" + secret + "?x@h", ""},
		{"redis://:12/" + secret + "@h/0", ""},
		{"redis://:%zz" + secret + "@h", ""},
		{"redis://u:" + secret + "@h/notadb", ""},
		{"redis://u:" + secret + "@h/-1", ""},
		{"redis://u:" + secret + "@h/0?nonsense=1", ""},
		{"http://u:" + secret + "@h", ""},
		{"redis://u:" + secret + "@h:port", ""},
	}
	for _, tt := range tests {
		got, err := inspect.ParseURL(tt.url)
		if got != tt.full {
			t.Errorf("%s: %q", tt.url, got)
		}
		if (err == nil) != (tt.full != "") {
			t.Errorf("%s: %v", tt.url, err)
		}
		if err == nil {
			continue
		}
		if _, ok := errors.AsType[*inspect.URLError](err); !ok || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", tt.url, err)
		}
	}
}

func TestRedactURL(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"redis://localhost":          "redis://localhost",
		"redis://u:pw@h:1/2":         "redis://u:***@h:1/2",
		"redis://:pw@h":              "redis://:***@h",
		"redis://u@h":                "redis://u@h",
		"redis://u:p@w/x#y?z@h":      "redis://u:***@h",
		"u:pw@h:6379":                "u:***@h:6379",
		"unix://u:pw@/run/sock?db=1": "unix://u:***@/run/sock?db=1",
	} {
		if got := inspect.RedactURL(url); got != want {
			t.Errorf("%s: %s", url, got)
		}
	}
}

func TestEscapeGlob(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"plain:":    "plain:",
		"a*b?c":     `a\*b\?c`,
		"user[1]:":  `user\[1\]:`,
		`back\`:     `back\\`,
		"\x00\xff^": "\x00\xff^",
	} {
		if got := inspect.EscapeGlob([]byte(prefix)); got != want {
			t.Errorf("%q: %q", prefix, got)
		}
	}
}
