package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// example is a command line that a help text or a page shows.
type example struct{ from, line string }

// pages are the documents whose blocks of commands are examples. The guide's
// build on each other: .ci/guide follows them with the real library.
var pages = []string{"README.md", "docs/connections.md", "docs/insight.md", "docs/guide.md"}

// examples are the lines of all help texts and pages that call the program.
func examples(t *testing.T) (list []example) {
	t.Helper()
	add := func(from, line string) {
		line, _, _ = strings.Cut(strings.TrimPrefix(line, "$ "), "  #")
		if len(calls(line)) > 0 && !strings.HasPrefix(line, "#") {
			list = append(list, example{from, strings.TrimSpace(line)})
		}
	}
	for _, cmd := range commands() {
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			add(cmd.CommandPath()+" --help", line)
		}
	}
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join("..", "..", page))
		if err != nil {
			t.Fatal(err)
		}
		fenced, transcript := false, false // a transcript has what was printed, too
		for line := range strings.SplitSeq(string(text), "\n") {
			typed := strings.HasPrefix(line, "$ ")
			switch {
			case strings.HasPrefix(line, "```"):
				fenced, transcript = !fenced, false
			case fenced && (typed || !transcript):
				transcript = transcript || typed
				add(page, line)
			}
		}
	}
	return list
}

// TestExamplesRun types every example into a shell on a terminal, before a server
// that has what they speak of, and answers what it is asked. All of them must do
// what they are for: one that finds nothing, or is refused, is not an example.
func TestExamplesRun(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("jq"); err != nil && os.Getenv("CACHEVIEW_REQUIRE_REDIS") != "1" {
		t.Skip("some examples need jq")
	}
	seen := make(map[string]bool)
	for _, ex := range examples(t) {
		if seen[ex.line] {
			continue
		}
		seen[ex.line] = true
		if strings.Contains(ex.line, "Invoke-Expression") {
			continue // PowerShell is not to be had; what it reads is tested as bytes
		}
		t.Run(ex.from+": "+ex.line, func(t *testing.T) {
			t.Parallel()
			s := newStranger(t, ex.line)
			if status, want := s.types(), ends(ex.line); status != want {
				t.Errorf("exit status %d, want %d:\n%s", status, want, s.seat.out.screen())
			}
		})
	}
}

// ends is the exit status of an example: one that has no end of its own is
// interrupted.
func ends(line string) int {
	if endless(line) && strings.Contains(line, "watch") {
		return exitInterrupted
	}
	return exitDone
}

// endless says whether a command goes on until ctrl+c.
func endless(line string) bool {
	if strings.Contains(line, "--headless") {
		return true
	}
	return strings.Contains(line, "cacheview watch") && !strings.Contains(line, "--for") && !strings.Contains(line, "--limit")
}

// TestExamplesAreFound proves that neither pages nor commands are left out.
func TestExamplesAreFound(t *testing.T) {
	t.Parallel()
	list := examples(t)
	for _, want := range []example{
		{"cacheview ls --help", "cacheview ls -0 old: | cacheview del -0 - --yes"},
		{"README.md", "source <(cacheview completion bash)"},
		{"docs/connections.md", "cacheview shop"},
		{"docs/guide.md", "cacheview explain --find 'square(4)'"},
	} {
		if !slices.Contains(list, want) {
			t.Errorf("%s: %q is not found", want.from, want.line)
		}
	}
}
