package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	miniredis "github.com/alicebob/miniredis/v2/server"
	"github.com/spf13/pflag"

	"cacheview/inspect/inspecttest"
	"cacheview/ui/internal/hostile"
)

// ownSequences are all that a command writes to a terminal beside text: colours
// of the help, and the line of progress that is wiped.
var ownSequences = regexp.MustCompile(hostile.SGR + `|\x1b\[K`)

// requireTame fails when something that a command wrote to a terminal is not
// text, or did something to it.
func requireTame(t *testing.T, what, stream string) {
	t.Helper()
	if err := hostile.Check(stream, "\r\n", ownSequences); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	term := hostile.NewTerminal(80, 24, io.Discard)
	defer term.Close()
	_, _ = term.WriteString(stream)
	if len(term.Titles)+len(term.Did)+len(term.Modes()) > 0 {
		t.Errorf("%s: titles %q, did %q, modes %v", what, term.Titles, term.Did, term.Modes())
	}
}

// inThree joins all payloads into three texts.
func inThree() []hostile.Payload {
	out := make([]hostile.Payload, 3)
	for i, p := range hostile.Payloads() {
		out[i%3].Text += p.Text
		out[i%3].Name += p.Name + "; "
	}
	return out
}

// TestHostileContentInCommands runs every command on a terminal with a payload
// in names, members, fields, values and arguments.
func TestHostileContentInCommands(t *testing.T) {
	t.Parallel()
	for i, p := range inThree() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s, x := inspecttest.Start(t), p.Text
			w := s.Dial(0)
			w.Do("SET", x, x)
			w.Do("SET", "pre:"+x, `{"a":"`+x+`"}`)
			w.Do("SET", "pickle", "c"+x+"\n"+x+"\n(S'"+x+"'\ntR.")
			w.Do("SET", "flask_cache_app."+x+"_memver", "!\x80\x04\x8c\x06abcdef\x94.")
			w.Do("HSET", "hash", x, x)
			w.Do("RPUSH", "list", x, x)
			w.Do("SADD", "set", x)
			w.Do("ZADD", "zset", "1", x)
			w.Do("XADD", "stream", "1-1", x, x)
			w.Do("SET", "session:"+x, x)
			dir := t.TempDir()
			file := filepath.Join(dir, strings.NewReplacer("/", "_", "\x00", "_").Replace(x)[:min(len(x), 80)])
			config := filepath.Join(dir, "config.toml")
			for name, text := range map[string]string{file: x, config: x + "=1\n" + x} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			export := filepath.Join(dir, "export")
			if err := os.WriteFile(export, []byte("{\"cacheview_export\":1,\"server\":\""+x+"\"}\n{\"key\":\""+x+"\n"+x), 0o600); err != nil {
				t.Fatal(err)
			}
			runs := [][]string{
				{"export"},
				{"export", x},
				{"export", "--decoded"},
				{"export", "--type", x},
				{"import", export},
				{"import", file},
				{"import", "no" + file},
				{"stats", "--server"},
				{"stats", "--duplicates"},
				{"stats", "--monitor", "50ms"},
				{"stats", "--monitor", x},
				{"bench", x},
				{"bench", "http://" + x + "/"},
				{"watch", "--limit", x},
				{"__complete", "get", ""},
				{"__complete", "ls", "pre:"},
				{"__complete", "clear", "--function", ""},
				{"completion", x},
				{"clear", "--dry-run", "session:"},
				{"clear", "--dry-run", "--json", "session:"},
				{"-c", x, "ls"},
				{"ls"},
				{"ls", "-l"},
				{"ls", "--json"},
				{"ls", "--sort", "size", "-l"},
				{"ls", x},
				{"ls", "--match", "*" + x},
				{"ls", "--type", x},
				{"ls", "--sort", x},
				{"stats"},
				{"stats", "--json"},
				{"stats", x},
				{"get", x},
				{"get", x, "--json"},
				{"get", x, "--hex"},
				{"get", "pre:" + x},
				{"get", "pickle"},
				{"get", "no" + x},
				{"get", "--as", x, x},
				{"get", "--b64", x},
				{"get", "hash"},
				{"get", "hash", "--hex"},
				{"get", "hash", "--json"},
				{"get", "list"},
				{"get", "set"},
				{"get", "zset"},
				{"get", "stream"},
				{"explain", x},
				{"explain", x, "--json"},
				{"explain", "pre:" + x},
				{"explain", "flask_cache_app." + x + "_memver"},
				{"explain", "--find", x},
				{"explain", "--find", "f(" + x + ")"},
				{"decode", file},
				{"decode", "--json", file},
				{"decode", "--structure", file},
				{"decode", "no" + file},
				{"decode", "--as", "text", file, file},
				{"clear", "--dry-run", x},
				{"clear", x},
				{"clear", "--function", x},
				{"clear", "--confirm", x, "--db"},
				{"clear", "--orphans"},
				{"del", x},
				{"del", "--dry-run", x, "pre:" + x},
				{"del", "--dry-run", "--json", x},
				{"del", "--yes", x, "hash"},
				{"undo", "--list"},
				{"undo", "--list", "--json"},
				{"undo"},
				{"undo", x},
				{"--" + x},
				{x},
				{"ls", "--config", config},
				{"ls", "--config", "no" + file},
				{"ls", "-u", "redis://" + x},
				{"ls", "-u", "redis://" + x + ":6379"},
				{"demo", "--layout", x},
				{"config", "show"},
				{"config", "check", "--config", config},
				{"connections"},
				{"connections", "--json"},
				{"copy", x, "copy" + x},
				{"copy", "--json", "no" + x, x},
				{"diff", x, "hash"},
				{"diff", "--json", x, "pre:" + x},
				{"diff", "--prefixes", x, "pre:"},
				{"doctor"},
				{"expire", x, "1h", "--yes"},
				{"expire", x, x},
				{"rename", "pickle", "renamed" + x},
				{"rename", "no" + x, x},
				{"run", "GET", x},
				{"run", x, x},
				{"run", "--json", "HGETALL", "hash"},
				{"run", "EVAL", "return redis.error_reply(ARGV[1])", "0", x},
				{"set", x, x, "--replace"},
				{"set", "--json", x, x, "--ttl", x},
				{"wait", x, "--for", "10ms"},
				{"wait", "no" + x, "--for", "10ms"},
				{"ls", "--tls-ca", file},
				{"ls", "--tls-ca", "no" + file},
				{"ls", "--timeout", x},
				{"ls", "--sentinel", x, "--timeout", "50ms"},
			}
			for _, cmd := range commands()[1:] {
				if quiet := []string{"man", "version", "help"}; !slices.Contains(quiet, cmd.Name()) && !slices.ContainsFunc(runs, func(args []string) bool { return args[0] == cmd.Name() }) {
					t.Errorf("%s is never run", cmd.Name())
				}
			}
			marked := 0
			for _, args := range runs {
				_, stream := onTerminal(t, "n\n", append([]string{"-u", s.URL(0)}, args...)...)
				if args[0] == "__complete" { // a tab is between a word and what it means
					stream = strings.ReplaceAll(stream, "\t", " ")
				}
				requireTame(t, fmt.Sprintf("%.40q", args), stream)
				if strings.Contains(stream, hostile.Mark) {
					marked++
				}
			}
			if marked < len(runs)/2 {
				t.Errorf("only %d of %d runs showed anything of it", marked, len(runs))
			}
		})
	}
}

