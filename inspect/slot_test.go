package inspect_test

import (
	"fmt"
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestSlotIsWhatTheServerSays compares with CLUSTER KEYSLOT, which every server
// answers that has clusters built in and on.
func TestSlotIsWhatTheServerSays(t *testing.T) {
	t.Parallel()
	w := inspecttest.StartCluster(t, 1).Nodes[0].Dial(0)
	keys := append(oddNames(), "123456789", "{user}:1", "a{user}b{c}", "{}x", "{", "}{", "a{b", "{{a}}", "3560")
	for i := range 500 {
		keys = append(keys, fmt.Sprintf("flask_cache_%d{%d}", i, i%7), strings.Repeat("k", i))
	}
	for _, k := range keys {
		if got, want := inspect.Slot([]byte(k)), int(w.Int("CLUSTER", "KEYSLOT", k)); got != want {
			t.Errorf("%.40q: slot %d, the server says %d", k, got, want)
		}
	}
	if inspect.Slot(nil) != inspect.Slot([]byte("3560")) {
		t.Error("the key that stands for slot 0 is not in it")
	}
}
