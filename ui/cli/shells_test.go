package cli

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

// interactive are shells as somebody has them open, with the completions of the
// program loaded as its help says, and nothing else.
var interactive = map[string]struct{ start, args []string }{
	"zsh": {
		[]string{"PS1='ready> '", "unset RPS1", "autoload -Uz compinit && compinit -u -D", "source <(cacheview completion zsh)"},
		[]string{"-d", "-i"},
	},
	"fish": {
		[]string{"function fish_prompt; echo 'ready> '; end", "function fish_greeting; end", "source (cacheview completion fish | psub)"},
		[]string{"-i"},
	},
}

// openShell starts a shell on a terminal, in a directory of its own.
func openShell(t *testing.T, name, url string) (s *seat, dir string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil && os.Getenv("CACHEVIEW_REQUIRE_REDIS") != "1" {
		t.Skipf("no %s", name)
	}
	sh := newShell(t, url)
	home := strings.TrimPrefix(sh.env[len(sh.env)-4], "HOME=")
	rc := map[string]string{"zsh": ".zshrc", "fish": "fish/config.fish"}[name]
	// Without the second, fish parses all man pages of the machine when it starts.
	for _, dir := range []string{"fish", ".local/share/fish/generated_completions"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, rc), []byte(strings.Join(interactive[name].start, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "cacheview", "config.toml")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, "[connections.warehouse]\nurl = %q\n", url), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), name, interactive[name].args...)
	dir = t.TempDir()
	cmd.Dir = dir
	cmd.Env = append(sh.env, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "ZDOTDIR="+home, "SHELL=/bin/sh")
	s = openTerminalFor(t, cmd, 160, 50)
	s.shows("ready>")
	return s, dir
}

// TestShellsComplete presses tab in real shells and then enter: what they have
// made of the names of keys is what the program is called with. Nothing of what is
// typed or offered is run.
func TestShellsComplete(t *testing.T) {
	t.Parallel()
	keys := map[string]string{
		"shop:orders": "v-colon", "shop:owners": "v-owners", "sp ace:a b": "v-space", "quote:it's": "v-quote", `dq"x`: "v-double",
		"{tag}:1": "v-brace", "cmd:$(touch pwned)": "v-command", "tick:`touch pwned`": "v-tick", "par:(touch pwned)": "v-parens",
		"url:/a?x=1&y=2": "v-url", "semi;touch pwned": "v-semicolon", `back\slash`: "v-backslash", "star:*": "v-star", "höhe": "v-letter",
		"two:$(touch pwned)1": "x", "two:$(touch pwned)2": "x", "esc:\x1b[31m": "x", "line:\n-x": "x",
	}
	const giveUp = "\x15echo still'-here'\r" // which clears the line
	tests := []struct {
		name, typed string
		keys, want  string
	}{
		{"a colon", "cacheview get shop:or", "\r", "v-colon"},
		{"spaces", "cacheview get sp", "\r", "v-space"},
		{"in quotes", "cacheview get 'sp", "\r", "v-space"},
		{"in double quotes", `cacheview get "sp ac`, "\r", "v-space"},
		{"a quote", "cacheview get qu", "\r", "v-quote"},
		{"a double quote", "cacheview get dq", "\r", "v-double"},
		{"a hash tag", "cacheview get \\{ta", "\r", "v-brace"},
		{"a command", "cacheview get cm", "\r", "v-command"},
		{"a command in quotes", "cacheview get 'cmd:$", "\r", "v-command"},
		{"backticks", "cacheview get tick:", "\r", "v-tick"},
		{"parentheses", "cacheview get pa", "\r", "v-parens"},
		{"a URL", "cacheview get ur", "\r", "v-url"},
		{"a semicolon", "cacheview get sem", "\r", "v-semicolon"},
		{"a backslash", "cacheview get ba", "\r", "v-backslash"},
		{"a star", "cacheview get st", "\r", "v-star"},
		{"a letter", "cacheview get h", "\r", "v-letter"},
		{"what two commands share", "cacheview get tw", "\r", "there is no key two:$(touch pwned)"},
		{"several", "cacheview get sho", "\t", "shop:owners"},
		{"a connection", "cacheview get -c ware", " quote:it\\'s\r", "v-quote"},
		{"the value of a flag", "cacheview ls --limit=1 --sort=na", "\r", `back\\slash`},
		{"a command's name", "cacheview completi", "zsh\r", "#compdef cacheview"},
		{"a file", "cacheview decode loc", "\r", "a file"},
		{"nothing that can be offered", "cacheview get esc", "\r", "(text)"},
		{"behind a command in quotes", "cacheview del '$(touch pwned)' sho", giveUp, "still-here"},
		{"behind parentheses in quotes", "cacheview del '(touch pwned)' sho", giveUp, "still-here"},
		{"behind a semicolon in quotes", "cacheview del 'a;touch pwned' sho", giveUp, "still-here"},
		{"behind a command", "cacheview del $(touch pwned) sho", giveUp, "still-here"},
		{"before an equals sign in quotes", "cacheview get 'x -$(touch${IFS}pwned)=y'", giveUp, "still-here"},
	}
	for name := range interactive {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			w := srv.Dial(0)
			for key, value := range keys {
				w.Do("SET", key, value)
			}
			s, dir := openShell(t, name, srv.URL(0))
			if err := os.WriteFile(filepath.Join(dir, "local"), []byte("a file"), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, tt := range tests {
				s.press(tt.typed, "\t", tt.keys)
				if tt.keys == giveUp {
					s.givesUp(giveUp, tt.want)
				}
				s.shows(tt.want)
				s.press("\x03") // leaves a line that is not over
				s.clears(tt.want)
				if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
					t.Fatalf("%s: completing ran something: %v, %v", tt.name, left, err)
				}
			}
		})
	}
}

// givesUp clears the line and types giveUp again if the shell was still completing
// when it got those keys, and took them as a part of the line.
func (s *seat) givesUp(giveUp, want string) {
	for range 10 {
		for deadline := time.Now().Add(patience / 10); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			if strings.Contains(s.out.screen(), want) {
				return
			}
		}
		s.press("\x03", giveUp)
	}
}

// clears makes the screen of a shell empty, but for its prompt.
func (s *seat) clears(shown string) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); strings.Contains(s.out.screen(), shown); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("the screen is not cleared:\n%s", s.out.screen())
		}
		s.press("\x15clear\r")
	}
	s.shows("ready>")
}

// TestShellsDoNotWait presses tab before a server that takes connections and says
// nothing.
func TestShellsDoNotWait(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	for name := range interactive {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := openShell(t, name, "redis://"+silent.Addr().String())
			s.press("cacheview get a", "\t", "\x15echo still'-here'\r")
			s.shows("still-here")
		})
	}
}
