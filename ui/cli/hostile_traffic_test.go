package cli

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
	"cacheview/ui/internal/hostile"
)

// TestHostileTraffic has another client write keys and send commands that try to
// take the terminal over, while the program follows them there.
func TestHostileTraffic(t *testing.T) {
	t.Parallel()
	// JSON has in base64 what is no text, and a total of each prefix.
	told := regexp.MustCompile(hostile.Mark + `|"key_b64"|"prefix":"hash:"`)
	for _, command := range [][]string{{"watch"}, {"watch", "--json"}, {"stats", "--monitor", "1s"}, {"stats", "--json", "--monitor", "1s"}} {
		for i, p := range inThree() {
			t.Run(fmt.Sprint(command, i), func(t *testing.T) {
				t.Parallel()
				s, x := inspecttest.Start(t), p.Text
				w := s.Dial(0)
				seat := openTerminal(t, 120, 40, append(command, "-u", s.URL(0))...)
				for deadline := time.Now().Add(patience); !told.MatchString(seat.wrote()); {
					if time.Now().After(deadline) {
						t.Fatalf("nothing of it was shown:\n%q", seat.wrote())
					}
					w.Do("SET", x, x)
					w.Do("HSET", "hash:"+x, x, x)
					w.Do("RENAME", x, "other:"+x)
					w.Do(x, x)
					w.Do("DEL", "other:"+x)
					w.Do("BLPOP", "never", "0.02") // waits on the server
				}
				requireTame(t, strings.Join(command, " "), seat.wrote())
			})
		}
	}
}
