//go:build scale

package ui

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"cacheview/ui/internal/hostile"
)

// ptyProcess is a program on a terminal of its own.
type ptyProcess struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File

	mu   sync.Mutex
	out  bytes.Buffer
	term *hostile.Terminal
}

func startPty(t *testing.T, cmd *exec.Cmd, env ...string) *ptyProcess {
	t.Helper()
	cmd.Env = append(append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8"), env...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	p := &ptyProcess{t: t, cmd: cmd, tty: tty, term: hostile.NewTerminal(200, 50, tty)}
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := tty.Read(buf)
			p.mu.Lock()
			p.out.Write(buf[:n])
			_, _ = p.term.Write(buf[:n])
			p.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return p
}

// scalePatience is how long something may take with any number of keys.
const scalePatience = 20 * time.Minute

// until waits for a text among what was written to the terminal.
func (p *ptyProcess) until(text string) {
	p.t.Helper()
	for end := time.Now().Add(scalePatience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		p.mu.Lock()
		found := bytes.Contains(p.out.Bytes(), []byte(text))
		p.mu.Unlock()
		if found {
			return
		}
	}
	p.t.Fatalf("waited in vain for %q", text)
}

// shows waits for a text on the screen.
func (p *ptyProcess) shows(text string) {
	p.t.Helper()
	p.wait(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// wait waits for a screen that is as it should be.
func (p *ptyProcess) wait(what string, ok func(screen string) bool) {
	p.t.Helper()
	screen := ""
	for end := time.Now().Add(scalePatience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		p.mu.Lock()
		screen = p.term.String()
		p.mu.Unlock()
		if ok(screen) {
			return
		}
	}
	p.t.Fatalf("waited in vain for %s:\n%s", what, screen)
}

// calm waits until the program has done what it had to do at its start: for two
// seconds in a row with little to do.
func (p *ptyProcess) calm() {
	p.t.Helper()
	quiet := 0
	for range 120 {
		before := p.cpu()
		time.Sleep(time.Second)
		if quiet++; p.cpu()-before > 30*time.Millisecond {
			quiet = 0
		}
		if quiet == 2 {
			return
		}
	}
	p.t.Fatal("the program does not come to rest")
}

func (p *ptyProcess) stop() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	_ = p.tty.Close()
}

// peak is the most memory the process had, in kB.
func (p *ptyProcess) peak() int {
	for line := range strings.Lines(p.proc("status")) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	p.t.Fatal("no VmHWM")
	return 0
}

// cpu is the time the threads of the process have run.
func (p *ptyProcess) cpu() time.Duration {
	p.t.Helper()
	paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid))
	var sum time.Duration
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		ns, _, _ := strings.Cut(string(raw), " ")
		n, _ := strconv.ParseInt(ns, 10, 64)
		sum += time.Duration(n)
	}
	if sum == 0 {
		p.t.Fatal("no schedstat")
	}
	return sum
}

func (p *ptyProcess) proc(name string) string {
	p.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(raw)
}
