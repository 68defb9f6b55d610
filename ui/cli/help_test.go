package cli

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestHelpFits asks every command for its help on a terminal as narrow as they
// are, and holds that it fits: no line breaks in the middle of a word, nothing is
// left out, and what is not about the command stays away.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands() {
		help := exec.CommandContext(t.Context(), "cacheview", append(strings.Fields(cmd.CommandPath())[1:], "--help")...)
		p := openTerminalFor(t, help, 80, 200)
		<-p.over
		for line := range strings.SplitSeq(strings.ReplaceAll(p.wrote(), "\r", ""), "\n") {
			if text := strings.TrimRight(ansi.Strip(line), " "); ansi.StringWidth(text) > 80 || strings.Contains(text, "…") || strings.HasSuffix(text, " --") {
				t.Errorf("%s --help: %q", cmd.CommandPath(), text)
			}
		}
		if about := strings.Contains(p.wrote(), "--sentinel-addr"); about == cmd.HasParent() {
			t.Errorf("%s --help tells of sentinels: %v", cmd.CommandPath(), about)
		}
	}
}
