package value_test

import (
	"testing"

	"cacheview/decode/value"
)

func TestAncestors_FindsEveryLevel(t *testing.T) {
	t.Parallel()
	var a value.Ancestors
	for id := range uint32(1000) {
		a.Push(id)
	}
	if got := a.Above(0); got != 0 {
		t.Errorf("a container without an identity is %d levels above", got)
	}
	for id := uint32(1); id < 1000; id++ {
		if got := a.Above(id); got != int(1000-id) {
			t.Fatalf("%d is %d levels above, want %d", id, got, 1000-id)
		}
	}
	for id := uint32(999); id > 0; id-- {
		a.Pop()
		if a.Above(id) != 0 {
			t.Fatalf("%d was left and is still there", id)
		}
	}
}
