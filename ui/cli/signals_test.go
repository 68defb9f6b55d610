package cli

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
	"cacheview/ui/human"
)

// goneBy are the ways in which a person or a machine ends the program.
var goneBy = []struct {
	name   string
	signal syscall.Signal // 0 closes the terminal
	status int
}{
	{"SIGINT", syscall.SIGINT, 130},
	{"SIGTERM", syscall.SIGTERM, 143},
	{"SIGHUP", syscall.SIGHUP, 129},
	{"SIGQUIT", syscall.SIGQUIT, 131},
	{"SIGABRT", syscall.SIGABRT, 134},
	{"closed terminal", 0, 129},
}

// onPrefix goes to the prefix of all keys, once it has unfolded.
func onPrefix(p *session) {
	p.shows("▾ key:")
	p.press("g")
	p.shows("▌ ▾ key:")
}

// TestEndedFromOutside ends the program by each signal, and by closing its
// terminal, while it lists, while it asks, and in the middle of a delete. The
// terminal is as it was, the status says why, and what was deleted can be undone.
func TestEndedFromOutside(t *testing.T) {
	t.Parallel()
	const n = 20_000
	name := func(i int) string { return fmt.Sprintf("key:%05d", i) }
	moments := []struct {
		name  string
		reach func(p *session, w *inspecttest.Wire)
	}{
		{"listing", func(p *session, _ *inspecttest.Wire) { p.shows(" of 20,000") }},
		{"asking", func(p *session, _ *inspecttest.Wire) {
			onPrefix(p)
			p.press("d")
			p.shows("Empty the whole database?") // there are no other keys
		}},
		{"deleting", func(p *session, w *inspecttest.Wire) {
			onPrefix(p)
			p.press("d")
			p.shows("Empty the whole database?") // there are no other keys
			p.press("db0")
			p.shows("› db0▏")
			p.press("\r")
			p.until("some keys are gone", func() bool { return w.Int("DBSIZE") < n })
		}},
	}
	for _, at := range moments {
		for _, by := range goneBy {
			if (by.signal == syscall.SIGQUIT || by.signal == syscall.SIGABRT) && at.name == "listing" {
				continue
			}
			t.Run(at.name+" "+by.name, func(t *testing.T) {
				t.Parallel()
				srv := inspecttest.Start(t)
				srv.Fill(0, n, name, "value")
				before, w := srv.Keys(0), srv.Dial(0)
				proxy := inspecttest.NewProxy(t, srv.Addr)
				if at.name == "listing" {
					proxy.Delay(30 * time.Millisecond)
				}
				p := startScreen(t, 120, 30, nil, "redis://"+proxy.Addr)
				if at.name == "deleting" {
					p.shows("20,000 keys")
					proxy.Delay(5 * time.Millisecond)
				}
				at.reach(p, w)
				if by.signal == 0 {
					_ = p.tty.Close()
				} else {
					_ = p.cmd.Process.Signal(by.signal)
				}
				if status := p.ends(); status != by.status {
					t.Errorf("status %d, want %d", status, by.status)
				}
				if by.signal != 0 {
					p.restored()
				}
				left := w.Int("DBSIZE")
				if at.name != "deleting" {
					if left != n {
						t.Errorf("%d keys are left", left)
					}
					return
				}
				if left == n || left == 0 {
					t.Fatalf("%d keys are left: the delete was not in its middle", left)
				}
				said := fmt.Sprintf("cacheview: deleted %s keys; stopped, %s unchanged; to undo: cacheview undo ",
					human.Count(int(n-left)), human.Count(int(left)))
				if by.signal != 0 && !strings.Contains(p.out.text.String(), said) {
					t.Errorf("it does not say %q:\n%s", said, p.out.screen())
				}
				proxy.Delay(0)
				undo := exec.Command("cacheview", "undo", "-u", "redis://"+proxy.Addr)
				undo.Env = p.cmd.Env
				if out, err := undo.CombinedOutput(); err != nil && undo.ProcessState.ExitCode() != exitPartly {
					t.Errorf("undo: %v: %s", err, out)
				}
				after := srv.Keys(0)
				for k, v := range before {
					if after[k] != v {
						t.Fatalf("%s does not come back", k)
					}
				}
			})
		}
	}
}

// TestSecondSignal ends the program by a signal while it waits for a server that
// does not answer, and by another at once: the terminal is as it was.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 100, func(i int) string { return fmt.Sprintf("key:%d", i) }, "value")
	p := startScreen(t, 80, 24, nil, srv.URL(0))
	p.shows("100 keys")
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Process.Signal(syscall.SIGHUP)
	if status := p.ends(); status != 143 && status != 129 {
		t.Errorf("status %d", status)
	}
	p.restored()
}
