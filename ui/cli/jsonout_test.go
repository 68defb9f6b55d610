package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect/inspecttest"
)

// rare are the members that need a fault in the middle of a delete, or a key
// that is refused alone, to appear. Tests of their own bring those about.
var rare = []string{
	"a-delete/changed", "a-delete/gone", "a-delete/unknown", "a-delete/stopped_by", "a-key/key_error", "the-server/hit_ratio_now",
	"a-reading/view.truncated", "a-restoration/not_applicable",
	"a-dry-run/no_copy", "a-dry-run/no_copy.*", "expire/stopped_by",
}

// newer are the members of which only some servers have anything.
var newer = map[string][]string{
	"HPEXPIRE": {"a-key/fields_expire", "get/field_ttls", "get/field_ttls[].field", "get/field_ttls[].ttl_ms"},
	"VADD":     {"get/info", "get/info.*"},
}

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
	saved := filepath.Join(dir, "saved.toml")
	write(t, saved, "[connections.shop]\nurl = \"redis://shop\"\n")

	d.hold(t, "a-key", c.lines("ls", "--json")...)
	d.hold(t, "a-key", c.lines("ls", "--json", "-u", strings.Replace(s.URL(0), "//", "//blind:p@", 1))...)
	for _, key := range []string{"text", "hash", "broken", "danger", "list", "stream", "either", "doubtful"} {
		d.hold(t, "get", c.lines("get", "--json", key)...)
	}
	for _, key := range []string{"hll", "geo"} {
		d.hold(t, "get", c.lines("get", "--json", key)...)
	}
	unknown := slices.Clone(rare)
	for command, members := range newer {
		if !knows(s.Dial(0), command) {
			unknown = append(unknown, members...)
		}
	}
	if knows(s.Dial(0), "VADD") {
		d.hold(t, "get", c.lines("get", "--json", "vectors")...)
	}
	d.hold(t, "get", c.lines("export", "--decoded")...)
	broken := filepath.Join(dir, "broken")
	write(t, broken, "!\x80\x04\x8c\x05he")
	d.hold(t, "decode", c.lines("decode", "--json", broken, filepath.Join(corpus(t), "values", "dj-default-datetime.bin"))...)
	d.hold(t, "explain", c.lines("explain", "--json", "flask_cache_app.square_memver")...)
	d.hold(t, "explain", c.lines("explain", "--json", "flask_cache_app.cube_memver")...)
	d.hold(t, "explain", c.lines("explain", "--json", "flask_cache_WZuvePfNJeiKltXUAAAAAA")...)
	d.hold(t, "explain", c.lines("explain", "--json", "text")...)
	d.hold(t, "explain", c.lines("explain", "--json", "text", "-u", inspecttest.StartCluster(t, 3).Nodes[0].URL(0))...)
	d.hold(t, "explain---find", c.lines("explain", "--json", "--find", "square(4)")...)
	d.hold(t, "explain---find", c.lines("explain", "--json", "--find", "http://testserver/about/")...)

	stats := c.lines("stats", "--json", "--duplicates")
	d.hold(t, "stats", stats[0])
	d.hold(t, "stats-each-prefix", stats[1:]...)
	stats = c.lines("stats", "--json", "-u", strings.Replace(s.URL(0), "//", "//blind:p@", 1))
	d.hold(t, "stats", stats[0])
	source := filepath.Join(dir, "source")
	if err := os.Mkdir(source, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(source, "app.py"), "@cache.memoize(60)\ndef square(n):\n    return n * n\n")
	d.hold(t, "stats", c.lines("stats", "--json", "--app", source)[0])
	d.hold(t, "the-server", c.lines("stats", "--json", "--server")...)
	d.hold(t, "stats---monitor", monitored(t, s, c)...)

	export := c.lines("export", "--match", "*a*")
	d.hold(t, "export", export[0])
	d.hold(t, "export-each-key", export[1:len(export)-1]...)
	d.hold(t, "export-the-end", export[len(export)-1])
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
	d.hold(t, "a-dry-run", c.lines("del", "--dry-run", "--json", "text", "-u", strings.Replace(s.URL(0), "//", "//norestore:p@", 1))...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "text", "hash")...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "none")...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "--config", small, "list")...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "stream", "danger", "-u", strings.Replace(s.URL(0), "//", "//half:p@", 1))...)
	d.hold(t, "undo---list", c.lines("undo", "--list", "--json")...)
	d.hold(t, "a-restoration", c.lines("undo", "--json")...)
	d.hold(t, "a-delete", c.lines("del", "--yes", "--json", "--no-undo", "either")...)
	undone(t, d, s, c, small)
	d.hold(t, "a-write", c.lines("set", "--json", "written", "x")...)
	d.hold(t, "a-write", c.lines("copy", "--json", "written", "copied")...)
	d.hold(t, "a-write", c.lines("rename", "--json", "copied", "renamed")...)
	d.hold(t, "expire", c.lines("expire", "--json", "written", "nobody", "1h")...)
	d.hold(t, "expire", c.lines("expire", "--json", "written", "1h", "--config", small)...)
	d.hold(t, "run", c.lines("run", "--json", "HGETALL", "hash")...)
	d.hold(t, "expire", c.lines("expire", "--json", "--dry-run", "written", "1h")...)
	d.hold(t, "a-key", c.lines("wait", "--json", "--for", "1s", "written")...)
	d.hold(t, "diff", c.lines("diff", "--json", "written", "hash")...)
	d.hold(t, "diff", c.lines("diff", "--json", "--prefixes", "written", "hash")...)
	d.hold(t, "connections", c.lines("connections", "--json", "--config", saved)...)
	d.hold(t, "doctor", c.lines("doctor", "--json")...)
	d.hold(t, "run", c.lines("run", "--json", "APPEND", "written", "y")...)
	d.hold(t, "errors", c.errorLine("get", "--json", "nowhere"), c.errorLine("ls", "--json", "-u", "redis://127.0.0.1:1"),
		c.errorLine("ls", "--nope", "--json"), c.errorLine("lss", "--json"), c.errorLine("run", "--json", "KEYS", "*"))
	d.hold(t, "bench", c.lines("bench", "--json", "--yes", "--cold", "1", "--warm", "2", "--rate", "50", page)...)
	d.hold(t, "watch", watched(t, s, c)...)

	if unseen := slices.DeleteFunc(d.unseen(), func(key string) bool { return slices.Contains(unknown, key) }); len(unseen) > 0 {
		t.Errorf("docs/json.md has members that nothing wrote: %s", strings.Join(unseen, " "))
	}
	if known := slices.DeleteFunc(commands(), func(cmd *cobra.Command) bool { return cmd.Flags().Lookup("json") == nil }); len(known) != 20 {
		t.Errorf("%d commands have --json: is each of them above?", len(known))
	}
}

