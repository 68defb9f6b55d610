package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cacheview/inspect/inspecttest"
)

// serve starts a server of another kind than the script's own:
//
//	serve tls       sets TLS_URL, TLS_CERT and TLS_KEY; the certificate is its own CA
//	serve sentinel  sets SENTINEL_URL of one that watches the script's server as "cache"
//	serve cluster   sets CLUSTER_URL
//	serve page      sets PAGE, a page that is cached under the key page
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve tls|sentinel|cluster|ssh|page")
	}
	tb := ts.Value("tb").(testing.TB)
	own := ts.Value("server").(*inspecttest.Server)
	switch args[0] {
	case "tls":
		s, addr, _ := inspecttest.StartTLS(tb)
		w := s.Dial(0)
		w.Do("SET", "secure", "1")
		ts.Setenv("TLS_URL", "redis://"+addr)
		ts.Setenv("TLS_CERT", setting(ts, w, "tls-cert-file"))
		ts.Setenv("TLS_KEY", setting(ts, w, "tls-key-file"))
	case "sentinel":
		ts.Setenv("SENTINEL_URL", "redis://"+own.StartSentinel("cache"))
	case "cluster":
		ts.Setenv("CLUSTER_URL", inspecttest.StartCluster(tb, 3).Nodes[0].URL(0))
	case "ssh":
		h := inspecttest.StartSSH(tb)
		ts.Setenv("SSH_HOST", h.User+"@"+h.Addr)
		ts.Setenv("SSH_KEY", h.Key)
		ts.Setenv("SSH_KNOWN", h.KnownHosts)
	case "page":
		ts.Setenv("PAGE", cachedPage(tb, own))
	default:
		ts.Fatalf("serve %s?", args[0])
	}
}

func setting(ts *testscript.TestScript, w *inspecttest.Wire, name string) string {
	reply, ok := w.Do("CONFIG", "GET", name).([]any)
	if !ok || len(reply) != 2 {
		ts.Fatalf("%s is %v", name, reply)
	}
	return fmt.Sprint(reply[1])
}

// cachedPage serves a page that costs 50 ms unless it is in the cache.
func cachedPage(tb testing.TB, s *inspecttest.Server) string {
	w := s.Dial(0) // requests come one at a time
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		if w.Do("GET", "page") == nil {
			<-time.After(50 * time.Millisecond) // what the page pretends to work
			w.Do("SET", "page", "hello", "EX", "300")
		}
		fmt.Fprint(rw, "hello")
	}))
	tb.Cleanup(app.Close)
	return app.URL
}

// interrupts runs cacheview, presses ctrl+c when what it has written matches a
// pattern, and checks its exit status.
func interrupts(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupts STATUS PATTERN ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	seen := &awaited{pattern: regexp.MustCompile(args[1]), found: make(chan struct{})}
	cmd := exec.Command("cacheview", args[2:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), seen, seen
	cmd.Env = os.Environ()
	for _, name := range []string{"HOME", "XDG_STATE_HOME", "CACHEVIEW_URL"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	select {
	case <-seen.found:
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		ts.Fatalf("it never wrote %s, but %q", args[1], seen.text.String())
	}
	ts.Check(cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit status %d, want %d; it wrote %q", got, want, seen.text.String())
	}
}

// awaited is a writer that waits for text.
type awaited struct {
	mu      sync.Mutex
	text    bytes.Buffer
	pattern *regexp.Regexp
	found   chan struct{} // closed once the pattern was written
	done    bool
}

func (a *awaited) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text.Write(p)
	if !a.done && a.pattern.Match(a.text.Bytes()) {
		a.done = true
		close(a.found)
	}
	return len(p), nil
}
