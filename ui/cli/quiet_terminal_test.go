package cli

import (
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// TestHelp_NeverQueriesTheTerminal asks for help, and makes mistakes, on a terminal
// that answers nothing: nothing is sent that wants an answer, so nothing waits.
func TestHelp_NeverQueriesTheTerminal(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--help"},
		{"ls", "--help"},
		{"help", "get"},
		{"--version"},
		{"lss"},
		{"ls", "--nope"},
		{"get"},
		{"--theme", "blue"},
		{"ls", "-u", "redis://127.0.0.1:1"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "cacheview", args...)
			home := t.TempDir()
			cmd.Env = append(cmd.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "TERM=xterm-256color", "CACHEVIEW_URL=", "NO_COLOR=")
			began := time.Now()
			tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
			if err != nil {
				t.Fatal(err)
			}
			defer tty.Close()
			var out strings.Builder
			_, _ = io.Copy(&out, tty) // ends with an error of the closed terminal
			_ = cmd.Wait()
			// Operating system commands and device reports are the two kinds of query.
			if text := out.String(); text == "" || strings.Contains(text, "\x1b]") || strings.Contains(text, "\x1b[c") || strings.Contains(text, "\x1b[?") {
				t.Errorf("%q", text)
			}
			// 50 ms are the aim; a busy machine takes a while to start a process.
			if used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(); used > time.Second || time.Since(began) > 4*time.Second {
				t.Errorf("%s, of which %s were computing", time.Since(began), used)
			}
		})
	}
}

// TestColor_Precedence compares when help has colors.
func TestColor_Precedence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		env  map[string]string
		want bool
	}{
		{want: false}, // no terminal
		{args: []string{"--color", "always"}, want: true},
		{args: []string{"--color", "always"}, env: map[string]string{"NO_COLOR": "1"}, want: true},
		{env: map[string]string{"CLICOLOR_FORCE": "1"}, want: true},
		{env: map[string]string{"CLICOLOR_FORCE": "0"}, want: false},
		{env: map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, want: false},
		{args: []string{"--color=never"}, env: map[string]string{"CLICOLOR_FORCE": "1"}, want: false},
	} {
		for _, rest := range [][]string{{"--help"}, {"ls", "--help"}, {"help", "ls"}, {"ls", "--nope"}} {
			var out strings.Builder
			Main(append(tt.args, rest...), strings.NewReader(""), &out, &out, func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok })
			if got := strings.Contains(out.String(), "\x1b["); got != tt.want {
				t.Errorf("%q %v %q: colors: %v", tt.args, tt.env, rest, got)
			}
		}
	}
}