// undone has undos that overwrite keys, with and without a copy of them, and one
// of a damaged journal.
func undone(t *testing.T, d *jsonDoc, s *inspecttest.Server, c *shell, small string) {
	t.Helper()
	w := s.Dial(0)
	off := filepath.Join(filepath.Dir(small), "off.toml")
	write(t, off, "undo_limit = 0\n")
	for _, config := range []string{"", small, off} {
		w.Do("SET", "\xffagain", "a")
		deleted := c.lines("del", "--yes", "--json", `\xffagain`)
		d.hold(t, "a-delete", deleted...)
		w.Do("SET", "\xffagain", "b")
		args := []string{"undo", "--json", "--replace"}
		if config != "" {
			args = append(args, "--config", config)
		}
		d.hold(t, "a-restoration", c.lines(args...)...)
	}
	w.Do("SET", "\xffagain", "c")
	id := regexp.MustCompile(`"undo":"([^"]+)"`).FindStringSubmatch(c.lines("del", "--yes", "--json", `\xffagain`)[0])[1]
	dir := filepath.Join(c.home(), "cacheview", "undo")
	path := filepath.Join(dir, id+".undo")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(text, []byte("\xffagain"))
	if at < 0 {
		t.Fatal("the journal does not hold the key")
	}
	text[at+len("\xffagain")+1] ^= 1 // in its value
	write(t, path, string(text))
	write(t, filepath.Join(dir, strings.Replace(id, "20", "19", 1)+".undo"), "no journal at all")
	d.hold(t, "undo---verify", c.lines("undo", "--verify", "--json")...)
	d.hold(t, "undo---list", c.lines("undo", "--list", "--json")...)
	d.hold(t, "a-restoration", c.lines("undo", "--json", id)...)
}

