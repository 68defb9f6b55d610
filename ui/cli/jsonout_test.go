package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect/inspecttest"
)

// rare are the members that need a fault in the middle of a delete, or a key
// that is refused alone, to appear. Tests of their own bring those about.
var rare = []string{"a-delete/changed", "a-delete/unknown", "a-delete/stopped_by", "a-key/key_error", "the-server/hit_ratio_now"}

// TestJSONIsAsDocumented holds what every command writes with --json against
// docs/json.md, and the document against what they write: every member of its
// tables is found in some object.
func TestJSONIsAsDocumented(t *testing.T) {
	t.Parallel()
	d := readJSONDoc(t)
	s := inspecttest.Start(t)
	fillForJSON(s)
	c := newShell(t, s.URL(0))
	page := cachedPage(t, s)
	dir := t.TempDir()
	small := filepath.Join(dir, "small.toml")
	write(t, small, "undo_limit = 1\n")

	d.hold(t, "a-key", c.lines("ls", "--json")...)
	d.hold(t, "a-key", c.lines("ls", "--json", "-u", strings.Replace(s.URL(0), "//", "//blind:p@", 1))...)
	for _, key := range []string{"text", "hash", "broken", "danger", "list", "stream", "either", "doubtful"} {
		d.hold(t, "get", c.lines("get", "--json", key)...)
	}
	d.hold(t, "get", c.lines("export", "--decoded")...)
	broken := filepath.Join(dir, "broken")
	write(t, broken, "!\x80\x04\x8c\x05he")
	d.hold(t, "decode", c.lines("decode", "--json", broken)...)
	d.hold(t, "explain", c.lines("explain", "--json", "flask_cache_app.square_memver")...)
	d.hold(t, "explain", c.lines("explain", "--json", "flask_cache_app.cube_memver")...)
	d.hold(t, "explain", c.lines("explain", "--json", "text")...)
	d.hold(t, "explain", c.lines("explain", "--json", "text", "-u", inspecttest.StartCluster(t, 3).Nodes[0].URL(0))...)
	d.hold(t, "explain---find", c.lines("explain", "--json", "--find", "square(4)")...)

	stats := c.lines("stats", "--json", "--duplicates")
	d.hold(t, "stats", stats[0])
	d.hold(t, "stats-each-prefix", stats[1:]...)
	stats = c.lines("stats", "--json", "-u", strings.Replace(s.URL(0), "//", "//blind:p@", 1))
	d.hold(t, "stats", stats[0])
	d.hold(t, "the-server", c.lines("stats", "--json", "--server")...)
	d.hold(t, "stats---monitor", monitored(t, s, c)...)

	export := c.lines("export", "--match", "*a*")
	d.hold(t, "export", export[0])
	d.hold(t, "export-each-key", export[1:]...)
	exported := filepath.Join(dir, "export.jsonl")
	write(t, exported, strings.Join(export, "\n")+"\n")
	damaged := filepath.Join(dir, "damaged.jsonl")
	write(t, damaged, export[0]+"\n"+`{"key":"damaged","expires_at_ms":-1,"dump":"AMACCgCPorC8+NR+yQ=="}`+"\n")
	d.hold(t, "a-restoration", c.lines("import", "--json", exported)...)
	d.hold(t, "a-restoration", c.lines("import", "--json", "--dry-run", exported)...)
	d.hold(t, "a-restoration", c.lines("import", "--json", damaged)...)

	d.hold(t, "a-dry-run", c.lines("clear", "--dry-run", "--json", "fill:")...)
	d.hold(t, "a-dry-run", c.lines("clear", "--dry-run", "--json", "--function", "app.square")...)
	d.hold(t, "a-dry-run", c.lines("clear", "--dry-run", "--json", "--match", "*s*:*")...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "text", "hash")...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "none")...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "--config", small, "list")...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "stream", "danger", "-u", strings.Replace(s.URL(0), "//", "//half:p@", 1))...)
	d.hold(t, "undo---list", c.lines("undo", "--list", "--json")...)
	d.hold(t, "a-restoration", c.lines("undo", "--json")...)
	d.hold(t, "bench", c.lines("bench", "--json", "--yes", "--cold", "1", "--warm", "2", "--rate", "50", page)...)
	d.hold(t, "watch", watched(t, s, c)...)

	if unseen := slices.DeleteFunc(d.unseen(), func(key string) bool { return slices.Contains(rare, key) }); len(unseen) > 0 {
		t.Errorf("docs/json.md has members that nothing wrote: %s", strings.Join(unseen, " "))
	}
	if known := slices.DeleteFunc(commands(), func(cmd *cobra.Command) bool { return cmd.Flags().Lookup("json") == nil }); len(known) != 11 {
		t.Errorf("%d commands have --json: is each of them above?", len(known))
	}
}

