package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var flags = []string{"theme", "db", "read-only", "protect", "url", "connection"}

const everything = `
theme = "dark"
db = 3
read_only = true
protect = ["a", "b,c"]
delimiters = [":", "/"]
protected = ["session:"]
undo_limit = "1MB"
undo_days = 7
password_env = "PW"

[keys]
delete = "x"
up = ["k", "up"]

[[decoder]]
match = "proto:*"
command = ["protoc", "--decode_raw"]
timeout = "1s"
[[decoder]]
match = "x"
command = "cat"

[connections.prod]
url = "rediss://cache.example:6380/0"
db = 0
user = "app"
password_command = ["pass", "redis"]
environment = "production"
read_only = true
tls_ca = "ca.pem"
timeout = "9s"
[connections.ha]
sentinel = { master = "m", addrs = ["a:1", "b:1"], user = "s", password_env = "SPW" }
cluster = true
`

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse("c.toml", everything, flags)
	if err != nil {
		t.Fatal(err)
	}
	zero := 0
	want := &File{
		Path:       "c.toml",
		Settings:   map[string]string{"theme": "dark", "db": "3", "read-only": "true", "protect": `a,"b,c"`},
		Secret:     Secret{Env: "PW"},
		Delimiters: []string{":", "/"},
		Protected:  []string{"session:"},
		UndoLimit:  1 << 20,
		UndoDays:   7,
		Keys:       map[string][]string{"delete": {"x"}, "up": {"k", "up"}},
		Decoders: []Decoder{
			{"proto:*", []string{"protoc", "--decode_raw"}, time.Second},
			{"x", []string{"cat"}, DefaultDecoderTimeout},
		},
		Connections: map[string]Connection{
			"prod": {
				URL: "rediss://cache.example:6380/0", DB: &zero, User: "app", Secret: Secret{Command: []string{"pass", "redis"}},
				Environment: Production, ReadOnly: true, TLS: TLS{CA: "ca.pem"}, Timeout: 9 * time.Second,
			},
			"ha": {Cluster: true, Sentinel: &Sentinel{Master: "m", Addrs: []string{"a:1", "b:1"}, User: "s", Secret: Secret{Env: "SPW"}}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(File{})); diff != "" {
		t.Error(diff)
	}
	if names := got.Names(); !slices.Equal(names, []string{"ha", "prod"}) {
		t.Error(names)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no TOML", "a = 1\nb = \n", "line 2: expected value"},
		{"an unknown setting", "\ndelimeters = []", `line 2: delimeters: there is no setting "delimeters"; did you mean "delimiters"?`},
		{"one that is like nothing", "quux = 1", `line 1: quux: there is no setting "quux"`},
		{"a flag that is near", "them = 1", `did you mean "theme"?`},
		{"an unknown one of a connection", "[connections.prod]\nurl = 'h'\nenviroment = 'dev'", `line 3: connections.prod.enviroment: there is no setting "enviroment"; did you mean "environment"?`},
		{"an unknown environment", "[connections.prod]\nurl = 'h'\nenvironment = 'live'", `line 3: connections.prod.environment: this is dev, staging or production, not "live"`},
		{"a connection without a URL", "[connections.prod]\ndb = 1", `line 1: connections.prod.url: a connection needs a URL`},
		{"a name in quotes", "[connections.\"my.host\"]\nurl = 1", `line 2: connections.my.host.url: this is a text in quotes, as in "1"`},
		{"a connection that is no table", "connections = 1", `line 1: connections: this is a table, as in [connections]`},
		{"two passwords", "password = 'a'\npassword_env = 'b'", "line 2: password_env: give one of"},
		{"the second decoder", "[[decoder]]\nmatch='a'\ncommand=['a']\n[[decoder]]\nmatch='b'\n", "line 4: decoder.2.command: a decoder needs a command"},
		{"decoders that are no list", "decoder = 'a'", "line 1: decoder: this is a list of tables"},
		{"a time without a unit", "[[decoder]]\nmatch='a'\ncommand=['a']\ntimeout = 2", `line 4: decoder.1.timeout: this is a time such as "2s"`},
		{"a delimiter of two", "delimiters = ['::']", "line 1: delimiters: a delimiter is a single"},
		{"a key that is none", "[keys]\ndelete = 1", `line 2: keys.delete: this is a list of texts`},
		{"a size", "undo_limit = '1XB'", `line 1: undo_limit: this is a size such as "256MB"`},
		{"no days", "undo_days = 0", "line 1: undo_days: this is a whole number from 1 on"},
		{"a table for a flag", "theme = {}", "line 1: theme: this is a text, a number"},
		{"a section of a like name", "\n[connection.shop]\nurl = 'h'", "line 2: connection: there is no section [connection]; did you mean [connections]?"},
		{"half a sentinel", "[connections.a]\nsentinel = { master = 'm' }", "line 2: connections.a.sentinel: a sentinel is"},
		{"half a certificate", "[connections.a]\nurl='h'\ntls_cert = 'c'", "line 3: connections.a.tls_cert: tls_cert and tls_key go together"},
		{"not true", "[connections.a]\nurl='h'\nread_only = 'yes'", "line 3: connections.a.read_only: this is true or false"},
		{"a negative database", "[connections.a]\nurl='h'\ndb = -1", "line 3: connections.a.db: this is a whole number from 0 on"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("/x/c.toml", tt.text, flags)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), "configuration file /x/c.toml, line ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Errorf("%T", err)
			}
		})
	}
}

