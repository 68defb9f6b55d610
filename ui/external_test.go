package ui

import (
	"testing"
	"time"

	"cacheview/ui/external"
)

func TestExternalDecoder(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("proto:1", "\x08\x01", 0).str("proto:2", "bad", 0).str("x", "text", 0)
		script := `v=$(cat); if [ "$v" = bad ]; then echo no schema >&2; exit 1; fi; echo '{"id": 1}'`
		p := play(t, f, 120, 40, Options{Site: Site{Decoders: []external.Decoder{{Match: "proto:*", Command: []string{"/bin/sh", "-c", script, "reader"}, Timeout: time.Minute}}}})
		p.press("t", "g").shows("external (/bin/sh -c", "id  1")
		p.press("tab", "V").typed("text").press("enter").shows("read as text, chosen by hand").hides("external (")
		p.press("V").typed("auto").press("enter").shows("external (")
		p.press("tab", "j").shows("the external decoder /bin/sh", "no schema", "bad").hides("external (")
		p.press("j").shows("text").hides("external")
	})
}
