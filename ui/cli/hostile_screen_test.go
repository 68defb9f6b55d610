package cli

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"cacheview/inspect/inspecttest"
	"cacheview/ui/internal/hostile"
)

// screenSequences are all that the screen writes to its terminal beside text:
// colours; moving, erasing and repeating; the modes of a full screen program,
// the mouse and pasting; keyboard protocols; what it asks the terminal; and its
// own title. Text is only put on the clipboard by y, in base64.
var screenSequences = regexp.MustCompile(`(?s)` + hostile.SGR +
	`|\x1b\[[0-9;]*[ABCDEFGHIJKLMPSTXZ@bdf` + "`" + `]|\x1b\[[0-9;]*r` +
	`|\x1b\[\?5W|\x1b\[\?(1|7|12|25|1000|1002|1003|1004|1006|1049|2004|2026|2027|2031|2048)(;[0-9]+)*(h|l|\$p)` +
	`|\x1b\[[<>=?][0-9;]*u|\x1b\[>4(;[0-9])?m|\x1b\[\?4m|\x1b\[>0?q|\x1b\[0?c|\x1b\[[0-9]* q|\x1b[78M=>]` +
	`|\x1b\]1[012];(\?|#[0-9a-f]{6})(\a|\x1b\\)|\x1b\]1[012](\a|\x1b\\)|\x1b\]1(10|11|12)(\a|\x1b\\)` +
	`|\x1b\]2;(cacheview[^\x00-\x1f]*)?(\a|\x1b\\)|\x1b\]52;c;[A-Za-z0-9+/=]*(\a|\x1b\\)` +
	`|\x1bP\+q[0-9A-F;]*\x1b\\`)

// stream is what a program wrote so far.
type stream struct {
	mu   sync.Mutex
	text strings.Builder
	term *hostile.Terminal
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(b)
	return s.term.Write(b)
}

func (s *stream) screen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.term.String()
}

// modes are those that are on.
func (s *stream) modes() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.term.Modes()
}

// pasted is what a terminal leaves of a text that is pasted: no controls.
func pasted(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// TestHostileContentOnTheScreen runs the program in a terminal of its own on
// keys and values that try to take it over, goes through its views and dialogs,
// deletes and undoes, and quits. Afterwards every byte that it wrote is judged.
func TestHostileContentOnTheScreen(t *testing.T) {
	t.Parallel()
	for i, p := range inThree() {
		t.Run(string(rune('a'+i)), func(t *testing.T) {
			t.Parallel()
			s, x := inspecttest.Start(t), p.Text
			w := s.Dial(0)
			w.Do("SET", "a"+x, x)
			w.Do("SET", "b", "c"+x+"\n"+x+"\n(S'"+x+"'\ntR.")
			w.Do("HSET", "c"+x, x, x)
			w.Do("XADD", "d", "1-1", x, x)
			w.Do("SET", "flask_cache_app."+x+"_memver", "!\x80\x04\x8c\x06abcdef\x94.")

			cmd := exec.CommandContext(t.Context(), "cacheview", "-u", s.URL(0))
			home := t.TempDir()
			cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "CACHEVIEW_URL=")
			tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
			if err != nil {
				t.Fatal(err)
			}
			defer tty.Close()
			out := &stream{term: hostile.NewTerminal(120, 40, tty)}
			defer out.term.Close()
			over := make(chan struct{})
			go func() {
				defer close(over)
				_, _ = io.Copy(out, tty)
			}()
			shows := func(what string) {
				t.Helper()
				for deadline := time.Now().Add(patience); !strings.Contains(out.screen(), what); time.Sleep(10 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("waited in vain for %q:\n%s", what, out.screen())
					}
				}
			}
			press := func(keys ...string) {
				for _, k := range keys {
					_, _ = io.WriteString(tty, k)
					time.Sleep(30 * time.Millisecond) // as a person types; the program has no sign of being ready
				}
			}
			shows("5 keys")
			shows(hostile.Mark)
			for range 6 {
				// n closes the explanation, which takes its time; q would quit when
				// it has not come yet.
				press("\t", "Z", "v", "v", "v", "v", "y", "\t", "Y", "x", "\x1b[B", "n", "j")
			}
			// No lone escape, which is told from a sequence by time: ctrl+u empties
			// the filter, too.
			press("g", "/", "\x1b[200~"+pasted(x)+"\x1b[201~", "\r", "/", "\x15", "\r")
			press("?", "q", "C", "q", "g", "j")
			press("d")
			shows("Delete 1 key?")
			// The question ignores its first moments; a second answer too many
			// would take the report off the screen.
			for deadline := time.Now().Add(patience); strings.Contains(out.screen(), "Delete 1 key?") && time.Now().Before(deadline); {
				press("y")
				time.Sleep(time.Second)
			}
			shows("deleted 1 key")
			press("u")
			shows("restored 1 key")
			press("\x03")
			_ = cmd.Wait()
			_ = tty.Close()
			<-over
			if err := hostile.Check(out.text.String(), "\r\n\b\t", screenSequences); err != nil {
				t.Error(err)
			}
			for _, title := range out.term.Titles {
				if title != "" && title != "cacheview" && title != "cacheview "+s.Addr {
					t.Errorf("title %q", title)
				}
			}
			for _, did := range out.term.Did {
				if !strings.HasPrefix(did, "clipboard") {
					t.Errorf("it did %s", did)
				}
			}
			if on := out.term.Modes(); len(on) > 0 {
				t.Errorf("modes %v are left on", on)
			}
		})
	}
}
