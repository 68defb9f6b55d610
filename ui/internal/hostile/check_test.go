package hostile

import (
	"regexp"
	"strings"
	"testing"
)

// TestEveryPayloadIsCaught proves the check: it must refuse each payload that
// is written as it is.
func TestEveryPayloadIsCaught(t *testing.T) {
	t.Parallel()
	allowed := regexp.MustCompile(SGR)
	for _, p := range Payloads() {
		if !strings.Contains(p.Text, Mark) {
			t.Errorf("%s: no mark", p.Name)
		}
		err := Check("before "+p.Text+" after", "\n", allowed)
		if plain := p.Name == "colour"; plain != (err == nil) {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	if err := Check("plain \x1b[1;38;5;208mtext\x1b[m\n日本 é", "\n", allowed); err != nil {
		t.Error(err)
	}
}
