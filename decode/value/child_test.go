package value_test

import (
	"testing"

	"cacheview/decode/value"
)

// TestChildReachesEverything walks one of each shape and checks the path of
// every node, so that nothing of a value is out of a viewer's reach.
func TestChildReachesEverything(t *testing.T) {
	t.Parallel()
	text := value.NewText
	v := value.NewMap(value.Dict{
		{Key: text("name"), Value: text("Lamp")},
		{Key: text("two words"), Value: value.NewSeq(value.List{value.NewInt(1), value.Nil}).
			WithTag("deque", value.Attr{Name: "maxlen", Value: value.NewInt(2)})},
		{Key: value.NewInt(-3), Value: value.NewObject("object", "shop.Item",
			value.Attr{Name: "state", Value: value.NewMap(value.Dict{{Key: text("sku"), Value: text("L1")}})})},
		{Key: value.NewSeq(value.List{}).WithTag("tuple"), Value: value.NewObjectHead("call", text("f"))},
		{Key: value.NewBytes("\x00"), Value: value.NewFloat(1)},
	})
	want := []string{
		"", ".name", `["two words"]`, `["two words"][0]`, `["two words"][1]`, `["two words"].<maxlen>`,
		"[-3]", "[-3].<state>", "[-3].<state>.sku", "[<tuple>]", "[<tuple>].<class>", `[b"\x00"]`,
	}
	var got []string
	value.Walk(v, func(p value.Path, _ value.Value) bool {
		got = append(got, p.String())
		return true
	})
	if len(got) != len(want) {
		t.Fatalf("walked %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("node %d has path %s, want %s", i, got[i], want[i])
		}
	}
}

// loop is a list whose only item is itself.
type loop struct{}

func (loop) Len() int           { return 1 }
func (loop) At(int) value.Value { return value.NewSeq(loop{}).WithID(7) }

func TestWalkEndsInCycles(t *testing.T) {
	t.Parallel()
	visits := 0
	value.Walk(value.NewSeq(loop{}).WithID(7), func(value.Path, value.Value) bool {
		visits++
		return visits < 100
	})
	if visits != 2 {
		t.Errorf("%d visits, want the list and its reference to itself", visits)
	}
}

func TestWalkLeavesOutWhatVisitRefuses(t *testing.T) {
	t.Parallel()
	v := value.NewSeq(value.List{value.NewSeq(value.List{value.Nil}), value.NewInt(1)})
	visits := 0
	value.Walk(v, func(p value.Path, _ value.Value) bool {
		visits++
		return len(p) == 0
	})
	if visits != 3 {
		t.Errorf("%d visits, want the root and its two items", visits)
	}
}
