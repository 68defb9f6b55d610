// Package inspecttest starts real redis-servers for tests: alone, as a cluster,
// or under a sentinel, and puts a proxy that cuts and delays before them. Every
// server has its own directory and ends with its test.
//
// It is for tests only. Without a redis-server on the path the test is skipped,
// or fails when CACHEVIEW_REQUIRE_REDIS=1, so that a build that means to test
// cannot pass without having tested.
package inspecttest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const patience = 20 * time.Second // for a server to answer on a busy machine

// Server is a running redis-server.
type Server struct {
	Addr string // host:port, "" when it only has a socket
	Sock string // path of its unix socket
	Dir  string // its working directory

	tb   testing.TB
	args []string
	cmd  *exec.Cmd
}

// Start runs a redis-server with args behind sane defaults: a free port on
// loopback, a unix socket, no persistence. It waits until the server answers.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	return start(tb, "", append([]string{"--save", "", "--appendonly", "no"}, args...)...)
}

// start runs a redis-server, or a sentinel when it has a configuration.
func start(tb testing.TB, sentinel string, args ...string) *Server {
	tb.Helper()
	command := []string{binary(tb)}
	// Paths of sockets are short, and those of tb.TempDir are not.
	dir, err := os.MkdirTemp("", "cv")
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{tb: tb, Sock: filepath.Join(dir, "s"), Dir: dir}
	tb.Cleanup(func() {
		s.Kill()
		_ = os.RemoveAll(dir)
	})
	if sentinel != "" {
		conf := filepath.Join(dir, "conf")
		if err := os.WriteFile(conf, []byte(sentinel), 0o600); err != nil {
			tb.Fatal(err)
		}
		command = append(command, conf, "--sentinel")
	}
	args = append([]string{
		"--bind", "127.0.0.1", "--unixsocket", s.Sock, "--dir", dir, "--logfile", filepath.Join(dir, "log"),
	}, args...)
	for {
		// Others look for a free port, too, and may take the same one.
		port := strconv.Itoa(FreePort(tb))
		s.Addr = net.JoinHostPort("127.0.0.1", port)
		s.args = slices.Concat(command, []string{"--port", port}, args)
		if s.run(answers) {
			return s
		}
		s.Kill()
	}
}

func binary(tb testing.TB) string {
	tb.Helper()
	bin, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_REDIS") == "1" {
			tb.Fatal("CACHEVIEW_REQUIRE_REDIS=1 and there is no redis-server")
		}
		tb.Skip("no redis-server on the path")
	}
	return bin
}

// URL is the server's URL for a database.
func (s *Server) URL(db int) string { return fmt.Sprintf("redis://%s/%d", s.Addr, db) }

// Kill ends the server at once, as a crash would. It may be started again.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Restart kills the server and starts it again at the same address, with what
// SAVE saved.
func (s *Server) Restart() {
	s.tb.Helper()
	s.restart(answers)
}

// Reload is Restart that does not wait until the data is loaded.
func (s *Server) Reload() {
	s.tb.Helper()
	s.restart(func(reply string) bool { return strings.HasPrefix(reply, "-LOADING") })
}

func (s *Server) restart(ready func(reply string) bool) {
	s.tb.Helper()
	s.Kill()
	if !s.run(ready) {
		s.tb.Fatalf("somebody else took %s meanwhile", s.Addr)
	}
}

// run starts the server and waits until its answer to PING is what is waited
// for. It returns false when the port is taken.
func (s *Server) run(ready func(reply string) bool) bool {
	s.tb.Helper()
	log := filepath.Join(s.Dir, "log")
	_ = os.Remove(log)
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	if err := s.cmd.Start(); err != nil {
		s.tb.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if reply := ping(s.Sock); reply != "" && ready(reply) {
			return true
		}
		if text, err := os.ReadFile(log); err == nil && strings.Contains(string(text), "Address already in use") {
			return false
		}
		time.Sleep(5 * time.Millisecond) // another process: there is nothing to wait on
	}
	text, _ := os.ReadFile(log)
	s.tb.Fatalf("redis-server does not answer:\n%s", text)
	return false
}

// answers reports whether a server is ready to talk; an error such as NOAUTH
// counts.
func answers(reply string) bool { return !strings.HasPrefix(reply, "-LOADING") }

// ping returns what a server answers, "" for nothing.
func ping(sock string) string {
	conn, err := net.DialTimeout("unix", sock, time.Second)
	if err != nil {
		return ""
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return ""
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return ""
	}
	return line
}

// FreePort returns a port of loopback that nobody listened on a moment ago.
func FreePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// RefusingPort returns a port of loopback that refuses connections until the
// test ends: it is in use by a connection of ours, and nobody listens on it.
func RefusingPort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	held, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	other, err := l.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = held.Close()
		_ = other.Close()
	})
	return held.LocalAddr().(*net.TCPAddr).Port
}
