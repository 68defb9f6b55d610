package cli

import (
	"regexp"
	"testing"

	"cacheview/inspect/inspecttest"
)

// TestNearNamesAreTold asks at a terminal for keys that are not there: somebody
// who mistyped a name is told one that is.
func TestNearNamesAreTold(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	s.Dial(0).Do("MSET", "homepage", "x", "shop:orders", "x", "other:orders", "x", "evil\x1b[2J", "x")
	for name, want := range map[string]string{
		"homepge":    `there is no key homepge; did you mean homepage\?`,
		"shop:order": `there is no key shop:order; did you mean shop:orders\?`,
		"evil[2J":    `there is no key evil\[2J; did you mean evil\\x1b\[2J\?`,
		"nothing":    `there is no key nothing`,
	} {
		p := openTerminal(t, 120, 10, "get", "-u", s.URL(0), name)
		<-p.over
		_ = p.cmd.Wait()
		if screen := p.out.screen(); p.cmd.ProcessState.ExitCode() != exitNothing || !regexp.MustCompile(`(?m)`+want+` *$`).MatchString(screen) {
			t.Errorf("%s: status %d, %q", name, p.cmd.ProcessState.ExitCode(), screen)
		}
	}
}