// fillForJSON has something for every member: more keys than are looked at one
// by one, many that expire in one second, results of a function and orphans,
// equal values, names that are not UTF-8, a user who may not know sizes, one who
// may not delete everything, and slow commands.
func fillForJSON(s *inspecttest.Server) {
	s.Fill(0, 25_000, func(i int) string { return fmt.Sprintf("fill:%05d", i) }, "the same value")
	// Every sample has pages of both kinds, so that their sizes and numbers are estimates.
	s.Fill(0, 3000, func(i int) string { return fmt.Sprintf("flask_cache_view//page/%d", i) }, strings.Repeat("a longer one ", 50))
	s.Fill(0, 1500, func(i int) string { return fmt.Sprintf("flask_cache_view//page/%d", 2*i) }, "!\x80\x04\x8c\x05hello.")
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
	w.Do("XGROUP", "CREATE", "stream", "readers", "0")
	w.Do("XREADGROUP", "GROUP", "readers", "\xffone", "STREAMS", "stream", ">")
	w.Do("PFADD", "hll", "a", "b")
	w.Do("GEOADD", "geo", "13.361389", "38.115556", "Palermo", "15.087269", "37.502669", "Catania")
	w.Do("SET", ":1:views.decorators.cache.cache_page..GET.37475bdd35f06fea6af8d3b0cdb5b8c4.d41d8cd98f00b204e9800998ecf8427e.en-us", "\x80\x04N.")
	w.Do("SET", "flask_cache_app.square_memver", "!\x80\x04\x8c\x06AAAAAA.")
	w.Do("SET", "flask_cache_WZuvePfNJeiKltXUAAAAAA", "!\x80\x04K\x10.", "EX", "500")
	w.Do("SET", "flask_cache_UTvhbv9hRJzYhBYCZZZZZZ", "!\x80\x04K\x19.", "EX", "500")
	w.Do("SET", "flask_cache_app.cube_memver", "!\x80\x04\x8c\x06BBBBBB.")
	if knows(w, "HPEXPIRE") {
		w.Do("HPEXPIRE", "hash", "1000000", "FIELDS", "1", "f")
	}
	if knows(w, "VADD") {
		w.Do("VADD", "vectors", "VALUES", "3", "1", "2", "3", "one")
	}
	w.Do("ACL", "SETUSER", "blind", "on", ">p", "~*", "+@all", "-memory")
	w.Do("ACL", "SETUSER", "norestore", "on", ">p", "~*", "+@all", "-restore")
	w.Do("ACL", "SETUSER", "half", "on", ">p", "%R~*", "%W~stream", "+@all")
	w.Do("CONFIG", "SET", "slowlog-log-slower-than", "0")
	w.Do("GET", "text")
	w.Do("GET", "none")
	w.Do("CONFIG", "SET", "slowlog-log-slower-than", "1000000000") // more would hide them
}

// knows reports whether the server has a command.
func knows(w *inspecttest.Wire, command string) bool {
	info, ok := w.Do("COMMAND", "INFO", command).([]any)
	return ok && len(info) == 1 && info[0] != nil
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

// errorLine runs a command that fails and returns the last line of its error stream.
func (s *shell) errorLine(args ...string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "cacheview", args...)
	cmd.Env = s.env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if out, err := cmd.Output(); err == nil || len(out) > 0 {
		s.t.Errorf("%q: %v, wrote %s", args, err, out)
	}
	lines := strings.Split(strings.TrimSuffix(errs.String(), "\n"), "\n")
	return lines[len(lines)-1]
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
				w.Do("SET", "flask_cache_app.square_memver", "!\x80\x04\x8c\x06AAAAAA.")
				w.Do("SET", "flask_cache_WZuvePfNJeiKltXUAAAAAA", "!\x80\x04K\x10.", "EX", "500")
				if i%50 == 0 {
					w.Do("DEL", "k")
				}
			}
		}
	}()
	lines := c.lines("watch", "--json", "--limit", "12", "-n", "5")
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
