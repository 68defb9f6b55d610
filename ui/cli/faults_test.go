package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

// TestServerDiesBehindTheScreen kills the server in the middle of a listing and
// starts it again: a banner says so, what was listed stays and is not called
// all, and once the server is back the list becomes whole.
func TestServerDiesBehindTheScreen(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 20_000, func(i int) string { return fmt.Sprintf("key:%05d", i) }, "value")
	srv.Dial(0).Do("SAVE")
	proxy := inspecttest.NewProxy(t, srv.Addr)
	proxy.Delay(30 * time.Millisecond)
	p := startScreen(t, 120, 30, nil, "redis://"+proxy.Addr)
	p.shows(" of 20,000")
	p.shows("key:")
	srv.Kill()
	p.shows("connection lost · trying again")
	if screen := p.out.screen(); !strings.Contains(screen, "key:") || !strings.Contains(screen, " of 20,000") {
		t.Errorf("what was listed is gone, or shown as all there is:\n%s", screen)
	}
	proxy.Delay(0)
	srv.Restart()
	p.shows("20,000 keys")
	p.until("the list is whole", func() bool {
		screen := p.out.screen()
		return !strings.Contains(screen, " of 20,000") && !strings.Contains(screen, "connection lost")
	})
	p.press("q")
	if status := p.ends(); status != 0 {
		t.Errorf("status %d", status)
	}
	p.restored()
}

// TestQuitWhileTheServerIsSilent has a server that takes what it is sent and
// never answers. Nobody waits for it who wants to go.
func TestQuitWhileTheServerIsSilent(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]string{
		"q": "q", "ctrl+c": "\x03", "q while a value is read": "jq", "ctrl+c while keys are counted": "d\x03",
		"q while keys are listed": "rq", "ctrl+c in an undo": "u\x03",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			srv.Fill(0, 50, func(i int) string { return fmt.Sprintf("key:%02d", i) }, "value")
			proxy := inspecttest.NewProxy(t, srv.Addr)
			p := startScreen(t, 120, 30, nil, "--timeout", "10m", "redis://"+proxy.Addr)
			p.shows("50 keys")
			p.shows("key:")
			proxy.Silence()
			p.press(keys)
			if status := p.ends(); status != 0 {
				t.Errorf("status %d", status)
			}
			p.restored()
		})
	}
}

// TestInterruptWhileTheServerIsSilent is the same for the commands: ctrl+c ends
// what only looks, and tells what became of what deletes.
func TestInterruptWhileTheServerIsSilent(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	const n = 50
	srv.Fill(0, n, func(i int) string { return fmt.Sprintf("key:%02d", i) }, "value")
	for name, args := range map[string][]string{
		"ls": {"ls"}, "get": {"get", "key:01"}, "stats": {"stats"}, "explain": {"explain", "key:01"},
		"export": {"export"}, "watch": {"watch", "--for", "1s"}, "del --dry-run": {"del", "--dry-run", "key:01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at := 1; silent(t, srv, at, args...) != nil; at += 3 {
			}
		})
	}
	for name, args := range map[string][]string{
		"del": {"del", "--yes", "key:01"}, "clear": {"clear", "--yes", "key:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at := 1; ; at += 2 {
				srv := inspecttest.Start(t)
				srv.Fill(0, n, func(i int) string { return fmt.Sprintf("key:%02d", i) }, "value")
				out := silent(t, srv, at, append(args, "--json")...)
				if out == nil {
					return
				}
				var r struct{ Planned, Deleted, Failed, Unknown int }
				if len(out) > 0 {
					if err := json.Unmarshal(out, &r); err != nil {
						t.Fatalf("%v: %s", err, out)
					}
				}
				if gone := n - int(srv.Dial(0).Int("DBSIZE")); r.Deleted > gone || r.Deleted+r.Unknown < gone {
					t.Errorf("silent from reply %d: %d keys are gone: %+v", at, gone, r)
				}
			}
		})
	}
}

// silent runs a command on a server that is silent from a reply on, and sends it
// SIGINT then. It returns what was written to the standard output, nil when the
// command was over before.
func silent(t *testing.T, srv *inspecttest.Server, at int, args ...string) []byte {
	t.Helper()
	proxy := inspecttest.NewProxy(t, srv.Addr)
	proxy.CutAt(at, inspecttest.LoseRest, false)
	out := bytes.NewBuffer([]byte{})
	cmd := start(t, out, append(args, "--timeout", "10m", "-u", "redis://"+proxy.Addr)...)
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	for deadline := time.Now().Add(patience); !proxy.Broke(); time.Sleep(time.Millisecond) { // another process
		select {
		case <-ended:
			return nil
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is sent")
		}
	}
	_ = cmd.Process.Signal(os.Interrupt)
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatalf("silent from reply %d: it does not end", at)
	}
	if status := cmd.ProcessState.ExitCode(); status != exitInterrupted {
		t.Errorf("silent from reply %d: status %d: %s", at, status, out)
	}
	return out.Bytes()
}

// TestResizeStorm pulls at the corner of the window while the program lists,
// shows values and asks. Nothing breaks, and at the end the screen is the one of
// somebody who never pulled.
func TestResizeStorm(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	w := srv.Dial(0)
	for i := range 200 {
		w.Do("SET", fmt.Sprintf("user:%03d:profile", i), fmt.Sprintf(`{"name":"somebody %d","tags":["a","b"]}`, i))
	}
	w.Do("SET", "zone", "x") // so that the prefix is not the whole database, whose name is asked for
	storm := startScreen(t, 80, 24, nil, srv.URL(0))
	calm := startScreen(t, 80, 24, nil, srv.URL(0))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		width, height := 1+rng.IntN(220), 1+rng.IntN(70)
		if i%10 == 0 {
			width, height = 1, 1
		}
		storm.resize(width, height)
		if i%20 == 0 {
			storm.press([]string{"\x1b[B", "d", "n", "2", "1", "\x1b[A"}[rng.IntN(6)])
		}
		time.Sleep(time.Duration(rng.IntN(8)) * time.Millisecond) // a hand is not of one speed
	}
	storm.resize(80, 24)
	if err := storm.cmd.Process.Signal(nothing); err != nil {
		t.Fatalf("it is gone: %v\n%s", err, storm.out.screen())
	}
	// Back to where the other is.
	storm.press("n1g")
	calm.press("g")
	same := func() bool {
		a, b := strings.Split(storm.out.screen(), "\n"), strings.Split(calm.out.screen(), "\n")
		// The first line has figures of the moment, the last what was said last.
		return len(a) == len(b) && len(a) == 24 && strings.Join(a[1:23], "\n") == strings.Join(b[1:23], "\n")
	}
	calm.shows("profile")
	for deadline := time.Now().Add(patience); !same(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after the storm:\n%s\n\nwithout it:\n%s", storm.out.screen(), calm.out.screen())
		}
	}
	storm.press("q")
	if status := storm.ends(); status != 0 {
		t.Errorf("status %d", status)
	}
	storm.restored()
}
