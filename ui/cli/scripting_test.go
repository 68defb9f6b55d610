package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
)

// TestScriptingTable runs each line of docs/scripting.md in a shell, on a database
// that is filled again for each, and holds its exit status.
func TestScriptingTable(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("jq"); err != nil && os.Getenv("CACHEVIEW_REQUIRE_REDIS") != "1" {
		t.Skip("one line needs jq")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "scripting.md"))
	if err != nil {
		t.Fatal(err)
	}
	s := inspecttest.Start(t)
	w := s.Dial(0)
	sh := newShell(t, s.URL(0))
	dir := t.TempDir()
	write(t, filepath.Join(dir, "user.json"), `{"name":"Grace"}`)
	rows := regexp.MustCompile("(?m)^\\| ([^|]+) \\| `(.+)` \\| (\\d) \\|$").FindAllStringSubmatch(string(text), -1)
	if len(rows) != 40 {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows {
		line := strings.ReplaceAll(row[2], `\|`, "|")
		w.Do("FLUSHALL")
		w.Do("MSET", "user:1", `{"name":"Ada"}`, "user:2", `{"name":"Bob"}`, "tmp:1", "x", "tmp:2", "y", "old:1", "x", "counter", "1", "big", strings.Repeat("x", 5000))
		w.Do("SET", "session:1", "s", "EX", "30")
		w.Do("HSET", "h", "f", "v")
		cmd := exec.CommandContext(t.Context(), "bash", "-o", "pipefail", "-c", line)
		cmd.Env, cmd.Dir = sh.env, dir
		out, _ := cmd.CombinedOutput()
		if status := strconv.Itoa(cmd.ProcessState.ExitCode()); status != row[3] {
			t.Errorf("%s: %s\nexit status %s, want %s:\n%s", row[1], line, status, row[3], out)
		}
	}
}
