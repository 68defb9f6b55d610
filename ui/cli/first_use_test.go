package cli

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

// stranger is somebody who tries what a document says, on a machine that has all
// that it speaks of.
type stranger struct {
	t    *testing.T
	home string
	env  []string
	line string // of the document, with the names and times of this machine
	seat *seat
}

func newStranger(t *testing.T, line string) *stranger {
	t.Helper()
	own := inspecttest.Start(t)
	seedExamples(own.Dial(0))
	own.Dial(3).Do("SET", "third", "x")
	if strings.Contains(line, "watch") || strings.Contains(line, "--monitor") {
		keepChanging(t, own)
	}
	secured := own
	if strings.Contains(line, "cache.example:6379") {
		secured = inspecttest.Start(t, "--requirepass", "secret")
	}

	s := &stranger{t: t, home: t.TempDir()}
	s.env = append(os.Environ(), "HOME="+s.home, "XDG_STATE_HOME="+s.home, "XDG_CONFIG_HOME="+filepath.Join(s.home, ".config"),
		"TERM=xterm-256color", "LC_ALL=C.UTF-8", "PAGER=cat", "MANPAGER=cat", "CACHEVIEW_URL="+own.URL(0), "CACHEVIEW_TIMEOUT=20s")
	s.file(".config/fish/completions/.keep", "") // fish makes that directory when it starts
	s.file(".config/cacheview/config.toml", fmt.Sprintf("[connections.prod]\nurl = %q\n[connections.shop]\nurl = %[1]q\n", own.URL(0)))
	s.file("page.html", "<p>Landing page</p>")
	s.file("dump.bin", pickled("Landing page"))
	s.file("session.bin", `{"user":42}`)
	s.file("page.html", "<p>Landing page</p>")
	s.file("model.pkl", "\x80\x04]\x94(K\x01K\x02e.")
	s.file("cache.jsonl", s.output("export", "trash"))
	undo := regexp.MustCompile(`cacheview undo (\S+)`).FindStringSubmatch(s.output("del", "--yes", "trash"))
	if undo == nil {
		t.Fatal("a delete does not say how it is undone")
	}
	_, port, _ := strings.Cut(own.Addr, ":")
	app := cachedApp(t, own)
	s.line = strings.NewReplacer(
		"cache.example.com:6379", own.Addr, "other:6379", own.Addr, "localhost:6379", own.Addr,
		"cache.example:6379", secured.Addr,
		"--host ::1 -p 6380", "--host 127.0.0.1 -p "+port,
		"http://localhost:5000", app, "http://127.0.0.1:5000", app,
		"redis-cli ", "redis-cli -p "+port+" ",
		"--port 8000", "--port 0",
		"--for 1m", "--for 1s", "--monitor 10s", "--monitor 1s",
		"20240102T030405-1", undo[1],
		"explain KEY", "explain flask_cache_homepage",
	).Replace(line)
	return s
}

func (s *stranger) file(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// output is what the program writes, on both streams.
func (s *stranger) output(args ...string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "cacheview", args...)
	cmd.Env, cmd.Dir = s.env, s.home
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%q: %v: %s", args, err, out)
	}
	return string(out)
}

// types runs the line on a terminal to its end and returns its exit status. The
// questions are answered, the screen is left, and what has no end is interrupted
// once it has written something.
func (s *stranger) types() int {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "bash", "--norc", "-o", "pipefail", "-c", s.line)
	if strings.Contains(s.line, "completion zsh") {
		cmd = exec.CommandContext(s.t.Context(), "zsh", "-f", "-c", "autoload -Uz compinit && compinit -u -D; "+s.line+" && (( $+_comps[cacheview] ))")
	}
	cmd.Dir, cmd.Env = s.home, s.env
	s.seat = openTerminalFor(s.t, cmd, 120, 40)
	typed := regexp.MustCompile(`Type (\S+) to`)
	var pressed time.Time
	for deadline := time.Now().Add(3 * patience); ; time.Sleep(10 * time.Millisecond) {
		select {
		case <-s.seat.over:
			_ = cmd.Wait()
			return cmd.ProcessState.ExitCode()
		default:
		}
		screen := s.seat.out.screen()
		answer := ""
		switch word := typed.FindStringSubmatch(screen); {
		case strings.Contains(screen, "Password:") && !strings.Contains(screen, "? help"):
			answer = "secret\r"
		case strings.Contains(screen, "[y/N]"):
			answer = "y\r"
		case word != nil:
			answer = word[1] + "\r"
		case strings.Contains(screen, "? help"):
			answer = "q"
		case endless(s.line) && strings.TrimSpace(screen) != "":
			answer = "\x03"
		}
		// A question takes no answer in its first moments.
		if answer != "" && time.Since(pressed) > time.Second {
			s.seat.press(answer)
			pressed = time.Now()
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("it does not end:\n%s", screen)
		}
	}
}

// seedExamples stores what the examples ask for.
func seedExamples(w *inspecttest.Wire) {
	for key, text := range map[string]string{
		"homepage": "Landing page", "flask_cache_homepage": "Landing page", "flask_cache_view//about": "About",
		"flask_cache_app.square_memver": "D52mPT", "flask_cache_berlin_memver": "bulGlA",
		"flask_cache_WZuvePfNJeiKltXUD52mPT": "Square of 4 is 16", "flask_cache_UTvhbv9hRJzYhBYCD52mPT": "Square of 5 is 25",
		"flask_cache_WZuvePfNJeiKltXUbulGlA": "Square of 4 is 16", "flask_cache_UTvhbv9hRJzYhBYCZZZZZZ": "nobody's",
		"user[1]:name": "Ada", "user:42:name": "Ada", "avatar:7": "\x89PNG", "trash": "x",
		"a": "1", "b": "2", "c": "3", "session:1": "x", "session:2": "x", "session:7:tmp": "x", "session:42": "x", "sess:Ab3x": "x",
	} {
		w.Do("SET", key, pickled(text), "EX", "900")
	}
	var deflated bytes.Buffer
	z := zlib.NewWriter(&deflated)
	_, _ = z.Write([]byte(`{"a":1}`))
	_ = z.Close()
	w.Do("SET", "blob", deflated.String())
	w.Do("SET", "flask_cache_/search9ee6118218348c551188d95163b4df29", pickled("found"), "EX", "900")
	w.Do("HSET", "user:42:profile", "name", "Ada")
	w.Do("MSET", "old:1", "x", "old:2", "x", "tmp:1", "x", "tmp:2", "x", "app:1", "x", "app:2", "x")
}

// keepChanging changes keys of a server, and reads one, until the test is over.
func keepChanging(t *testing.T, s *inspecttest.Server) {
	w, over := s.Dial(0), make(chan struct{})
	t.Cleanup(func() { <-over })
	go func() {
		defer close(over)
		for tick := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case <-t.Context().Done():
				return
			case <-tick.C:
				for _, key := range []string{"flask_cache_homepage", "app:1", "job:done"} {
					w.Do("SET", key, pickled("anew"), "EX", "900")
				}
				w.Do("GET", "homepage")
			}
		}
	}()
}

// cachedApp serves pages that are cached for a while, as the guide's are.
func cachedApp(t *testing.T, s *inspecttest.Server) string {
	w := s.Dial(0)
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		key := "homepage"
		if r.URL.Path != "/" {
			key = "page" + r.URL.Path
		}
		if w.Do("GET", key) == nil {
			w.Do("SET", key, pickled("page"), "EX", "900")
		}
		fmt.Fprint(rw, "page")
	}))
	t.Cleanup(app.Close)
	return app.URL
}
