package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

// start starts the program as a process of its own.
func start(t *testing.T, out io.Writer, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "cacheview", args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_STATE_HOME="+t.TempDir())
	cmd.Stdout = out
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// TestDemoOnARealServer runs the web app without the screen, asks it for a page,
// and ends it: what it wrote is gone, and nothing else is.
func TestDemoOnARealServer(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	w.Do("SET", "mine", "1")
	out, in := io.Pipe()
	cmd := start(t, in, "demo", "--headless", "--quiet", "--port", "0", "--work", "0", "--remove", "--redis", s.URL(0))
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "app   ")
	if !ok {
		t.Fatalf("the first line is %q", line)
	}
	reply, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = reply.Body.Close()
	if reply.StatusCode != http.StatusOK || w.Int("EXISTS", "cacheview-demo:homepage") != 1 {
		t.Errorf("the app answered %s, and homepage is in the cache: %d", reply.Status, w.Int("EXISTS", "cacheview-demo:homepage"))
	}
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		t.Errorf("after ctrl+c: %v", err)
	}
	if keys := s.Keys(0); len(keys) != 1 || keys["mine"] == "" {
		t.Errorf("%d keys are left, want only mine", len(keys))
	}
}

// TestInterruptedClearReportsWhatWasDone stops a delete half way.
func TestInterruptedClearReportsWhatWasDone(t *testing.T) {
	t.Parallel()
	const n = 30_000
	s := inspecttest.Start(t)
	s.Fill(0, n, func(i int) string {
		return "old:" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String()
	}, "v")
	w := s.Dial(0)
	planned := w.Int("DBSIZE")
	slow := inspecttest.NewProxy(t, s.Addr)
	var out bytes.Buffer
	slow.Delay(20 * time.Millisecond)
	cmd := start(t, &out, "clear", "--yes", "--json", "--no-undo", "-u", "redis://"+slow.Addr, "old:")
	deadline := time.Now().Add(patience)
	for w.Int("DBSIZE") == planned {
		if time.Now().After(deadline) {
			t.Fatal("nothing is deleted")
		}
		time.Sleep(time.Millisecond) // another process: there is nothing to wait on
	}
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
	if status := cmd.ProcessState.ExitCode(); status != exitInterrupted {
		t.Errorf("exit status %d, want %d", status, exitInterrupted)
	}
	var report struct{ Planned, Deleted, Failed int64 }
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	left := w.Int("DBSIZE")
	if report.Planned != planned || report.Deleted == 0 || report.Deleted == planned {
		t.Errorf("report %+v, want some of %d deleted", report, planned)
	}
	if report.Deleted != planned-left {
		t.Errorf("%d reported deleted, %d are gone", report.Deleted, planned-left)
	}
}

// TestBrokenPipeIsQuiet has a reader that leaves early: the program ends as
// other tools do, by SIGPIPE, and says nothing.
func TestBrokenPipeIsQuiet(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	s.Fill(0, 20_000, func(i int) string { return "key:" + time.Duration(i).String() }, "v")
	for _, command := range []string{"ls", "ls --json", "ls --sort name", "export", "export --decoded"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "bash", "-c", "cacheview "+command+" | head -1; echo ${PIPESTATUS[0]}")
			cmd.Env = append(os.Environ(), "CACHEVIEW_URL="+s.URL(0), "HOME="+t.TempDir())
			var errs bytes.Buffer
			cmd.Stderr = &errs
			out, err := cmd.Output()
			lines := strings.Split(string(out), "\n")
			if err != nil || len(lines) != 3 || lines[1] != "141" {
				t.Errorf("%v: %q, want a line and the status 141", err, out)
			}
			if errs.Len() > 0 {
				t.Errorf("on the error stream: %s", errs.String())
			}
		})
	}
}

// TestInterrupted presses ctrl+c once a command is at work, which the server
// knows.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	full := inspecttest.Start(t)
	full.Fill(0, 5000, func(i int) string { return "key:" + time.Duration(i).String() }, "v")
	dump := filepath.Join(t.TempDir(), "export.jsonl")
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", "cacheview export -u "+full.URL(0)+" >"+dump).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	tests := []struct {
		args string
		sent string // the command that says that it is at work
	}{
		{"ls --json", "memory|usage"},
		{"ls --sort name", "scan"},
		{"export", "dump"},
		{"import " + dump, "restore"},
		{"stats --exact", "memory|usage"},
		{"stats --monitor 60s", "monitor"},
		{"explain flask_cache_WZuvePfNJeiKltXUbulGlA", "scan"},
		{"explain --find square(4)", "scan"},
		{"clear --dry-run key:", "scan"},
		{"watch", "client|tracking"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			s := inspecttest.Start(t)
			if !strings.HasPrefix(tt.args, "import") {
				s.Fill(0, 5000, func(i int) string { return "key:" + time.Duration(i).String() }, "v")
			}
			s.Dial(0).Do("CONFIG", "RESETSTAT")
			slow := inspecttest.NewProxy(t, s.Addr)
			slow.Delay(50 * time.Millisecond)
			cmd := start(t, io.Discard, append(strings.Fields(tt.args), "-u", "redis://"+slow.Addr)...)
			for deadline := time.Now().Add(patience); s.Calls(tt.sent) == 0; {
				if time.Now().After(deadline) {
					t.Fatalf("%s is never sent", tt.sent)
				}
				time.Sleep(time.Millisecond) // another process: there is nothing to wait on
			}
			_ = cmd.Process.Signal(os.Interrupt)
			_ = cmd.Wait()
			if status := cmd.ProcessState.ExitCode(); status != exitInterrupted {
				t.Errorf("exit status %d, want %d", status, exitInterrupted)
			}
		})
	}
}