// fillForJSON has something for every member: more keys than are looked at one
// by one, many that expire in one second, results of a function and orphans,
// equal values, names that are not UTF-8, a user who may not know sizes, one who
// may not delete everything, and slow commands.
func fillForJSON(s *inspecttest.Server) {
	s.Fill(0, 25_000, func(i int) string { return fmt.Sprintf("fill:%05d", i) }, "the same value")
	s.Fill(0, 3000, func(i int) string { return fmt.Sprintf("flask_cache_view//page/%d", i) }, strings.Repeat("a longer one ", 50))
	w := s.Dial(0)
	soon := fmt.Sprint(time.Now().Add(time.Hour).Unix())
	for i := range 12_000 {
		w.Send("EXPIREAT", fmt.Sprintf("fill:%05d", i), soon)
	}
	w.Flush()
	for range 12_000 {
		w.Receive()
	}
	w.Do("MSET", "text", "hello", "broken", "!\x80\x04\x8c\x05he", "danger", "cos\nsystem\n(S'id'\ntR.", "\xffraw:a", "x", "session:1", "x")
	w.Do("HSET", "hash", "f", "v")
	w.Do("RPUSH", "list", "a", "b")
	w.Do("SET", "either", "\x83\x01\x02\x03")
	w.Do("RPUSH", "doubtful", "a", "\x83\x01\x02\x03")
	w.Do("XADD", "stream", "1-1", "f", "v")
	w.Do("SET", "flask_cache_app.square_memver", "!\x80\x04\x8c\x06AAAAAA.")
	w.Do("SET", "flask_cache_WZuvePfNJeiKltXUAAAAAA", "!\x80\x04K\x10.", "EX", "500")
	w.Do("SET", "flask_cache_UTvhbv9hRJzYhBYCZZZZZZ", "!\x80\x04K\x19.", "EX", "500")
	w.Do("SET", "flask_cache_app.cube_memver", "!\x80\x04\x8c\x06BBBBBB.")
	w.Do("ACL", "SETUSER", "blind", "on", ">p", "~*", "+@all", "-memory")
	w.Do("ACL", "SETUSER", "half", "on", ">p", "%R~*", "%W~stream", "+@all")
	w.Do("CONFIG", "SET", "slowlog-log-slower-than", "0")
	w.Do("GET", "text")
	w.Do("GET", "none")
}

// lines runs a command and returns what it writes.
func (s *shell) lines(args ...string) []string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "cacheview", args...)
	cmd.Env = s.env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, _ := cmd.Output()
	if len(out) == 0 {
		s.t.Fatalf("%q wrote nothing: %s", args, errs.String())
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// monitored watches commands that are sent meanwhile.
func monitored(t *testing.T, s *inspecttest.Server, c *shell) []string {
	t.Helper()
	stop, stopped := make(chan struct{}), make(chan struct{})
	w := s.Dial(0)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				w.Do("GET", "flask_cache_WZuvePfNJeiKltXUAAAAAA")
				w.Do("SET", "\xffraw:a", "x", "session:1", "x")
			}
		}
	}()
	lines := c.lines("stats", "--json", "--monitor", "1s")
	close(stop)
	<-stopped
	return lines
}

// watched waits for changes that happen meanwhile: of keys that are there, that
// go, and of the whole database.
func watched(t *testing.T, s *inspecttest.Server, c *shell) []string {
	t.Helper()
	stop, stopped := make(chan struct{}), make(chan struct{})
	w := s.Dial(5)
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				w.Do("SET", "k", fmt.Sprint(i))
				if i%50 == 0 {
					w.Do("DEL", "k")
				}
			}
		}
	}()
	lines := c.lines("watch", "--json", "--limit", "4", "-n", "5")
	lines = append(lines, c.lines("watch", "--json", "--limit", "1", "-u", strings.Replace(s.URL(5), "//", "//blind:p@", 1))...)
	close(stop)
	<-stopped
	return lines
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
