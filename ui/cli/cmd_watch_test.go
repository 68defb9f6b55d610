package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"cacheview/inspect/inspecttest"
)

// watching starts cacheview watch and returns once it follows: it has told the
// change of the key "ready".
func watching(t *testing.T, s *inspecttest.Server, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	out, in := io.Pipe()
	cmd := start(t, in, append([]string{"watch", "-u", s.URL(0)}, args...)...)
	lines := bufio.NewScanner(out)
	told := make(chan bool)
	go func() { told <- lines.Scan() }()
	w := s.Dial(0)
	for i := 0; ; i++ {
		w.Do("SET", "ready", "now")
		select {
		case ok := <-told:
			if !ok {
				t.Fatal("nothing was told")
			}
			t.Cleanup(func() { _ = out.Close() })
			return cmd, lines
		default:
			w.Do("BLPOP", "never", "0.05") // waits on the server
		}
	}
}

func TestWatchPrintsWhatHappens(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	cmd, lines := watching(t, s)
	w := s.Dial(0)
	for _, step := range []struct {
		do   []string
		want string
	}{
		{[]string{"SET", "k:\x1b", "1", "PX", "90000000"}, `^\d\d:\d\d:\d\d\.\d{3}  set      string     .* \d+ B  k:\\x1b$`},
		{[]string{"DEL", "k:\x1b"}, `^.*  gone     - .*  k:\\x1b$`},
		{[]string{"FLUSHALL"}, `^.*  flush    the database was emptied$`},
	} {
		w.Do(step.do...)
		for told := false; !told; { // "ready" may have been told once more
			if !lines.Scan() {
				t.Fatalf("the output ended before %s", step.want)
			}
			told = regexp.MustCompile(step.want).Match(lines.Bytes())
			if !told && !regexp.MustCompile(`  ready$`).Match(lines.Bytes()) {
				t.Fatalf("told %q, want %s", lines.Text(), step.want)
			}
		}
	}
	_ = cmd.Process.Signal(os.Interrupt)
	err := cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitInterrupted {
		t.Errorf("after ctrl+c: %v, want %d", err, exitInterrupted)
	}
}

func TestWatchEndsAfterItsLimit(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	out, in := io.Pipe()
	cmd := start(t, in, "watch", "-u", s.URL(0), "--json", "--limit", "1", "job:")
	var text []byte
	read := make(chan error, 1)
	go func() {
		var err error
		text, err = io.ReadAll(out)
		read <- err
	}()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	w := s.Dial(0)
	for over := false; !over; {
		w.Do("SET", "job:1", "x")
		w.Do("SET", "other", "x")
		w.Do("BLPOP", "never", "0.05") // waits on the server
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("%v, want status 0", err)
			}
			over = true
		default:
		}
	}
	_ = in.Close()
	if err := <-read; err != nil {
		t.Fatal(err)
	}
	var line struct {
		Time, Event, Key, Type string
		TTL                    int64 `json:"ttl_ms"`
	}
	if err := json.Unmarshal(text, &line); err != nil || line.Key != "job:1" || line.Type != "string" || line.TTL != -1 || line.Time == "" {
		t.Errorf("%s: %+v, %v", text, line, err)
	}
}
