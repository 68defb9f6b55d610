package cli

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
)

// shell is a machine to complete on: a server, a home and a configuration.
type shell struct {
	t   *testing.T
	env []string
}

func newShell(t *testing.T, url string) *shell {
	t.Helper()
	home := t.TempDir()
	return &shell{t, append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "CACHEVIEW_URL="+url)}
}

// home is the state directory.
func (s *shell) home() string {
	return strings.TrimPrefix(s.env[slices.IndexFunc(s.env, func(v string) bool { return strings.HasPrefix(v, "XDG_STATE_HOME=") })], "XDG_STATE_HOME=")
}

// words asks the program itself for completions of the last argument. The last
// line of its answer is a directive for the shell.
func (s *shell) words(args ...string) []string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "cacheview", append([]string{"__complete"}, args...)...)
	cmd.Env = s.env
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%q: %v", args, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[:len(lines)-1]
}

// TestCompletions completes what only a server and the configuration know.
func TestCompletions(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	for i := range 60 {
		w.Do("SET", fmt.Sprintf("user:%d:name", i), "x")
	}
	for _, key := range []string{"home", "hostile$(touch /tmp/x)", "hostile`id`", "hostile\x1b[31m", "hostile\n-rf", "hostile;reboot", "hostile \u202e", "hostile\xff", "höhe"} {
		w.Do("SET", key, "x")
	}
	w.Do("SET", "flask_cache_app.square_memver", "!\x80\x04\x8c\x06AAAAAA.")
	sh := newShell(t, s.URL(0))
	config := filepath.Join(strings.TrimPrefix(sh.env[len(sh.env)-3], "XDG_CONFIG_HOME="), "cacheview", "config.toml")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	text := "[connections.shop]\nurl = \"" + s.URL(0) + "\"\nenvironment = \"production\"\nread_only = true\n" +
		"[connections.asks]\nurl = \"" + s.URL(0) + "\"\npassword_command = [\"touch\", \"" + config + ".asked\"]\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	del := exec.CommandContext(t.Context(), "cacheview", "del", "--yes", "--confirm", "1", "home")
	del.Env = sh.env
	if out, err := del.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	undo := sh.words("undo", "")
	if len(undo) != 1 || !strings.HasSuffix(undo[0], "\t1 key: key \"home\"") {
		t.Errorf("undo completes as %q", undo)
	}

	tests := []struct {
		line string
		want []string
	}{
		{"get h", []string{"höhe"}},
		{"get user:1", words("user:%d:name", 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)},
		{"ls u", []string{"user:\t60 keys"}},
		{"del user:58:name user:5", words("user:%d:name", 5, 50, 51, 52, 53, 54, 55, 56, 57, 59)},
		{"get a user:1", words("user:%d:name", 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)},
		{"export --key hö", []string{"höhe"}},
		{"get nothing", nil},
		{"clear --function ", []string{"app.square\t0 results"}},
		{"get --as zlib,js", []string{"zlib,json"}},
		{"ls --sort ", []string{"name", "ttl", "size"}},
		{"-c sh", []string{"shop\tproduction, read-only"}},
		{"sh", []string{"shop\tproduction, read-only"}},
		{"get -c shop h", []string{"höhe"}},
		{"get -c asks h", nil},
		{"get --askpass h", nil},
		{"completion f", []string{"fish"}},
		{"clear --func", []string{"--function\tinvalidate a memoized function: MODULE.NAME, or its version key"}},
	}
	for _, tt := range tests {
		got := sh.words(strings.Split(tt.line, " ")...)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s completes as %q, want %q", tt.line, got, tt.want)
		}
	}
	if _, err := os.Stat(config + ".asked"); err == nil {
		t.Error("a program was asked for a password")
	}
}

func words(format string, ns ...int) []string {
	var list []string
	for _, n := range ns {
		list = append(list, fmt.Sprintf(format, n))
	}
	slices.Sort(list)
	return list
}

// TestCompletionNeverHangs presses tab before servers that refuse, and that
// accept and are then silent.
func TestCompletionNeverHangs(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, addr := range []string{"127.0.0.1:1", silent.Addr().String()} {
		for _, line := range []string{"get a", "clear --function a", "undo a"} {
			if got := newShell(t, "redis://"+addr).words(strings.Split(line, " ")...); len(got) != 0 {
				t.Errorf("%s completes as %q without a server", line, got)
			}
		}
	}
}

// TestBashCompletes types into a real bash, with its usual completions loaded,
// and presses tab.
func TestBashCompletes(t *testing.T) {
	t.Parallel()
	const completions = "/usr/share/bash-completion/bash_completion"
	if _, err := os.Stat(completions); err != nil && os.Getenv("CACHEVIEW_REQUIRE_REDIS") != "1" {
		t.Skip("no bash-completion")
	}
	s := inspecttest.Start(t)
	w := s.Dial(0)
	w.Do("MSET", "shop:orders", "1", "shop:owners", "2", "shop:$(touch pwned)", "3", "shop:o$(touch pwned)", "4")
	tests := []struct{ line, want string }{
		{"cacheview get shop:or", "orders"}, // what stands before a colon is a word of its own to bash
		{"cacheview get shop:", "orders owners"},
		{"cacheview expl", "explain"},
		{"cacheview ls --sort ", "name size ttl"},
		{"cacheview get --as js", "json"},
		{"cacheview get shop:'$(touch pwned)", ""},
	}
	const press = `. ` + completions + `
. <(cacheview completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=63 COMP_KEY=9
read -ra COMP_WORDS <<<"${1//:/ : }"
[ "${1%[ :]}" = "$1" ] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_cacheview
printf '%s\n' "${COMPREPLY[@]%% *}" | sort | tr '\n' ' '`
	for _, tt := range tests {
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), "bash", "--norc", "-c", press, "bash", tt.line)
		cmd.Dir, cmd.Env = dir, newShell(t, s.URL(0)).env
		out, err := cmd.Output()
		if got := strings.Join(strings.Fields(string(out)), " "); err != nil || got != tt.want {
			t.Errorf("%s completes as %q, %v; want %q", tt.line, got, err, tt.want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: completing ran something: %v, %v", tt.line, left, err)
		}
	}
}
