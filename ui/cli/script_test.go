package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"cacheview/inspect/inspecttest"
)

// TestMain builds the program and puts it first on the path, where the scripts,
// the terminals and the processes of the tests find it.
func TestMain(m *testing.M) {
	if name := os.Getenv(panicAt); name != "" {
		os.Exit(panicking(name))
	}
	os.Exit(withProgram(m.Run))
}

func withProgram(run func() int) int {
	dir, err := os.MkdirTemp("", "cvbin")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", filepath.Join(dir, "cacheview"), "cacheview")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	if err := os.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// TestScripts runs testdata/script. Each script has a redis-server of its own,
// which CACHEVIEW_URL points to, and commands beside the usual ones:
//
//	exits STATUS ARGS...               runs cacheview and checks its exit status
//	interrupts STATUS PATTERN ARGS...  the same, with ctrl+c once it has written PATTERN
//	redis ARGS...                      sends a command past cacheview and prints the reply;
//	                                   \x1b and the like in ARGS are bytes
//	serve KIND                         starts another kind of server
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			tb := env.T().(testing.TB)
			s := inspecttest.Start(tb)
			env.Values["redis"] = s.Dial(0)
			env.Values["server"] = s
			env.Values["tb"] = tb
			env.Setenv("CACHEVIEW_URL", s.URL(0))
			env.Setenv("REDIS_SOCKET", s.Sock)
			env.Setenv("REDIS_ADDR", s.Addr)
			env.Setenv("REDIS_PORT", s.Addr[strings.LastIndexByte(s.Addr, ':')+1:])
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("CORPUS", corpus(tb))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"interrupts": interrupts,
			"redis":      redis,
			"serve":      serve,
		},
	})
}

// corpus is the directory of real values that the decoders are tested with.
func corpus(tb testing.TB) string {
	dir, err := filepath.Abs(filepath.Join("..", "..", "decode", "testdata", "corpus"))
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits STATUS ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("cacheview", args[1:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func redis(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("redis cannot be negated")
	}
	raw := make([]string, len(args))
	for i, arg := range args {
		s, err := strconv.Unquote(`"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`)
		if err != nil {
			ts.Fatalf("%s: %v", arg, err)
		}
		raw[i] = s
	}
	reply := ts.Value("redis").(*inspecttest.Wire).Do(raw...)
	if err, ok := reply.(error); ok {
		ts.Fatalf("%q: %v", raw, err)
	}
	printReply(ts.Stdout(), reply)
}

// printReply prints strings and numbers one a line.
func printReply(w io.Writer, reply any) {
	switch r := reply.(type) {
	case nil:
		fmt.Fprintln(w, "(nil)")
	case []any:
		for _, x := range r {
			printReply(w, x)
		}
	default:
		fmt.Fprintln(w, r)
	}
}
