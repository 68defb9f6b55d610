package cli

import (
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
)

// TestTheScreenThroughSSH has the way cut while the screen is open: a banner,
// what was on screen stays, and the way is found again.
func TestTheScreenThroughSSH(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	w.Do("SET", "page:1", "x")
	h := inspecttest.StartSSH(t)
	proxy := inspecttest.NewProxy(t, h.Addr)
	h.KnowAs(t, proxy.Addr)
	locked := h.KeyPair(t, "locked", "sesame")
	h.Authorize(t, locked)

	p := openPane(t, 120, 40, "CACHEVIEW_URL="+s.URL(0), "CACHEVIEW_SSH="+h.User+"@"+proxy.Addr, "CACHEVIEW_SSH_KEY="+locked, "SSH_AUTH_SOCK=")
	p.text("mkdir ~/.ssh; cp " + h.KnownHosts + " ~/.ssh/known_hosts; clear; cacheview")
	p.keys("Enter")
	p.waitFor(`Passphrase of`)
	p.text("sesame")
	p.keys("Enter")
	p.waitFor(s.Addr + ` via \S+@` + proxy.Addr + ` · db 0`)
	p.waitFor(`page:1 .* str`)
	proxy.Refuse(true)
	proxy.Cut()
	p.waitFor(`connection lost · trying again`)
	if screen := p.screen(); !strings.Contains(screen, "page:1") || strings.Contains(screen, "sesame") {
		t.Errorf("what stays:\n%s", screen)
	}
	w.Do("SET", "page:2", "x")
	proxy.Refuse(false)
	p.waitFor(`connected again`)
	p.waitFor(`page: `)
	p.keys("d")
	p.waitFor(`Delete `)
	p.answer("y", `deleted \d key`)
	p.keys("u")
	p.waitFor(`restored \d key`)
	if n := w.Int("DBSIZE"); n != 2 {
		t.Errorf("%d keys are back", n)
	}
	p.keys("q")
	p.waitUntil("nothing of ours is open", func() bool { return !strings.Contains(w.Text("CLIENT", "LIST"), " name=cacheview ") })
}