// TestHostileServer runs commands on a server whose every answer is a payload.
func TestHostileServer(t *testing.T) {
	t.Parallel()
	for i, p := range inThree() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			line := strings.NewReplacer("\r", "", "\n", "").Replace(p.Text)
			s, err := miniredis.NewServer("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			greets := false // answers what every session begins with
			s.SetPreHook(func(c *miniredis.Peer, cmd string, args ...string) bool {
				switch cmd := strings.ToUpper(cmd); {
				case greets && cmd == "INFO":
					c.WriteBulk("# Server\r\nredis_version:" + line + "\r\nserver_name:" + line + "\r\nredis_mode:" + line + "\r\nused_memory:" + line + "\r\n")
				case greets && cmd == "SCAN":
					c.WriteLen(2)
					c.WriteBulk("0")
					c.WriteStrings([]string{p.Text, "k"})
				case greets && cmd == "TYPE":
					c.WriteInline(line)
				case greets && (cmd == "PING" || cmd == "CLIENT" || cmd == "SELECT"):
					c.WriteInline("OK")
				case greets && cmd == "DBSIZE":
					c.WriteInt(2)
				default:
					c.WriteError("ERR " + line)
				}
				return true
			})
			for _, greets = range []bool{false, true} {
				for _, args := range [][]string{{"ls"}, {"ls", "-l"}, {"ls", "--json"}, {"get", "k"}, {"get", "k", "--json"}, {"stats"}, {"stats", "--json"}, {"explain", "k"}, {"del", "--yes", "k"}, {"clear", "--yes", "k"}, {"undo"}} {
					_, stream := onTerminal(t, "n\n", append([]string{"-u", "redis://" + s.Addr().String()}, args...)...)
					requireTame(t, fmt.Sprintf("%v %q", greets, args), stream)
				}
			}
		})
	}
}

// TestExactBytesStayOffTheTerminal has the outputs that are exact bytes refused
// on a terminal, and exact elsewhere. They are all that say so of themselves; an
// export is text, with what is not in base64.
func TestExactBytesStayOffTheTerminal(t *testing.T) {
	t.Parallel()
	s, x := inspecttest.Start(t), inThree()[0].Text
	s.Dial(0).Do("SET", x, x)
	exact := map[string][]string{"get raw": {"get", "--raw", "--literal", x}, "ls null": {"ls", "-0"}, "run raw": {"run", "--raw", "GET", x}}
	for _, cmd := range commands() {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if name := cmd.Name() + " " + f.Name; strings.HasPrefix(f.Usage, "write the exact bytes") && exact[name] == nil {
				t.Errorf("%s is not looked at", name)
			}
		})
	}
	for _, args := range exact {
		args = slices.Insert(args, 1, "-u", s.URL(0))
		status, stream := onTerminal(t, "", args...)
		requireTame(t, args[0], stream)
		if status != exitUsage || strings.Contains(stream, hostile.Mark) {
			t.Errorf("%s: exit status %d: %q", args[0], status, stream)
		}
		var out, errw strings.Builder
		if status := Main(args, strings.NewReader(""), &out, &errw, noEnv(t)); status != exitDone || strings.TrimSuffix(out.String(), "\x00") != strings.TrimSuffix(x, "\x00") {
			t.Errorf("%s: exit status %d: %q %s", args[0], status, out.String(), errw.String())
		}
		if status, stream := onTerminal(t, "", slices.Insert(args, 1, "--force")...); status != exitDone || !strings.Contains(stream, "\x1b[?25l") {
			t.Errorf("%s --force: exit status %d: %q", args[0], status, stream)
		}
	}
}

// noEnv is an environment with nothing in it but a place for journals.
func noEnv(t *testing.T) func(string) (string, bool) {
	t.Helper()
	dir := t.TempDir()
	return func(name string) (string, bool) {
		if name == "HOME" || name == "XDG_STATE_HOME" {
			return dir, true
		}
		return "", false
	}
}
