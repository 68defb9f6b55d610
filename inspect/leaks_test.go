package inspect_test

import (
	"context"
	"fmt"
	"regexp"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

var (
	watchedForLeaks sync.Map // of testing.TB, those that leaks has begun with
	lastWatched     atomic.Int64
)

// leaks has a test fail in which a goroutine of a client outlives it. It is
// called before the first client is opened, and looks when the last was closed.
// A goroutine is known by a label that it has from the one that began it, so
// that tests which run at the same time do not see each other's.
func leaks(t testing.TB) {
	t.Helper()
	if _, already := watchedForLeaks.LoadOrStore(t, true); already {
		return
	}
	id := labelled()
	t.Cleanup(func() {
		watchedForLeaks.Delete(t)
		if left := leftBy(id, 10*time.Second); left != "" {
			t.Errorf("goroutines are left:\n%s", left)
		}
	})
}

// lasting does not end with the test, as t.Context does just before leaks looks: a
// goroutine that waits for its context only would be gone by then, and in the
// program it would not.
func lasting() context.Context { return context.Background() }

// labelled gives the goroutine a label, and with it all that it begins.
func labelled() (id string) {
	id = fmt.Sprintf("client %d", lastWatched.Add(1))
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("opened by", id)))
	return id
}

// ofAClient is in the stack of a goroutine that this package or go-redis runs.
var ofAClient = regexp.MustCompile(`\tcacheview/inspect(/tunnel)?\.|/go-redis/`)

// leftBy returns the stacks of the goroutines that a label is on, once there are
// none or after some patience.
func leftBy(id string, patience time.Duration) string {
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		var all strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&all, 1)
		_, each, _ := strings.Cut(all.String(), "\n") // behind their number
		var left []string
		for _, g := range strings.Split(each, "\n\n") {
			if strings.Contains(g, fmt.Sprintf("%q", id)) && ofAClient.MatchString(g) && !strings.Contains(g, "testing.tRunner") {
				left = append(left, g)
			}
		}
		if len(left) == 0 || time.Now().After(deadline) {
			return strings.Join(left, "\n\n")
		}
	}
}

// TestLeakIsSeen leaves a goroutine of each kind behind: one of ours that reads
// a connection, and one that waits for a server that does not answer.
func TestLeakIsSeen(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	id := labelled()
	c, err := inspect.Open(lasting(), inspect.Config{URL: srv.URL(0)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if left := leftBy(id, 10*time.Second); left != "" {
		t.Errorf("nothing is under way:\n%s", left)
	}
	w, err := c.Watch(lasting())
	if err != nil {
		t.Fatal(err)
	}
	seen := func() bool { return strings.Contains(leftBy(id, 0), "inspect.(*Watch).follow") }
	for deadline := time.Now().Add(10 * time.Second); !seen(); {
		if time.Now().After(deadline) {
			t.Fatal("a watch is not seen")
		}
	}
	_ = w.Close()
	if left := leftBy(id, 10*time.Second); left != "" {
		t.Errorf("the watch is closed:\n%s", left)
	}

	proxy := inspecttest.NewProxy(t, srv.Addr)
	silent, err := inspect.Open(lasting(), inspect.Config{URL: "redis://" + proxy.Addr, Timeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	proxy.Silence()
	asked := make(chan error, 1)
	go func() {
		_, err := silent.Ping(context.Background())
		asked <- err
	}()
	for leftBy(id, 0) == "" {
		select {
		case err := <-asked:
			t.Fatalf("it does not wait: %v", err)
		default:
		}
	}
	_ = silent.Close()
	<-asked
	if left := leftBy(id, 10*time.Second); left != "" {
		t.Errorf("all is closed:\n%s", left)
	}
}
