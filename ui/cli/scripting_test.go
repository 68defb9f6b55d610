package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
)

// TestScriptingTable runs each line of docs/scripting.md in a shell, on a database
// that is filled again for each, and compares its exit status. A few tasks run at
// the same time, each in a database and a home of its own; those that undo run
// after the line before, whose journal they need.
func TestScriptingTable(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("jq"); err != nil && os.Getenv("CACHEVIEW_REQUIRE_REDIS") != "1" {
		t.Skip("one line needs jq")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "scripting.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| ([^|]+) \\| `(.+)` \\| (\\d) \\|$").FindAllStringSubmatch(string(text), -1)
	if len(rows) != 40 {
		t.Errorf("%d rows", len(rows))
	}
	s := inspecttest.Start(t)
	groups := make([][][]string, 4)
	for i, row := range rows {
		n := i * len(groups) / len(rows)
		if strings.Contains(row[2], "cacheview undo") {
			n = slices.IndexFunc(groups, func(group [][]string) bool {
				return slices.ContainsFunc(group, func(r []string) bool { return r[0] == rows[i-1][0] })
			})
		}
		groups[n] = append(groups[n], row)
	}
	for i, group := range groups {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			runTasks(t, s, 2+i, group)
		})
	}
}

// runTasks runs rows of the table one after the other in a database.
func runTasks(t *testing.T, s *inspecttest.Server, db int, rows [][]string) {
	t.Helper()
	w, sh, dir := s.Dial(db), newShell(t, s.URL(db)), t.TempDir()
	write(t, filepath.Join(dir, "user.json"), `{"name":"Grace"}`)
	for _, row := range rows {
		line := strings.ReplaceAll(row[2], `\|`, "|")
		w.Send("FLUSHDB")
		w.Send("MSET", "user:1", `{"name":"Ada"}`, "user:2", `{"name":"Bob"}`, "tmp:1", "x", "tmp:2", "y", "old:1", "x", "counter", "1", "big", strings.Repeat("x", 5000))
		w.Send("SET", "session:1", "s", "EX", "30")
		w.Send("HSET", "h", "f", "v")
		w.Flush()
		for range 4 {
			w.Receive()
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-o", "pipefail", "-c", line)
		cmd.Env, cmd.Dir = sh.env, dir
		out, _ := cmd.CombinedOutput()
		if status := strconv.Itoa(cmd.ProcessState.ExitCode()); status != row[3] {
			t.Errorf("%s: %s\nexit status %s, want %s:\n%s", row[1], line, status, row[3], out)
		}
	}
}
