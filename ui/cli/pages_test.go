package cli

import (
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

// asked are the commands that others send to a server within a time, by name
// and as often.
func asked(s *inspecttest.Server, during time.Duration) map[string]int {
	w := s.Dial(0)
	w.Do("MONITOR") // does not show SLOWLOG and the like
	end := s.Dial(0)
	var ending sync.WaitGroup
	defer ending.Wait()
	ending.Go(func() {
		time.Sleep(during) // this is what is measured
		end.Do("ECHO", "enough")
	})
	sent := map[string]int{}
	for {
		line, _ := w.Receive().(string)
		_, rest, _ := strings.Cut(line, `] "`)
		name, args, _ := strings.Cut(rest, `"`)
		if strings.EqualFold(name, "echo") && strings.Contains(args, "enough") {
			return sent
		}
		sent[strings.ToLower(name)]++
	}
}

// TestNothingIsAskedForWhileNoPageIsOpen counts what the program sends to a real
// server: with the keys on screen INFO and DBSIZE every five seconds for the top
// line, and with the server page open its figures every second.
func TestNothingIsAskedForWhileNoPageIsOpen(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	for _, k := range []string{"homepage", "page:1", "page:2"} {
		w.Do("SET", k, "x", "EX", "9000")
	}
	p := openPane(t, 100, 30)
	p.text("cacheview -u " + s.URL(0))
	p.keys("Enter")
	p.waitFor("3 keys .* live")
	const during = 6 * time.Second
	// quiet waits for a time without other commands: what was on its way when the
	// screen was complete may still come, but it ends.
	quiet := func(when string) {
		t.Helper()
		var sent map[string]int
		for range 5 {
			sent = asked(s, during)
			extra := maps.Clone(sent)
			for _, name := range []string{"info", "dbsize"} {
				if extra[name] <= 2 {
					delete(extra, name)
				}
			}
			if len(extra) == 0 {
				return
			}
		}
		t.Errorf("%s: these commands were sent within %v, again and again: %v", when, during, sent)
	}
	quiet("before a page was opened")
	p.keys("2")
	p.waitFor("looked at +all 3 keys")
	if sent := asked(s, during); sent["info"] < 6 || sent["ping"] < 3 || sent["type"] > 0 || sent["monitor"] > 0 {
		t.Errorf("with the server page open: %v", sent)
	}
	p.keys("3")
	p.waitFor("Hits and misses")
	quiet("with the activity page open")
	p.keys("1")
	p.waitFor("homepage")
	quiet("after the pages were closed")
}