// TestErrorsComeTogether saves the person from running it once for each.
func TestErrorsComeTogether(t *testing.T) {
	t.Parallel()
	_, err := Parse("c", "[connections.a]\nurll = 'h'\n[keys]\nup = 1\n", nil)
	if err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Error(err)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	tests := map[string]int64{
		`"256MB"`: 256 << 20, `"1 GiB"`: 1 << 30, `"2k"`: 2000, `"10"`: 10, `10`: 10, `0`: -1, `"0"`: -1,
	}
	for text, want := range tests {
		f, err := Parse("c", "undo_limit = "+text, nil)
		if err != nil || f.UndoLimit != want {
			t.Errorf("%s: %v, %v", text, f, err)
		}
	}
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"from elsewhere", "password_env = 'A'\n[connections.a]\nurl='redis://user@h'\npassword_command=['x']", ""},
		{"a password", "password = 'x'", "password"},
		{"in the URL", "url = 'redis://:pw@h/0'", "url"},
		{"in a bare URL", "url = ':pw@h:1'", "url"},
		{"of a connection", "[connections.a]\nurl='h'\npassword='x'", "connections.a.password"},
		{"in a connection's URL", "[connections.a]\nurl='redis://u:pw#@h'", "connections.a.url"},
		{"of sentinels", "[connections.a]\nsentinel={master='m',addrs=['a'],password='x'}", "connections.a.sentinel.password"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := Parse("c", tt.text, flags)
			if err != nil {
				t.Fatal(err)
			}
			key, ok := f.PlaintextPassword()
			if strings.Join(key, ".") != tt.want || ok != (tt.want != "") {
				t.Errorf("%q, %v", key, ok)
			}
		})
	}
}

func TestKnownHasEveryLevel(t *testing.T) {
	t.Parallel()
	known := SettingNames()
	for _, key := range []string{
		"delimiters", "keys.ACTION", "decoder.match", "connections.NAME.url",
		"connections.NAME.sentinel.addrs",
	} {
		if !slices.Contains(known, key) {
			t.Errorf("%s is missing of %q", key, known)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(everything)
	f.Add("[[decoder]]\n[connections.x]\nsentinel={}\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse("c", text, flags)
		if (file == nil) == (err == nil) {
			t.Errorf("%v, %v", file, err)
		}
	})
}
