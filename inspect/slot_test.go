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

// TestExplainTellsTheSlot asks the node that an explanation names: it counts
// the key in the slot.
func TestExplainTellsTheSlot(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	cluster.Set(30, func(i int) string { return "page:" + itoa(i) }, "value")
	c := open(t, inspect.Config{URL: cluster.Nodes[0].URL(0)})
	for i := range 30 {
		x, err := c.Explain(t.Context(), []byte("page:"+itoa(i)), nil)
		if err != nil || x.Where == nil {
			t.Fatalf("%+v, %v", x, err)
		}
		for _, n := range cluster.Nodes {
			if held := n.Dial(0).Int("CLUSTER", "COUNTKEYSINSLOT", itoa(x.Where.Slot)) > 0; held != (n.Addr == x.Where.Node) {
				t.Errorf("page:%d is told to be in slot %d at %s, and %s has it: %v", i, x.Where.Slot, x.Where.Node, n.Addr, held)
			}
		}
	}
	alone := open(t, inspect.Config{URL: inspecttest.Start(t).URL(0)})
	if x, err := alone.Explain(t.Context(), []byte("a"), nil); err != nil || x.Where != nil {
		t.Errorf("a server alone: %+v, %v", x, err)
	}
}
