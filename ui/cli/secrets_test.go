package cli

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
)

// TestNoErrorTellsThePassword meets each way in which a connection fails with a
// password at hand, in the environment and in the URL, and looks for it in all
// that is written: both streams, and every file in the home directory.
func TestNoErrorTellsThePassword(t *testing.T) {
	t.Parallel()
	const secret = "Sw0rdfish-7"
	locked := inspecttest.Start(t, "--requirepass", "another")
	open := inspecttest.Start(t)
	sentinel := open.StartSentinel("cache")
	_, secure, _ := inspecttest.StartTLS(t)
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = web.Close() })
	go func() {
		for {
			conn, err := web.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			_ = conn.Close()
		}
	}()
	ways := map[string][]string{ // the rest of a URL behind the @, and flags
		"refused":           {"redis://", "127.0.0.1:1/0"},
		"wrong password":    {"redis://", locked.Addr + "/0"},
		"no password there": {"redis://", open.Addr + "/0"},
		"no socket":         {"unix://", "/nowhere/redis.sock"},
		"no host":           {"redis://", "nobody.invalid:6379/0"},
		"certificate":       {"rediss://", secure + "/0"},
		"no TLS there":      {"rediss://", open.Addr + "/0"},
		"TLS there":         {"redis://", secure + "/0"},
		"not Redis":         {"redis://", web.Addr().String() + "/0"},
		"a sentinel":        {"redis://", sentinel + "/0"},
		"unknown master":    {"redis://", sentinel + "/0", "--sentinel", "nobody"},
		"no cluster":        {"redis://", open.Addr + "/0", "--cluster"},
		"URL":               {"redis://", "host:port/0"},
		"scheme":            {"http://", "host/0"},
	}
	for name, way := range ways {
		for _, command := range [][]string{
			{"ls"}, {"get", "--json", "key"}, {"del", "--yes", "--json", "key"},
		} {
			t.Run(name+" "+strings.Join(command, " "), func(t *testing.T) {
				t.Parallel()
				for _, inURL := range []bool{true, false} {
					home := t.TempDir()
					url := way[0] + "user@" + way[1]
					if inURL {
						url = way[0] + "user:" + secret + "@" + way[1]
					}
					cmd := exec.CommandContext(t.Context(), "cacheview", append(append(command, "--timeout", "2s", "-u", url), way[2:]...)...)
					cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home, "CACHEVIEW_SENTINEL_PASSWORD="+secret)
					if !inURL {
						cmd.Env = append(cmd.Env, "CACHEVIEW_PASSWORD="+secret)
					}
					var out bytes.Buffer
					cmd.Stdout, cmd.Stderr = &out, &out
					if err := cmd.Run(); err == nil || out.Len() == 0 {
						t.Errorf("it does not fail with a message: %v, %s", err, &out)
					}
					if strings.Contains(out.String(), secret) {
						t.Errorf("the password is in %s", &out)
					}
					notInFiles(t, home, secret)
				}
			})
		}
	}
}

// notInFiles looks for a password in the names and in what is in all files of a
// directory.
func notInFiles(t *testing.T, dir, secret string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := os.ReadFile(path)
			if strings.Contains(path+string(text), secret) {
				t.Errorf("the password is in %s", path)
			}
		}
		return err
	})
}

// TestUnverifiedTLSIsSaid has each command that connects say on standard error
// that nobody checks with whom, and only there.
func TestUnverifiedTLSIsSaid(t *testing.T) {
	t.Parallel()
	srv, secure, _ := inspecttest.StartTLS(t)
	srv.Dial(0).Do("SET", "key", "value")
	for _, command := range [][]string{
		{"ls"},
		{"get", "key"},
		{"get", "--raw", "key"},
		{"stats"},
		{"stats", "--json"},
		{"explain", "key"},
		{"export"},
		{"del", "--dry-run", "key"},
		{"clear", "--dry-run", "key"},
		{"stats", "--monitor", "10ms"},
	} {
		var out, errw strings.Builder
		status := Main(append(command, "--tls-insecure", "-u", "rediss://"+secure), strings.NewReader(""), &out, &errw, noEnv(t))
		if said := strings.Count(errw.String(), "TLS without checking the server's certificate"); said != 1 || strings.Contains(out.String(), "certificate") {
			t.Errorf("%q, exit status %d: said %d times in %s", command, status, said, errw.String())
		}
	}
}
