package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
)

// lostOutput are the commands that change keys, each with what comes before it.
var lostOutput = []struct {
	command string
	before  string // a line of shell
	args    string
}{
	{"del", "", "del a --yes"},
	{"del", "", "del a b --yes --json"},
	{"clear", "", "clear p: --yes"},
	{"clear", "", "clear --all --confirm $DB --json"},
	{"undo", "cacheview del a --yes && redis-set a other", "undo --replace"},
	{"undo", "cacheview del a --yes && redis-set a other", "undo --replace --json"},
	{"import", "cacheview export a >dump && cacheview del a --yes", "import dump"},
	{"import", "cacheview export a >dump && redis-set a other", "import --replace --json dump"},
	{"set", "", "set a other"},
	{"set", "", "set new other --json"},
	{"expire", "", "expire a b 1h"},
	{"expire", "", "expire a 1h --json"},
	{"rename", "", "rename a c"},
	{"copy", "", "copy a c --json"},
	{"run", "", "run HSET h f v"},
	{"run", "", "run --json APPEND a x"},
	{"bench", "", "bench --yes --cold 2 --warm 1 --rate 50 $PAGE"},
}

// neverChange are the commands that change no keys of the user's.
var neverChange = []string{
	"cacheview", "completion", "bash", "fish", "powershell", "zsh", "config", "path", "keys", "connections", "decode", "demo", "diff", "doctor",
	"explain", "export", "get", "help", "ls", "man", "stats", "version", "wait", "watch",
}

// TestLostOutput_KeepsUndoID runs every command that changes keys with a standard
// output that is full, and one that nobody reads: the ID of the undo is on the
// error stream, and the status is not zero.
func TestLostOutput_KeepsUndoID(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t, "--databases", "100")
	for i, tt := range lostOutput {
		ways := []string{">/dev/full", ">&3"} // 3 is a pipe that nobody reads
		if i == 0 {
			ways = append(ways, ">&-")
		}
		for n, to := range ways {
			t.Run(tt.args+" "+to, func(t *testing.T) {
				t.Parallel()
				lostOutputOf(t, srv, 3*i+n, tt.before, tt.args, to)
			})
		}
	}
	for _, cmd := range commands() {
		tested := slices.ContainsFunc(lostOutput, func(tt struct{ command, before, args string }) bool { return tt.command == cmd.Name() })
		if !tested && !slices.Contains(neverChange, cmd.Name()) {
			t.Errorf("%s is not tested: add it to lostOutput if it changes keys, else to neverChange", cmd.CommandPath())
		}
	}
}

func lostOutputOf(t *testing.T, srv *inspecttest.Server, db int, before, args, to string) {
	dir, w := t.TempDir(), srv.Dial(db)
	w.Do("MSET", "a", "1", "b", "2", "p:1", "3")
	page := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		srv.Dial(db).Do("SET", "page", "hello", "EX", "60")
		fmt.Fprint(rw, "hello")
	}))
	defer page.Close()
	reader, closed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	defer closed.Close()
	env := append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir, "CACHEVIEW_URL="+srv.URL(db), "DB=db"+strconv.Itoa(db), "PAGE="+page.URL)
	shell := func(line string) (string, int) {
		cmd := exec.CommandContext(t.Context(), "bash", "-c", "redis-set() { redis-cli -s "+srv.Sock+" -n "+strconv.Itoa(db)+" SET \"$@\" >/dev/null; }; "+line)
		cmd.Dir, cmd.Env, cmd.ExtraFiles = dir, env, []*os.File{closed}
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, _ := cmd.Output()
		return errs.String() + string(out), cmd.ProcessState.ExitCode()
	}
	if before != "" {
		if said, status := shell(before); status != 0 {
			t.Fatal(said)
		}
	}
	had := journalFiles(t, dir)
	said, status := shell("cacheview " + args + " " + to)
	if status == 0 {
		t.Errorf("status 0: %s", said)
	}
	fresh := 0
	for _, id := range journalFiles(t, dir) {
		if slices.Contains(had, id) {
			continue
		}
		fresh++
		if !strings.Contains(said, id) {
			t.Errorf("the error stream does not have %s: %s", id, said)
		}
		if undone, status := shell("cacheview undo " + id); status != 0 && status != exitPartly {
			t.Errorf("undo: %s", undone)
		}
	}
	if fresh == 0 {
		t.Errorf("no journal: %s", said)
	}
}

// journalFiles returns the IDs of the journals below a state directory.
func journalFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "cacheview", "undo", "*.undo"))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".undo")
	}
	return files
}
