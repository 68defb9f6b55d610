//go:build journeys

package cli

import (
	"bufio"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cacheview/inspect/inspecttest"
)

//go:embed testdata/journeys/*.txt
var journeys embed.FS

// TestJourneys goes the ways of somebody who has never seen the program, in a
// real terminal on a real server, and compares what that person sees with what
// is kept in testdata/journeys/screens. Scripts are in testdata/journeys, a step a line:
//
//	press KEYS     by their tmux names
//	type TEXT
//	see PATTERN    wait until the screen matches
//	answer KEY PATTERN    answer a dialog until the screen matches
//	shot           keep the screen
//
// A line "on PLACE" says where: on nothing, a server that is empty, one of a
// million keys, one that the configuration calls production and read-only, or
// the demo. CACHEVIEW_JOURNEYS=update also keeps what it sees.
//
// It has a make target of its own, for it compares whole screens of a machine
// that must not be busy.
func TestJourneys(t *testing.T) {
	t.Parallel()
	mode := os.Getenv("CACHEVIEW_JOURNEYS")
	sizes := [][2]int{{80, 24}, {120, 40}, {200, 50}}
	files, err := journeys.ReadDir("testdata/journeys")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range sizes {
		for _, f := range files {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], strings.TrimSuffix(f.Name(), ".txt")), func(t *testing.T) {
				t.Parallel()
				script, err := journeys.ReadFile("testdata/journeys/" + f.Name())
				if err != nil {
					t.Fatal(err)
				}
				got := travel(t, string(script), size)
				kept := filepath.Join("testdata", "journeys", "screens", fmt.Sprintf("%dx%d", size[0], size[1]), f.Name())
				if mode == "update" {
					if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(kept, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(kept)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
					t.Errorf("what is seen is not what %s keeps:\n%s", kept, diff)
				}
			})
		}
	}
}

// travel plays a script and returns it with the screens that were seen.
func travel(t *testing.T, script string, size [2]int) string {
	t.Helper()
	url, command := "redis://127.0.0.1:1/0", "cacheview --theme dark"
	place := "a cache"
	if _, rest, ok := strings.Cut(script, "\non "); ok {
		place, _, _ = strings.Cut(rest, "\n")
	}
	switch place {
	case "nothing":
	case "demo":
		command += " demo --port 0"
	default:
		s := inspecttest.Start(t, "--enable-debug-command", "yes")
		url = s.URL(0)
		switch place {
		case "empty":
		case "million":
			s.Dial(0).Do("DEBUG", "POPULATE", "1000000", "key", "12")
		default:
			pack(s.Dial(0))
			elsewhere := s.Dial(1)
			elsewhere.Do("SET", "elsewhere", "1")
			elsewhere.Do("SET", "here", "1")
		}
	}
	if place == "production" {
		file := filepath.Join(t.TempDir(), "config.toml")
		text := fmt.Sprintf("[connections.shop]\nurl = %q\nenvironment = \"production\"\nread_only = true\n", url)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		command += " --config " + file + " shop"
	}
	p := openPane(t, size[0], size[1], "CACHEVIEW_URL="+url, "PAGER=less", "SSH_TTY=x")
	p.text("clear; " + command + "; echo back to the shell")
	p.keys("Enter")
	var out strings.Builder
	lines := bufio.NewScanner(strings.NewReader(script))
	for lines.Scan() {
		line := lines.Text()
		out.WriteString(line + "\n")
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "press":
			for _, k := range strings.Fields(rest) {
				p.keys(k)
			}
		case "type":
			p.text(rest)
		case "see":
			p.waitFor(rest)
		case "answer":
			key, pattern, _ := strings.Cut(rest, " ")
			p.answer(key, pattern)
		case "shot":
			out.WriteString(p.settled())
		case "", "#", "on":
		default:
			t.Fatalf("no such step: %q", line)
		}
	}
	return out.String()
}

// pack stores what the journeys meet: an app's cache with times to live that
// read the same for half an hour, and a value of every shape.
func pack(w *inspecttest.Wire) {
	const days = "865800" // ten days and half an hour
	w.Do("SET", "flask_cache_view//about", pickled("About us"), "EX", days)
	w.Do("SET", "flask_cache_view//", pickled("Landing page"), "EX", days)
	for n := 1; n <= 4; n++ {
		w.Do("SET", fmt.Sprintf("flask_cache_memoize:square:%d", n), pickled(fmt.Sprintf("Square of %d is %d", n, n*n)), "EX", days)
	}
	w.Do("SET", "flask_cache_homepage", pickled("Landing page"), "EX", days)
	w.Do("RPUSH", "queue", "mail 1", "mail 2")
	w.Do("SET", "config", `{"debug":false,"limits":{"cpu":2,"mem":512},"langs":["de","fr"]}`)
	w.Do("SET", "page", "<html>\n  <body class=\"wide\">Guten Tag</body>\n</html>\n", "EX", days)
	w.Do("SET", "evil", "cos\nsystem\n(S'rm -rf /'\ntR.")
	w.Do("HSET", "user:1", "name", "Ada", "born", "1815")
	w.Do("ZADD", "scores", "12", "ada", "7.5", "grace")
	w.Do("XADD", "orders", "1-1", "item", "tea", "price", "3")
	w.Do("XADD", "orders", "1-2", "item", "coffee", "price", "4")
}

var (
	anyPort   = regexp.MustCompile(`127\.0\.0\.1:\d{5}`)
	anyCLI    = regexp.MustCompile(`redis-cli -p \d{5}`)
	anyServer = regexp.MustCompile(`(?m)\A( cacheview .*? · db \d).*$`)
	anyWait   = regexp.MustCompile(`again in \d+ s`)
)

// settled is the screen once nothing moves on it, without what differs from run
// to run: the port, the server's figures, and
// the bar of a time to live.
func (p *pane) settled() string {
	p.t.Helper()
	last := ""
	p.waitUntil("nothing moves", func() bool {
		now := p.screen()
		same := now == last
		last = now
		time.Sleep(100 * time.Millisecond) // what is drawn late is drawn by then
		return same
	})
	last = anyPort.ReplaceAllString(last, "127.0.0.1:00000")
	last = anyCLI.ReplaceAllString(last, "redis-cli -p 00000")
	last = anyWait.ReplaceAllString(last, "again in 0 s")
	last = strings.ReplaceAll(last, "━", "─") // time running out, drawn
	return anyServer.ReplaceAllString(last, "$1 …")
}
