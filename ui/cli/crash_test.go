package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cacheview/inspect/inspecttest"
)

// panicAt is the environment variable that makes of the test's own binary a
// cacheview that panics when it looks for the variable named there.
const panicAt = "CACHEVIEW_TEST_PANIC_AT"

// panicking is that program. What it panics with holds what is in the variable,
// and takes a terminal over.
func panicking(name string) int {
	return Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, func(n string) (string, bool) {
		if n == name {
			panic(fmt.Errorf("redis://:%s@host, %s \x1b]0;OWNED\a", os.Getenv(n), os.Getenv(n)))
		}
		return os.LookupEnv(n)
	})
}

// TestCrashTellsNoPassword ends the open screen, by a panic of one of its
// commands and by SIGQUIT, with a password that
// came in each way there is. It is in nothing that was written to the terminal
// until the end, titles and stacks included, in no file, and seen by no ps.
func TestCrashTellsNoPassword(t *testing.T) {
	t.Parallel()
	const secret = "Sw0rdfish-7"
	srv := inspecttest.Start(t, "--requirepass", secret)
	w := srv.Dial(0)
	w.Do("AUTH", secret)
	w.Do("SET", "key", "value")
	open, withPassword := srv.URL(0), strings.Replace(srv.URL(0), "redis://", "redis://:"+secret+"@", 1)
	for name, way := range map[string]struct {
		config, url string
		env, args   []string
	}{
		"URL":              {args: []string{withPassword}},
		"CACHEVIEW_URL":    {env: []string{"CACHEVIEW_URL=" + withPassword}},
		"environment":      {env: []string{"CACHEVIEW_PASSWORD=" + secret}, args: []string{open}},
		"password":         {config: "password = '" + secret + "'", args: []string{"shop"}},
		"password_env":     {config: "password_env = 'SHOP'", env: []string{"SHOP=" + secret}, args: []string{"shop"}},
		"password_command": {config: "password_command = ['sh', '-c', 'echo " + secret + "; echo " + secret + " >&2']", args: []string{"shop"}},
	} {
		for _, crash := range []string{"panic", "SIGQUIT"} {
			t.Run(name+" "+crash, func(t *testing.T) {
				t.Parallel()
				config := filepath.Join(t.TempDir(), "config.toml")
				text := fmt.Sprintf("[connections.bad]\nurl = '%s'\npassword_env = 'PANICS'\n[connections.shop]\nurl = '%s'\n%s\n", open, open, way.config)
				if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				env := append([]string{"CACHEVIEW_CONFIG=" + config, "PANICS=" + secret, "TEA_DEBUG=1"}, way.env...)
				program := "cacheview"
				if crash == "panic" {
					program = os.Args[0]
					env = append(env, panicAt+"=PANICS")
				}
				p := startIn(t, 120, 30, env, exec.CommandContext(t.Context(), program, way.args...))
				p.shows("1 key")
				p.shows("● live")
				args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.cmd.Process.Pid))
				if name != "URL" && (err == nil && strings.Contains(string(args), secret)) {
					t.Errorf("ps shows %q", args)
				}
				p.press("2")
				p.shows(srv.Addr)
				p.press("c")
				p.shows("Switch to")
				status, said := 128+int(syscall.SIGQUIT), ""
				if crash == "panic" {
					p.press("bad\r")
					status, said = exitError, "it crashed: a panic with a *"
				} else {
					_ = p.cmd.Process.Signal(syscall.SIGQUIT)
				}
				if got := p.ends(); got != status {
					t.Errorf("exit status %d, want %d", got, status)
				}
				p.restored()
				out := p.out.text.String()
				if crash == "panic" && (!strings.Contains(out, said) || !strings.Contains(out, "goroutine ")) {
					t.Errorf("it does not say %q and where:\n%s", said, p.out.screen())
				}
				if strings.Contains(out, secret) || strings.Contains(out, "OWNED") {
					t.Errorf("the password is in what was written:\n%q", out)
				}
				for _, title := range p.out.term.Titles {
					if title != "" && title != "cacheview" && title != "cacheview "+srv.Addr {
						t.Errorf("title %q", title)
					}
				}
				notInFiles(t, p.home, secret)
			})
		}
	}
}

// TestCommandThatCrashes panics in a command that has no screen.
func TestCommandThatCrashes(t *testing.T) {
	t.Parallel()
	const secret = "Sw0rdfish-7"
	cmd := exec.CommandContext(t.Context(), os.Args[0], "ls")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "CACHEVIEW_URL=redis://:"+secret+"@127.0.0.1:1", panicAt+"=CACHEVIEW_URL")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exitError || !strings.HasPrefix(string(out), "cacheview: it crashed: a panic with a *") {
		t.Errorf("%v: %s", err, out)
	}
	if strings.Contains(string(out), secret) || strings.Contains(string(out), "OWNED") {
		t.Errorf("%q", out)
	}
}

// TestPasswordCommandIsNotRepeated has the program that prints the password fail
// in each way, whatever it has printed by then. What went wrong is said, on the
// error stream and on the screen, without a word of that.
func TestPasswordCommandIsNotRepeated(t *testing.T) {
	t.Parallel()
	const secret = "Sw0rdfish-7"
	srv := inspecttest.Start(t)
	locked := inspecttest.Start(t, "--requirepass", "another")
	for name, tt := range map[string]struct{ script, says string }{
		"prints it and fails":          {"echo " + secret + "; exit 3", "password_command sh: exit status 3; what it printed is not shown"},
		"complains with it":            {"echo bad " + secret + " >&2; exit 1", "password_command sh: exit status 1; what it printed is not shown"},
		"is killed":                    {"echo " + secret + "; echo " + secret + " >&2; kill -9 $$", "password_command sh: signal: killed; what it printed"},
		"prints it in its second line": {"echo; echo " + secret, "password_command sh printed nothing"},
		"says nothing":                 {"exit 1", "password_command sh: exit status 1"},
		"prints the wrong one":         {"echo " + secret + "; echo " + secret + " >&2", "password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := filepath.Join(t.TempDir(), "config.toml")
			text := fmt.Sprintf("[connections.shop]\nurl = '%s'\npassword_command = ['sh', '-c', '%s']\n", locked.URL(0), tt.script)
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "cacheview", "-c", "shop", "ls")
			cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "CACHEVIEW_CONFIG="+config)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), tt.says) || strings.Contains(string(out), secret) {
				t.Errorf("%v: %s", err, out)
			}
			p := startScreen(t, 160, 30, []string{"CACHEVIEW_CONFIG=" + config}, srv.URL(0))
			p.shows("● live")
			p.press("c")
			p.shows("Switch to")
			p.press("shop\r")
			p.shows(tt.says)
			p.press("\x03")
			p.ends()
			p.restored()
			if strings.Contains(p.out.text.String(), secret) {
				t.Errorf("it is in what was written: %q", p.out.text.String())
			}
		})
	}
}
