package inspecttest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// SSHHost is a running sshd on loopback that lets whoever runs the test log in
// with a key.
type SSHHost struct {
	Addr       string // host:port
	User       string
	Key        string // file of the key that it takes
	KnownHosts string // file that has its key
	Dir        string
}

// StartSSH runs an sshd with further lines in its configuration, and waits until
// it answers.
func StartSSH(tb testing.TB, lines ...string) *SSHHost {
	tb.Helper()
	// sshd starts itself anew by its own path, and lies beside the path of people.
	sshd := "/usr/sbin/sshd"
	if _, err := os.Stat(sshd); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_REDIS") == "1" {
			tb.Fatal("CACHEVIEW_REQUIRE_REDIS=1 and there is no sshd")
		}
		tb.Skip("no sshd")
	}
	if os.Getuid() == 0 { // where the service would make it
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	me, err := user.Current()
	if err != nil {
		tb.Fatal(err)
	}
	h := &SSHHost{User: me.Username, Dir: tb.TempDir()}
	h.Key, h.KnownHosts = h.KeyPair(tb, "id", ""), filepath.Join(h.Dir, "known_hosts")
	hostKey := h.KeyPair(tb, "host", "")
	h.write(tb, "authorized", h.read(tb, h.Key+".pub"))
	port := FreePort(tb)
	h.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	h.write(tb, "known_hosts", h.knownAs(tb, h.Addr, hostKey))
	conf := append([]string{
		"Port " + strconv.Itoa(port), "ListenAddress 127.0.0.1", "HostKey " + hostKey, "PidFile none",
		"AuthorizedKeysFile " + filepath.Join(h.Dir, "authorized"), "StrictModes no", "UsePAM no",
		"PasswordAuthentication no", "KbdInteractiveAuthentication no",
	}, lines...)
	cmd := exec.Command(sshd, "-D", "-e", "-f", h.write(tb, "conf", strings.Join(conf, "\n")+"\n"))
	log, err := os.Create(filepath.Join(h.Dir, "log"))
	if err != nil {
		tb.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(patience); !h.answers(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatalf("sshd does not answer:\n%s", h.read(tb, log.Name()))
		}
	}
	return h
}

// KeyPair makes a key with that passphrase, and returns its file.
func (h *SSHHost) KeyPair(tb testing.TB, name, passphrase string) string {
	tb.Helper()
	file := filepath.Join(h.Dir, name)
	out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", file).CombinedOutput()
	if err != nil {
		tb.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	return file
}

// Authorize lets another key in as well.
func (h *SSHHost) Authorize(tb testing.TB, key string) {
	tb.Helper()
	file := filepath.Join(h.Dir, "authorized")
	h.write(tb, "authorized", h.read(tb, file)+h.read(tb, key+".pub"))
}

// KnowAs adds the host's key to its known_hosts under another address, as that
// of a proxy before it.
func (h *SSHHost) KnowAs(tb testing.TB, addr string) {
	tb.Helper()
	h.write(tb, "known_hosts", h.read(tb, h.KnownHosts)+h.knownAs(tb, addr, filepath.Join(h.Dir, "host")))
}

func (h *SSHHost) knownAs(tb testing.TB, addr, key string) string {
	tb.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		tb.Fatal(err)
	}
	fields := strings.Fields(h.read(tb, key+".pub"))
	return fmt.Sprintf("[%s]:%s %s %s\n", host, port, fields[0], fields[1])
}

func (h *SSHHost) read(tb testing.TB, file string) string {
	tb.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(raw)
}

func (h *SSHHost) write(tb testing.TB, name, text string) string {
	tb.Helper()
	file := filepath.Join(h.Dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

func (h *SSHHost) answers() bool {
	conn, err := net.DialTimeout("tcp", h.Addr, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "SSH-2.0-")
}
